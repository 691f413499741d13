import type { IThemeManager } from "@jupyterlab/apputils";
import type { ISettingRegistry } from "@jupyterlab/settingregistry";
import { Token } from "@lumino/coreutils";
import { Signal, type ISignal } from "@lumino/signaling";
import type { Language } from "heed/note";
import type { FileServices, PathOfNote } from "./files/beside.js";
import type { NoteWriter } from "./notes/note-writer.js";
import { Prediction } from "./tools/prediction.js";
import { onDensityChange } from "./view/client.js";
import { isColourScaleName } from "./view/colour.js";
import { NoteFigure } from "./view/note-figure.js";
import { defaultSettings, type DrawingSettings, type Phrases } from "./view/options.js";
import type { Selection } from "./view/selection.js";
import type { OpenSide } from "./view/side-weights.js";
import type { Surroundings } from "./view/surroundings.js";
import type { Wording } from "./wording.js";

/** Makes figures and knows those that are on the page. Other extensions may ask for it to draw notes of their own. */
export interface IFigures extends Surroundings {
  /** A new, empty figure. Its owner disposes it. */
  create(): NoteFigure;
  /** The figure that a node is inside of. */
  find(node: Node | null | undefined): NoteFigure | undefined;
  /** The figure that a person used last, if it is still there. */
  readonly current: NoteFigure | undefined;
  /** The figures on the page, in the order they were made. */
  readonly all: ReadonlySet<NoteFigure>;
  /** Emitted when a person begins to use a figure. */
  readonly currentChanged: ISignal<IFigures, NoteFigure | undefined>;
  /** Opens the files of notes that are in a notebook or document. */
  beside(path: PathOfNote): OpenSide;
  /** What files on the server are read with. */
  readonly services: FileServices;
  /** Opens the menu of the current figure below a button; set by whoever adds the commands. */
  openMenu?: ((button: HTMLElement) => void) | undefined;
  /** Sets a setting for all notebooks, as the settings editor would. */
  set<Name extends keyof DrawingSettings>(name: Name, value: DrawingSettings[Name]): Promise<void>;
}

export const IFigures: Token<IFigures> = new Token<IFigures>("jupyterlab-heed:IFigures", "Draws notes about attention.");

/** What the figures that are linked to each other are in: a notebook, or a document of notes. */
const linkedPlaces = ".jp-Notebook, .jp-HeedDocument";

/** The one implementation of {@link IFigures}. */
export class Figures implements IFigures {
  readonly all: Set<NoteFigure> = new Set();
  readonly prediction = new Prediction();
  readonly writer: NoteWriter | undefined;
  openMenu?: ((button: HTMLElement) => void) | undefined;
  readonly #nodes = new WeakMap<Node, NoteFigure>();
  readonly #wording: Wording;
  readonly services: FileServices;
  readonly #changed = new Signal<this, void>(this);
  readonly #currentChanged = new Signal<this, NoteFigure | undefined>(this);
  #stored: ISettingRegistry.ISettings | undefined;
  #settings: DrawingSettings = defaultSettings;
  #current: NoteFigure | undefined;

  constructor(wording: Wording, themes: IThemeManager | null, services: FileServices, writer?: NoteWriter) {
    this.writer = writer;
    this.#wording = wording;
    this.services = services;
    wording.changed.connect(() => this.#changed.emit());
    themes?.themeChanged.connect(() => this.#changed.emit());
    onDensityChange(() => this.#changed.emit());
  }

  get settings(): DrawingSettings {
    return this.#settings;
  }

  get language(): Language {
    return this.#wording.language;
  }

  get phrases(): Phrases {
    return this.#wording.phrases;
  }

  get current(): NoteFigure | undefined {
    return this.#current;
  }

  get currentChanged(): ISignal<this, NoteFigure | undefined> {
    return this.#currentChanged;
  }

  onChange(callback: () => void): () => void {
    const slot = (): void => callback();
    this.#changed.connect(slot);
    return () => void this.#changed.disconnect(slot);
  }

  /** Follows the stored settings from now on. */
  follow(stored: ISettingRegistry.ISettings): void {
    this.#stored = stored;
    stored.changed.connect(() => this.#read(stored));
    this.#read(stored);
  }

  create(): NoteFigure {
    const figure = new NoteFigure(this);
    this.all.add(figure);
    this.#nodes.set(figure.node, figure);
    const use = (): void => this.#use(figure);
    figure.node.addEventListener("focusin", use);
    figure.node.addEventListener("pointerdown", use, { capture: true });
    let linked: Selection = figure.selection;
    figure.selected.connect((_, selection) => {
      // another view or head of this figure changes nothing in others
      if (selection.cell !== linked.cell || selection.token !== linked.token) this.#link(figure);
      linked = selection;
    });
    figure.disposed.connect(() => {
      this.all.delete(figure);
      if (this.#current === figure) this.#use(undefined);
    });
    return figure;
  }

  find(node: Node | null | undefined): NoteFigure | undefined {
    for (let at = node; at; at = at.parentNode) {
      const figure = this.#nodes.get(at);
      if (figure) return figure;
    }
    return undefined;
  }

  async set<Name extends keyof DrawingSettings>(name: Name, value: DrawingSettings[Name]): Promise<void> {
    await this.#stored?.set(name, value);
  }

  beside(path: PathOfNote): OpenSide {
    return async (array) => {
      const { openSide } = await import("./files/index.js");
      return openSide(this.services, array, path);
    };
  }

  /** Tokens that are chosen in one figure are highlighted in the others of its notebook. */
  #link(figure: NoteFigure): void {
    const place = figure.node.closest(linkedPlaces);
    if (!place) return;
    for (const other of this.all) {
      if (other.node.closest(linkedPlaces) === place) other.mark(other === figure ? [] : figure.chosenTokens);
    }
  }

  #use(figure: NoteFigure | undefined): void {
    if (figure === this.#current) return;
    this.#current = figure;
    this.#currentChanged.emit(figure);
  }

  #read(stored: ISettingRegistry.ISettings): void {
    const { colourScale, cellSize, numbers, language, figureWidth, figureFontSize, figureFont } = stored.composite as Record<
      string,
      unknown
    >;
    this.#settings = {
      colourScale: isColourScaleName(colourScale) ? colourScale : defaultSettings.colourScale,
      cellSize: typeof cellSize === "number" ? cellSize : defaultSettings.cellSize,
      numbers: numbers === "always" || numbers === "never" ? numbers : defaultSettings.numbers,
      figureWidth: typeof figureWidth === "number" ? figureWidth : defaultSettings.figureWidth,
      figureFontSize: typeof figureFontSize === "number" ? figureFontSize : defaultSettings.figureFontSize,
      figureFont: figureFont === "serif" ? "serif" : defaultSettings.figureFont,
    };
    // a change of language is announced by the wording itself, once its words are there
    this.#wording.choose(language === "en" || language === "zh-CN" ? language : "auto");
    this.#changed.emit();
  }
}
