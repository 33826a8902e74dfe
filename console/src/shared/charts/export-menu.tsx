import { Button, Menu } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconDownload, IconPhoto, IconTable } from "@tabler/icons-react";
import { type RefObject, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Datum, saveCsv, savePng, saveSvg } from "./save";

interface ExportMenuProps {
  /** Name of the files, without ending. */
  name: string;
  /** What is saved as a picture. */
  of: RefObject<HTMLElement | null>;
  /** The numbers, with a head: saved as CSV by the browser. */
  table?: () => readonly (readonly Datum[])[];
  /** Tables that the server writes; in place of `table`. */
  server?: (format: "csv" | "parquet") => Promise<void>;
}

/** Take a chart along: as a picture, or its numbers. */
export function ExportMenu({ name, of, table, server }: ExportMenuProps) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const run = async (work: () => Promise<void>) => {
    setBusy(true);
    try {
      await work();
    } catch {
      notifications.show({ color: "red", message: t("charts.exportFailed") });
    } finally {
      setBusy(false);
    }
  };
  const picture = (save: typeof saveSvg) => () =>
    void run(async () => {
      if (of.current !== null) await save(name, of.current);
    });
  const csv = () =>
    void run(async () => {
      if (server) await server("csv");
      else if (table) saveCsv(name, table());
    });
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconDownload size={16} aria-hidden />}
          loading={busy}
          data-no-picture
        >
          {t("charts.export")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconPhoto size={16} />} onClick={picture(savePng)}>
          {t("charts.png")}
        </Menu.Item>
        <Menu.Item leftSection={<IconPhoto size={16} />} onClick={picture(saveSvg)}>
          {t("charts.svg")}
        </Menu.Item>
        {(table || server) && (
          <Menu.Item leftSection={<IconTable size={16} />} onClick={csv}>
            {t("charts.csv")}
          </Menu.Item>
        )}
        {server && (
          <Menu.Item
            leftSection={<IconTable size={16} />}
            onClick={() => void run(() => server("parquet"))}
          >
            {t("charts.parquet")}
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
