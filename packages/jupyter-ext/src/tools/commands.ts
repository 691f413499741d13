import type { ILayoutRestorer, JupyterFrontEnd } from "@jupyterlab/application";
import type { ICommandPalette } from "@jupyterlab/apputils";
import type { INotebookTracker } from "@jupyterlab/notebook";
import type { ReadonlyJSONObject } from "@lumino/coreutils";
import type { IFigures } from "../figures.js";
import { paletteCategory } from "../wording.js";
import { noteIcon } from "../icons.js";
import { documentWith } from "../notes/documents.js";
import { addBeside, bringBack } from "../restored.js";
import type { NoteFigure } from "../view/note-figure.js";
import type { Phrases } from "../view/options.js";
import type { ToolName } from "./tool.js";

export const toolCommandIds = {
  derivation: "heed:toggle-derivation",
  sliders: "heed:toggle-sliders",
  table: "heed:toggle-table",
  predictFirst: "heed:predict-first",
  compare: "heed:compare",
} as const;

const noArguments: ReadonlyJSONObject = { type: "object", properties: {}, additionalProperties: false };

const sideArguments: ReadonlyJSONObject = {
  type: "object",
  properties: { note: { type: "string" }, head: { type: "integer", minimum: 0 } },
};
/** Without any, the note of the current figure is compared with the next. */
const comparisonArguments: ReadonlyJSONObject = {
  type: "object",
  properties: {
    path: { type: "string" },
    a: sideArguments,
    b: sideArguments,
    window: { type: "string" },
  },
};

/** What the commands may use. */
export interface ToolCommandContext {
  readonly app: JupyterFrontEnd;
  readonly figures: IFigures;
  readonly tracker: INotebookTracker | null;
  readonly palette: ICommandPalette | null;
  readonly restorer: ILayoutRestorer | null;
}

/** Commands that open what explains, changes or compares a note. */
export function addToolCommands({ app, figures, tracker, palette, restorer }: ToolCommandContext): void {
  const { commands } = app;
  /** The figure under the context menu, or else the one used last. */
  const figure = (): NoteFigure | undefined => {
    const hit = app.contextMenuHitTest((node) => node.classList.contains("jp-HeedFigure"));
    return figures.find(hit) ?? figures.current;
  };
  const labels: Readonly<Record<ToolName, (phrases: Phrases) => string>> = {
    derivation: (phrases) => phrases.__("Derivation"),
    sliders: (phrases) => phrases.__("Try out"),
    table: (phrases) => phrases.__("Table"),
  };
  const keep = bringBack("heed-comparisons", toolCommandIds.compare, restorer, tracker);
  for (const name of ["derivation", "sliders", "table"] as const) {
    commands.addCommand(toolCommandIds[name], {
      label: () => labels[name](figures.phrases),
      isEnabled: () => figure()?.canUse(name) === true,
      // what has nothing to change is not offered numbers to try
      isVisible: () => name !== "sliders" || figure()?.canUse(name) === true,
      isToggled: () => figure()?.isOpen(name) === true,
      describedBy: { args: noArguments },
      execute: () => figure()?.toggleTool(name),
    });
  }
  commands.addCommand(toolCommandIds.predictFirst, {
    label: () => figures.phrases.__("Predict weights first"),
    caption: () => figures.phrases.__("Hide each weight until you have guessed it"),
    isToggled: () => figures.prediction.isOn,
    describedBy: { args: noArguments },
    execute: () => figures.prediction.turn(!figures.prediction.isOn),
  });
  commands.addCommand(toolCommandIds.compare, {
    label: () => figures.phrases.__("Compare notes…"),
    caption: () => figures.phrases.__("Show two notes and what differs between them"),
    icon: noteIcon,
    isEnabled: ({ path }) => path !== undefined || figure()?.note !== undefined,
    describedBy: { args: comparisonArguments },
    execute: async (args) => {
      const chosen = figure();
      const isNamed = args["path"] !== undefined;
      if (!isNamed && !chosen) return;
      const { compareAgain, compareFigure } = await import("../compare/open.js");
      const window =
        isNamed || !chosen
          ? compareAgain(args, figures, tracker)
          : await compareFigure(chosen, figures, tracker, documentWith(chosen.node, app));
      await keep(window);
      addBeside(app, window, isNamed);
    },
  });
  const ids = Object.values(toolCommandIds);
  const notify = (): void => {
    for (const id of ids) commands.notifyCommandChanged(id);
  };
  figures.onChange(notify);
  figures.currentChanged.connect(notify);
  figures.prediction.changed.connect(notify);
  for (const command of ids) palette?.addItem({ command, category: paletteCategory(figures.phrases) });
}
