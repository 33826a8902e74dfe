import { Button, Checkbox, Popover, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { useFormat } from "../format/use-format";
import classes from "./query.module.css";

interface ChoiceButtonProps {
  label: string;
  icon?: ReactNode;
  data: readonly { value: string; label: string }[];
  value: string[];
  onChange: (value: string[]) => void;
  /** Below the choices, e.g. a way to make more. */
  children?: ReactNode;
}

/** Some of several; the button says which, or how many. */
export function ChoiceButton(props: ChoiceButtonProps) {
  const { label, icon, data, value, onChange, children } = props;
  const format = useFormat();
  const names = value.map((one) => data.find((other) => other.value === one)?.label ?? one);
  const said = names.length > 2 ? `${label}: ${format.number(names.length)}` : format.list(names);
  return (
    <Popover position="bottom-start" shadow="md" trapFocus>
      <Popover.Target>
        <Button
          variant="default"
          size="sm"
          leftSection={icon}
          aria-label={names.length === 0 ? label : `${label}: ${format.list(names)}`}
        >
          {names.length === 0 ? label : <bdi>{said}</bdi>}
        </Button>
      </Popover.Target>
      <Popover.Dropdown miw={200} maw="94vw">
        <Checkbox.Group aria-label={label} value={value} onChange={onChange}>
          <Stack gap={6} className={classes.choices}>
            {data.map((one) => (
              <Checkbox key={one.value} size="sm" value={one.value} label={one.label} />
            ))}
          </Stack>
        </Checkbox.Group>
        {children}
      </Popover.Dropdown>
    </Popover>
  );
}
