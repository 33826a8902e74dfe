import type { en } from "../en";
import type { Translation } from "../shape";
import { auth } from "./auth";
import { causes } from "./causes";
import { common } from "./common";
import { customers } from "./customers";
import { journeys } from "./journeys";
import { live, pulse } from "./pulse";
import { quarantine } from "./quarantine";
import { settings } from "./settings";
import { shell } from "./shell";
import { sources } from "./sources";
import { words } from "./words";

export const fa: Translation<typeof en> = {
  auth,
  causes,
  common,
  customers,
  journeys,
  live,
  pulse,
  quarantine,
  settings,
  shell,
  sources,
  words,
};
