import { Button, Group, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/shared/api/problem";
import { useAllowed } from "@/shared/api/session";
import { ProblemNote } from "@/shared/ui/problem-note";
import { QueryView } from "@/shared/ui/query-view";
import { useMapWork, yamlQuery } from "./api";
import classes from "./maps.module.css";
import type { MapShape } from "./types";

const LINE = /^line (\d+): /;

/** The map as text; what is wrong is shown at its line. */
export function YamlView({ stored }: { stored: MapShape }) {
  const yaml = useQuery(yamlQuery(stored.id, stored.version));
  return (
    <QueryView query={yaml}>
      {(data) => <Editor key={stored.version} stored={stored} saved={data.yaml} />}
    </QueryView>
  );
}

function Editor({ stored, saved }: { stored: MapShape; saved: string }) {
  const { t } = useTranslation();
  const mayEdit = useAllowed("journeys.edit");
  const { saveYaml } = useMapWork(stored.id);
  const [text, setText] = useState(saved);
  const place = useRef<HTMLTextAreaElement>(null);
  const error = saveYaml.error;
  const line = error instanceof Problem ? Number(LINE.exec(error.message)?.[1] ?? 0) : 0;
  const show = () => {
    const lines = text.split("\n");
    const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    place.current?.focus();
    place.current?.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  };
  return (
    <>
      <p className={classes.lede}>{t("maps.yamlText")}</p>
      <Textarea
        ref={place}
        aria-label={t("maps.views.yaml")}
        classNames={{ input: classes.yaml ?? "" }}
        dir="ltr"
        spellCheck={false}
        autosize
        minRows={16}
        maxRows={40}
        readOnly={!mayEdit}
        error={line > 0 && t("maps.atLine", { line })}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      {error && <ProblemNote error={error} />}
      {mayEdit && (
        <Group>
          <Button
            disabled={text === saved}
            loading={saveYaml.isPending}
            onClick={() => saveYaml.mutate({ yaml: text, based_on: stored.newest })}
          >
            {t("maps.save")}
          </Button>
          <Button variant="default" disabled={text === saved} onClick={() => setText(saved)}>
            {t("common.undo")}
          </Button>
          {line > 0 && (
            <Button variant="subtle" onClick={show}>
              {t("maps.showLine", { line })}
            </Button>
          )}
        </Group>
      )}
    </>
  );
}
