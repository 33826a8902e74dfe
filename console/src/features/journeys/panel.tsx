import { ActionIcon } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { type ReactNode, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import classes from "./journeys.module.css";

interface PanelProps {
  title: ReactNode;
  onClose: () => void;
  children: ReactNode;
}

/** What stands beside the graph. It takes the focus, so that keyboards and readers arrive there. */
export function SidePanel({ title, onClose, children }: PanelProps) {
  const { t } = useTranslation();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <aside className={classes.panel}>
      <div className={classes.panelHead}>
        <h2 className={classes.panelTitle} tabIndex={-1} ref={heading}>
          {title}
        </h2>
        <ActionIcon onClick={onClose} aria-label={t("journeys.close")}>
          <IconX size={18} />
        </ActionIcon>
      </div>
      {children}
    </aside>
  );
}
