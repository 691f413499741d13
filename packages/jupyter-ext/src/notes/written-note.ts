import type { IDisposable } from "@lumino/disposable";
import type { IFigures } from "../figures.js";
import { element } from "../view/element.js";
import type { NoteFigure } from "../view/note-figure.js";
import { evaluate } from "./evaluate.js";
import { problemBox, problemOf, writeProblem } from "./problem.js";
import { markMistakes } from "./source-mark.js";

/**
 * A note that is written as text: its picture, and where the text is wrong, what is wrong with it.
 *
 * The picture follows the text. While the text is wrong the last good picture stays, dimmed, with the message below it.
 */
export class WrittenNote implements IDisposable {
  readonly node = element("div", "jp-HeedWritten mathjax_ignore");
  readonly #figures: IFigures;
  readonly #message = problemBox();
  readonly #unfollow: () => void;
  #figure: NoteFigure | undefined;
  #source: HTMLElement | undefined;
  #text: string | undefined;
  #unmark: (() => void) | undefined;
  #isDisposed = false;
  #isWrong = false;

  constructor(figures: IFigures) {
    this.#figures = figures;
    this.#message.hidden = true;
    this.node.append(this.#message);
    // the message is in the language of the interface
    this.#unfollow = figures.onChange(() => {
      if (this.#isWrong && this.#text !== undefined) void this.#evaluate(this.#text);
    });
  }

  get text(): string | undefined {
    return this.#text;
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  /**
   * Shows the note that a text describes.
   *
   * @param source the text as it is rendered, shown while it is wrong; none where an editor shows it
   */
  update(text: string, source?: HTMLElement): void {
    this.#clearSource();
    this.#source = source;
    if (text === this.#text) {
      if (this.#isWrong) void this.#evaluate(text);
      return;
    }
    this.#text = text;
    void this.#evaluate(text);
  }

  /** Tells that the node may have been put on the page. */
  settle(): void {
    this.#figure?.settle();
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#unfollow();
    this.#unmark?.();
    this.#figure?.dispose();
    this.node.remove();
  }

  async #evaluate(text: string): Promise<void> {
    try {
      const note = await evaluate(text, this.#figures.language);
      // while this was evaluated, more was typed
      if (this.#isDisposed || text !== this.#text) return;
      this.#isWrong = false;
      this.#clearSource();
      this.#message.hidden = true;
      this.#figure ??= this.#addFigure();
      this.#figure.node.classList.remove("jp-mod-outdated");
      this.#figure.showWritten(note, text);
    } catch (error) {
      if (!this.#isDisposed && text === this.#text) this.#explain(error);
    }
  }

  #addFigure(): NoteFigure {
    const figure = this.#figures.create();
    this.node.prepend(figure.node);
    return figure;
  }

  #explain(error: unknown): void {
    this.#isWrong = true;
    const problem = problemOf(error);
    this.#figure?.node.classList.add("jp-mod-outdated");
    this.#clearSource();
    writeProblem(this.#message, problem, this.#figures.phrases);
    this.#message.hidden = false;
    if (!this.#source) return;
    this.#message.before(this.#source);
    this.#unmark = markMistakes(this.#source, problem.places);
  }

  #clearSource(): void {
    this.#unmark?.();
    this.#unmark = undefined;
    this.#source?.remove();
  }
}
