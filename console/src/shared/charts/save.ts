import arabic from "@fontsource-variable/vazirmatn/files/vazirmatn-arabic-wght-normal.woff2?url";
import latin from "@fontsource-variable/vazirmatn/files/vazirmatn-latin-wght-normal.woff2?url";
import { drawn } from "./drawing";
import { CHART_FONT } from "./kit";

const SCALE = 2;

/** A cell of a table that is saved. */
export type Datum = string | number | boolean | null | undefined;

/** Give a file to the person. */
export function saveBlob(name: string, blob: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

async function dataUrl(blob: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

/** The font goes into the file: elsewhere nobody has it. */
async function fontFace(url: string, range: string): Promise<string> {
  const font = await dataUrl(await (await fetch(url)).blob());
  return `@font-face{font-family:"${CHART_FONT}";src:url(${font}) format("woff2");font-weight:100 900;unicode-range:${range};}`;
}

async function picture(element: HTMLElement): Promise<string> {
  const faces = await Promise.all([
    fontFace(arabic, "U+0600-06FF,U+200C-200F,U+FB50-FDFF,U+FE70-FEFC"),
    fontFace(latin, "U+0000-00FF,U+2000-206F"),
  ]);
  return drawn(element, faces.join(""));
}

const asSvg = (text: string) => new Blob([text], { type: "image/svg+xml" });

export async function saveSvg(name: string, element: HTMLElement): Promise<void> {
  saveBlob(`${name}.svg`, asSvg(await picture(element)));
}

export async function savePng(name: string, element: HTMLElement): Promise<void> {
  const image = new Image();
  image.src = await dataUrl(asSvg(await picture(element)));
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = image.naturalWidth * SCALE;
  canvas.height = image.naturalHeight * SCALE;
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (blob === null) throw new Error("the browser made no picture");
  saveBlob(`${name}.png`, blob);
}

/** A table as CSV; a value that a spreadsheet would run as a formula is kept as text. */
export function csvOf(rows: readonly (readonly Datum[])[]): string {
  const cell = (value: Datum) => {
    const text = value === null || value === undefined ? "" : String(value);
    const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return rows.map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

export function saveCsv(name: string, rows: readonly (readonly Datum[])[]): void {
  // With the mark, spreadsheets read Persian as UTF-8.
  saveBlob(`${name}.csv`, new Blob(["\ufeff", csvOf(rows)], { type: "text/csv" }));
}
