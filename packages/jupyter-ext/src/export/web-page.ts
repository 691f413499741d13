import { escapeXml, type Language, type Note } from "heed/note";
import type { Phrases } from "../view/options.js";
import type { Selection } from "../view/selection.js";
import { factsOf } from "../view/wording.js";
import { visibleToken } from "../view/labels.js";
import { lookAt } from "../view/look.js";
import { knownDecimals } from "./known-digits.js";
import { headsName, sentenceOf, shownHeads, titleOf } from "./shown.js";
import { tableOf, type Hides, type Table } from "./table.js";

/** More cells than this are not written as a table, which would be megabytes of HTML; the CSV has them. */
const mostCells = 20_000;

/**
 * Tells the tokens and the weight of the cell under the pointer, from the table on the page. It is the same text in every page, so
 * that the page can name it and let no other script run.
 */
export const pageScript = `
const area = document.querySelector(".heed-cells");
const table = document.querySelector("table");
const tip = document.querySelector("#tip");
if (area && table) addEventListener("pointermove", ({ clientX, clientY }) => {
  const box = area.getBoundingClientRect();
  const row = Math.floor((clientY - box.top) / box.height * area.dataset.rows);
  const column = Math.floor((clientX - box.left) / box.width * area.dataset.columns);
  const line = row >= 0 && column >= 0 ? table.rows[row + 1] : undefined;
  const cell = line && column < area.dataset.columns ? line.cells[column + 1] : undefined;
  tip.hidden = !cell;
  if (!cell) return;
  tip.textContent = line.cells[0].textContent + " → " + table.rows[0].cells[column + 1].textContent + ": " + (cell.textContent || tip.dataset.masked);
  tip.style.left = Math.min(clientX + 14, innerWidth - tip.offsetWidth - 8) + "px";
  tip.style.top = Math.min(clientY + 18, innerHeight - tip.offsetHeight - 8) + "px";
});
`;

/** SHA-256 of {@link pageScript}. */
export const pageScriptHash = "6dHVlgHx+PZLoHnmovbb9+uXqvyKkTovEVjhEb3Q+Qc=";

const style = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", sans-serif; }
body { max-width: 960px; margin: 2em auto; padding: 0 1.25em; }
h1 { margin: 0 0 .8em; font-size: 1.3em; overflow-wrap: anywhere; }
figure { margin: 0; }
figure svg { display: block; box-sizing: border-box; max-width: 100%; height: auto; padding: 6px; border-radius: 4px; background: #fff; zoom: 1.6; }
figcaption { max-width: 72ch; margin-top: .8em; overflow-wrap: anywhere; }
.facts { color: color-mix(in srgb, currentColor 70%, transparent); font-size: .87em; }
details { margin-top: 1.2em; }
summary { cursor: pointer; }
.scroll { overflow: auto; max-height: 70vh; margin-top: .6em; }
table { border-collapse: collapse; font-size: .87em; font-variant-numeric: tabular-nums; }
th, td { padding: 2px 8px; border: 1px solid color-mix(in srgb, currentColor 22%, transparent); text-align: right; white-space: pre; }
th { position: sticky; font-weight: 600; background: Canvas; }
thead th { top: 0; }
tbody th { left: 0; }
#tip { position: fixed; max-width: 24em; padding: 3px 8px; border-radius: 4px; background: #1f2328; color: #fff; font-size: .87em; pointer-events: none; overflow-wrap: anywhere; }
#tip[hidden] { display: none; }
`;

/**
 * A page of its own that holds all it shows and asks no one for anything: title, figure, sentence, and the numbers as a table. Its
 * policy allows neither requests nor scripts but the one that tells the cell under the pointer. Printed, it is the figure at its size.
 *
 * @param svg a figure of {@link figureSvg}
 */
export function toWebPage(
  note: Note,
  svg: string,
  selection: Selection,
  language: Language,
  phrases: Phrases,
  hides?: Hides,
): string {
  const heads = shownHeads(note, selection);
  const title = titleOf(note, headsName(note, heads, phrases));
  const name = escapeXml(title || phrases.__("Attention"));
  const look = lookAt(note, selection);
  const isSmall = look.cells.values.length <= mostCells;
  const numbers = isSmall ? tableHtml(tableOf(note, selection, phrases, hides), phrases) : "";
  const facts = factsOf(look, phrases);
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${pageScriptHash}'">
<meta name="viewport" content="width=device-width">
<title>${name}</title>
<style>${style}${printStyle(svg)}</style>
</head>
<body>
${title === "" ? "" : `<h1 dir="auto">${name}</h1>\n`}<figure>
${svg}
<figcaption>${escapeXml(hides ? "" : sentenceOf(note, heads, "", language))}</figcaption>
</figure>
${facts === "" ? "" : `<p class="facts">${escapeXml(facts)}</p>\n`}${numbers}<div id="tip" data-masked="${escapeXml(phrases.__("masked: not looked at"))}" hidden></div>
<script>${pageScript}</script>
</body>
</html>
`;
}

/** A page that is printed as the figure alone, at its own size in millimetres: what a browser saves as a PDF to be placed in a paper. */
export function toPrintPage(svg: string, name: string): string {
  return `<!doctype html>
<html>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${escapeXml(name)}</title>
<style>body { margin: 0; } svg { display: block; }${printStyle(svg)}</style>
</head>
<body>
${svg}
</body>
</html>
`;
}

/** On paper there is the figure alone, and the sheet is as large as it. */
function printStyle(svg: string): string {
  const [, width = "84mm", height = "84mm"] = /^<svg [^>]*? width="([\d.]+mm)" height="([\d.]+mm)"/.exec(svg) ?? [];
  return `
@page { size: ${width} ${height}; margin: 0; }
@media print {
  :root, body { margin: 0; padding: 0; max-width: none; }
  h1, figcaption, .facts, details, #tip { display: none; }
  figure svg { max-width: none; padding: 0; zoom: 1; border-radius: 0; }
}
`;
}

function heading(scope: "col" | "row", token: string): string {
  return `<th scope="${scope}">${escapeXml(visibleToken(token))}</th>`;
}

function tableHtml({ corner, columns, rows }: Table, phrases: Phrases): string {
  const lines = rows.map(({ label, weights, error }) => {
    const told = (weight: number): number => Number(weight.toFixed(Math.min(4, knownDecimals(error(weight)) ?? 4)));
    const cells = weights.map((weight) => `<td>${typeof weight === "number" ? told(weight) : (weight ?? "")}</td>`);
    return `<tr>${heading("row", label)}${cells.join("")}</tr>`;
  });
  return `<details>
<summary>${escapeXml(phrases.__("The numbers"))}</summary>
<div class="scroll" tabindex="0">
<table>
<thead><tr><td>${escapeXml(corner)}</td>${columns.map((token) => heading("col", token)).join("")}</tr></thead>
<tbody>
${lines.join("\n")}
</tbody>
</table>
</div>
</details>
`;
}
