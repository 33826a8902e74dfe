import { Autocomplete, NumberInput, Select, TagsInput, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { latinDigits } from "../format/typed";
import { LISTED, type Row } from "./draft";
import type { Operator, Scalar } from "./types";

const MEASURED: readonly Operator[] = ["greater", "at_least", "less", "at_most", "between"];
const TEXTUAL: readonly Operator[] = ["contains", "starts_with", "ends_with"];
const DATED: readonly Operator[] = ["before", "after"];

interface ValueFieldProps {
  row: Row;
  examples: readonly Scalar[];
  onChange: (values: Scalar[]) => void;
}

/** Texts that are numbers where the values have been numbers. */
function scalarOf(text: string, isNumeric: boolean): Scalar {
  const latin = latinDigits(text).trim();
  return isNumeric && latin !== "" && Number.isFinite(Number(latin)) ? Number(latin) : text;
}

/** Whether numbers are asked for, by the comparison or because the values have always been ones. */
function asksNumbers(op: Operator, known: readonly Scalar[]): boolean {
  if (MEASURED.includes(op)) return true;
  if (TEXTUAL.includes(op) || known.length === 0) return false;
  return known.every((one) => typeof one === "number");
}

/** What a property is compared with, in the field that suits its values. */
export function ValueField({ row, examples, onChange }: ValueFieldProps) {
  const { t } = useTranslation();
  const { op, values } = row;
  const label = t("query.value");
  const known = examples.length > 0 ? examples : values;
  const isNumeric = asksNumbers(op, known);
  const texts = [...new Set(examples.map(String))].filter((one) => one !== "");
  if (op === "between") return <Ends values={values} onChange={onChange} />;
  if (LISTED.includes(op))
    return (
      <TagsInput
        aria-label={label}
        placeholder={values.length === 0 ? t("query.values") : ""}
        size="sm"
        miw={200}
        flex={1}
        data={texts}
        value={values.map(String)}
        onChange={(all) => onChange(all.map((one) => scalarOf(one, isNumeric)))}
      />
    );
  if (isNumeric)
    return (
      <NumberInput
        aria-label={label}
        size="sm"
        w={130}
        hideControls
        value={typeof values[0] === "number" ? values[0] : ""}
        onChange={(value) => onChange(value === "" ? [] : [Number(value)])}
      />
    );
  if (DATED.includes(op))
    return (
      <TextInput
        aria-label={label}
        w={150}
        dir="ltr"
        placeholder="2026-11-23"
        value={String(values[0] ?? "")}
        onChange={(event) => onChange([latinDigits(event.currentTarget.value)])}
      />
    );
  if (known.some((one) => typeof one === "boolean"))
    return <YesNo values={values} onChange={onChange} />;
  return (
    <Autocomplete
      aria-label={label}
      placeholder={label}
      size="sm"
      miw={150}
      flex={1}
      data={texts}
      value={String(values[0] ?? "")}
      onChange={(text) => onChange(text === "" ? [] : [text])}
    />
  );
}

interface ScalarsProps {
  values: readonly Scalar[];
  onChange: (values: Scalar[]) => void;
}

function YesNo({ values, onChange }: ScalarsProps) {
  const { t } = useTranslation();
  return (
    <Select
      aria-label={t("query.value")}
      w={110}
      data={[
        { value: "true", label: t("query.yes") },
        { value: "false", label: t("query.no") },
      ]}
      value={values.length === 0 ? null : String(values[0])}
      onChange={(value) => onChange(value === null ? [] : [value === "true"])}
    />
  );
}

function Ends({ values, onChange }: ScalarsProps) {
  const { t } = useTranslation();
  const [low = "", high = ""] = values;
  const field = (label: string, value: Scalar, write: (value: number) => Scalar[]) => (
    <NumberInput
      aria-label={label}
      placeholder={label}
      size="sm"
      w={100}
      hideControls
      value={typeof value === "number" ? value : ""}
      onChange={(next) => next !== "" && onChange(write(Number(next)))}
    />
  );
  return (
    <>
      {field(t("query.lowest"), low, (next) => [next, high])}
      {field(t("query.highest"), high, (next) => [low, next])}
    </>
  );
}
