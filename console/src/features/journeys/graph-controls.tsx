import { ActionIcon } from "@mantine/core";
import { IconMaximize, IconMinus, IconPlus } from "@tabler/icons-react";
import { type FitViewOptions, Panel, useReactFlow } from "@xyflow/react";
import { useTranslation } from "react-i18next";

/** Zoom by buttons; the wheel keeps scrolling the page. */
export function GraphControls({ fit }: { fit: FitViewOptions }) {
  const { t } = useTranslation();
  const flow = useReactFlow();
  return (
    <Panel position="bottom-left">
      <ActionIcon.Group>
        <ActionIcon
          variant="default"
          aria-label={t("journeys.zoomIn")}
          onClick={() => void flow.zoomIn()}
        >
          <IconPlus size={17} />
        </ActionIcon>
        <ActionIcon
          variant="default"
          aria-label={t("journeys.zoomOut")}
          onClick={() => void flow.zoomOut()}
        >
          <IconMinus size={17} />
        </ActionIcon>
        <ActionIcon
          variant="default"
          aria-label={t("journeys.fit")}
          onClick={() => void flow.fitView(fit)}
        >
          <IconMaximize size={17} />
        </ActionIcon>
      </ActionIcon.Group>
    </Panel>
  );
}
