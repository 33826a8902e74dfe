import { SegmentedControl, Skeleton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useFormat, useZone } from "@/shared/format/use-format";
import { Page } from "@/shared/ui/page";
import { QueryView } from "@/shared/ui/query-view";
import { useUrl } from "@/shared/url/use-url";
import { frictionQuery } from "./api";
import { Place } from "./cause";
import { Changes } from "./changes";
import { ContainmentView } from "./containment";
import { Detectors } from "./detectors";
import { Filters } from "./filters";
import classes from "./friction.module.css";
import { ProblemPeople } from "./people";
import { ProblemList } from "./problem-list";
import { RolesEditor } from "./roles";
import { VIEWS } from "./types";
import { frictionParams, parseFriction } from "./url";

/** Where journeys hurt, found by itself; what to change; whether self-service held. */
export function FrictionPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const zone = useZone();
  const [url, setUrl] = useUrl(parseFriction);
  const params = useMemo(() => frictionParams(url, zone), [url, zone]);
  const isReport = url.view === "problems" || url.view === "changes";
  const answer = useQuery({ ...frictionQuery(params), enabled: isReport || url.problem !== null });
  const problem = answer.data?.problems.find(({ key }) => key === url.problem);
  const open = (key: string) => setUrl({ problem: key });
  const lede =
    isReport && answer.data?.as_of
      ? t("friction.asOf", {
          people: format.number(answer.data.people),
          at: format.moment(answer.data.as_of),
        })
      : t("friction.lede");
  return (
    <Page title={t("friction.title")} lede={lede}>
      {(isReport || url.view === "containment") && <Filters url={url} onChange={setUrl} />}
      <div className={classes.scroll}>
        <SegmentedControl
          className={classes.views}
          aria-label={t("friction.view")}
          value={url.view}
          onChange={(view) => setUrl({ view: view === VIEWS[0] ? undefined : view })}
          data={VIEWS.map((value) => ({ value, label: t(`friction.views.${value}`) }))}
        />
      </div>
      {isReport && (
        <QueryView query={answer} skeleton={<Skeleton height={420} />}>
          {(data) =>
            url.view === "problems" ? (
              <ProblemList data={data} onPeople={open} />
            ) : (
              <Changes data={data} onPeople={open} />
            )
          }
        </QueryView>
      )}
      {url.view === "containment" && (
        <ContainmentView params={params} withinDays={url.withinDays} onChange={setUrl} />
      )}
      {url.view === "detectors" && <Detectors />}
      {url.view === "roles" && <RolesEditor />}
      <ProblemPeople
        problem={url.problem}
        params={params}
        title={
          problem && (
            <>
              {t(`friction.detectors.${problem.detector}.name`)}
              {" · "}
              <Place place={problem.place} cause={problem.cause} />
            </>
          )
        }
        onClose={() => setUrl({ problem: undefined })}
      />
    </Page>
  );
}
