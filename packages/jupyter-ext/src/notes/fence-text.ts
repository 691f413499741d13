/** A fenced note in the text of a Markdown cell. */
export interface Fence {
  /** What is between the fences, without the indentation or quote marks around it. */
  readonly text: string;
  /** Line of the cell on which the note's own first line is, from 0. */
  readonly line: number;
}

/** The word after the opening fence that makes a code block a note. */
export const fenceName = "attention";

/** Quote marks, list markers and spaces that may stand before a fence. */
const prefix = /^((?: *(?:>|[-*+](?= )|\d{1,9}[.)](?= )))*) */;
const opening = /^(`{3,}|~{3,}) *([^\s`]*)[^`]*$/;

/**
 * Finds the notes in a Markdown text, in quotes and lists too, as CommonMark finds fenced code; a fence inside another block of
 * code is none.
 */
export function fencesIn(markdown: string): Fence[] {
  const lines = markdown.split("\n");
  const fences: Fence[] = [];
  /** Where the text of the innermost list item begins; what stands four columns further right is indented code. */
  let itemStart = 0;
  for (let i = 0; i < lines.length; i++) {
    const line = (lines[i] ?? "").replaceAll("\t", "    ");
    if (line.trim() === "") continue;
    const [all = "", containers = ""] = prefix.exec(line) ?? [];
    if (/[-*+.)]$/.test(containers)) itemStart = all.length;
    else if (all.length < itemStart) itemStart = 0;
    const [, marks = "", name = ""] = opening.exec(line.slice(all.length)) ?? [];
    if (marks === "" || all.length - Math.max(itemStart, containers.length) > 3) continue;
    const quotes = containers.split(">").length - 1;
    const indentation = unquote(line, quotes)?.search(/\S/) ?? 0;
    const body: string[] = [];
    let at = i + 1;
    for (; at < lines.length; at++) {
      const content = unquote(lines[at] ?? "", quotes);
      if (content === undefined || closes(content, marks)) break;
      body.push(unindent(content, quotes > 0 ? indentation : all.length));
    }
    if (name === fenceName) fences.push({ text: body.join("\n"), line: i + 1 });
    i = at;
  }
  return fences;
}

/** The Markdown text with another text in one of its notes, which keeps its indentation and quote marks. */
export function replaceFence(markdown: string, index: number, text: string): string {
  const fence = fencesIn(markdown)[index];
  if (!fence) return markdown;
  const lines = markdown.split("\n");
  const body = fence.text.split("\n");
  const prefixes = body.map((content, i) => {
    const line = lines[fence.line + i] ?? "";
    return line.slice(0, line.length - content.length);
  });
  // an empty line may lack the indentation that a line in its place needs
  const usual = prefixes.find((_, i) => body[i] !== "") ?? "";
  const changed = text.split("\n").map((content, i) => (content === "" ? (prefixes[i] ?? "") : usual) + content);
  return lines.toSpliced(fence.line, body.length, ...changed).join("\n");
}

/** A line without its quote marks, or undefined where the quote has ended. */
function unquote(line: string, quotes: number): string | undefined {
  let rest = line;
  for (let i = 0; i < quotes; i++) {
    const mark = /^ *> ?/.exec(rest);
    if (!mark) return undefined;
    rest = rest.slice(mark[0].length);
  }
  return rest;
}

function unindent(line: string, most: number): string {
  let spaces = 0;
  while (spaces < most && line[spaces] === " ") spaces++;
  return line.slice(spaces);
}

function closes(line: string, marks: string): boolean {
  const trimmed = line.trim();
  return trimmed.length >= marks.length && trimmed[0] === marks[0] && new Set(trimmed).size === 1;
}
