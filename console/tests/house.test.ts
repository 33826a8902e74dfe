import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";
import { en } from "@/shared/i18n/en";
import { fa } from "@/shared/i18n/fa";

const SRC = join(import.meta.dirname, "../src");
const MOST_LINES = 250;

function walk(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? walk(path) : [path];
  });
}

const files = walk(SRC)
  .filter((path) => /\.(ts|tsx|css)$/.test(path) && !path.endsWith("schema.d.ts"))
  .map((path) => ({ path: relative(SRC, path), text: readFileSync(path, "utf8") }));

function leaves(tree: object, prefix = ""): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]: [string, unknown]) =>
    typeof value === "string"
      ? [[prefix + key, value] as [string, string]]
      : leaves(value as object, `${prefix}${key}.`),
  );
}

test(`no file has more than ${MOST_LINES} lines`, () => {
  expect(
    files.filter(({ text }) => text.split("\n").length > MOST_LINES).map(({ path }) => path),
  ).toEqual([]);
});

test("imports point down: app, features, shared; no feature imports another", () => {
  const wrong = files.flatMap(({ path, text }) => {
    const [floor, room] = path.split("/");
    const imports = [...text.matchAll(/(?:from|import\()\s*"@\/(\w+)\/([\w-]+)/g)];
    return imports
      .filter(([, toFloor, toRoom]) => {
        if (floor === "shared") return toFloor !== "shared";
        if (floor === "features")
          return toFloor === "app" || (toFloor === "features" && toRoom !== room);
        return false;
      })
      .map(([line]) => `${path}: ${line}`);
  });
  expect(wrong).toEqual([]);
});

test("no relative import leaves its room", () => {
  const wrong = files.filter(
    ({ path, text }) => !path.startsWith("shared/") && /from "\.\.\//.test(text),
  );
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test("styles use logical directions only", () => {
  const physical =
    /(?:^|[^-\w])(?:left|right|(?:margin|padding|border)-(?:left|right)|text-align:\s*(?:left|right))\s*[:;]/m;
  const wrong = files.filter(({ path, text }) => path.endsWith(".css") && physical.test(text));
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test("no Persian text stands outside the messages", () => {
  const allowed =
    /^shared\/i18n\/fa\/|^shared\/i18n\/en\/|snippets\.ts$|shortcuts\.ts$|traits\.tsx$|format\.ts$|suggest\.ts$/;
  const wrong = files.filter(({ path, text }) => {
    const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
    return !allowed.test(path) && /[\u0600-\u06ff]/.test(code);
  });
  expect(wrong.map(({ path }) => path)).toEqual([]);
});

test("both languages have the same messages with the same places for values", () => {
  const places = (text: string) => (text.match(/{{\s*\w+/g) ?? []).sort();
  const english = leaves(en);
  const persian = new Map(leaves(fa));
  expect([...persian.keys()]).toEqual(english.map(([key]) => key));
  for (const [key, text] of english)
    expect([key, places(persian.get(key) ?? "")]).toEqual([key, places(text)]);
});

test("Persian is written with Persian letters, digits and half-spaces", () => {
  const wrong = leaves(fa).filter(([key, text]) => {
    // Latin names keep their own digits: UTF-8, ISO 8601.
    const words = text.replace(/{{[^}]*}}/g, "").replace(/[A-Za-z][\w-]*(?: \d+)?/g, "");
    const isPersian = /[\u0600-\u06ff]/.test(words);
    return (
      isPersian &&
      (/[يك٠-٩]|\d/.test(words) ||
        /(^|\s)(ن?می) /.test(words) ||
        /[^\s] (ها|های|هایی)(\s|$)/.test(words)) &&
      !key.includes("currencies")
    );
  });
  expect(wrong).toEqual([]);
});

test("every message is used", () => {
  const code = files
    .filter(({ path }) => !path.startsWith("shared/i18n/"))
    .map(({ text }) => text)
    .join("\n");
  // Keys that are put together: `friction.detectors.${kind}`; the others come from the server.
  const built = [...code.matchAll(/`(\w+\.[\w.]*)\$\{/g)].map(([, prefix = ""]) => prefix);
  const isBuilt = (key: string) => built.some((prefix) => key.startsWith(prefix));
  const dynamic =
    /^(words|causes|customers\.(tabs|timeline)|pulse\.|journeys\.(at|views|measures)|sources\.(problems|units))/;
  const unused = leaves(en)
    .map(([key]) => key.replace(/_(one|other)$/, ""))
    .filter((key) => !dynamic.test(key) && !isBuilt(key) && !code.includes(`"${key}"`));
  expect(unused).toEqual([]);
});

test("every reason, cause and alert of the server has words in both languages", () => {
  const path = join(import.meta.dirname, "../openapi.json");
  const { schemas } = JSON.parse(readFileSync(path, "utf8")).components;
  const codes = (name: string): string[] => schemas[name].enum;
  for (const { causes, words } of [en, fa]) {
    expect(Object.keys(causes.whys).sort()).toEqual(codes("Why").sort());
    expect(Object.keys(causes.alerts).sort()).toEqual(codes("AlertKind").sort());
    expect(Object.keys(words.alerts).sort()).toEqual(codes("AlertKind").sort());
    expect(Object.keys(words.reasons).sort()).toEqual(codes("Reason").sort());
    expect(Object.keys(words.reasonsFix).sort()).toEqual(codes("Reason").sort());
  }
});
