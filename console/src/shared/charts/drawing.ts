/** A part of the page drawn again as one SVG: what is saved is exactly what is seen. */

const SVG = "http://www.w3.org/2000/svg";
const SIDES = ["Top", "Right", "Bottom", "Left"] as const;
/** What a copy of a drawn thing must carry with it, since it leaves our style sheets behind. */
const CARRIED = [
  "fill",
  "fill-opacity",
  "stroke",
  "stroke-width",
  "stroke-dasharray",
  "stroke-opacity",
  "opacity",
  "font-family",
  "font-size",
  "font-weight",
  "text-anchor",
  "dominant-baseline",
  "direction",
  "unicode-bidi",
];

interface Paper {
  out: string[];
  left: number;
  top: number;
}

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

const round = (x: number) => Math.round(x * 10) / 10;

function tag(name: string, attributes: Record<string, string | number>, inside = ""): string {
  const written = Object.entries(attributes)
    .map(([key, value]) => `${key}="${escaped(String(value))}"`)
    .join(" ");
  return `<${name} ${written}>${inside}</${name}>`;
}

const isClear = (color: string) => color === "transparent" || /,\s*0\)$/.test(color);

function isSkipped(element: Element, style: CSSStyleDeclaration, box: DOMRect): boolean {
  if (style.display === "none" || style.visibility === "hidden") return true;
  if (element.closest("[data-no-picture]") !== null) return true;
  return box.width <= 1 && box.height <= 1;
}

function drawBox(element: Element, style: CSSStyleDeclaration, box: DOMRect, paper: Paper): void {
  const x = round(box.left - paper.left);
  const y = round(box.top - paper.top);
  const place = { x, y, width: round(box.width), height: round(box.height) };
  const rx = Number.parseFloat(style.borderTopLeftRadius) || 0;
  if (!isClear(style.backgroundColor))
    paper.out.push(tag("rect", { ...place, rx, fill: style.backgroundColor }));
  if (element.hasAttribute("data-hatch"))
    paper.out.push(tag("rect", { ...place, fill: "url(#hatch)" }));
  const ends = {
    Top: [x, y, x + box.width, y],
    Right: [x + box.width, y, x + box.width, y + box.height],
    Bottom: [x, y + box.height, x + box.width, y + box.height],
    Left: [x, y, x, y + box.height],
  };
  for (const side of SIDES) {
    const width = Number.parseFloat(style[`border${side}Width`]);
    const color = style[`border${side}Color`];
    if (!(width > 0) || style[`border${side}Style`] === "none" || isClear(color)) continue;
    const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = ends[side].map(round);
    paper.out.push(tag("line", { x1, y1, x2, y2, stroke: color, "stroke-width": width }));
  }
}

/** A text as it is broken into lines on the page. */
function linesOf(node: Text): { text: string; box: DOMRect }[] {
  const range = document.createRange();
  const lines: { text: string; box: DOMRect }[] = [];
  for (const word of node.data.matchAll(/\s*\S+/g)) {
    const at = word.index + word[0].length - word[0].trimStart().length;
    range.setStart(node, at);
    range.setEnd(node, word.index + word[0].length);
    const box = range.getBoundingClientRect();
    const last = lines.at(-1);
    if (last && Math.abs(last.box.top - box.top) < 3) {
      last.text += word[0];
      const left = Math.min(last.box.left, box.left);
      const right = Math.max(last.box.right, box.right);
      last.box = new DOMRect(left, last.box.top, right - left, last.box.height);
    } else lines.push({ text: word[0].trim(), box });
  }
  return lines;
}

function drawText(node: Text, style: CSSStyleDeclaration, paper: Paper): void {
  const size = Number.parseFloat(style.fontSize);
  for (const { text, box } of linesOf(node)) {
    if (box.width === 0) continue;
    const edge = style.direction === "rtl" ? box.right : box.left;
    const place = {
      x: round(edge - paper.left),
      y: round(box.top - paper.top + box.height / 2 + size * 0.34),
      "font-family": style.fontFamily,
      "font-size": size,
      "font-weight": style.fontWeight,
      fill: style.color,
      direction: style.direction,
    };
    paper.out.push(tag("text", place, escaped(text)));
  }
}

function drawSvg(element: SVGSVGElement, box: DOMRect, paper: Paper): void {
  const copy = element.cloneNode(true) as SVGSVGElement;
  const own = [element, ...element.querySelectorAll("*")];
  for (const [at, one] of [copy, ...copy.querySelectorAll("*")].entries()) {
    const style = getComputedStyle(own[at] as Element);
    for (const name of CARRIED) {
      const value = style.getPropertyValue(name);
      if (value !== "") one.setAttribute(name, value);
    }
    one.removeAttribute("class");
    one.removeAttribute("style");
  }
  copy.setAttribute("x", String(round(box.left - paper.left)));
  copy.setAttribute("y", String(round(box.top - paper.top)));
  copy.setAttribute("width", String(round(box.width)));
  copy.setAttribute("height", String(round(box.height)));
  paper.out.push(new XMLSerializer().serializeToString(copy));
}

function walk(element: Element, paper: Paper): void {
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  if (isSkipped(element, style, box)) return;
  if (element instanceof SVGSVGElement) {
    drawSvg(element, box, paper);
    return;
  }
  drawBox(element, style, box, paper);
  for (const child of element.childNodes) {
    if (child instanceof Text) drawText(child, style, paper);
    else if (child instanceof Element) walk(child, paper);
  }
}

/** The picture as the text of an SVG file; `style` is put into it, e.g. fonts. */
export function drawn(element: HTMLElement, style = ""): string {
  const box = element.getBoundingClientRect();
  const margin = 16;
  const paper: Paper = { out: [], left: box.left - margin, top: box.top - margin };
  const width = Math.ceil(Math.max(box.width, element.scrollWidth) + 2 * margin);
  const height = Math.ceil(Math.max(box.height, element.scrollHeight) + 2 * margin);
  const page = getComputedStyle(document.body);
  walk(element, paper);
  const hatch = tag(
    "pattern",
    { id: "hatch", width: 6, height: 6, patternUnits: "userSpaceOnUse" },
    tag("path", { d: "M0 6 L6 0", stroke: page.color, "stroke-width": 1, "stroke-opacity": 0.4 }),
  );
  const ground = tag("rect", { width, height, fill: page.backgroundColor });
  return [
    `<svg xmlns="${SVG}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<defs><style>${style}</style>${hatch}</defs>${ground}`,
    ...paper.out,
    "</svg>",
  ].join("\n");
}
