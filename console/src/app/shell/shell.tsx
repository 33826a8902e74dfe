import { AppShell } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Outlet } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Help } from "./help";
import { Masthead } from "./masthead";
import { Nav } from "./nav";
import { Palette } from "./palette";
import classes from "./shell.module.css";
import { useShortcuts } from "./shortcuts";

/** The frame around every page: masthead, navigation, palette, help. */
export function Shell() {
  const { t } = useTranslation();
  const [menuOpen, menu] = useDisclosure(false);
  const [helpOpen, help] = useDisclosure(false);
  useShortcuts(help.open);
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 212, breakpoint: "sm", collapsed: { mobile: !menuOpen } }}
      padding={{ base: 16, md: 32 }}
      transitionDuration={120}
    >
      <a href="#main" className={classes.skip}>
        {t("shell.skip")}
      </a>
      <AppShell.Header className={classes.header}>
        <Masthead menuOpen={menuOpen} onMenu={menu.toggle} onHelp={help.open} />
      </AppShell.Header>
      <AppShell.Navbar className={classes.navbar} aria-label={t("shell.navigation")}>
        <Nav onGo={menu.close} />
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1} className={classes.main}>
        <Outlet />
      </AppShell.Main>
      <Palette />
      <Help open={helpOpen} onClose={help.close} />
    </AppShell>
  );
}
