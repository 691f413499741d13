/**
 * jupyterlab-heed draws attention from the notes in each cell. This file only lists the plugins: what figures share, the three
 * places where notes are found (Markdown, outputs, files), the panel that lists them, and the commands.
 */
import { ILayoutRestorer, type JupyterFrontEnd, type JupyterFrontEndPlugin } from "@jupyterlab/application";
import { ICommandPalette, IThemeManager, WidgetTracker } from "@jupyterlab/apputils";
import { IDocumentManager } from "@jupyterlab/docmanager";
import type { DocumentRegistry, DocumentWidget } from "@jupyterlab/docregistry";
import { ILauncher } from "@jupyterlab/launcher";
import { INotebookTracker } from "@jupyterlab/notebook";
import { IRenderMimeRegistry } from "@jupyterlab/rendermime";
import { ISettingRegistry } from "@jupyterlab/settingregistry";
import { IStateDB } from "@jupyterlab/statedb";
import { ITranslator, nullTranslator } from "@jupyterlab/translation";
import { Token } from "@lumino/coreutils";
import { addCommands } from "./commands.js";
import { Figures, IFigures } from "./figures.js";
import { addFileCommands } from "./files/commands.js";
import { documentFactoryName, documentFileType, NoteDocumentFactory, NoteDocumentView } from "./notes/documents.js";
import {
  TensorsDocumentFactory,
  tensorsFactoryName,
  tensorsFileType,
  UnreadModelFactory,
  type TensorsDocument,
} from "./notes/tensor-documents.js";
import { tellCollapsed } from "./notes/collapsed.js";
import { drawFences } from "./notes/fences.js";
import { previewWhileTyping } from "./notes/live-preview.js";
import { NoteWriter } from "./notes/note-writer.js";
import { noteRendererFactory } from "./notes/outputs.js";
import { prepareForNotebooks } from "./notes/prepare.js";
import { NotesPanel } from "./panel/notes-panel.js";
import { addOpenNote } from "./panel/open-note.js";
import { addBeside } from "./restored.js";
import { translateSchema } from "./schema-wording.js";
import { addToolCommands } from "./tools/commands.js";
import { domain, Wording } from "./wording.js";

export { IFigures } from "./figures.js";

const INotesPanel = new Token<NotesPanel>("jupyterlab-heed:INotesPanel", "The side panel that lists notes.");

const figures: JupyterFrontEndPlugin<IFigures> = {
  id: "jupyterlab-heed:plugin",
  description: "Makes figures of notes about attention, and gives them their settings, theme and language.",
  autoStart: true,
  provides: IFigures,
  optional: [ISettingRegistry, IThemeManager, ITranslator, INotebookTracker],
  activate: (
    app: JupyterFrontEnd,
    settings: ISettingRegistry | null,
    themes: IThemeManager | null,
    translator: ITranslator | null,
    tracker: INotebookTracker | null,
  ): IFigures => {
    const writer = tracker ? new NoteWriter(tracker) : undefined;
    const made = new Figures(new Wording(translator), themes, app.serviceManager, writer);
    const phrases = (translator ?? nullTranslator).load(domain);
    settings?.transform(figures.id, { fetch: (plugin) => ({ ...plugin, schema: translateSchema(plugin.schema, phrases) }) });
    settings?.load(figures.id).then(
      (stored) => made.follow(stored),
      (error: unknown) => console.error(`${figures.id}: the settings could not be loaded`, error),
    );
    return made;
  },
};

const fences: JupyterFrontEndPlugin<void> = {
  id: "jupyterlab-heed:fences",
  description: "Draws the notes that are written in Markdown.",
  autoStart: true,
  requires: [IRenderMimeRegistry, IFigures],
  activate: (_: JupyterFrontEnd, registry: IRenderMimeRegistry, made: IFigures) => drawFences(registry, made),
};

const preview: JupyterFrontEndPlugin<void> = {
  id: "jupyterlab-heed:preview",
  description: "Shows written notes below the editor while they are typed.",
  autoStart: true,
  requires: [INotebookTracker, IFigures],
  activate: (_: JupyterFrontEnd, tracker: INotebookTracker, made: IFigures) => previewWhileTyping(tracker, made),
};

const ahead: JupyterFrontEndPlugin<void> = {
  id: "jupyterlab-heed:ahead",
  description: "Fetches what draws the notes of a notebook while the notebook is still being laid out.",
  autoStart: true,
  requires: [INotebookTracker],
  activate: (_: JupyterFrontEnd, tracker: INotebookTracker) => prepareForNotebooks(tracker),
};

const outputs: JupyterFrontEndPlugin<void> = {
  id: "jupyterlab-heed:outputs",
  description: "Draws the notes that cells compute.",
  autoStart: true,
  requires: [IRenderMimeRegistry, IFigures],
  activate: (_: JupyterFrontEnd, registry: IRenderMimeRegistry, made: IFigures) => {
    registry.addFactory(noteRendererFactory(made));
    tellCollapsed();
  },
};

const documents: JupyterFrontEndPlugin<void> = {
  id: "jupyterlab-heed:documents",
  description: "Opens .heed.json and .safetensors files as pictures.",
  autoStart: true,
  requires: [IFigures],
  optional: [ILayoutRestorer, ITranslator],
  activate: (app: JupyterFrontEnd, made: IFigures, restorer: ILayoutRestorer | null, translator: ITranslator | null) => {
    const phrases = (translator ?? nullTranslator).load(domain);
    const factory = new NoteDocumentFactory(made, phrases);
    const tensors = new TensorsDocumentFactory(made, phrases);
    const opened = new WidgetTracker<DocumentWidget<NoteDocumentView | TensorsDocument>>({ namespace: "heed-documents" });
    app.docRegistry.addFileType(documentFileType(phrases));
    app.docRegistry.addWidgetFactory(factory as DocumentRegistry.WidgetFactory);
    app.docRegistry.addFileType(tensorsFileType(phrases));
    app.docRegistry.addModelFactory(new UnreadModelFactory(false));
    app.docRegistry.addWidgetFactory(tensors as DocumentRegistry.WidgetFactory);
    const follow = (_: unknown, widget: DocumentWidget<NoteDocumentView | TensorsDocument>): void => {
      void opened.add(widget);
      widget.context.pathChanged.connect(() => void opened.save(widget));
    };
    factory.widgetCreated.connect(follow);
    tensors.widgetCreated.connect(follow);
    void restorer?.restore(opened, {
      command: "docmanager:open",
      args: ({ content, context }) => ({
        path: context.path,
        factory: content instanceof NoteDocumentView ? documentFactoryName : tensorsFactoryName,
      }),
      name: ({ context }) => context.path,
    });
  },
};

const panel: JupyterFrontEndPlugin<NotesPanel> = {
  id: "jupyterlab-heed:panel",
  description: "Lists the notes of the current notebook in the sidebar.",
  autoStart: true,
  provides: INotesPanel,
  requires: [INotebookTracker, IFigures],
  optional: [ILayoutRestorer, IStateDB],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    made: IFigures,
    restorer: ILayoutRestorer | null,
    state: IStateDB | null,
  ): NotesPanel => {
    const widget = new NotesPanel({
      tracker,
      figures: made,
      state,
      addBeside: (window) => addBeside(app, window, false),
      keep: addOpenNote(app, made, tracker, restorer),
      openDocument: async (note) => {
        const { openAsDocument } = await import("./notes/open-document.js");
        await openAsDocument(note, { app, tracker }, made.phrases);
      },
    });
    app.shell.add(widget, "right", { rank: 600, type: "Heed" });
    restorer?.add(widget, widget.id);
    return widget;
  },
};

const commands: JupyterFrontEndPlugin<void> = {
  id: "jupyterlab-heed:commands",
  description: "Commands about notes: copy, save, open, list, colour.",
  autoStart: true,
  requires: [IFigures],
  optional: [INotebookTracker, INotesPanel, ICommandPalette, ILauncher, IDocumentManager],
  activate: (
    app: JupyterFrontEnd,
    made: IFigures,
    tracker: INotebookTracker | null,
    notesPanel: NotesPanel | null,
    palette: ICommandPalette | null,
    launcher: ILauncher | null,
    manager: IDocumentManager | null,
  ) => addCommands({ app, figures: made, tracker, panel: notesPanel, palette, launcher, manager }),
};

const tools: JupyterFrontEndPlugin<void> = {
  id: "jupyterlab-heed:tools",
  description: "Commands that explain, change and compare notes.",
  autoStart: true,
  requires: [IFigures],
  optional: [INotebookTracker, ICommandPalette, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    made: IFigures,
    tracker: INotebookTracker | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
  ) => addToolCommands({ app, figures: made, tracker, palette, restorer }),
};

const files: JupyterFrontEndPlugin<void> = {
  id: "jupyterlab-heed:files",
  description: "Finds files of weights that no notebook names any more.",
  autoStart: true,
  requires: [INotebookTracker, IFigures],
  optional: [ICommandPalette],
  activate: (app: JupyterFrontEnd, tracker: INotebookTracker, made: IFigures, palette: ICommandPalette | null) =>
    addFileCommands(app, made, tracker, palette),
};

const plugins: JupyterFrontEndPlugin<unknown>[] = [
  files,
  figures,
  ahead,
  fences,
  preview,
  outputs,
  documents,
  panel,
  commands,
  tools,
];
export default plugins;
