import { Clipboard, showErrorMessage } from "@jupyterlab/apputils";
import type { CommandRegistry } from "@lumino/commands";
import type { ReadonlyJSONObject } from "@lumino/coreutils";
import { Menu } from "@lumino/widgets";
import type { IFigures } from "../figures.js";
import type { NoteFigure } from "../view/note-figure.js";
import type { Phrases } from "../view/options.js";
import { exportFormats, type ExportFormat } from "./formats.js";
import type * as exports from "./index.js";
import type { ExportRequest } from "./request.js";

export const exportCommandIds = {
  copyImage: "heed:copy-image",
  copyText: "heed:copy-text",
  copyCsv: "heed:copy-csv",
  copyLatex: "heed:copy-latex",
  save: "heed:save",
  print: "heed:print",
} as const;

const noArguments: ReadonlyJSONObject = { type: "object", properties: {}, additionalProperties: false };
const formatArguments: ReadonlyJSONObject = {
  type: "object",
  properties: { format: { type: "string", enum: [...exportFormats] } },
  required: ["format"],
  additionalProperties: false,
};

/** Adds the commands that copy, save and print the figure that was used last. */
export function addExportCommands(commands: CommandRegistry, figures: IFigures): void {
  const add = (
    id: string,
    label: (phrases: Phrases) => string,
    run: (request: ExportRequest) => unknown,
    caption?: (phrases: Phrases) => string,
  ): void => {
    commands.addCommand(id, {
      label: () => label(figures.phrases),
      ...(caption && { caption: () => caption(figures.phrases) }),
      isEnabled: () => figures.current?.note !== undefined,
      describedBy: { args: noArguments },
      execute: () => withRequest(figures, run),
    });
  };
  add(
    exportCommandIds.copyImage,
    (phrases) => phrases.__("Copy as picture"),
    // the promise goes in whole: a browser allows the copy only within the person's own action
    (request) =>
      navigator.clipboard.write([new ClipboardItem({ "image/png": load().then((to) => to.toFile(request, "png")) })]),
  );
  add(
    exportCommandIds.copyText,
    (phrases) => phrases.__("Copy as text"),
    async (request) => Clipboard.copyToSystem(await (await load()).toClipboardText(request, "text")),
  );
  add(
    exportCommandIds.copyCsv,
    (phrases) => phrases.__("Copy as CSV"),
    async (request) => Clipboard.copyToSystem(await (await load()).toClipboardText(request, "csv")),
  );
  add(
    exportCommandIds.copyLatex,
    (phrases) => phrases.__("Copy as LaTeX table"),
    async (request) => Clipboard.copyToSystem(await (await load()).toClipboardText(request, "tex")),
  );
  add(
    exportCommandIds.print,
    (phrases) => phrases.__("Print or save as PDF…"),
    async (request) => (await load()).print(request),
    (phrases) => phrases.__("Print the figure alone, on a sheet of its own size"),
  );
  commands.addCommand(exportCommandIds.save, {
    label: ({ format }) => saveLabel(isFormat(format) ? format : undefined, figures.phrases),
    isEnabled: () => figures.current?.note !== undefined,
    describedBy: { args: formatArguments },
    execute: ({ format }) => {
      if (!isFormat(format))
        throw new TypeError(`heed:save: format: expected ${exportFormats.join(", ")}; got ${String(format)}`);
      return withRequest(figures, async (request) => {
        const { nameOf, toFile } = await load();
        download(await toFile(request, format), `${nameOf(request, format)}.${format}`);
      });
    },
  });
}

/** What a figure can be copied and saved as, in its own menu and in the context menu. */
export function exportMenu(commands: CommandRegistry, figures: IFigures): Menu {
  const menu = new Menu({ commands });
  const name = (): void => {
    menu.title.label = figures.phrases.__("Copy, save, print");
  };
  name();
  figures.onChange(name);
  const { save, print, ...copies } = exportCommandIds;
  for (const command of Object.values(copies)) menu.addItem({ command });
  menu.addItem({ type: "separator" });
  for (const format of exportFormats) menu.addItem({ command: save, args: { format } });
  menu.addItem({ command: print });
  return menu;
}

const load = (): Promise<typeof exports> => import("./index.js");

/** Runs an export of the current figure; what goes wrong is told to the person who asked. */
async function withRequest(figures: IFigures, run: (request: ExportRequest) => unknown): Promise<void> {
  const figure: NoteFigure | undefined = figures.current;
  if (!figure?.note) return;
  const { settings, phrases, language } = figures;
  try {
    const hides = figures.prediction.hidden(figure.note, figure.selection.head);
    await run({ note: figure.note, selection: figure.selection, settings, phrases, language, hides });
  } catch (error) {
    console.error(error);
    await showErrorMessage(
      phrases.__("The figure could not be copied or saved"),
      error instanceof Error ? error.message : String(error),
    );
  }
}

const isFormat = (format: unknown): format is ExportFormat => exportFormats.some((known) => known === format);

function saveLabel(format: ExportFormat | undefined, phrases: Phrases): string {
  switch (format) {
    case "svg":
      return phrases.__("Save as SVG, for papers");
    case "png":
      return phrases.__("Save as PNG, 2×");
    case "html":
      return phrases.__("Save as web page");
    case "csv":
      return phrases.__("Save as CSV");
    case "tex":
      return phrases.__("Save as LaTeX table");
    case undefined:
      return phrases.__("Save the figure of a note");
  }
}

function download(blob: Blob, name: string): void {
  const link = document.createElement("a");
  const url = URL.createObjectURL(blob);
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
