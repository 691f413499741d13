/** Readers of written values: each returns what was meant, or reports where and why it cannot be and returns undefined. */
import type { Problems, Span } from "./diagnostic.js";
import { nearest } from "../checks/nearest.js";
import type { Written, WrittenMap } from "./source.js";
import { divideText } from "./text.js";
import type { Axis } from "../note/index.js";

/** The fields of one note and where mistakes go. */
export interface Reading {
  readonly problems: Problems;
  readonly all: WrittenMap;
  readonly get: (name: string) => Written | undefined;
}

/** Numbers in rows, with the place of each row. */
export interface Rows {
  readonly span: Span;
  /** Where the author gave each row a label: `h1: [1, 0, 2]`. */
  readonly labels?: readonly string[];
  readonly rows: readonly (readonly number[])[];
  readonly spans: readonly Span[];
}

/** Numbers with up to four axes. */
export interface Numbers {
  readonly span: Span;
  readonly shape: readonly number[];
  readonly values: readonly number[];
  readonly labels?: readonly string[];
  /** The place of each row, in order. */
  readonly spans: readonly Span[];
}

/** A finite number, also written as a fraction: `1/3`. */
export function readNumber(written: Written, problems: Problems): number | undefined {
  if (written.kind === "scalar") {
    const { value } = written;
    if (typeof value === "number" && Number.isFinite(value)) return withinFloat32(value, written.span, problems);
    const fraction =
      typeof value === "string" ? /^([-+]?\d{1,9}(?:\.\d{1,9})?)\s*\/\s*(\d{1,9}(?:\.\d{1,9})?)$/.exec(value) : null;
    if (fraction && Number(fraction[2]) !== 0) return Number(fraction[1]) / Number(fraction[2]);
  }
  const got = quote(written);
  return problems.report("wrong-type", written.span, `expected a number; got ${got.en}`, `应为数，实际为${got.chinese}`);
}

function withinFloat32(value: number, span: Span, problems: Problems): number | undefined {
  if (Math.abs(value) <= 3.4e38) return value;
  return problems.report("wrong-value", span, "numbers go up to 3.4e38", "数的绝对值最大为 3.4e38");
}

/** A list of numbers. */
export function readVector(written: Written, problems: Problems): number[] | undefined {
  if (written.kind !== "list") {
    const got = quote(written);
    return problems.report(
      "wrong-type",
      written.span,
      `expected a list of numbers such as [1, 0, 2]; got ${got.en}`,
      `应为数的列表，例如 [1, 0, 2]，实际为${got.chinese}`,
    );
  }
  if (written.items.length === 0)
    return problems.report("wrong-size", written.span, "expected at least one number", "至少应有一个数");
  const numbers = written.items.map((item) => readNumber(item, problems));
  return numbers.includes(undefined) ? undefined : (numbers as number[]);
}

/** What rows hold, and how many of it each must have where that is known. */
export interface RowKind {
  readonly noun: readonly [en: string, chinese: string];
  readonly width?: { readonly size: number; readonly en: string; readonly chinese: string };
}

const plainNumbers: RowKind = { noun: ["number", "数"] };

/** Rows of one length: `label: [ … ]` for each, a list of lists, or one list, which is one row. */
export function readRows(written: Written, problems: Problems, kind: RowKind = plainNumbers): Rows | undefined {
  const given =
    written.kind === "map"
      ? written.entries.map(({ key, value }) => ({ label: key.source, value }))
      : isListOfLists(written)
        ? written.items.map((value) => ({ value }))
        : [{ value: written }];
  const rows = given.map(({ value }) => readVector(value, problems));
  const spans = given.map(({ value }) => value.span);
  const [first] = rows;
  if (first === undefined) {
    if (given.length > 0) return undefined;
    return problems.report("wrong-size", written.span, "expected at least one row of numbers", "至少应有一行数");
  }
  const width = kind.width ?? { size: first.length, en: `row 1 has ${first.length}`, chinese: `第 1 行有 ${first.length} 个` };
  let isEven = true;
  rows.forEach((row, i) => {
    if (row === undefined || row.length === width.size) return;
    isEven = false;
    problems.report(
      "wrong-size",
      spans[i] ?? written.span,
      `row ${i + 1} has ${count(row.length, kind.noun[0])}; ${width.en}`,
      `第 ${i + 1} 行有 ${row.length} 个${kind.noun[1]}；${width.chinese}`,
    );
  });
  if (!isEven) return undefined;
  if (rows.includes(undefined)) return undefined;
  const labels = written.kind === "map" ? written.entries.map(({ key }) => key.source) : undefined;
  return { span: written.span, ...(labels && { labels }), rows: rows as number[][], spans };
}

const isListOfLists = (written: Written): written is Extract<Written, { kind: "list" }> =>
  written.kind === "list" && written.items[0]?.kind === "list";

/** Numbers in lists up to `deepest` deep, or rows with labels. */
export function readNumbers(written: Written, deepest: number, problems: Problems, kind?: RowKind): Numbers | undefined {
  const hasMatrices = deepest > 2 && isListOfLists(written) && written.items[0] && isListOfLists(written.items[0]);
  if (!hasMatrices) {
    const rows = readRows(written, problems, kind);
    return rows && { ...rows, shape: [rows.rows.length, rows.rows[0]?.length ?? 0], values: rows.rows.flat() };
  }
  const parts = written.items.map((item) => readNumbers(item, deepest - 1, problems, kind));
  const [first] = parts;
  if (first === undefined || parts.includes(undefined)) return undefined;
  const uneven = parts.findIndex((part) => part?.shape.join() !== first.shape.join());
  if (uneven >= 0) {
    const sizes = (part: Numbers | undefined): string => part?.shape.join(" × ") ?? "";
    return problems.report(
      "wrong-size",
      parts[uneven]?.span ?? written.span,
      `matrix ${uneven + 1} is ${sizes(parts[uneven])}; matrix 1 is ${sizes(first)}`,
      `第 ${uneven + 1} 个矩阵为 ${sizes(parts[uneven])}；第 1 个为 ${sizes(first)}`,
    );
  }
  return {
    span: written.span,
    shape: [parts.length, ...first.shape],
    values: parts.flatMap((part) => part?.values ?? []),
    spans: parts.flatMap((part) => part?.spans ?? []),
  };
}

/** Labels: a list, or a text that is divided into tokens. */
export function readLabels(written: Written, problems: Problems): Axis | undefined {
  if (written.kind === "scalar" && written.value !== null) {
    const axis = divideText(written.source);
    if (axis.tokens.length > 0) return axis;
  }
  if (written.kind === "list" && written.items.length > 0) {
    const tokens = written.items.map((item) => readText(item, problems));
    return tokens.includes(undefined) ? undefined : { tokens: tokens as string[] };
  }
  const got = quote(written);
  return problems.report(
    "wrong-type",
    written.span,
    `expected labels such as [我, 是, 中国人], or a text; got ${got.en}`,
    `应为标签列表，例如 [我, 是, 中国人]，或一段文本，实际为${got.chinese}`,
  );
}

/** A text as it was written: `1.0` stays `1.0`. */
export function readText(written: Written, problems: Problems, most = 1_000): string | undefined {
  const got = quote(written);
  if (written.kind !== "scalar" || (written.value === null && written.source === "")) {
    return problems.report("wrong-type", written.span, `expected a text; got ${got.en}`, `应为文本，实际为${got.chinese}`);
  }
  if (written.source.length <= most) return written.source;
  return problems.report(
    "too-large",
    written.span,
    `a text here has at most ${most} characters`,
    `此处的文本最多 ${most} 个字符`,
  );
}

export function readBoolean(written: Written, problems: Problems): boolean | undefined {
  if (written.kind === "scalar" && typeof written.value === "boolean") return written.value;
  const got = quote(written);
  return problems.report(
    "wrong-type",
    written.span,
    `expected true or false; got ${got.en}`,
    `应为 true 或 false，实际为${got.chinese}`,
  );
}

export function readChoice<Choice extends string>(
  written: Written,
  choices: readonly Choice[],
  problems: Problems,
): Choice | undefined {
  const word = written.kind === "scalar" ? written.source : undefined;
  const found = choices.find((choice) => choice === word);
  if (found !== undefined) return found;
  const near = word === undefined ? undefined : nearest(word, choices);
  const list = choices.join(", ");
  const got = quote(written);
  return problems.report(
    "wrong-value",
    written.span,
    `expected one of ${list}; got ${got.en}${near === undefined ? "" : `. Did you mean ${near}?`}`,
    `应为 ${list} 之一，实际为${got.chinese}${near === undefined ? "" : `。是否想写 ${near}？`}`,
  );
}

/** A whole number from `least` to `most`. */
export function readWhole(written: Written, least: number, most: number, problems: Problems): number | undefined {
  if (
    written.kind === "scalar" &&
    Number.isInteger(written.value) &&
    Number(written.value) >= least &&
    Number(written.value) <= most
  ) {
    return Number(written.value);
  }
  const got = quote(written);
  return problems.report(
    "wrong-value",
    written.span,
    `expected a whole number from ${least} to ${most}; got ${got.en}`,
    `应为 ${least} 到 ${most} 的整数，实际为${got.chinese}`,
  );
}

/** A value as a message names it. */
export function quote(written: Written): { en: string; chinese: string } {
  if (written.kind === "list") return { en: "a list", chinese: "列表" };
  if (written.kind === "map") return { en: "labels with values", chinese: "带标签的值" };
  if (written.value === null) return { en: "nothing", chinese: "空" };
  const text = written.source.length > 40 ? `${written.source.slice(0, 40)}…` : written.source;
  return { en: `“${text}”`, chinese: `“${text}”` };
}

/** `1 key`, `2 keys`, `2 queries`. */
export function count(amount: number | undefined, noun: string): string {
  return `${amount} ${amount === 1 ? noun : noun === "query" ? "queries" : `${noun}s`}`;
}

/** `there is 1 key`, `there are 2 keys`. */
export function thereAre(amount: number, noun: string): string {
  return `there ${amount === 1 ? "is" : "are"} ${count(amount, noun)}`;
}
