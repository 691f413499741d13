import type { JupyterFrontEnd } from "@jupyterlab/application";
import { ABCWidgetFactory, DocumentWidget, type DocumentRegistry } from "@jupyterlab/docregistry";
import type { TranslationBundle } from "@jupyterlab/translation";
import { Widget } from "@lumino/widgets";
import { noteMimeType } from "heed/note";
import type { IFigures } from "../figures.js";
import { noteIcon } from "../icons.js";
import type { NoteFigure } from "../view/note-figure.js";
import type { OpenSide } from "../view/side-weights.js";
import { problemBox, problemOf, writeProblem } from "./problem.js";
import { loadReader, prepareToRead } from "./reader.js";

/** Name of the document factory, also in saved layouts. */
export const documentFactoryName = "Attention note";
export const documentExtension = ".heed.json";

/** Files that hold one note or several. */
export function documentFileType(phrases: TranslationBundle): Partial<DocumentRegistry.IFileType> {
  return {
    name: "attention-note",
    displayName: phrases.__("Attention note"),
    extensions: [documentExtension],
    mimeTypes: [noteMimeType],
    contentType: "file",
    fileFormat: "text",
    icon: noteIcon,
  };
}

/** Opens `.heed.json` files as pictures; the text editor stays one of the choices. */
export class NoteDocumentFactory extends ABCWidgetFactory<DocumentWidget<NoteDocumentView>> {
  readonly #figures: IFigures;

  constructor(figures: IFigures, phrases: TranslationBundle) {
    super({
      name: documentFactoryName,
      label: phrases.__("Attention note"),
      fileTypes: ["attention-note"],
      defaultFor: ["attention-note"],
      readOnly: true,
    });
    this.#figures = figures;
  }

  protected override createNewWidget(context: DocumentRegistry.Context): DocumentWidget<NoteDocumentView> {
    const content = new NoteDocumentView(context, this.#figures);
    const widget = new DocumentWidget({ content, context });
    widget.title.icon = noteIcon;
    return widget;
  }
}

/** The document of notes that a node is in. */
export function documentWith(node: Node, { shell }: JupyterFrontEnd): DocumentWidget<NoteDocumentView> | undefined {
  for (const widget of shell.widgets("main")) {
    if (widget instanceof DocumentWidget && widget.content instanceof NoteDocumentView && widget.node.contains(node))
      return widget;
  }
  return undefined;
}

/** The notes of one file, one below the other; follows the file when it changes. */
export class NoteDocumentView extends Widget {
  readonly #context: DocumentRegistry.Context;
  readonly #figures: IFigures;
  readonly #shown: NoteFigure[] = [];
  /** Counted, for a later text to replace one that is still being read. */
  #readings = 0;
  readonly #problem = problemBox();
  readonly #openSide: OpenSide;
  readonly #unfollow: () => void;

  constructor(context: DocumentRegistry.Context, figures: IFigures) {
    super();
    this.#context = context;
    this.#figures = figures;
    this.#openSide = figures.beside(() => Promise.resolve(context.path));
    this.addClass("jp-HeedDocument");
    this.node.tabIndex = -1;
    this.#unfollow = figures.onChange(() => {
      if (this.#problem.isConnected) void this.#read();
    });
    void this.#follow();
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.#unfollow();
    for (const figure of this.#shown) figure.dispose();
    super.dispose();
  }

  protected override onActivateRequest(): void {
    this.node.focus();
  }

  async #follow(): Promise<void> {
    prepareToRead();
    await this.#context.ready;
    if (this.isDisposed) return;
    void this.#read();
    this.#context.model.contentChanged.connect(() => void this.#read(), this);
  }

  async #read(): Promise<void> {
    const reading = ++this.#readings;
    const isCurrent = (): boolean => reading === this.#readings && !this.isDisposed;
    try {
      const { parseDocument } = await loadReader();
      if (!isCurrent()) return;
      const notes = parseDocument(this.#context.model.toString(), this.#figures.language);
      this.#problem.remove();
      while (this.#shown.length > notes.length) this.#shown.pop()?.dispose();
      for (const [i, note] of notes.entries()) {
        const figure = this.#shown[i] ?? this.#figures.create();
        if (!this.#shown[i]) {
          this.#shown.push(figure);
          this.node.append(figure.node);
        }
        figure.show(note, this.#openSide);
      }
    } catch (error) {
      if (!isCurrent()) return;
      writeProblem(this.#problem, problemOf(error), this.#figures.phrases);
      this.node.prepend(this.#problem);
    }
  }
}
