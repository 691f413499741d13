import type { JupyterFrontEnd } from "@jupyterlab/application";
import type { ICommandPalette } from "@jupyterlab/apputils";
import { PathExt } from "@jupyterlab/coreutils";
import type { IDocumentManager } from "@jupyterlab/docmanager";
import type { ILauncher } from "@jupyterlab/launcher";
import type { INotebookTracker } from "@jupyterlab/notebook";
import type { CommandRegistry } from "@lumino/commands";
import type { ReadonlyJSONObject } from "@lumino/coreutils";
import { Menu } from "@lumino/widgets";
import type { Note } from "heed/note";
import { addExportCommands, exportCommandIds, exportMenu } from "./export/commands.js";
import { exportFormats } from "./export/formats.js";
import type { IFigures } from "./figures.js";
import { noteIcon } from "./icons.js";
import { placeOf } from "./notes/note-place.js";
import type { NotesPanel } from "./panel/notes-panel.js";
import { colourScaleNames, isColourScaleName, type ColourScaleName } from "./view/colour.js";
import type { NoteFigure } from "./view/note-figure.js";
import type { Phrases } from "./view/options.js";
import { paletteCategory } from "./wording.js";

export const commandIds = {
  showPanel: "heed:show-panel",
  showInPanel: "heed:show-in-panel",
  openAsDocument: "heed:open-as-document",
  newExample: "heed:new-example",
  setColourScale: "heed:set-colour-scale",
  setNumbers: "heed:set-numbers",
} as const;

const allIds = [...Object.values(commandIds), ...Object.values(exportCommandIds)];

const noArguments: ReadonlyJSONObject = { type: "object", properties: {}, additionalProperties: false };

/** Where commands find the note they are about, and what they may use. */
export interface CommandContext {
  readonly app: JupyterFrontEnd;
  readonly figures: IFigures;
  readonly tracker: INotebookTracker | null;
  readonly panel: NotesPanel | null;
  readonly palette: ICommandPalette | null;
  readonly launcher: ILauncher | null;
  readonly manager: IDocumentManager | null;
}

/** Adds the commands, all described for programs that call them, and lists them in the palette. */
export function addCommands(context: CommandContext): void {
  const { app, figures, palette, panel } = context;
  const { commands } = app;
  const phrase = (): Phrases => figures.phrases;

  // a figure becomes the current one when it is clicked, with any button, or comes into focus
  const figure = (): NoteFigure | undefined => figures.current;
  const addForFigure = (id: string, label: () => string, run: (note: Note, figure: NoteFigure) => unknown): void => {
    commands.addCommand(id, {
      label,
      isEnabled: () => figure()?.note !== undefined,
      describedBy: { args: noArguments },
      execute: async () => {
        const target = figure();
        if (target?.note) await run(target.note, target);
      },
    });
  };

  if (panel) {
    commands.addCommand(commandIds.showPanel, {
      label: () => phrase().__("Show attention notes"),
      caption: () => phrase().__("List the notes about attention in this notebook"),
      icon: noteIcon,
      describedBy: { args: noArguments },
      execute: () => app.shell.activateById(panel.id),
    });
    addForFigure(
      commandIds.showInPanel,
      () => phrase().__("Show in the list of notes"),
      (_, target) => {
        app.shell.activateById(panel.id);
        const place = placeOf(target.node, context.tracker);
        if (place) panel.reveal(place.cell, place.place);
      },
    );
  }
  addForFigure(
    commandIds.openAsDocument,
    () => phrase().__("Open as document…"),
    async (note) => {
      const { openAsDocument } = await import("./notes/open-document.js");
      await openAsDocument(note, context, phrase());
    },
  );
  addExample(context);
  addExportCommands(commands, figures);
  addSettingCommands(commands, figures);
  addMenus(context);
  if (palette) list(palette, context);
}

/** What a figure can be saved as and its choice of colours, in its context menu; the first is in its own menu, too. */
function addMenus({ app, figures }: CommandContext): void {
  const { commands, contextMenu } = app;
  const colours = new Menu({ commands });
  const name = (): void => {
    colours.title.label = figures.phrases.__("Colour scale");
  };
  name();
  figures.onChange(name);
  for (const scale of colourScaleNames) colours.addItem({ command: commandIds.setColourScale, args: { scale } });
  const selector = ".jp-HeedFigure";
  contextMenu.addItem({ type: "submenu", submenu: exportMenu(commands, figures), selector, rank: 0.1 });
  contextMenu.addItem({ type: "submenu", submenu: colours, selector, rank: 0.6 });
  const own = exportMenu(commands, figures);
  figures.openMenu = (button) => {
    const { left, bottom } = button.getBoundingClientRect();
    own.open(left, bottom + 2);
  };
}

/** A notebook to begin with, in the launcher too. */
function addExample(context: CommandContext): void {
  const { app, figures, launcher, manager } = context;
  app.commands.addCommand(commandIds.newExample, {
    label: ({ isPalette }) =>
      isPalette ? figures.phrases.__("New example of attention notes") : figures.phrases.__("Attention notes"),
    caption: () => figures.phrases.__("A notebook of pictures that need no kernel, to be changed"),
    icon: noteIcon,
    describedBy: {
      args: {
        type: "object",
        properties: {
          cwd: { type: "string", description: figures.phrases.__("The folder for the notebook") },
          isPalette: { type: "boolean" },
        },
      },
    },
    execute: async ({ cwd }) => {
      const [{ exampleNotebook }, { freeName }] = await Promise.all([
        import("./example.js"),
        import("./notes/open-document.js"),
      ]);
      const content = exampleNotebook(figures.language);
      const folder = typeof cwd === "string" ? cwd : "";
      const { contents } = app.serviceManager;
      const { content: files } = await contents.get(folder);
      const taken = new Set((files as { name: string }[]).map(({ name }) => name));
      const path = PathExt.join(folder, freeName(taken, figures.phrases.__("attention-example"), ".ipynb"));
      await contents.save(path, { type: "notebook", format: "json", content });
      // it needs no kernel, so nobody is asked for one
      if (manager) return manager.openOrReveal(path, "Notebook", undefined, undefined, { shouldStart: false });
      return app.commands.execute("docmanager:open", { path, factory: "Notebook" });
    },
  });
  launcher?.add({ command: commandIds.newExample, category: figures.phrases.__("Attention"), rank: 1 });
}

function addSettingCommands(commands: CommandRegistry, figures: IFigures): void {
  commands.addCommand(commandIds.setColourScale, {
    label: (args) => {
      const scale = args["scale"];
      return isColourScaleName(scale)
        ? scaleLabel(scale, figures.phrases)
        : figures.phrases.__("Set the colour scale of attention");
    },
    isToggled: (args) => args["scale"] === figures.settings.colourScale,
    describedBy: {
      args: { type: "object", properties: { scale: { type: "string", enum: [...colourScaleNames] } }, required: ["scale"] },
    },
    execute: async (args) => {
      if (isColourScaleName(args["scale"])) await figures.set("colourScale", args["scale"]);
    },
  });
  commands.addCommand(commandIds.setNumbers, {
    label: () => figures.phrases.__("Show numbers in cells"),
    isToggled: () => figures.settings.numbers !== "never",
    describedBy: { args: { type: "object", properties: { numbers: { type: "string", enum: ["auto", "always", "never"] } } } },
    execute: async (args) => {
      const wanted = args["numbers"];
      const toggled = figures.settings.numbers === "never" ? "auto" : "never";
      await figures.set("numbers", wanted === "auto" || wanted === "always" || wanted === "never" ? wanted : toggled);
    },
  });
  figures.onChange(() => {
    for (const id of allIds) if (commands.hasCommand(id)) commands.notifyCommandChanged(id);
  });
}

export function scaleLabel(scale: ColourScaleName, phrases: Phrases): string {
  switch (scale) {
    case "blue":
      return phrases.__("Blue");
    case "viridis":
      return phrases.__("Viridis");
    case "cividis":
      return phrases.__("Cividis (made for colour-blind readers)");
    case "magma":
      return phrases.__("Magma");
    case "grey":
      return phrases.__("Grey");
  }
}

function list(palette: ICommandPalette, { app, figures }: CommandContext): void {
  const category = paletteCategory(figures.phrases);
  for (const command of allIds) {
    const needsArguments = command === commandIds.setColourScale || command === exportCommandIds.save;
    if (!app.commands.hasCommand(command) || needsArguments) continue;
    palette.addItem({ command, category, args: command === commandIds.newExample ? { isPalette: true } : {} });
  }
  for (const format of exportFormats) palette.addItem({ command: exportCommandIds.save, category, args: { format } });
  for (const scale of colourScaleNames) palette.addItem({ command: commandIds.setColourScale, category, args: { scale } });
}
