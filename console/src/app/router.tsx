import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { Problem } from "@/shared/api/problem";
import { meQuery } from "@/shared/api/session";
import { parseSearch, type UrlSearch, writeSearch } from "@/shared/url/search";
import { Failed, NotFound, Pending } from "./pages";
import { makeQueryClient } from "./query-client";
import { JourneysFrame } from "./shell/journeys-frame";
import { Shell } from "./shell/shell";

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  validateSearch: (search: Record<string, unknown>) => search as UrlSearch,
  component: Outlet,
  notFoundComponent: NotFound,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  component: lazyRouteComponent(() => import("@/features/auth/sign-in"), "SignIn"),
});

const welcome = createRoute({
  getParentRoute: () => root,
  path: "/welcome",
  component: lazyRouteComponent(() => import("@/features/auth/welcome"), "Welcome"),
});

/** Everything behind the sign-in. */
const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  component: Shell,
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queryClient.ensureQueryData(meQuery);
    } catch (error) {
      const signedOut = error instanceof Problem && error.status === 401;
      if (!signedOut) throw error;
      throw redirect({ to: "/sign-in", search: { to: location.href } });
    }
  },
});

const pulse = createRoute({
  getParentRoute: () => shell,
  path: "/",
  component: lazyRouteComponent(() => import("@/features/pulse/page"), "PulsePage"),
});
const live = createRoute({
  getParentRoute: () => shell,
  path: "/live",
  component: lazyRouteComponent(() => import("@/features/live/page"), "LivePage"),
});
const customers = createRoute({
  getParentRoute: () => shell,
  path: "/customers",
  component: lazyRouteComponent(() => import("@/features/customers/list"), "CustomersPage"),
});
const person = createRoute({
  getParentRoute: () => shell,
  path: "/customers/$person",
  component: lazyRouteComponent(() => import("@/features/customers/person"), "PersonPage"),
});
/** The pages of Journeys stand under one bar of tabs. */
const journeysFrame = createRoute({
  getParentRoute: () => shell,
  id: "journeys-frame",
  component: JourneysFrame,
});
const journeys = createRoute({
  getParentRoute: () => journeysFrame,
  path: "/journeys",
  component: lazyRouteComponent(() => import("@/features/journeys/page"), "JourneysPage"),
});
const funnel = createRoute({
  getParentRoute: () => journeysFrame,
  path: "/journeys/funnel",
  component: lazyRouteComponent(() => import("@/features/funnel/page"), "FunnelPage"),
});
const paths = createRoute({
  getParentRoute: () => journeysFrame,
  path: "/journeys/paths",
  component: lazyRouteComponent(() => import("@/features/paths/page"), "PathsPage"),
});
const retention = createRoute({
  getParentRoute: () => journeysFrame,
  path: "/journeys/retention",
  component: lazyRouteComponent(() => import("@/features/retention/page"), "RetentionPage"),
});
const friction = createRoute({
  getParentRoute: () => journeysFrame,
  path: "/journeys/friction",
  component: lazyRouteComponent(() => import("@/features/friction/page"), "FrictionPage"),
});
const maps = createRoute({
  getParentRoute: () => journeysFrame,
  path: "/journeys/maps",
  component: lazyRouteComponent(() => import("@/features/maps/page"), "MapsPage"),
});
const impact = createRoute({
  getParentRoute: () => journeysFrame,
  path: "/journeys/impact",
  component: lazyRouteComponent(() => import("@/features/impact/page"), "ImpactPage"),
});
const groups = createRoute({
  getParentRoute: () => journeysFrame,
  path: "/journeys/groups",
  component: lazyRouteComponent(() => import("@/features/groups/page"), "GroupsPage"),
});
const sources = createRoute({
  getParentRoute: () => shell,
  path: "/sources",
  component: lazyRouteComponent(() => import("@/features/sources/list"), "SourcesPage"),
});
const source = createRoute({
  getParentRoute: () => shell,
  path: "/sources/$source",
  component: lazyRouteComponent(() => import("@/features/sources/detail"), "SourcePage"),
});
const quarantine = createRoute({
  getParentRoute: () => shell,
  path: "/quarantine",
  component: lazyRouteComponent(() => import("@/features/quarantine/page"), "QuarantinePage"),
});
const users = createRoute({
  getParentRoute: () => shell,
  path: "/users",
  component: lazyRouteComponent(() => import("@/features/settings/users"), "UsersPage"),
});
const tokens = createRoute({
  getParentRoute: () => shell,
  path: "/tokens",
  component: lazyRouteComponent(() => import("@/features/settings/tokens"), "TokensPage"),
});
const audit = createRoute({
  getParentRoute: () => shell,
  path: "/audit",
  component: lazyRouteComponent(() => import("@/features/settings/audit"), "AuditPage"),
});
const workspace = createRoute({
  getParentRoute: () => shell,
  path: "/workspace",
  component: lazyRouteComponent(() => import("@/features/settings/workspace"), "WorkspacePage"),
});
const profile = createRoute({
  getParentRoute: () => shell,
  path: "/profile",
  component: lazyRouteComponent(() => import("@/features/settings/profile"), "ProfilePage"),
});

const tree = root.addChildren([
  signIn,
  welcome,
  shell.addChildren([
    pulse,
    live,
    customers,
    person,
    journeysFrame.addChildren([journeys, funnel, paths, retention, friction, maps, impact, groups]),
    sources,
    source,
    quarantine,
    users,
    tokens,
    audit,
    workspace,
    profile,
  ]),
]);

function leave(): void {
  const { href, pathname } = router.state.location;
  if (pathname === "/sign-in") return;
  queryClient.clear();
  void router.navigate({ to: "/sign-in", search: { to: href } });
}

export const queryClient = makeQueryClient(leave);

export const router = createRouter({
  routeTree: tree,
  context: { queryClient },
  parseSearch,
  stringifySearch: writeSearch,
  defaultPreload: "intent",
  scrollRestoration: true,
  defaultPendingComponent: Pending,
  defaultErrorComponent: Failed,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
