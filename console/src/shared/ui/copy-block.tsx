import { ActionIcon, CopyButton, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import classes from "./copy-block.module.css";

interface CopyBlockProps {
  code: string;
  label?: string;
}

/** Code or a command that is meant to be copied. */
export function CopyBlock({ code, label }: CopyBlockProps) {
  const { t } = useTranslation();
  return (
    <div className={classes.block}>
      <section className={classes.code} dir="ltr" aria-label={label} tabIndex={0}>
        <code>{code}</code>
      </section>
      <CopyButton value={code} timeout={1600}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? t("common.copied") : t("common.copy")}>
            <ActionIcon className={classes.button} onClick={copy} aria-label={t("common.copy")}>
              {copied ? <IconCheck size={18} /> : <IconCopy size={18} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </div>
  );
}
