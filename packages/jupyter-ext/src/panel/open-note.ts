import type { ILayoutRestorer, JupyterFrontEnd } from "@jupyterlab/application";
import type { INotebookTracker } from "@jupyterlab/notebook";
import type { IFigures } from "../figures.js";
import { noteIcon } from "../icons.js";
import { addBeside, bringBack, notebookAt, type KeepWindow } from "../restored.js";

const openNoteCommand = "heed:open-note";

/**
 * Adds the command that opens a note of an open notebook in a place of its own, and with which such windows come back.
 *
 * @returns what remembers windows that are made otherwise
 */
export function addOpenNote(
  app: JupyterFrontEnd,
  figures: IFigures,
  tracker: INotebookTracker,
  restorer: ILayoutRestorer | null,
): KeepWindow {
  const keep = bringBack("heed-notes", openNoteCommand, restorer, tracker);
  app.commands.addCommand(openNoteCommand, {
    label: () => figures.phrases.__("Open a note in a split view"),
    icon: noteIcon,
    describedBy: {
      args: {
        type: "object",
        properties: {
          path: { type: "string" },
          note: { type: "string" },
          head: { type: "integer", minimum: 0 },
          view: { type: "string" },
          window: { type: "string" },
        },
        required: ["path", "note"],
      },
    },
    execute: async (args) => {
      const panel = notebookAt(args["path"], tracker);
      const { noteWindow } = await import("./selected.js");
      const window = noteWindow(args, panel, figures);
      await keep(window);
      addBeside(app, window, args["window"] !== undefined);
    },
  });
  return keep;
}
