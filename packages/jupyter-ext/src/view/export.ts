import { describeNote, type Language, type Note } from "heed/note";
import { cellsOf } from "./cells.js";
import { drawNote } from "./drawing.js";
import type { DrawingSettings, Phrases } from "./options.js";
import { readTheme, textMeasurer } from "./page.js";
import { loadPlotly, plotlyConfig } from "./plotly.js";
import type { Selection } from "./selection.js";

/** The weights of one head as comma-separated values (RFC 4180): tokens in the first row and column; masked cells are empty. */
export function toCsv(note: Note, { head }: Selection): string {
  return lines(note, head)
    .map((line) => line.map(quote).join(","))
    .join("\r\n");
}

/** A note as plain text: title, sentence, and the weights of one head separated by tabs, as spreadsheets take them. */
export function toText(note: Note, { head }: Selection, language: Language): string {
  const table = lines(note, head).map((line) => line.map((field) => field.replaceAll(/[\t\r\n]/g, " ")).join("\t"));
  return [describeNote(note, language), "", ...table].join("\n");
}

function lines(note: Note, head: number): string[][] {
  const { shape, block, values } = cellsOf(note, head, [Infinity, Infinity]);
  const [rows, columns] = shape;
  const header = Array.from({ length: columns }, (_, i) => label(note.axes.columns.tokens, i, block[1]));
  return [
    ["", ...header],
    ...Array.from({ length: rows }, (_, row) => [
      label(note.axes.rows.tokens, row, block[0]),
      ...Array.from(values.subarray(row * columns, (row + 1) * columns), (value) =>
        Number.isNaN(value) ? "" : String(Number(value.toPrecision(7))),
      ),
    ]),
  ];
}

/** A token, or of a block the numbers of its first and last. */
function label(tokens: readonly string[], i: number, size: number): string {
  return size === 1 ? (tokens[i] ?? "") : `${i * size + 1}–${Math.min((i + 1) * size, tokens.length)}`;
}

function quote(field: string): string {
  // a spreadsheet would run a field that begins like a formula; an apostrophe makes it text
  const safe = /^[=+@\t\r-]/.test(field) && Number.isNaN(Number(field)) ? `'${field}` : field;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Pixels of a saved picture's width, and how much finer a PNG is than the screen. */
const exportWidth = 900;
const exportScale = 2;

/** The picture as a file, with its title and the page's background. */
export async function toPicture(
  note: Note,
  selection: Selection,
  format: "svg" | "png",
  settings: DrawingSettings,
  phrases: Phrases,
): Promise<Blob> {
  const theme = readTheme("page");
  const options = { ...settings, width: exportWidth, theme, measure: textMeasurer(theme), phrases };
  const { data, layout } = drawNote(note, selection, note.title ? { ...options, title: note.title } : options);
  const plotly = await loadPlotly();
  const { width = exportWidth, height = exportWidth } = layout;
  const url = await plotly.toImage(
    { data, layout, config: plotlyConfig },
    { format, width, height, scale: format === "png" ? exportScale : 1 },
  );
  return toBlob(url);
}

/** Decodes a data URL without asking the network for it, which a content security policy may forbid. */
function toBlob(url: string): Blob {
  const comma = url.indexOf(",");
  const type = url.slice(5, url.indexOf(";") > 0 ? Math.min(comma, url.indexOf(";")) : comma);
  const body = url.slice(comma + 1);
  if (!url.slice(0, comma).endsWith(";base64")) return new Blob([decodeURIComponent(body)], { type });
  return new Blob([Uint8Array.from(atob(body), (char) => char.charCodeAt(0))], { type });
}
