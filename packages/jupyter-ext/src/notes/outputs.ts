import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import { Widget } from "@lumino/widgets";
import { noteMimeType } from "heed/note";
import type { IFigures } from "../figures.js";
import type { PathOfNote } from "../files/beside.js";
import { element } from "../view/element.js";
import type { NoteFigure } from "../view/note-figure.js";
import type { OpenSide } from "../view/side-weights.js";
import { problemBox, problemOf, writeProblem } from "./problem.js";
import { loadReader, prepareToRead } from "./reader.js";

/**
 * Renders computed notes. It is safe, so it draws in notebooks that are not trusted, offline and without a kernel; therefore it
 * treats every byte as hostile. It comes before HTML (50), so that a bundle that has both is drawn.
 */
export function noteRendererFactory(figures: IFigures): IRenderMime.IRendererFactory {
  return {
    safe: true,
    mimeTypes: [noteMimeType],
    defaultRank: 40,
    createRenderer: (options) => new RenderedNote(options.mimeType, figures, pathFromResolver(options.resolver)),
  };
}

/** The path of something beside the notebook that an output is in: JupyterLab tells a renderer only the address of such. */
function pathFromResolver(resolver: IRenderMime.IResolver | null): PathOfNote {
  return async () => {
    const address = await resolver?.resolveUrl("note");
    return address === undefined ? undefined : decodeURIComponent(address);
  };
}

/** A computed note in an output area. */
export class RenderedNote extends Widget implements IRenderMime.IRenderer {
  readonly #mimeType: string;
  readonly #figures: IFigures;
  readonly #openSide: OpenSide;
  readonly #unfollow: () => void;
  #figure: NoteFigure | undefined;
  #rendered: string | undefined;
  /** Counted, for a later display to replace one that is still being read. */
  #readings = 0;
  /** What could not be read. */
  #wrong: Pick<IRenderMime.IMimeModel, "data"> | undefined;

  constructor(mimeType: string, figures: IFigures, path: PathOfNote) {
    super();
    this.#openSide = figures.beside(path);
    this.#mimeType = mimeType;
    this.#figures = figures;
    this.addClass("jp-RenderedHeedNote");
    this.#unfollow = figures.onChange(() => {
      // what is wrong is said in the language of the interface
      if (this.#wrong) void this.#read(this.#wrong.data);
    });
  }

  /** Shows the note of a display; a later display of the same id redraws the same picture. */
  async renderModel(model: IRenderMime.IMimeModel): Promise<void> {
    // a deep copy, made at each read of `data`: only its text tells whether anything changed
    const bundle = model.data;
    const data = bundle[this.#mimeType];
    const text = typeof data === "string" ? data : JSON.stringify(data);
    if (text === this.#rendered) return;
    this.#rendered = text;
    await this.#read(bundle);
  }

  protected override onAfterAttach(): void {
    this.#figure?.settle();
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.#unfollow();
    this.#figure?.dispose();
    super.dispose();
  }

  async #read(bundle: IRenderMime.IMimeModel["data"]): Promise<void> {
    const reading = ++this.#readings;
    const isCurrent = (): boolean => reading === this.#readings && !this.isDisposed;
    const data = bundle[this.#mimeType];
    try {
      // what draws the note is on its way while what reads it is
      prepareToRead();
      const { parseNote } = await loadReader();
      if (!isCurrent()) return;
      const note = parseNote(typeof data === "string" ? JSON.parse(data) : data, this.#figures.language);
      if (!this.#figure) {
        this.#figure = this.#figures.create();
        this.node.replaceChildren(this.#figure.node);
      }
      this.#wrong = undefined;
      this.#figure.show(note, this.#openSide);
      if (this.isAttached) this.#figure.settle();
    } catch (error) {
      if (!isCurrent()) return;
      this.#wrong = { data: bundle };
      this.#explain(error, bundle["text/plain"]);
    }
  }

  /** What is wrong, and below it the words that came with the note. */
  #explain(error: unknown, words: unknown): void {
    this.#figure?.dispose();
    this.#figure = undefined;
    const box = problemBox();
    writeProblem(box, problemOf(error), this.#figures.phrases);
    this.node.replaceChildren(box);
    if (typeof words === "string") this.node.append(element("pre", "jp-HeedProblem-words", words.slice(0, 10_000)));
  }
}
