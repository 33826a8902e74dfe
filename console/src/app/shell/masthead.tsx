import {
  ActionIcon,
  Burger,
  Button,
  Kbd,
  Menu,
  Tooltip,
  UnstyledButton,
  useComputedColorScheme,
  useMantineColorScheme,
} from "@mantine/core";
import { openSpotlight } from "@mantine/spotlight";
import { IconHelp, IconLogout, IconMoon, IconSearch, IconSun, IconUser } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { api, ask } from "@/shared/api/client";
import { useMe } from "@/shared/api/session";
import { useFormat } from "@/shared/format/use-format";
import { useWord } from "@/shared/i18n/word";
import { usePreferences } from "@/shared/prefs/preferences";
import { useNow } from "@/shared/prefs/use-now";
import classes from "./shell.module.css";

interface MastheadProps {
  menuOpen: boolean;
  onMenu: () => void;
  onHelp: () => void;
}

/** The top line: name, date, search, language, colours, account. */
export function Masthead({ menuOpen, onMenu, onHelp }: MastheadProps) {
  const { t } = useTranslation();
  const me = useMe();
  const format = useFormat();
  const now = useNow(60_000);
  return (
    <div className={classes.bar}>
      <Burger
        opened={menuOpen}
        onClick={onMenu}
        hiddenFrom="sm"
        size="sm"
        aria-label={t("shell.menu")}
      />
      <Link to="/" className={classes.brand}>
        <img src="/favicon.svg" alt="" />
        {t("shell.brand")}
      </Link>
      <span className={`${classes.workspace} mantine-visible-from-md`}>
        {/* A workspace nobody named yet has the program's own name. */}
        {me?.workspace.name !== t("shell.brand") && <bdi>{me?.workspace.name}</bdi>}
      </span>
      <span className={`${classes.today} mantine-visible-from-lg`}>{format.day(now)}</span>
      <UnstyledButton className={`${classes.find} mantine-visible-from-sm`} onClick={openSpotlight}>
        <IconSearch size={17} aria-hidden />
        <span>{t("shell.find")}</span>
        <Kbd size="xs">/</Kbd>
      </UnstyledButton>
      <ActionIcon hiddenFrom="sm" ms="auto" onClick={openSpotlight} aria-label={t("shell.find")}>
        <IconSearch size={20} />
      </ActionIcon>
      <LanguageSwitch />
      <SchemeSwitch />
      <Tooltip label={t("shell.help")}>
        <ActionIcon visibleFrom="sm" onClick={onHelp} aria-label={t("shell.help")}>
          <IconHelp size={20} />
        </ActionIcon>
      </Tooltip>
      <Account />
    </div>
  );
}

function LanguageSwitch() {
  const { t } = useTranslation();
  const { language, setLanguage } = usePreferences();
  const other = language === "fa" ? "en" : "fa";
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-sm"
      lang={other}
      onClick={() => setLanguage(other)}
      aria-label={t("shell.languageLabel")}
    >
      {t("shell.language")}
    </Button>
  );
}

function SchemeSwitch() {
  const { t } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme("light") === "dark";
  const label = dark ? t("shell.toLight") : t("shell.toDark");
  return (
    <Tooltip label={label}>
      <ActionIcon onClick={() => setColorScheme(dark ? "light" : "dark")} aria-label={label}>
        {dark ? <IconSun size={20} /> : <IconMoon size={20} />}
      </ActionIcon>
    </Tooltip>
  );
}

function Account() {
  const { t } = useTranslation();
  const me = useMe();
  const word = useWord();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const signOut = async () => {
    await ask(api.POST("/api/sign-out"));
    queryClient.clear();
    await navigate({ to: "/sign-in" });
  };
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon aria-label={t("shell.account")}>
          <IconUser size={20} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <bdi>{me?.name || me?.email}</bdi> · {word("roles", me?.role ?? "")}
        </Menu.Label>
        <Menu.Item component={Link} to="/profile" leftSection={<IconUser size={17} />}>
          {t("shell.nav.profile")}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconLogout size={17} className="mirror" />}
          onClick={() => void signOut()}
        >
          {t("shell.signOut")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
