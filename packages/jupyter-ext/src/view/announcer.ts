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

  /** Says what a view says of a cell; while numbers are to be guessed, its tokens alone. */
  sayOf(note: Note | undefined, cell: TokenCell | undefined, sentence: string, { prediction }: Surroundings): void {
    const axes = note?.axes;
    const tokens = cell && axes && `${placeLabel(axes.rows, cell.row, 1)} → ${placeLabel(axes.columns, cell.column, 1)}`;
    this.say(prediction.isOn ? (tokens ?? "") : sentence);
  }
}
