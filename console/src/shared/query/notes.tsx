import { useTranslation } from "react-i18next";
import { useFormat } from "../format/use-format";
import { humanise } from "../i18n/word";
import classes from "./query.module.css";
import type { Header, Note } from "./types";

/** What the reader of an answer should know, in words. */
function useNoteText(): (note: Note) => string {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  return ({ code, values }) => {
    const key = `query.notes.${code}`;
    if (!i18n.exists(key)) return humanise(code);
    const said = Object.entries(values).map(([name, value]) => [
      name,
      typeof value === "number" ? format.number(value) : `\u2068${value}\u2069`,
    ]);
    return (t as (key: string, values: object) => string)(key, Object.fromEntries(said));
  };
}

export function Notes({ header }: { header: Header }) {
  const text = useNoteText();
  if (header.notes.length === 0) return null;
  return (
    <ul className={classes.notes}>
      {header.notes.map((note) => (
        <li key={note.code + JSON.stringify(note.values)}>{text(note)}</li>
      ))}
    </ul>
  );
}

/** Of how many people and events an answer speaks, and how long it took. */
export function AnswerLine({ header }: { header: Header }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (header.people === null || header.events === null) return <>{t("query.suppressed")}</>;
  return (
    <>
      {t("query.answerLine", {
        people: t("query.peopleCount", { count: header.people }),
        events: t("query.eventCount", { count: header.events }),
        took: format.span(header.took_ms / 1000),
      })}
    </>
  );
}
