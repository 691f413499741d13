import { ABCWidgetFactory, DocumentWidget, TextModelFactory, type DocumentRegistry } from "@jupyterlab/docregistry";
import type { Contents } from "@jupyterlab/services";
import type { TranslationBundle } from "@jupyterlab/translation";
import { Widget } from "@lumino/widgets";
import type { IFigures } from "../figures.js";
import type { TensorsView } from "../files/tensors-view.js";
import { noteIcon } from "../icons.js";

/** Name of the document factory, also in saved layouts. */
export const tensorsFactoryName = "Attention tensors";
const modelName = "heed-unread";
const fileTypeName = "attention-tensors";

/** Files of tensors, as Python writes them. */
export function tensorsFileType(phrases: TranslationBundle): Partial<DocumentRegistry.IFileType> {
  return {
    name: fileTypeName,
    displayName: phrases.__("Tensors"),
    extensions: [".safetensors"],
    mimeTypes: ["application/vnd.safetensors"],
    contentType: "file",
    fileFormat: "base64",
    icon: noteIcon,
  };
}

/** A document whose content JupyterLab does not load: it may be larger than the browser's memory, and is read part by part. */
export class UnreadModelFactory extends TextModelFactory {
  override get name(): string {
    return modelName;
  }

  override get fileFormat(): Contents.FileFormat {
    return null;
  }
}

/** Opens `.safetensors` files as attention. */
export class TensorsDocumentFactory extends ABCWidgetFactory<DocumentWidget<TensorsDocument>> {
  readonly #figures: IFigures;

  constructor(figures: IFigures, phrases: TranslationBundle) {
    super({
      name: tensorsFactoryName,
      label: phrases.__("Attention"),
      fileTypes: [fileTypeName],
      defaultFor: [fileTypeName],
      modelName,
      readOnly: true,
    });
    this.#figures = figures;
  }

  protected override createNewWidget(context: DocumentRegistry.Context): DocumentWidget<TensorsDocument> {
    const widget = new DocumentWidget({ content: new TensorsDocument(context, this.#figures), context });
    widget.title.icon = noteIcon;
    return widget;
  }
}

/** The place of an opened file in the shell; what is shown in it is loaded when it is first wanted. */
export class TensorsDocument extends Widget {
  readonly #context: DocumentRegistry.Context;
  readonly #figures: IFigures;
  #view: TensorsView | undefined;

  constructor(context: DocumentRegistry.Context, figures: IFigures) {
    super();
    this.#context = context;
    this.#figures = figures;
    this.addClass("jp-HeedDocument");
    this.node.tabIndex = -1;
    void this.#load();
  }

  override dispose(): void {
    if (this.isDisposed) return;
    this.#view?.dispose();
    super.dispose();
  }

  protected override onActivateRequest(): void {
    this.node.focus();
  }

  async #load(): Promise<void> {
    const [{ TensorsView }] = await Promise.all([import("../files/tensors-view.js"), this.#context.ready]);
    if (this.isDisposed) return;
    const view = new TensorsView(this.#figures, () => this.#context.path);
    this.#view = view;
    this.node.append(view.node);
    this.#context.fileChanged.connect(() => void view.open());
  }
}
