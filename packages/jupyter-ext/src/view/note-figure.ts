import { describeNote, matrixCount, type Note } from "heed/note";
import type { IDisposable } from "@lumino/disposable";
import { Signal, type ISignal } from "@lumino/signaling";
import { chainOf } from "./chain.js";
import { chainTable } from "./chain-table.js";
import { offerHeads, offerRows } from "./choices.js";
import { Cursor } from "./cursor.js";
import { drawNote, type Drawing, type Selection } from "./drawing.js";
import { element } from "./element.js";
import { nameElidedLabels } from "./elided-labels.js";
import { readTheme, textMeasurer } from "./page.js";
import { Picker } from "./picker.js";
import { loadPlotly, plotlyConfig, type Plotly } from "./plotly.js";
import type { Surroundings } from "./surroundings.js";
import { unwatchViewport, watchViewport } from "./viewport.js";
import { factsOf, kindName, sizeText } from "./wording.js";

/** A side of a thumbnail in pixels: few heads large, all heads of all layers small. */
const thumbnailSide = (count: number): number => (count <= 16 ? 44 : count <= 64 ? 32 : 22);
const rowThumbnailSide = 32;

let count = 0;

/**
 * A note on the page: its title, its picture, what can be chosen in it, and a sentence that says what is seen.
 *
 * A plain object around a node rather than a widget, because a node inside rendered Markdown has no parent widget that would
 * tell it of being attached, resized or hidden. It draws only near the viewport and while it has a width.
 */
export class NoteFigure implements IDisposable {
  readonly node = element("div", "jp-HeedFigure");
  readonly #surroundings: Surroundings;
  readonly #title = element("div", "jp-HeedFigure-title");
  readonly #heads: Picker;
  readonly #rows: Picker;
  readonly #plot = element("div", "jp-HeedFigure-plot");
  readonly #picture = element("div", "jp-HeedFigure-picture");
  readonly #chain = element("div", "jp-HeedFigure-chain");
  readonly #caption = element("p", "jp-HeedFigure-caption");
  readonly #facts = element("p", "jp-HeedFigure-facts");
  readonly #announcer = element("div", "jp-HeedFigure-announcer");
  readonly #cursor: Cursor;
  readonly #resizes: ResizeObserver;
  readonly #unfollow: () => void;
  readonly #disposed = new Signal<this, void>(this);
  #note: Note | undefined;
  #selection: Selection = { head: 0, row: 0 };
  #isDisposed = false;
  #near = false;
  #stale = false;
  #drawing: Promise<void> | undefined;
  #plotly: Plotly | undefined;
  #width = 0;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
    const id = `jp-heed-${++count}`;
    this.node.setAttribute("role", "figure");
    this.node.setAttribute("aria-labelledby", `${id}-title`);
    this.node.setAttribute("aria-describedby", `${id}-caption`);
    this.node.dataset["heedState"] = "waiting";
    this.#title.id = `${id}-title`;
    this.#caption.id = `${id}-caption`;
    this.#plot.tabIndex = 0;
    this.#plot.setAttribute("role", "application");
    this.#plot.setAttribute("aria-describedby", `${id}-caption`);
    this.#picture.setAttribute("aria-hidden", "true");
    this.#announcer.setAttribute("aria-live", "polite");
    this.#heads = new Picker((head) => this.select({ head }));
    this.#rows = new Picker((row) => this.select({ row }));
    this.#plot.append(this.#picture);
    this.#cursor = new Cursor(this.#plot, this.#announcer);
    this.node.append(
      this.#title,
      this.#heads.node,
      this.#rows.node,
      this.#plot,
      this.#chain,
      this.#caption,
      this.#facts,
      this.#announcer,
    );
    this.#resizes = new ResizeObserver(() => this.#resized());
    this.#resizes.observe(this.node);
    watchViewport(this.node, (near) => {
      this.#near = near;
      if (near) this.#request();
      else if (this.node.dataset["heedState"] === "waiting") whenIdle(() => this.#reserve());
    });
    this.#unfollow = surroundings.onChange(() => this.refresh());
  }

  get note(): Note | undefined {
    return this.#note;
  }

  get selection(): Selection {
    return this.#selection;
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  get disposed(): ISignal<this, void> {
    return this.#disposed;
  }

  /** Shows a note, in place of the one before; what was chosen stays chosen where it still exists. */
  show(note: Note): void {
    this.#note = note;
    this.#selection = {
      head: Math.min(this.#selection.head, matrixCount(note) - 1),
      row: Math.min(this.#selection.row, note.axes.rows.tokens.length - 1),
    };
    this.refresh();
  }

  /** Chooses a head, or the token whose look at an image is drawn. */
  select(selection: Partial<Selection>): void {
    this.#selection = { ...this.#selection, ...selection };
    this.#heads.mark(this.#selection.head);
    this.#rows.mark(this.#selection.row);
    if (this.#note) this.#derive(this.#note);
    this.#stale = true;
    this.#request();
  }

  /** Writes and draws everything again, for a new note, theme, language or setting. */
  refresh(): void {
    if (!this.#note || this.#isDisposed) return;
    this.#write(this.#note);
    this.#derive(this.#note);
    this.#offer(this.#note);
    this.#stale = true;
    this.#request();
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#unfollow();
    this.#resizes.disconnect();
    unwatchViewport(this.node);
    this.#heads.stop();
    this.#rows.stop();
    this.#plotly?.purge(this.#picture);
    this.node.remove();
    this.#disposed.emit();
    Signal.clearData(this);
  }

  #resized(): void {
    const width = this.node.clientWidth;
    // a hidden element has no width; what it shows stays as it is
    if (width === 0 || Math.abs(width - this.#width) < 2) return;
    this.#stale = true;
    this.#request();
  }

  #request(): void {
    if (!this.#stale || !this.#near || this.#drawing || this.#isDisposed || this.node.clientWidth === 0) return;
    this.#drawing = this.#draw()
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#drawing = undefined;
        this.#request();
      });
  }

  async #draw(): Promise<void> {
    const note = this.#note;
    if (!note) return;
    this.#stale = false;
    this.#width = this.node.clientWidth;
    const drawing = this.#prepare(note);
    this.#plot.style.height = `${drawing.geometry.height}px`;
    this.#plotly ??= await loadPlotly();
    if (this.#isDisposed) return;
    await this.#plotly.react(this.#picture, drawing.data, drawing.layout, plotlyConfig);
    if (this.#isDisposed) return;
    this.#cursor.setRegions(drawing.regions);
    nameElidedLabels(this.#picture, drawing, note);
    this.node.dataset["heedState"] = "drawn";
    delete this.node.dataset["heedError"];
  }

  #prepare(note: Note): Drawing {
    const { settings, phrases } = this.#surroundings;
    const theme = readTheme("none");
    const drawing = drawNote(note, this.#selection, {
      ...settings,
      width: this.#width,
      theme,
      measure: textMeasurer(theme),
      phrases,
    });
    this.#facts.textContent = factsOf(note, drawing.cells, phrases);
    return drawing;
  }

  /** Keeps the place of a picture that is not near yet, so that nothing jumps when it is drawn. */
  #reserve(): void {
    const width = this.node.clientWidth;
    if (!this.#note || this.#near || width === 0 || this.#isDisposed) return;
    this.#width = width;
    this.#plot.style.height = `${this.#prepare(this.#note).geometry.height}px`;
  }

  #fail(error: unknown): void {
    console.error(error);
    this.node.dataset["heedState"] = "failed";
    this.#facts.textContent = this.#surroundings.phrases.__("The picture could not be drawn: %1", String(error));
  }

  /** The words around the picture. */
  #write(note: Note): void {
    const { language, phrases } = this.#surroundings;
    const { title, ...untitled } = note;
    this.#title.textContent = title ?? "";
    this.#title.hidden = !title;
    this.#caption.textContent = describeNote(untitled, language);
    this.#plot.setAttribute("aria-roledescription", phrases.__("heat map"));
    this.#plot.setAttribute(
      "aria-label",
      `${title ?? kindName(note, phrases)}, ${sizeText(note, phrases)}. ${phrases.__("Arrow keys walk the cells.")}`,
    );
  }

  /** The steps behind a single row of weights, where the note holds them. */
  #derive(note: Note): void {
    const { phrases } = this.#surroundings;
    const chain =
      note.kind !== "summary" && note.axes.rows.tokens.length === 1 ? chainOf(note, this.#selection.head, 0) : undefined;
    this.#chain.replaceChildren(...(chain ? [chainTable(chain, note.score, phrases)] : []));
  }

  /** The thumbnails to choose a head and, over an image, a token from. */
  #offer(note: Note): void {
    const { settings, phrases } = this.#surroundings;
    const dark = document.body.dataset["jpThemeLight"] === "false";
    const side = thumbnailSide(matrixCount(note));
    this.#heads.offer(offerHeads(note, phrases), side);
    this.#heads.mark(this.#selection.head);
    this.#heads.paint(settings.colourScale, dark, side);
    this.#rows.offer(offerRows(note, this.#selection.head, phrases), rowThumbnailSide);
    this.#rows.mark(this.#selection.row);
    this.#rows.paint(settings.colourScale, dark, rowThumbnailSide);
  }
}

function whenIdle(callback: () => void): void {
  if ("requestIdleCallback" in window) requestIdleCallback(callback);
  else setTimeout(callback, 50);
}
