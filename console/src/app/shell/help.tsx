import { Kbd, Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { PLACES } from "./places";
import classes from "./shell.module.css";

function Line({ text, keys }: { text: string; keys: string[] }) {
  const { t } = useTranslation();
  return (
    <div className={classes.keys}>
      <span>{text}</span>
      <span>
        {keys.map((key, index) => (
          <span key={key}>
            {index > 0 && <small> {t("shell.keys.after")} </small>}
            <Kbd dir="ltr">{key}</Kbd>
          </span>
        ))}
      </span>
    </div>
  );
}

/** All keyboard shortcuts. */
export function Help({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      opened={open}
      onClose={onClose}
      title={t("shell.help")}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      <Line text={t("shell.keys.search")} keys={["/"]} />
      <Line text={t("shell.keys.palette")} keys={["Ctrl K"]} />
      <Line text={t("shell.keys.help")} keys={["?"]} />
      <Line text={t("shell.keys.scheme")} keys={["d"]} />
      <Line text={t("shell.keys.language")} keys={["e"]} />
      {PLACES.map((place) => (
        <Line key={place.id} text={t(`shell.nav.${place.id}`)} keys={["g", place.key]} />
      ))}
    </Modal>
  );
}
