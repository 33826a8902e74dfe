import {
  IconBrandTelegram,
  IconBuildingStore,
  IconDeviceMobile,
  IconFileImport,
  IconHash,
  IconMail,
  IconMessage,
  IconMessageCircle,
  IconPhone,
  IconServer,
  IconWorld,
} from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useWord } from "../i18n/word";
import classes from "./names.module.css";

const ICONS: Record<string, typeof IconWorld> = {
  web: IconWorld,
  app: IconDeviceMobile,
  store: IconBuildingStore,
  pos: IconBuildingStore,
  call: IconPhone,
  chat: IconMessageCircle,
  email: IconMail,
  sms: IconMessage,
  social: IconBrandTelegram,
  server: IconServer,
  import: IconFileImport,
};

/** A touchpoint: small icon and its name. */
export function ChannelName({ channel }: { channel: string }) {
  const word = useWord();
  const Icon = ICONS[channel] ?? IconHash;
  return (
    <span className={classes.channel}>
      <Icon size={16} stroke={1.6} aria-hidden />
      <bdi>{word("channels", channel)}</bdi>
    </span>
  );
}

const DEVICE_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** What to call a person: who is known by a device only is a visitor with a short number. */
export function usePersonName(): (label: string) => string {
  const { t } = useTranslation();
  return (label) => {
    if (label === "") return t("common.unnamed");
    return DEVICE_ID.test(label) ? t("common.visitor", { id: label.slice(0, 8) }) : label;
  };
}

/** A person's name; it opens their story. */
export function PersonLink({ person, label }: { person: string; label: string }) {
  const personName = usePersonName();
  return (
    <Link to="/customers/$person" params={{ person }} className={classes.person}>
      <bdi>{personName(label)}</bdi>
    </Link>
  );
}

/** Text of any script inside a line: it cannot disturb the order of what stands around it. */
export function Plain({ children }: { children: ReactNode }) {
  return <bdi className={classes.plain}>{children}</bdi>;
}

interface IdentifierTextProps {
  kind: string;
  value: string;
  /** Device ids by their beginning only. */
  short?: boolean;
}

/** An identifier, always from left to right, e.g. +98912… */
export function IdentifierText({ kind, value, short = false }: IdentifierTextProps) {
  const word = useWord();
  return (
    <span className={classes.identifier}>
      <span className={classes.kind}>{word("identifiers", kind)}</span>
      <bdi dir="ltr" className={classes.value} title={value}>
        {short && DEVICE_ID.test(value) ? `${value.slice(0, 8)}…` : value}
      </bdi>
    </span>
  );
}

/** Split "kind:value", the way the server writes the identifier of an event. */
export function splitLabel(label: string): { kind: string; value: string } {
  const at = label.indexOf(":");
  return at < 0
    ? { kind: "", value: label }
    : { kind: label.slice(0, at), value: label.slice(at + 1) };
}
