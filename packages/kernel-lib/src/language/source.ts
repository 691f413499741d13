/** From the text of a written note to values that know where they were written. */
import { isAlias, isMap, isScalar, isSeq, parseDocument, type Document, type Node, type YAMLError } from "yaml";
import type { Problems, Span } from "./diagnostic.js";

/** A value with its place in the text. */
export type Written = WrittenScalar | WrittenList | WrittenMap;

export interface WrittenScalar {
  readonly kind: "scalar";
  readonly span: Span;
  readonly value: string | number | boolean | null;
  /** As it was written: `1.0`, `no`, `苹果`. */
  readonly source: string;
}

export interface WrittenList {
  readonly kind: "list";
  readonly span: Span;
  readonly items: readonly Written[];
}

export interface WrittenMap {
  readonly kind: "map";
  readonly span: Span;
  readonly entries: readonly { readonly key: WrittenScalar; readonly value: Written }[];
}

/** Characters of a note without its image: about half a second of reading at worst. */
export const mostCharacters = 50_000;
/** Characters of a note with its image. */
const mostWithImage = 4_000_000;
/** Lists within lists: layers × heads × rows × columns, in a map. */
const deepest = 8;

/** Reads YAML 1.2 without anchors, aliases, tags or several documents, none of which a note needs. */
export function readSource(text: string, problems: Problems): WrittenMap | undefined {
  const all = { start: 0, end: text.length };
  const image = /data:image\/[a-z]+;base64,[A-Za-z0-9+/=]*/.exec(text)?.[0].length ?? 0;
  if (text.length - image > mostCharacters || text.length > mostWithImage) {
    const most = text.length > mostWithImage ? mostWithImage : mostCharacters;
    return problems.report(
      "too-large",
      { start: 0, end: 0 },
      `a written note has at most ${most} characters; this one has ${text.length}. Make the note in a code cell`,
      `手写笔记最多 ${most} 个字符，这里有 ${text.length} 个。请在代码单元中生成笔记`,
    );
  }
  const deep = findTooDeep(text);
  if (deep) return tooDeep(deep, problems);
  const document = parse(text);
  // what comes after the first mistake is read as something it is not, and only makes more
  const [mistake] = document.errors;
  if (mistake) return reportYaml(mistake, text, problems);
  const root = document.contents ? toWritten(document.contents, 0, problems) : undefined;
  if (problems.count > 0) return undefined;
  if (root?.kind === "map") return root;
  const isTight = /^[ \t]*\w+:\S/m.test(text);
  return problems.report(
    "wrong-type",
    root ? root.span : all,
    `expected fields such as "weights: [[0.7, 0.3]]"${isTight ? ", with a space after the colon" : ""}${fullWidthHint(text, "en")}`,
    `应为字段，例如 "weights: [[0.7, 0.3]]"${isTight ? "，冒号后要有空格" : ""}${fullWidthHint(text, "zh-CN")}`,
  );
}

/** Brackets and dashes nested so deep that reading them would take long. Those inside quotes count too: nobody writes so many. */
function findTooDeep(text: string): Span | undefined {
  const dashes = /(?:[-?][ \t]+){64}/.exec(text);
  if (dashes) return { start: dashes.index, end: dashes.index + dashes[0].length };
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const letter = text[i];
    if (letter === "[" || letter === "{") depth++;
    else if ((letter === "]" || letter === "}") && depth > 0) depth--;
    if (depth > 64) return { start: i, end: i + 1 };
  }
  return undefined;
}

function parse(text: string): Document {
  return parseDocument(text, {
    version: "1.2",
    schema: "core",
    merge: false,
    strict: true,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "error",
  });
}

function toWritten(node: Node, depth: number, problems: Problems): Written | undefined {
  const [start, end] = node.range ?? [0, 0];
  const span = { start, end };
  if (depth > deepest) return tooDeep(span, problems);
  if (isAlias(node) || node.anchor !== undefined) {
    return problems.report(
      "yaml",
      span,
      "anchors (&) and aliases (*) are not part of a note; quote a text that begins so",
      "笔记中不使用锚点（&）和别名（*）；以此开头的文本请加引号",
    );
  }
  if (node.tag !== undefined) {
    return problems.report(
      "yaml",
      span,
      "tags (!) are not part of a note; quote a text that begins so",
      "笔记中不使用标签（!）；以此开头的文本请加引号",
    );
  }
  if (isScalar(node)) {
    const { value, source = "" } = node;
    const known = typeof value === "number" || typeof value === "boolean" || value === null ? value : String(value);
    return { kind: "scalar", span, value: known, source: typeof value === "string" ? value : source };
  }
  if (isSeq<Node>(node)) {
    return { kind: "list", span, items: node.items.flatMap((item) => toWritten(item, depth + 1, problems) ?? []) };
  }
  if (!isMap<Node, Node | null>(node)) return undefined;
  const entries = node.items.flatMap(({ key, value }) => {
    const name = toWritten(key, depth + 1, problems);
    if (name && name.kind !== "scalar") {
      problems.report("yaml", name.span, "a label is a text or a number, not a list", "标签应为文本或数，而不是列表");
      return [];
    }
    const content = value
      ? toWritten(value, depth + 1, problems)
      : ({ kind: "scalar", span: name?.span ?? span, value: null, source: "" } as const);
    return name && content ? [{ key: name, value: content }] : [];
  });
  return { kind: "map", span, entries };
}

function tooDeep(span: Span, problems: Problems): undefined {
  return problems.report("too-large", span, ...tooDeepWording);
}

const tooDeepWording = [`lists may be nested ${deepest} deep, not deeper`, `列表最多嵌套 ${deepest} 层`] as const;

const yamlErrors: Partial<Record<YAMLError["code"], readonly [en: string, chinese: string]>> = {
  BAD_INDENT: [
    "a list or map is not closed, or a line is not indented like its neighbours",
    "列表或映射没有结束，或某行的缩进与相邻行不同",
  ],
  BAD_SCALAR_START: ["a text that begins with ` or @ needs quotes", "以 ` 或 @ 开头的文本需要加引号"],
  BAD_DQ_ESCAPE: ['unknown escape; in "…" a backslash is written \\\\', '未知的转义；在 "…" 中反斜杠写作 \\\\'],
  BLOCK_AS_IMPLICIT_KEY: [
    "one field a line; a text that contains a colon needs quotes",
    "每行一个字段；含冒号的文本需要加引号",
  ],
  BLOCK_IN_FLOW: ["a line that begins with - cannot stand inside [ ] or { }", "以 - 开头的行不能写在 [ ] 或 { } 内"],
  MISSING_CHAR: ["something is not closed, or a colon or comma is missing", "缺少结束符号、冒号或逗号"],
  MULTILINE_IMPLICIT_KEY: ["a colon is missing after the field's name", "字段名后缺少冒号"],
  RESOURCE_EXHAUSTION: tooDeepWording,
  MULTIPLE_DOCS: ["one note a block: remove the line ---", "每块一则笔记：请删去 --- 行"],
  TAB_AS_INDENT: ["indent with spaces, not tabs", "请用空格缩进，不要用制表符"],
  UNEXPECTED_TOKEN: ["this is not expected here", "此处不应出现这个符号"],
};

function reportYaml(error: YAMLError, text: string, problems: Problems): undefined {
  const [start, end] = error.pos;
  const [en, chinese] = yamlErrors[error.code] ?? [error.message, `YAML 语法错误（${error.code}）`];
  const line = text.slice(text.lastIndexOf("\n", start - 1) + 1, start + 1);
  return problems.report("yaml", { start, end }, en + fullWidthHint(line, "en"), chinese + fullWidthHint(line, "zh-CN"));
}

/** A Chinese keyboard easily leaves full-width punctuation where YAML wants its own. */
const fullWidth: ReadonlyMap<string, string> = new Map([
  ["\uff1a", ":"],
  ["\uff0c", ","],
  ["\u3010", "["],
  ["\u3011", "]"],
  ["\uff3b", "["],
  ["\uff3d", "]"],
  ["\uff5b", "{"],
  ["\uff5d", "}"],
]);

function fullWidthHint(text: string, language: "en" | "zh-CN"): string {
  const found = [...fullWidth.keys()].find((letter) => text.includes(letter));
  if (found === undefined) return "";
  const ascii = fullWidth.get(found) ?? "";
  const space = ascii === ":" ? { en: " and a space", "zh-CN": "和一个空格" }[language] : "";
  return language === "en" ? `; write ${ascii}${space} instead of ${found}` : `；请把 ${found} 写成 ${ascii}${space}`;
}
