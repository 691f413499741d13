import type { Phrases } from "../view/options.js";

/** What is wrong with a note, and where in its text. */
export interface Problem {
  readonly message: string;
  /** From 1. */
  readonly line?: number;
  readonly column?: number;
}

/** Reads an error of the note's reader, whose message is in the reader's language already. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof Error)) return { message: String(error) };
  const line = "line" in error && typeof error.line === "number" ? error.line : undefined;
  const column = "column" in error && typeof error.column === "number" ? error.column : undefined;
  return { message: error.message, ...(line !== undefined && { line }), ...(column !== undefined && { column }) };
}

export function problemText({ message }: Problem, phrases: Phrases): string {
  return phrases.__("This note cannot be drawn: %1", message);
}
