import type { DocumentRegistry } from "@jupyterlab/docregistry";
import type { INotebookModel, INotebookTracker } from "@jupyterlab/notebook";
import { prepareToEvaluate } from "./evaluate.js";
import { NotebookNotes } from "./notebook-notes.js";
import { prepareToRead } from "./reader.js";

/**
 * Fetches what a notebook's notes need as soon as the notebook is read: JupyterLab then still waits for its server and renders cell
 * after cell, and the first picture need not wait for its own parts as well.
 */
export function prepareForNotebooks(tracker: INotebookTracker): void {
  tracker.widgetAdded.connect((_, { context }) => void prepare(context));
}

async function prepare(context: DocumentRegistry.IContext<INotebookModel>): Promise<void> {
  await context.ready;
  if (context.isDisposed) return;
  const notes = new NotebookNotes(context.model);
  const origins = new Set(notes.list().map(({ origin }) => origin));
  notes.dispose();
  if (origins.has("written")) prepareToEvaluate();
  if (origins.has("computed")) prepareToRead();
}
