import { Button, Group, TextInput, type TextInputProps } from "@mantine/core";
import type { FormEvent } from "react";
import { ProblemNote } from "./problem-note";

interface LineFormProps extends Pick<TextInputProps, "type" | "dir" | "placeholder"> {
  label: string;
  action: string;
  value: string;
  onChange: (text: string) => void;
  work: { isPending: boolean; error: unknown };
  onSubmit: () => void;
}

/** One field and its button. */
export function LineForm(props: LineFormProps) {
  const { label, action, value, onChange, work, onSubmit, ...field } = props;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form onSubmit={submit}>
      {work.error != null && <ProblemNote error={work.error} />}
      <Group gap="xs" align="flex-end" maw={560}>
        <TextInput
          {...field}
          flex={1}
          label={label}
          value={value}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
        <Button
          type="submit"
          size="sm"
          variant="default"
          disabled={value.trim() === ""}
          loading={work.isPending}
        >
          {action}
        </Button>
      </Group>
    </form>
  );
}
