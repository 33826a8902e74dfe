import {
  IconActivityHeartbeat,
  IconBiohazard,
  IconBroadcast,
  IconBuilding,
  IconHistory,
  IconKey,
  IconPlugConnected,
  IconRoute,
  IconUser,
  IconUserCog,
  IconUsers,
} from "@tabler/icons-react";

/** A page of the console: where it is, who may see it, and its key after `g`. */
export const PLACES = [
  {
    id: "pulse",
    to: "/",
    icon: IconActivityHeartbeat,
    group: "see",
    key: "p",
    needs: "pulse.read",
  },
  { id: "live", to: "/live", icon: IconBroadcast, group: "see", key: "l", needs: "pulse.read" },
  {
    id: "journeys",
    to: "/journeys",
    icon: IconRoute,
    group: "see",
    key: "j",
    needs: "journeys.read",
  },
  {
    id: "customers",
    to: "/customers",
    icon: IconUsers,
    group: "know",
    key: "c",
    needs: "people.read",
  },
  {
    id: "sources",
    to: "/sources",
    icon: IconPlugConnected,
    group: "collect",
    key: "s",
    needs: "sources.read",
  },
  {
    id: "quarantine",
    to: "/quarantine",
    icon: IconBiohazard,
    group: "collect",
    key: "q",
    needs: "quarantine.read",
  },
  {
    id: "users",
    to: "/users",
    icon: IconUserCog,
    group: "settings",
    key: "u",
    needs: "users.edit",
  },
  { id: "tokens", to: "/tokens", icon: IconKey, group: "settings", key: "t", needs: "tokens.edit" },
  {
    id: "audit",
    to: "/audit",
    icon: IconHistory,
    group: "settings",
    key: "a",
    needs: "audit.read",
  },
  {
    id: "workspace",
    to: "/workspace",
    icon: IconBuilding,
    group: "settings",
    key: "w",
    needs: "workspace.edit",
  },
  {
    id: "profile",
    to: "/profile",
    icon: IconUser,
    group: "settings",
    key: "m",
    needs: "people.read",
  },
] as const;

export const GROUPS = ["see", "know", "collect", "settings"] as const;

/** The pages under Journeys. */
export const JOURNEY_TABS = [
  { id: "explore", to: "/journeys" },
  { id: "funnel", to: "/journeys/funnel" },
  { id: "paths", to: "/journeys/paths" },
  { id: "retention", to: "/journeys/retention" },
  { id: "friction", to: "/journeys/friction" },
  { id: "maps", to: "/journeys/maps" },
  { id: "impact", to: "/journeys/impact" },
  { id: "groups", to: "/journeys/groups" },
] as const;
