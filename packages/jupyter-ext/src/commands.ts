import type { JupyterFrontEnd } from "@jupyterlab/application";
import { Clipboard, type ICommandPalette } from "@jupyterlab/apputils";
import { PathExt } from "@jupyterlab/coreutils";
import type { INotebookTracker } from "@jupyterlab/notebook";
import type { CommandRegistry } from "@lumino/commands";
import type { ReadonlyJSONObject } from "@lumino/coreutils";
import { Menu } from "@lumino/widgets";
import { writeDocument, type Note } from "heed/note";
import type { IFigures } from "./figures.js";
import { noteIcon } from "./icons.js";
import { documentExtension } from "./notes/documents.js";
import type { NotesPanel } from "./panel/notes-panel.js";
import { colourScaleNames, isColourScaleName, type ColourScaleName } from "./view/colour.js";
import { toCsv, toPicture, toText } from "./view/export.js";
import type { NoteFigure } from "./view/note-figure.js";
import type { Phrases } from "./view/options.js";

export const commandIds = {
  showPanel: "heed:show-panel",
  showInPanel: "heed:show-in-panel",
  copyText: "heed:copy-text",
  copyCsv: "heed:copy-csv",
  saveSvg: "heed:save-svg",
  savePng: "heed:save-png",
  openAsDocument: "heed:open-as-document",
  setColourScale: "heed:set-colour-scale",
  setNumbers: "heed:set-numbers",
} as const;

const noArguments: ReadonlyJSONObject = { type: "object", properties: {}, additionalProperties: false };

/** Where commands find the note they are about, and what they may use. */
export interface CommandContext {
  readonly app: JupyterFrontEnd;
  readonly figures: IFigures;
  readonly tracker: INotebookTracker | null;
  readonly panel: NotesPanel | null;
  readonly palette: ICommandPalette | null;
}

/** Adds the commands, all described for programs that call them, and lists them in the palette. */
export function addCommands(context: CommandContext): void {
  const { app, figures, palette, panel } = context;
  const { commands } = app;
  const phrase = (): Phrases => figures.phrases;

  /** The figure under the context menu, or else the one used last. */
  const figure = (): NoteFigure | undefined => {
    const hit = app.contextMenuHitTest((node) => node.classList.contains("jp-HeedFigure"));
    return figures.find(hit) ?? figures.current;
  };
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
        const place = placeOf(target, context.tracker);
        if (place) panel.reveal(place.cell, place.place);
      },
    );
  }
  addForFigure(
    commandIds.copyText,
    () => phrase().__("Copy as text"),
    (note, { selection }) => Clipboard.copyToSystem(toText(note, selection, figures.language)),
  );
  addForFigure(
    commandIds.copyCsv,
    () => phrase().__("Copy as CSV"),
    (note, { selection }) => Clipboard.copyToSystem(toCsv(note, selection)),
  );
  for (const [id, format] of [
    [commandIds.saveSvg, "svg"],
    [commandIds.savePng, "png"],
  ] as const) {
    addForFigure(
      id,
      () => (format === "svg" ? phrase().__("Save picture as SVG") : phrase().__("Save picture as PNG")),
      async (note, { selection }) => {
        const blob = await toPicture(note, selection, format, figures.settings, phrase());
        download(blob, `${fileName(note)}.${format}`);
      },
    );
  }
  addForFigure(
    commandIds.openAsDocument,
    () => phrase().__("Open as document"),
    (note) => openAsDocument(note, context),
  );
  addSettingCommands(commands, figures);
  addColourMenu(context);
  if (palette) list(palette, context);
}

/** The choice of colours in the context menu of a figure; its label follows the language of notes. */
function addColourMenu({ app, figures }: CommandContext): void {
  const menu = new Menu({ commands: app.commands });
  const name = (): void => {
    menu.title.label = figures.phrases.__("Colour scale");
  };
  name();
  figures.onChange(name);
  for (const scale of colourScaleNames) menu.addItem({ command: commandIds.setColourScale, args: { scale } });
  app.contextMenu.addItem({ type: "submenu", submenu: menu, selector: ".jp-HeedFigure", rank: 0.6 });
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
    for (const id of Object.values(commandIds)) if (commands.hasCommand(id)) commands.notifyCommandChanged(id);
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
  const category = figures.phrases.__("Attention");
  for (const command of Object.values(commandIds)) {
    if (!app.commands.hasCommand(command) || command === commandIds.setColourScale) continue;
    palette.addItem({ command, category });
  }
  for (const scale of colourScaleNames) palette.addItem({ command: commandIds.setColourScale, category, args: { scale } });
}

/** The cell that a figure is in, and its place among the notes of the cell. */
function placeOf(figure: NoteFigure, tracker: INotebookTracker | null): { cell: number; place: number } | undefined {
  const node = figure.node.closest(".jp-Cell");
  const cells = tracker?.currentWidget?.content.widgets ?? [];
  const cell = cells.findIndex((widget) => widget.node === node);
  if (!node || cell < 0) return undefined;
  const notes = [...node.querySelectorAll(".jp-HeedWritten, .jp-RenderedHeedNote")];
  return { cell, place: notes.findIndex((one) => one.contains(figure.node)) };
}

/** Writes the note to a file beside the notebook, under a name that is free, and opens it. */
export async function openAsDocument(note: Note, { app, tracker }: Pick<CommandContext, "app" | "tracker">): Promise<void> {
  const { contents } = app.serviceManager;
  const folder = PathExt.dirname(tracker?.currentWidget?.context.path ?? "");
  const taken = new Set(((await contents.get(folder)).content as { name: string }[]).map(({ name }) => name));
  let name = `${fileName(note)}${documentExtension}`;
  for (let i = 2; taken.has(name); i++) name = `${fileName(note)}-${i}${documentExtension}`;
  const path = folder === "" ? name : `${folder}/${name}`;
  await contents.save(path, { type: "file", format: "text", content: writeDocument([note]) });
  await app.commands.execute("docmanager:open", { path, options: { mode: "split-right" } });
}

/** A file name from the title, without what file systems forbid. */
export function fileName({ title }: Pick<Note, "title">): string {
  const name = (title ?? "")
    .replaceAll(/[\p{Cc}\p{Cf}<>:"/\\|?*]+/gu, " ")
    .trim()
    .replaceAll(/\s+/g, "-")
    .replace(/^\.+/, "");
  return Array.from(name).slice(0, 60).join("") || "attention";
}

function download(blob: Blob, name: string): void {
  const link = document.createElement("a");
  const url = URL.createObjectURL(blob);
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
