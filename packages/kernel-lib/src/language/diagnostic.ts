import type { Language, Wording } from "../note/index.js";

/** What kind of mistake it is, for programs. */
export type DiagnosticCode =
  | "yaml"
  | "too-large"
  | "unknown-field"
  | "repeated-field"
  | "missing-field"
  | "misplaced-field"
  | "wrong-type"
  | "wrong-size"
  | "wrong-value"
  | "not-weights"
  | "not-computable";

/** One mistake in a written note and where it is. Lines and columns count from 1, columns in UTF-16 units; the end is exclusive. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  /** In the language that was asked for. */
  readonly message: string;
  readonly wording: Wording;
}

/** A written note that cannot be evaluated. The message and the place are those of the first of its `diagnostics`. */
export class NoteSyntaxError extends SyntaxError {
  readonly diagnostics: readonly Diagnostic[];
  readonly line: number;
  readonly column: number;

  constructor(diagnostics: readonly Diagnostic[], language: Language = "en") {
    const [first] = diagnostics;
    const { line, column, wording } = first ?? { line: 1, column: 1, wording: { en: "", "zh-CN": "" } };
    super(
      language === "en"
        ? `note, line ${line}, column ${column}: ${wording.en}`
        : `笔记第 ${line} 行第 ${column} 列：${wording["zh-CN"]}`,
    );
    this.diagnostics = diagnostics;
    this.line = line;
    this.column = column;
  }
}

/** [start, end) in the text of a note, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** More mistakes than this are not told: thousands of one kind help nobody. */
export const mostProblems = 100;

/** Collects mistakes, so that all of them are told at once. */
export class Problems {
  readonly #found: { readonly code: DiagnosticCode; readonly span: Span; readonly wording: Wording }[] = [];

  get count(): number {
    return this.#found.length;
  }

  /** Notes a mistake; returns undefined, for the value that could not be read. */
  report(code: DiagnosticCode, span: Span, en: string, chinese: string): undefined {
    if (this.#found.length < mostProblems) this.#found.push({ code, span, wording: { en, "zh-CN": chinese } });
    return undefined;
  }

  /** The mistakes in the order of the text. */
  toDiagnostics(text: string, language: Language): Diagnostic[] {
    const placeOf = makePlaceOf(text);
    const sorted = this.#found.toSorted((a, b) => a.span.start - b.span.start);
    return sorted.map(({ code, span, wording }) => {
      const { line, column } = placeOf(span.start);
      const { line: endLine, column: endColumn } = placeOf(span.end);
      return { code, line, column, endLine, endColumn, message: wording[language], wording };
    });
  }
}

function makePlaceOf(text: string): (offset: number) => { line: number; column: number } {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return (offset) => {
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}
