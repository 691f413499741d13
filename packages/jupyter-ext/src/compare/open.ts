import type { INotebookModel, INotebookTracker, NotebookPanel } from "@jupyterlab/notebook";
import { UUID } from "@lumino/coreutils";
import type { IFigures } from "../figures.js";
import { NotebookNotes } from "../notes/notebook-notes.js";
import type { NoteFigure } from "../view/note-figure.js";
import { ComparisonView } from "./comparison-view.js";
import { FigureChoices, NotebookChoices } from "./note-choices.js";

/** A comparison that begins with the note of a figure and can be turned to any other note of the same notebook or document. */
export async function openComparison(
  figure: NoteFigure,
  figures: IFigures,
  tracker: INotebookTracker | null,
): Promise<ComparisonView> {
  const panel = tracker?.find((one) => one.node.contains(figure.node));
  const model = panel?.content.model;
  const view = panel && model ? notebookComparison(panel, model, figure, figures) : documentComparison(figure, figures);
  view.id = `jp-heed-comparison-${UUID.uuid4()}`;
  // the notes go with their notebook
  panel?.disposed.connect(() => view.parent?.dispose());
  return view;
}

function notebookComparison(
  { content, context }: NotebookPanel,
  model: INotebookModel,
  figure: NoteFigure,
  figures: IFigures,
): ComparisonView {
  const openSide = figures.beside(() => Promise.resolve(context.path));
  return new ComparisonView(figures, new NotebookChoices(model, openSide), {
    id: idIn(content, figure),
    head: figure.selection.head,
  });
}

function documentComparison(figure: NoteFigure, figures: IFigures): ComparisonView {
  const place = figure.node.closest(".jp-HeedDocument");
  const shown = [...figures.all].filter(({ node }) => node.closest(".jp-HeedDocument") === place && place !== null);
  const choices = shown.length > 0 ? shown : [figure];
  return new ComparisonView(figures, new FigureChoices(choices), {
    id: String(choices.indexOf(figure)),
    head: figure.selection.head,
  });
}

/** The id under which a notebook's list of notes has the note of a figure. */
function idIn(notebook: NonNullable<INotebookTracker["currentWidget"]>["content"], figure: NoteFigure): string | undefined {
  const node = figure.node.closest(".jp-Cell");
  const cell = notebook.widgets.findIndex((widget) => widget.node === node);
  if (!node || cell < 0 || !notebook.model) return undefined;
  const places = [...node.querySelectorAll(".jp-HeedWritten, .jp-RenderedHeedNote")];
  const place = places.findIndex((one) => one.contains(figure.node));
  const notes = new NotebookNotes(notebook.model);
  const entry = notes.list().find((one) => one.cell === cell && one.place === place);
  notes.dispose();
  return entry?.id;
}
