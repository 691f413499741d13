import type { JupyterFrontEnd } from "@jupyterlab/application";
import { showErrorMessage, type ICommandPalette } from "@jupyterlab/apputils";
import { PathExt } from "@jupyterlab/coreutils";
import type { INotebookTracker } from "@jupyterlab/notebook";
import type { IFigures } from "../figures.js";
import { paletteCategory } from "../wording.js";
import type { OpenNotebooks } from "./remove-unused.js";

const removeUnusedId = "heed:remove-unused-files";

/** Adds the command that lists the files of weights that no notebook names any more. */
export function addFileCommands(
  { commands }: JupyterFrontEnd,
  figures: IFigures,
  tracker: INotebookTracker,
  palette: ICommandPalette | null,
): void {
  commands.addCommand(removeUnusedId, {
    label: () => figures.phrases.__("Remove unused files of weights…"),
    caption: () => figures.phrases.__("List the files of weights in the notebook's folder that no notebook names any more"),
    isEnabled: () => tracker.currentWidget !== null,
    describedBy: {
      args: {
        type: "object",
        properties: { folder: { type: "string", description: "Path of a folder; that of the current notebook where absent." } },
        additionalProperties: false,
      },
    },
    execute: async (args) => {
      const given = args["folder"];
      const folder = typeof given === "string" ? given : PathExt.dirname(tracker.currentWidget?.context.path ?? "");
      const { removeUnused } = await import("./remove-unused.js");
      try {
        await removeUnused(figures.services, folder, openIn(folder, tracker), figures.phrases);
      } catch (error) {
        await showErrorMessage(figures.phrases.__("The folder could not be looked through"), error as Error);
      }
    },
  });
  tracker.currentChanged.connect(() => commands.notifyCommandChanged(removeUnusedId));
  palette?.addItem({ command: removeUnusedId, category: paletteCategory(figures.phrases) });
}

function openIn(folder: string, tracker: INotebookTracker): OpenNotebooks {
  const contents: unknown[] = [];
  let isDirty = false;
  tracker.forEach(({ context }) => {
    if (PathExt.dirname(context.path) !== folder || !context.isReady) return;
    contents.push(context.model.toJSON());
    isDirty ||= context.model.dirty;
  });
  return { contents, isDirty };
}
