import type { Note } from "heed/note";
import { element } from "./element.js";
import type { TokenCell } from "./selection.js";
import type { Surroundings } from "./surroundings.js";
import { placeLabel } from "./wording.js";

/** What a figure tells a screen reader. */
export class Announcer {
  readonly node = element("div", "jp-HeedFigure-announcer");

  constructor() {
    this.node.setAttribute("aria-live", "polite");
  }

  say(sentence: string): void {
    this.node.textContent = sentence;
  }

  /** Says what a view says of a cell of a head; of one whose weight is to be guessed, its tokens alone. */
  sayOf(note: Note, head: number, cell: TokenCell | undefined, sentence: string, { prediction }: Surroundings): void {
    const { rows, columns } = note.axes;
    const isTold = cell ? !prediction.hides(note, head, cell) : !prediction.isOn;
    const tokens = cell && `${placeLabel(rows, cell.row, 1)} → ${placeLabel(columns, cell.column, 1)}`;
    this.say(isTold ? sentence : (tokens ?? ""));
  }
}
