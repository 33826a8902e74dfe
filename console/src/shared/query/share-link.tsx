import { Button, CopyButton } from "@mantine/core";
import { IconCheck, IconLink } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

/** Copies the address, which holds everything that is looked at. */
export function ShareLink() {
  const { t } = useTranslation();
  return (
    <CopyButton value={location.href} timeout={1600}>
      {({ copied, copy }) => (
        <Button
          variant="default"
          size="xs"
          leftSection={copied ? <IconCheck size={16} /> : <IconLink size={16} />}
          onClick={copy}
        >
          {copied ? t("common.copied") : t("query.share")}
        </Button>
      )}
    </CopyButton>
  );
}
