import type { Diagnostic } from "heed/language";
import { element } from "../view/element.js";
import type { Phrases } from "../view/options.js";

/** What is wrong with a note, in the reader's language, and in a written note where. */
export interface Problem {
  readonly message: string;
  readonly places: readonly Diagnostic[];
}

/** Mistakes that are listed; fixing these usually fixes the rest. */
const listed = 5;

/** Reads an error of a note's reader. The class of a written note's errors is in a chunk of its own, so its shape decides. */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof Error)) return { message: String(error), places: [] };
  const places = "diagnostics" in error && Array.isArray(error.diagnostics) ? (error.diagnostics as Diagnostic[]) : [];
  return { message: error.message, places };
}

/** An empty place for messages, read out when they change. */
export function problemBox(): HTMLElement {
  const box = element("div", "jp-HeedProblem");
  box.setAttribute("role", "status");
  return box;
}

/** Says what is wrong: one line for each mistake, with its line and column. */
export function writeProblem(box: HTMLElement, { message, places }: Problem, phrases: Phrases): void {
  // what is wrong after a broken line of YAML is mostly a consequence of it
  const [first] = places;
  const told = first?.code === "yaml" ? [first] : places;
  const lines = told.slice(0, listed).map((place) => {
    const line = element("div", "jp-HeedProblem-mistake");
    line.append(
      element("strong", "", phrases.__("Line %1, column %2", place.line, place.column)),
      document.createTextNode(` ${place.message}`),
    );
    return line;
  });
  const more = told.length - lines.length;
  if (more > 0) lines.push(element("div", "jp-HeedProblem-mistake", phrases._n("and %1 more", "and %1 more", more)));
  if (lines.length === 0) lines.push(element("div", "", phrases.__("This note cannot be drawn: %1", message)));
  box.replaceChildren(...lines);
}
