import { Button, NumberInput, Switch } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAllowed } from "@/shared/api/session";
import { ProblemNote } from "@/shared/ui/problem-note";
import { QueryView } from "@/shared/ui/query-view";
import { detectorsQuery, useFrictionWork } from "./api";
import classes from "./friction.module.css";
import type { Detector } from "./types";

/** What each detector finds, and the numbers it works with. */
export function Detectors() {
  const { t } = useTranslation();
  const detectors = useQuery(detectorsQuery);
  return (
    <>
      <p className={classes.lede}>{t("friction.detectorsNote")}</p>
      <QueryView query={detectors}>
        {(items) => (
          <ul className={classes.detectors}>
            {items.map((item) => (
              // Made anew when the server knows other numbers.
              <DetectorRow key={JSON.stringify(item)} item={item} />
            ))}
          </ul>
        )}
      </QueryView>
    </>
  );
}

function DetectorRow({ item }: { item: Detector }) {
  const { t } = useTranslation();
  const mayEdit = useAllowed("journeys.edit");
  const { setDetector } = useFrictionWork();
  const known = Object.fromEntries(item.parameters.map(({ name, value }) => [name, value]));
  const [values, setValues] = useState<Record<string, number>>(known);
  const [enabled, setEnabled] = useState(item.enabled);
  const changed =
    enabled !== item.enabled || item.parameters.some((p) => values[p.name] !== p.value);
  const name = t(`friction.detectors.${item.detector}.name`);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setDetector.mutate({ detector: item.detector, enabled, parameters: values });
  };
  return (
    <li className={classes.detector}>
      <form onSubmit={submit}>
        <Switch
          label={name}
          classNames={{ label: classes.name }}
          checked={enabled}
          disabled={!mayEdit}
          onChange={(event) => setEnabled(event.currentTarget.checked)}
        />
        <p className={classes.says}>{t(`friction.detectors.${item.detector}.says`)}</p>
        <div className={classes.parameters}>
          {item.parameters.map((p) => (
            <NumberInput
              key={p.name}
              label={t(`friction.parameters.${p.name}` as "friction.parameters.pause_s")}
              description={t("friction.bounds", { least: p.least, most: p.most })}
              size="sm"
              w={190}
              hideControls
              min={p.least}
              max={p.most}
              disabled={!mayEdit}
              value={values[p.name] ?? p.value}
              onChange={(value) => setValues({ ...values, [p.name]: Number(value) })}
            />
          ))}
          {changed && (
            <Button type="submit" size="sm" loading={setDetector.isPending}>
              {t("common.save")}
            </Button>
          )}
        </div>
        {setDetector.error != null && <ProblemNote error={setDetector.error} />}
      </form>
    </li>
  );
}
