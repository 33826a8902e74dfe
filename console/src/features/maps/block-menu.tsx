import { ActionIcon, Menu } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useBoard } from "./board-context";
import { type Place, remove, shift, unwrap, wrap } from "./tree";
import { type Block, isTouchpoint, WRAPS } from "./types";

interface BlockMenuProps {
  block: Block;
  place: Place;
  label: string;
}

/** What can be done with a step: move it, put it into a block, take it out, remove it. */
export function BlockMenu({ block, place, label }: BlockMenuProps) {
  const { t } = useTranslation();
  const { editor, mayEdit, edit } = useBoard();
  if (!mayEdit) return null;
  const { body, change } = editor;
  const isCard = isTouchpoint(block);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon size={26} variant="subtle" aria-label={t("maps.stepMenu", { step: label })}>
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {(isCard || block.kind === "loop") && (
          <Menu.Item onClick={() => edit(place)}>{t("maps.edit")}</Menu.Item>
        )}
        <Menu.Item onClick={() => change(shift(body, place, -1))}>{t("maps.earlier")}</Menu.Item>
        <Menu.Item onClick={() => change(shift(body, place, 1))}>{t("maps.later")}</Menu.Item>
        <Menu.Divider />
        {WRAPS.map((kind) => (
          <Menu.Item key={kind} onClick={() => change(wrap(body, place, kind))}>
            {t(`maps.wraps.${kind}`)}
          </Menu.Item>
        ))}
        {!isCard && (
          <Menu.Item onClick={() => change(unwrap(body, place))}>{t("maps.unwrap")}</Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Item color="red" onClick={() => change(remove(body, place))}>
          {t("common.delete")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
