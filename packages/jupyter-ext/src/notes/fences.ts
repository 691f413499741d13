import type { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import type { IDisposable } from "@lumino/disposable";
import { MessageLoop } from "@lumino/messaging";
import type { IFigures } from "../figures.js";
import { fenceName } from "./fence-text.js";
import { WrittenNote } from "./written-note.js";

const markdown = "text/markdown";

/**
 * Draws fenced notes in all rendered Markdown: cells, previews, outputs.
 *
 * JupyterLab has no extension point for a fence, so the registered renderer, whoever made it, is left to render, and each code
 * block of a note is then replaced by its picture.
 */
export function drawFences(registry: IRenderMimeRegistry, figures: IFigures): void {
  const factory = registry.getFactory(markdown);
  if (!factory) return;
  const createRenderer = (options: IRenderMime.IRendererOptions): IRenderMime.IRenderer => {
    const renderer = factory.createRenderer(options);
    const notes = new FencedNotes(renderer.node, figures);
    const render = renderer.renderModel.bind(renderer);
    renderer.renderModel = (model) => notes.during(() => render(model));
    MessageLoop.installMessageHook(renderer, (_, { type }) => {
      if (type === "after-attach") notes.settle();
      else if (type === "before-detach") notes.leave();
      return true;
    });
    renderer.disposed.connect(() => notes.dispose());
    return renderer;
  };
  registry.addFactory({ ...factory, createRenderer }, registry.getRank(markdown));
}

/** The fenced notes of one piece of rendered Markdown. */
class FencedNotes implements IDisposable {
  readonly #root: HTMLElement;
  readonly #figures: IFigures;
  #notes: WrittenNote[] = [];
  #renderings = 0;
  #focused: HTMLElement | undefined;
  #isDisposed = false;

  constructor(root: HTMLElement, figures: IFigures) {
    this.#root = root;
    this.#figures = figures;
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  /**
   * Puts the notes in place as soon as the renderer has replaced the content, before the browser paints it: a picture that was
   * there keeps its node and never flickers.
   */
  async during(render: () => Promise<void>): Promise<void> {
    this.#remember();
    const place = (): void => {
      this.#place();
      this.#giveFocusBack();
    };
    const observer = new MutationObserver(place);
    observer.observe(this.#root, { childList: true, subtree: true });
    this.#renderings++;
    try {
      await render();
      place();
    } finally {
      observer.disconnect();
      if (--this.#renderings === 0) this.#dropUnused();
      // the cell takes the whole of it off and on the page at once
      this.#forgetSoon();
    }
  }

  /** Tells the notes that they are about to be taken off the page. */
  leave(): void {
    this.#remember();
    if (this.#renderings === 0) this.#forgetSoon();
  }

  /** Tells the notes that they are on the page now. */
  settle(): void {
    this.#giveFocusBack();
    for (const note of this.#notes) note.settle();
  }

  dispose(): void {
    this.#isDisposed = true;
    for (const note of this.#notes) note.dispose();
    this.#notes = [];
  }

  /** What is taken off the page loses the focus, though it is put back at once. */
  #remember(): void {
    const { activeElement } = document;
    if (activeElement instanceof HTMLElement && this.#root.contains(activeElement)) this.#focused = activeElement;
  }

  #forgetSoon(): void {
    setTimeout(() => (this.#focused = undefined));
  }

  #giveFocusBack(): void {
    if (this.#focused?.isConnected && document.activeElement === document.body) this.#focused.focus({ preventScroll: true });
  }

  #place(): void {
    if (this.#isDisposed) return;
    const codes = [...this.#root.querySelectorAll<HTMLElement>(`pre > code.language-${fenceName}`)]
      // the source that a wrong note shows is in its place already
      .filter((code) => !this.#notes.some((note) => note.node.contains(code)))
      .map((code) => ({ code, text: (code.textContent ?? "").replace(/\n+$/, "") }));
    const free = this.#notes.filter((note) => !this.#root.contains(note.node));
    const taken = codes.map(({ text }) => takeWhere(free, (note) => note.text === text));
    for (const [i, { code, text }] of codes.entries()) {
      // a changed text continues the picture of the note that stood there
      const note = taken[i] ?? free.shift() ?? this.#add();
      const source = code.parentElement ?? code;
      source.replaceWith(note.node);
      note.update(text, source);
    }
  }

  #add(): WrittenNote {
    const note = new WrittenNote(this.#figures);
    this.#notes.push(note);
    return note;
  }

  #dropUnused(): void {
    const used = this.#notes.filter((note) => this.#root.contains(note.node));
    for (const note of this.#notes) if (!used.includes(note)) note.dispose();
    this.#notes = used;
  }
}

function takeWhere<Item>(items: Item[], matches: (item: Item) => boolean): Item | undefined {
  const index = items.findIndex(matches);
  return index < 0 ? undefined : items.splice(index, 1)[0];
}
