/** What leaves the page: tables, figures and pages, read back. */
import { createHash } from "node:crypto";
import { makeNote, type Note, type NoteInput } from "heed/note";
import { Window } from "happy-dom";
import { describe, expect, test } from "vitest";
import { fileName } from "../src/export/formats.js";
import { figureSvg } from "../src/export/picture.js";
import { headsIn, headsName } from "../src/export/shown.js";
import { escapeLatex, toCsv, toLatex, toText } from "../src/export/table.js";
import { pageScript, pageScriptHash, toPrintPage, toWebPage } from "../src/export/web-page.js";
import { colourAt } from "../src/view/colour.js";
import { colourHeads } from "../src/view/head-colours.js";
import type { Selection } from "../src/view/selection.js";
import { keepHead } from "../src/view/side-weights.js";
import { english, options } from "./drawing-options.js";

const first: Selection = { head: 0, row: 0 };
const noteOf = (input: Partial<NoteInput> = {}): Note =>
  makeNote({ weights: [[0.125, 0.625, 0.25]], rows: ["h1"], columns: ["我", "是", "中国人"], ...input });
const svgOf = (note: Note, selection: Partial<Selection> = {}, changes: Parameters<typeof options>[0] = {}): string => {
  const { phrases, measure, width: _, theme: __, ...settings } = options(changes);
  return figureSvg(note, { selection: { ...first, ...selection }, settings, phrases, language: "en", measure });
};

/** Comma-separated values as a spreadsheet reads them. */
function readCsv(text: string): string[][] {
  const field = /,(?:"((?:[^"]|"")*)"|([^,]*))/g;
  return text
    .split("\r\n")
    .map((line) => [...`,${line}`.matchAll(field)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? ""));
}

test("a table has the tokens and the weights, and masked cells are empty", () => {
  const note = noteOf({ weights: [[0.125, 0.875, 0]], mask: [[1, 1, 0]] });
  expect(readCsv(toCsv(note, first, english))).toEqual([
    ["", "我", "是", "中国人"],
    ["h1", "0.125", "0.875", ""],
  ]);
  expect(toText(note, first, "en", english).split("\n").slice(-2)).toEqual(["\t我\t是\t中国人", "h1\t0.125\t0.875\t"]);
});

test("tokens that a spreadsheet would run, split or lose come back whole", () => {
  const columns = ["=1+1", '@x,"y"', "-3", "+SUM(A1)", "\t=2", "a,b"];
  const [header] = readCsv(toCsv(noteOf({ weights: [columns.map(() => 1 / 6)], columns }), first, english));
  expect(header).toEqual(["", "'=1+1", `'@x,"y"`, "-3", "'+SUM(A1)", "'\t=2", "a,b"]);
  expect(toText(noteOf({ weights: [columns.map(() => 1 / 6)], columns }), first, "en", english)).toContain("\t'=1+1\t");
});

test("tokens of which nothing would be seen have signs, and all others are as they are", () => {
  const columns = [" ", "\n", "", "\u200b", "\ufeff", " the", "a\u00a0b"];
  const note = noteOf({ weights: [columns.map(() => 1 / 7)], columns, rows: ["\t"] });
  const [header, row] = readCsv(toCsv(note, first, english));
  expect(header?.slice(1)).toEqual(["␣", "⏎", "∅", "\\u200b", "\\ufeff", " the", "a\u00a0b"]);
  expect(row?.[0]).toBe("⇥");
  expect(toLatex(note, first, "en", english)).toContain("\\textvisiblespace{} & $\\hookleftarrow$ & $\\emptyset$ &");
  expect(toWebPage(note, svgOf(note), first, "en", english)).toContain('<th scope="col">␣the</th>');
});

const headOf = (weight: number): number[][] => [
  [1, 0, 0],
  [0.5, weight, 0.5 - weight],
  [0.25, 0.25, 0.5],
];

test("heads that are drawn together are saved together, in their colours and as they are read", () => {
  const tokens = { tokens: ["[CLS]", "a", "b"], special: [0] };
  const note = makeNote({ weights: [headOf(0.25), headOf(0.5), headOf(0)], rows: tokens, columns: tokens });
  const svg = svgOf(note, { head: 2, heads: [2, 0], view: "lines", hidesSpecial: true });
  const [third, , first] = colourHeads([2, 1, 0], false);
  const colours = new Set([...svg.matchAll(/<path [^>]*stroke="(#\w+)" stroke-opacity/g)].map(([, colour]) => colour));
  expect(colours).toEqual(new Set([third?.ink, first?.ink]));
  expect(svg).toContain(">head 2<");
  expect(svg).toContain(">head 0<");
  expect(svg.slice(svg.indexOf("</desc>"))).not.toContain("[CLS]");
});

test("a LaTeX table marks the largest weight and keeps tokens from being commands, comments and options", () => {
  const note = noteOf({ rows: ["[CLS]"], columns: ["50%", "a_b & c", "\\input{x}"], title: "t\n\\evil" });
  const lines = toLatex(note, first, "en", english).split("\n");
  expect(lines.slice(2)).toEqual([
    "\\begin{tabular}{lrrr}",
    "  \\toprule",
    "   & 50\\% & a\\_b \\& c & \\textbackslash{}input\\{x\\} \\\\",
    "  \\midrule",
    "  {[CLS]} & 0.125 & \\textbf{0.625} & 0.250 \\\\",
    "  \\bottomrule",
    "\\end{tabular}",
    "",
  ]);
  // the title stays inside its comment
  expect(lines[0]).toMatch(/^% t \\evil/);
  expect(escapeLatex("~^<>|--`'#$")).toBe(
    "\\textasciitilde{}\\textasciicircum{}\\textless{}\\textgreater{}\\textbar{}{-}{-}{`}{'}\\#\\$",
  );
  expect(escapeLatex("\r\u00a0")).toBe("\\textit{CR}\\textit{nbsp}");
  const many = Array.from({ length: 13 }, (_, i) => `t${i}`);
  expect(toLatex(noteOf({ weights: [many.map(() => 1 / 13)], columns: many }), first, "en", english)).toContain(
    "\\rotatebox{90}{t12}",
  );
});

const magma = (share: number): string =>
  `#${colourAt("magma", false, share)
    .map((part) => part.toString(16).padStart(2, "0"))
    .join("")}`;

test("a figure has the colours, the scale and the head that are chosen", () => {
  const note = noteOf({ weights: [[[0.5, 0.5]], [[0.2, 0.8]]], columns: ["a", "b"], heads: ["1", "2"] });
  const svg = svgOf(note, { head: 1, scale: "rank" }, { colourScale: "magma" });
  const fills = [...svg.matchAll(/<path fill="(#\w+)"/g)].map(([, fill]) => fill);
  expect(fills).toEqual([magma(0), magma(1)]);
  expect(svg).toContain(">place in its row<");
  expect(svg).toContain(">0.80<");
});

test("settings choose its width, text and font", () => {
  const note = noteOf({
    weights: [Array.from({ length: 60 }, () => 1 / 60)],
    columns: Array.from({ length: 60 }, (_, i) => `t${i}`),
  });
  const svg = svgOf(note, {}, { figureWidth: 120, figureFontSize: 10, figureFont: "serif", numbers: "never" });
  expect(svg).toMatch(/font-family="'Times New Roman'[^"]*" font-size="10"/);
  const width = Number(/ width="([\d.]+)mm"/.exec(svg)?.[1]);
  expect(width).toBeGreaterThan(100);
  expect(width).toBeLessThanOrEqual(120);
});

test("a page of its own holds figure, sentence and numbers, and may ask no one for anything", () => {
  const note = noteOf({ columns: ["<img src=x onerror=alert(1)>", "是", "</script>"], title: "<h1> & co" });
  const html = toWebPage(note, svgOf(note), first, "en", english);
  const page = new new Window().DOMParser().parseFromString(html, "text/html");
  const texts = (selector: string): string[] => [...page.querySelectorAll(selector)].map((one) => one.textContent);
  expect(texts("h1")).toEqual(["<h1> & co"]);
  expect(texts("td")).toEqual(["", "0.125", "0.625", "0.25"]);
  expect(texts("th")).toEqual(["<img src=x onerror=alert(1)>", "是", "</script>", "h1"]);
  expect(texts("img, a, link, iframe")).toEqual([]);
  expect(texts("script")).toEqual([pageScript]);
  const attributes = [...page.querySelectorAll("*")].flatMap((one) => [...one.attributes].map(({ name }) => name));
  expect(attributes.filter((name) => /^(on|src|href)/.test(name))).toEqual([]);
  expect(page.querySelector('meta[http-equiv="Content-Security-Policy"]')?.getAttribute("content")).toBe(
    `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${pageScriptHash}'`,
  );
});

test("the policy names the script that the page has", () => {
  expect(createHash("sha256").update(pageScript).digest("base64")).toBe(pageScriptHash);
});

test("a printed sheet is as large as its figure", () => {
  const svg = svgOf(noteOf());
  const [, width, height] = / width="([\d.]+mm)" height="([\d.]+mm)"/.exec(svg) ?? [];
  expect(toPrintPage(svg, "a </title>")).toContain(`@page { size: ${width} ${height}; margin: 0; }`);
  expect(toPrintPage(svg, "a </title>")).toContain("<title>a &lt;/title&gt;</title>");
});

describe("exports of one head among several", () => {
  const heads = [0.2, 0.9, 0.6].map((weight) => [
    [1, 0],
    [1 - weight, weight],
  ]);
  const note = makeNote({ weights: [heads, heads], rows: ["a", "b"], columns: ["x", "y"], title: "two layers" });
  const selection = { head: 4, row: 0 };

  const nameOf = (chosen: Selection, format: "svg" | "csv"): string =>
    fileName(note, headsName(note, headsIn(note, chosen, format), english));

  test("name its layer and head, and tell of no other", () => {
    const sentence = "two layers · layer 1, head 1: “a” looks most at “x” (100%). “b” looks most at “y” (90%).";
    expect(toText(note, selection, "en", english).split("\n")).toEqual([
      sentence,
      "",
      "layer 1, head 1\tx\ty",
      "a\t1\t0",
      "b\t0.1\t0.9",
    ]);
    expect(toLatex(note, selection, "en", english).split("\n").slice(0, 2)).toEqual([`% ${sentence}`, "% layer 1, head 1"]);
    expect(toCsv(note, selection, english)).toBe('"layer 1, head 1",x,y\r\na,1,0\r\nb,0.1,0.9');
    const svg = svgOf(note, selection);
    expect(svg).toContain(`<title>two layers · layer 1, head 1</title><desc>${sentence}</desc>`);
    expect(svg).toContain(">layer 1, head 1</text>");
    const html = toWebPage(note, svg, selection, "en", english);
    expect(html).toContain(">two layers · layer 1, head 1</h1>");
    expect(html).toContain(`<figcaption>${sentence.slice(sentence.indexOf("“"))}</figcaption>`);
    expect(html).toContain("<td>layer 1, head 1</td>");
  });

  test("have a file of its own each, and so has a layer", () => {
    expect(nameOf(selection, "svg")).toBe("two-layers-layer-1-head-1");
    expect(nameOf({ ...selection, view: "heads" }, "svg")).toBe("two-layers-layer-1");
    expect(nameOf({ ...selection, view: "heads" }, "csv")).toBe("two-layers-layer-1-head-1");
    expect(nameOf({ ...selection, view: "lines", heads: [5, 4] }, "svg")).toBe("two-layers-layer-1-heads-1-2");
    expect(nameOf({ ...selection, view: "grid" }, "svg")).toBe("two-layers");
    expect(fileName({}, "第 3 层，头 4")).toBe("第-3-层-头-4");
  });

  test("a layer is saved as the layer, on its own scale", () => {
    const svg = svgOf(note, { ...selection, view: "heads" });
    expect([...svg.matchAll(/>(head \d|layer \d)</g)].map(([, name]) => name)).toEqual([
      "layer 1",
      "head 0",
      "head 1",
      "head 2",
    ]);
    expect(svg).toContain("<desc>two layers · layer 1: 3 heads, 2 × 2. The largest weight: in head 0, “a” looks at “x” (100%)");
  });

  test("of weights in a file what was read is told, and otherwise the overview of that head", () => {
    const beside = makeNote({
      weights: [heads, heads],
      rows: ["a", "b"],
      columns: ["x", "y"],
      external: { file: "a.safetensors", tensor: "w", maxError: 0 },
    });
    expect(svgOf(beside, { head: 1 })).toContain(
      "<desc>layer 0, head 1: 2 × 2 weights, kept in a.safetensors beside the notebook. The largest (100%): “a” at “x”.</desc>",
    );
    if (beside.weights.encoding !== "external") throw new Error("inside");
    keepHead(beside.weights, 1, Float32Array.of(1, 0, 0.25, 0.75));
    expect(svgOf(beside, { head: 1 })).toContain("“b” looks most at “y” (75%).</desc>");
  });
});

test("numbers have the digits that are known of them, and the table says how far they may be off", () => {
  const T = 70;
  const rows = Array.from({ length: T }, (_, row) =>
    Array.from({ length: T }, (__, key) => (row === 0 ? Number(key === 0) : key === row ? 0.5001 : 0.4999 / (T - 1))),
  );
  const note = makeNote({ weights: rows, rows: rows.map((_, i) => `q${i}`) });
  expect(note.weights.encoding).toBe("u8");
  const [header, first_, second] = readCsv(toCsv(note, first, english));
  expect(header?.[0]).toMatch(/^weights ± 0\.00\d+$/);
  const error = Number(header?.[0]?.slice("weights ± ".length));
  expect(first_?.slice(0, 3)).toEqual(["q0", "1.000", "0.000"]);
  for (const [key, written] of (second ?? []).slice(1).entries()) {
    expect(written).toMatch(/^0\.\d{3}$/);
    // rounded to the last digit that is known
    expect(Math.abs(Number(written) - (rows[1]?.[key] ?? 0))).toBeLessThanOrEqual(error + 0.0005);
  }
  // what is stored as float32 is known to its end
  expect(readCsv(toCsv(noteOf({ weights: [[1 / 3, 1 / 3, 1 / 3]] }), first, english))[1]).toEqual([
    "h1",
    "0.3333333",
    "0.3333333",
    "0.3333333",
  ]);
});

test.each([
  ["我是中国人 → I am Chinese", "我是中国人-→-I-am-Chinese"],
  ["../../etc/passwd", "etc-passwd"],
  ['a:b*?"<>|', "a-b"],
  ["", "attention"],
])("a file for %j is called %j", (title, name) => {
  expect(fileName({ title })).toBe(name);
});
