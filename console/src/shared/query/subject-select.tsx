import { Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { type Field, propertiesQuery, traitsQuery } from "./api";
import type { Subject } from "./draft";

/** Whether a condition speaks of people, or of single events. */
export type About = "people" | "events";

interface SubjectSelectProps {
  about: About;
  /** Only properties that events of this name have. */
  event: string;
  value: Subject | null;
  onChange: (subject: Subject | null) => void;
}

const keyOf = (subject: Subject) =>
  "name" in subject ? `${subject.of}:${subject.name}` : subject.of;

function subjectOf(key: string): Subject {
  const at = key.indexOf(":");
  if (at < 0) return { of: key as "did" | "event" | "channel" | "source" | "time" };
  return { of: key.slice(0, at) as "trait" | "property" | "context", name: key.slice(at + 1) };
}

/** What a row of a condition speaks of: a trait, what somebody did, a property, a channel… */
export function SubjectSelect({ about, event, value, onChange }: SubjectSelectProps) {
  const { t } = useTranslation();
  const traits = useQuery({ ...traitsQuery, enabled: about === "people" });
  const properties = useQuery({ ...propertiesQuery(event), enabled: about === "events" });
  const plain = (of: "did" | "event" | "channel" | "source" | "time") => ({
    value: of,
    label: t(`query.subjects.${of}`),
  });
  const named = (fields: readonly Field[]) => {
    const all = new Map<string, Subject>(
      fields.map(({ of, name }) => [keyOf({ of, name }), { of, name }]),
    );
    if (value && "name" in value) all.set(keyOf(value), value);
    return [...all].map(([key, one]) => ({ value: key, label: "name" in one ? one.name : key }));
  };
  const data =
    about === "people"
      ? [
          { group: t("query.subjects.behaviour"), items: [plain("did")] },
          {
            group: t("query.subjects.traits"),
            items: named(traits.data ?? []),
          },
        ]
      : [
          {
            group: t("query.subjects.events"),
            items: [plain("event"), plain("channel"), plain("source"), plain("time")],
          },
          {
            group: t("query.subjects.properties"),
            items: named(properties.data ?? []),
          },
        ];
  return (
    <Select
      aria-label={t("query.subject")}
      placeholder={t("query.subject")}
      searchable
      w={190}
      allowDeselect={false}
      nothingFoundMessage={t("query.nothingFound")}
      data={data}
      value={value && keyOf(value)}
      onChange={(key) => onChange(key === null ? null : subjectOf(key))}
    />
  );
}
