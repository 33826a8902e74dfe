import type { en } from "../en";
import type { Translation } from "../shape";
import { auth } from "./auth";
import { causes } from "./causes";
import { charts } from "./charts";
import { common } from "./common";
import { customers } from "./customers";
import { friction } from "./friction";
import { funnel } from "./funnel";
import { groups } from "./groups";
import { impact } from "./impact";
import { journeys } from "./journeys";
import { maps } from "./maps";
import { paths } from "./paths";
import { live, pulse } from "./pulse";
import { quarantine } from "./quarantine";
import { query } from "./query";
import { retention } from "./retention";
import { settings } from "./settings";
import { shell } from "./shell";
import { sources } from "./sources";
import { words } from "./words";

export const fa: Translation<typeof en> = {
  auth,
  causes,
  charts,
  common,
  customers,
  friction,
  funnel,
  groups,
  impact,
  journeys,
  live,
  maps,
  paths,
  pulse,
  quarantine,
  query,
  retention,
  settings,
  shell,
  sources,
  words,
};
