import { describeNote, titleText, type Note } from "heed/note";
import { element } from "./element.js";
import type { Surroundings } from "./surroundings.js";

/** The words of a figure: its title, a sentence that says what is seen, and what is worth knowing beside it. */
export class FigureWords {
  readonly title = element("div", "jp-HeedFigure-title");
  readonly caption = element("p", "jp-HeedFigure-caption");
  readonly facts = element("p", "jp-HeedFigure-facts");

  /** @param id of the figure; those of the title and the caption begin with it */
  constructor(id: string) {
    this.title.id = `${id}-title`;
    // as its own words are written
    this.title.dir = "auto";
    this.caption.id = `${id}-caption`;
  }

  write({ title, ...untitled }: Note, { prediction, phrases, language }: Surroundings): void {
    this.title.textContent = titleText(title ?? "");
    this.title.hidden = !title;
    this.caption.textContent = prediction.isOn
      ? phrases.__("Predict first is on: numbers are hidden until you have guessed them. Click a cell to guess its weight.")
      : describeNote(untitled, language);
  }
}
