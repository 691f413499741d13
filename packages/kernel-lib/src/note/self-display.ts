/** How a value that makes notes of itself looks as the last value of a cell: without knowing of any notebook. */
import { displayBundle, type DisplayBundle } from "./display.js";
import type { Note } from "./schema.js";

/** A notebook kernel calls the method of this name on the last value of a cell and shows what it returns. */
export const jupyterDisplay: unique symbol = Symbol.for("Jupyter.display") as never;

/** Anything that can make a note of itself: the result of `attention`, of a model, … */
export interface Showable<Options extends object = object> {
  toNote(options?: Options): Note;
}

type Display = (value: Showable) => DisplayBundle;

let display: Display = (value) => displayBundle(value.toNote());

/** Says once how results are displayed here: a notebook knows its reader's language, and where large weights go. */
export function displayResultsBy(here: Display): void {
  display = here;
}

/** What a result returns from its method {@link jupyterDisplay}: its note, with a picture and a sentence for viewers that cannot draw it. */
export const selfDisplay = (value: Showable): DisplayBundle => display(value);
