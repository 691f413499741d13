import type { Language, Note } from "heed/note";
import { visibleToken } from "../view/labels.js";
import { lookAt, tokensAt } from "../view/look.js";
import type { Phrases } from "../view/options.js";
import type { Selection, TokenCell } from "../view/selection.js";
import { headName } from "../view/wording.js";
import { errorsOf, knownDecimals, withKnownDigits } from "./known-digits.js";
import { headsName, sentenceOf, titleOf } from "./shown.js";

/** A weight; nothing where it is masked; a question mark where it may not be told before it is guessed. */
export type TableCell = number | undefined | "?";

/** One head as it is read: a label and the weights of each row, below the labels of the columns. */
export interface Table {
  /** Which head it is, and how far its weights may be off. */
  readonly corner: string;
  readonly columns: readonly string[];
  readonly rows: readonly {
    readonly label: string;
    readonly weights: readonly TableCell[];
    /** How far one of them may be off. */
    readonly error: (weight: number) => number;
  }[];
}

/** Which weights may not be told yet, see {@link Prediction.hidden}. */
export type Hides = ((cell: TokenCell) => boolean) | undefined;

export function tableOf(note: Note, selection: Selection, phrases: Phrases, hides?: Hides): Table {
  const look = lookAt(note, selection);
  const errors = errorsOf(look, selection.head);
  const { rows, columns, cells } = look;
  const { block, values } = cells;
  const [height, width] = cells.shape;
  let most = 0;
  cells.values.forEach((value, i) => (most = Math.max(most, errors(Math.floor(i / width), value) || 0)));
  const exactness = knownDecimals(most) === undefined ? "" : phrases.__("weights ± %1", Number(most.toPrecision(2)));
  return {
    corner: [headName(note, selection.head, phrases), exactness].filter(Boolean).join(" · "),
    columns: Array.from({ length: width }, (_, i) => label(columns.tokens, i, block[1])),
    rows: Array.from({ length: height }, (_, row) => ({
      label: label(rows.tokens, row, block[0]),
      error: (weight) => errors(row, weight),
      weights: Array.from(values.subarray(row * width, (row + 1) * width), (value, column) => {
        if (Number.isNaN(value)) return undefined;
        return hides?.(tokensAt(look, row, column)) === true ? "?" : value;
      }),
    })),
  };
}

/** A token, or of a block the numbers of its first and last. */
function label(tokens: readonly string[], i: number, size: number): string {
  return size === 1 ? (tokens[i] ?? "") : `${i * size + 1}–${Math.min((i + 1) * size, tokens.length)}`;
}

/**
 * The weights of one head as comma-separated values (RFC 4180): tokens in the first row and column, and where these meet which head it
 * is; the digits that are known; masked cells are empty.
 */
export function toCsv(note: Note, selection: Selection, phrases: Phrases, hides?: Hides): string {
  return lines(tableOf(note, selection, phrases, hides))
    .map((line) => line.map(quote).join(","))
    .join("\r\n");
}

/** A note as plain text: title, sentence, and the weights of one head separated by tabs, as spreadsheets take them. */
export function toText(note: Note, selection: Selection, language: Language, phrases: Phrases, hides?: Hides): string {
  const table = lines(tableOf(note, selection, phrases, hides)).map((line) =>
    line.map((field) => defuse(field.replaceAll(/[\t\r\n]/g, " "))).join("\t"),
  );
  return [wordsOf(note, [selection.head], language, phrases, hides), "", ...table].join("\n");
}

/** Tokens are written as they are, for programs that look for them, but for those of which nothing would be seen. */
const written = (token: string): string =>
  /^[\s\p{C}\p{Default_Ignorable_Code_Point}\u2800]*$/u.test(token) ? visibleToken(token) : token;

function lines({ corner, columns, rows }: Table): string[][] {
  return [
    [corner, ...columns.map(written)],
    ...rows.map((row) => [
      written(row.label),
      ...row.weights.map((weight) =>
        weight === undefined ? "" : typeof weight === "number" ? withKnownDigits(weight, row.error(weight)) : weight,
      ),
    ]),
  ];
}

/** A spreadsheet would run a field that begins like a formula; an apostrophe makes it text. */
function defuse(field: string): string {
  return /^\s*[=+@\t\r-]/.test(field) && Number.isNaN(Number(field)) ? `'${field}` : field;
}

function quote(field: string): string {
  const safe = defuse(field);
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** More columns than this have their tokens set upright. */
const mostAcross = 12;

/**
 * The weights of one head as a LaTeX table in the style of booktabs, three decimals, the largest of each row bold. Masked cells are
 * dashes.
 */
export function toLatex(note: Note, selection: Selection, language: Language, phrases: Phrases, hides?: Hides): string {
  const { corner, columns, rows } = tableOf(note, selection, phrases, hides);
  const isUpright = columns.length > mostAcross;
  const packages = ["booktabs", ...(isUpright ? ["graphicx"] : [])].map((name) => `\\usepackage{${name}}`).join(" ");
  const words = wordsOf(note, [selection.head], language, phrases, hides).replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ");
  const heading = columns.map((token) => (isUpright ? `\\rotatebox{90}{${escapeLatex(token)}}` : escapeLatex(token)));
  // braces: what LaTeX meets after \\ must not begin with [ or *, which it would take for an option
  const body = rows.map(({ label: token, weights, error }) => [`{${escapeLatex(token)}}`, ...weightCells(weights, error)]);
  return [
    `% ${words}`,
    ...(corner === "" ? [] : [`% ${corner}`]),
    `% ${packages}`,
    `\\begin{tabular}{l${"r".repeat(columns.length)}}`,
    "  \\toprule",
    tableLine(["", ...heading]),
    "  \\midrule",
    ...body.map(tableLine),
    "  \\bottomrule",
    "\\end{tabular}",
    "",
  ].join("\n");
}

function tableLine(cells: readonly string[]): string {
  return `  ${cells.join(" & ")} \\\\`;
}

/** Title and sentence of heads of a note; while weights are hidden the title alone, for the sentence tells the largest. */
function wordsOf(note: Note, heads: readonly number[], language: Language, phrases: Phrases, hides: Hides): string {
  const title = titleOf(note, headsName(note, heads, phrases));
  return hides ? title : sentenceOf(note, heads, title, language);
}

function weightCells(weights: readonly TableCell[], error: (weight: number) => number): string[] {
  // among weights that are not told, which one is the largest is not told either
  const isTold = !weights.includes("?");
  const largest = Math.max(...weights.map((weight) => (typeof weight === "number" ? weight : -Infinity)));
  return weights.map((weight) => {
    if (weight === undefined) return "--";
    if (weight === "?") return "?";
    const decimals = Math.min(3, knownDecimals(error(weight)) ?? 3);
    const number = weight < 0 ? `$${weight.toFixed(decimals)}$` : weight.toFixed(decimals);
    return isTold && weight === largest && weights.length > 1 ? `\\textbf{${number}}` : number;
  });
}

const latex: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "{": "\\{",
  "}": "\\}",
  $: "\\$",
  "&": "\\&",
  "#": "\\#",
  _: "\\_",
  "%": "\\%",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "|": "\\textbar{}",
  '"': "\\textquotedbl{}",
  // apart from each other, so that no two of them become one letter
  "-": "{-}",
  "`": "{`}",
  "'": "{'}",
  "␣": "\\textvisiblespace{}",
  "∅": "$\\emptyset$",
  "⏎": "$\\hookleftarrow$",
  "⇥": "$\\mapsto$",
  "␍": "\\textit{CR}",
  "⍽": "\\textit{nbsp}",
  "◌": "$\\circ$",
};

/** Text as LaTeX prints it: nothing in it is a command, a comment or a column. */
export function escapeLatex(text: string): string {
  return visibleToken(text).replaceAll(/[\\{}$&#_%~^<>|"\-`'␣∅⏎⇥␍⍽◌]/g, (char) => latex[char] ?? char);
}
