import type { Note } from "heed/note";
import type { IDisposable } from "@lumino/disposable";
import type { FigureWords } from "./figure-words.js";
import { readTheme, textMeasurer } from "./page.js";
import type { Selection } from "./selection.js";
import type { SideNotice } from "./side-notice.js";
import type { Stage } from "./stage.js";
import type { Surroundings } from "./surroundings.js";
import { findTokens, type ChosenToken } from "./tokens.js";
import type { Scene } from "./view.js";
import { viewOf } from "./views.js";
import { WhenSeen, type Drawn } from "./when-seen.js";
import { kindName, sizeText } from "./wording.js";

/** What a figure shows now. */
export interface Shown {
  readonly node: HTMLElement;
  readonly note: Note | undefined;
  readonly selection: Selection;
  /** Tokens that were chosen in another figure. */
  readonly marked: readonly ChosenToken[];
}

/** The parts of a figure that its picture fills. */
export interface PictureParts {
  readonly stage: Stage;
  readonly words: FigureWords;
  readonly side: SideNotice;
}

/** The picture in a figure: the chosen view of its note, placed and drawn when {@link WhenSeen} says so. How far it is, the figure's node tells. */
export class NotePicture implements Drawn, IDisposable {
  readonly #figure: Shown;
  readonly #parts: PictureParts;
  readonly #surroundings: Surroundings;
  readonly #whenSeen: WhenSeen;

  constructor(figure: Shown, parts: PictureParts, surroundings: Surroundings) {
    this.#figure = figure;
    this.#parts = parts;
    this.#surroundings = surroundings;
    figure.node.dataset["heedState"] = "waiting";
    this.#whenSeen = new WhenSeen(figure.node, this);
  }

  get isDisposed(): boolean {
    return this.#whenSeen.isDisposed;
  }

  /** What the figure shows is another now. */
  change(): void {
    this.#whenSeen.change();
  }

  /** The figure may have been put on the page. */
  settle(): void {
    this.#whenSeen.settle();
  }

  dispose(): void {
    this.#whenSeen.dispose();
  }

  /** What a screen reader says when it comes to the view. */
  describe(note: Note): void {
    const { phrases } = this.#surroundings;
    const name = `${note.title ?? kindName(note, phrases)}, ${sizeText(note, phrases)}`;
    this.#parts.stage.describe(name, this.#parts.words.caption.id, (type) => type.keys(phrases));
  }

  fetch(): Promise<void> | undefined {
    const { note, selection } = this.#figure;
    const type = note && viewOf(note, selection);
    return type && this.#parts.stage.fetch(type);
  }

  /** Puts the chosen view on the page, at its final size. */
  place(): void {
    const { node, note, selection } = this.#figure;
    const type = note && viewOf(note, selection);
    const view = type && this.#parts.stage.show(type);
    if (!view) return;
    node.dataset["heedView"] = type.name;
    this.describe(note);
    this.#parts.words.facts.textContent = view.place(this.#scene(note, selection));
  }

  /** While pictures pass by, the colours of one that was not drawn before tell where one is. */
  sketch(): void {
    const { dataset } = this.#figure.node;
    const { view } = this.#parts.stage;
    if (dataset["heedState"] !== "waiting" || !view?.sketch) return;
    view.sketch();
    dataset["heedState"] = "sketched";
  }

  async draw(): Promise<void> {
    const { view } = this.#parts.stage;
    if (!view) return;
    await view.draw();
    if (this.isDisposed) return;
    const { node, note, selection, marked } = this.#figure;
    if (note) view.mark(findTokens(marked, note));
    this.#parts.side.read(selection.head);
    node.dataset["heedState"] = "drawn";
  }

  hasSameSize(): boolean {
    return this.#parts.stage.view?.hasSameSize?.() ?? false;
  }

  fail(error: unknown): void {
    console.error(error);
    this.#figure.node.dataset["heedState"] = "failed";
    const { phrases } = this.#surroundings;
    this.#parts.words.facts.textContent = phrases.__("The picture could not be drawn: %1", String(error));
  }

  #scene(note: Note, selection: Selection): Scene {
    const { settings, phrases } = this.#surroundings;
    const theme = readTheme("none");
    const options = { ...settings, width: this.#whenSeen.width, theme, measure: textMeasurer(theme), phrases };
    const { side } = this.#parts.side;
    return { note, selection, options, ...(side && { side }) };
  }
}
