import { Button } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import { Chevron } from "@/shared/ui/disclosure";
import { Empty } from "@/shared/ui/empty";
import { LinkButton } from "@/shared/ui/link-button";
import classes from "./friction.module.css";
import { ProblemRow } from "./problem-row";
import type { Friction, Problem } from "./types";

/** As many as a screen holds; the worst come first, so the rest can wait to be asked for. */
const AT_FIRST = 12;

interface ProblemListProps {
  data: Friction;
  onPeople: (key: string) => void;
}

/** Problems that are open, the worst first; below them what was put aside. */
export function ProblemList({ data, onPeople }: ProblemListProps) {
  const { t } = useTranslation();
  const [shown, aside] = useDisclosure(false);
  const [all, everything] = useDisclosure(false);
  const open = data.problems.filter((problem) => problem.state === "open");
  const rest = data.problems.filter((problem) => problem.state !== "open");
  if (data.problems.length === 0)
    return (
      <Empty title={t("friction.empty")} text={t("friction.emptyText")}>
        <LinkButton to="/journeys/friction" search={{ view: "roles" }} variant="default">
          {t("friction.views.roles")}
        </LinkButton>
      </Empty>
    );
  const most = Math.max(...data.problems.map((problem) => problem.score), 1);
  const list = (problems: Problem[], label: string, ranked: boolean) => (
    <ol className={classes.problems} aria-label={label}>
      {problems.map((problem, at) => (
        <ProblemRow
          key={problem.key}
          problem={problem}
          rank={ranked ? at + 1 : null}
          weight={problem.score / most}
          onPeople={() => onPeople(problem.key)}
        />
      ))}
    </ol>
  );
  return (
    <>
      {list(all ? open : open.slice(0, AT_FIRST), t("friction.views.problems"), true)}
      {!all && open.length > AT_FIRST && (
        <Button className={classes.rest} variant="default" size="sm" onClick={everything.open}>
          {t("friction.rest", { count: open.length - AT_FIRST })}
        </Button>
      )}
      {rest.length > 0 && (
        <div>
          <Button
            variant="subtle"
            size="sm"
            leftSection={<Chevron open={shown} />}
            aria-expanded={shown}
            onClick={aside.toggle}
          >
            {t("friction.aside", { count: rest.length })}
          </Button>
          {shown && list(rest, t("friction.asideLabel"), false)}
        </div>
      )}
    </>
  );
}
