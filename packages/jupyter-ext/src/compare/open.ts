import { MainAreaWidget } from "@jupyterlab/apputils";
import type { DocumentWidget } from "@jupyterlab/docregistry";
import type { INotebookTracker, NotebookPanel } from "@jupyterlab/notebook";
import type { ReadonlyPartialJSONObject } from "@lumino/coreutils";
import type { IFigures } from "../figures.js";
import { noteIcon } from "../icons.js";
import { documentExtension } from "../notes/documents.js";
import { placeOf } from "../notes/note-place.js";
import { headIn, notebookAt, windowIdIn } from "../restored.js";
import type { NoteFigure } from "../view/note-figure.js";
import { ComparisonView } from "./comparison-view.js";
import { DocumentChoices, FigureChoices, NotebookChoices } from "./note-choices.js";
import { openingSides } from "./opening-sides.js";
import type { Chosen } from "./side-select.js";

/** The window of a comparison, ready to be added to the shell. */
export type ComparisonWindow = MainAreaWidget<ComparisonView>;

/**
 * A comparison that begins with the note of a figure and can be turned to any other note of the same notebook or document.
 *
 * @param document the document that the figure is in, if it is in one
 */
export async function compareFigure(
  figure: NoteFigure,
  figures: IFigures,
  tracker: INotebookTracker | null,
  document: DocumentWidget | undefined,
): Promise<ComparisonWindow> {
  const { head } = figure.selection;
  const found = placeOf(figure.node, tracker);
  if (!found) {
    const shown = figuresBeside(figure, figures);
    const choices = document ? new DocumentChoices(document.context.path, figures) : new FigureChoices(shown);
    await choices.ready;
    const sides = await openingSides(choices.list(), String(shown.indexOf(figure)), head, figures.language);
    return windowOf(new ComparisonView(figures, choices, sides));
  }
  const { panel, cell, place } = found;
  const choices = notebookChoices(panel, figures);
  const entry = choices.list().find((one) => one.cell === cell && one.place === place);
  const sides = await openingSides(choices.list(), entry?.id, head, figures.language);
  return notebookWindow(panel, new ComparisonView(figures, choices, sides));
}

/** The comparison of two notes of a document or an open notebook that a command's arguments name, as {@link ComparisonView.args} wrote them. */
export function compareAgain(
  args: ReadonlyPartialJSONObject,
  figures: IFigures,
  tracker: INotebookTracker | null,
): ComparisonWindow {
  const { path, window } = args;
  const sides = { a: chosenIn(args["a"]), b: chosenIn(args["b"]) };
  if (typeof path === "string" && path.endsWith(documentExtension)) {
    return windowOf(new ComparisonView(figures, new DocumentChoices(path, figures), sides), window);
  }
  const panel = notebookAt(path, tracker);
  return notebookWindow(panel, new ComparisonView(figures, notebookChoices(panel, figures), sides), window);
}

function chosenIn(side: unknown): Chosen {
  const { note, head } = (typeof side === "object" && side !== null ? side : {}) as Readonly<Record<string, unknown>>;
  return { id: typeof note === "string" ? note : undefined, head: headIn(head) };
}

function notebookChoices({ context }: NotebookPanel, figures: IFigures): NotebookChoices {
  return new NotebookChoices(
    context,
    figures.beside(() => Promise.resolve(context.path)),
  );
}

/** The figures of notes in the document that a figure is in. */
function figuresBeside(figure: NoteFigure, figures: IFigures): readonly NoteFigure[] {
  const document = figure.node.closest(".jp-HeedDocument");
  const shown = [...figures.all].filter(({ node }) => node.closest(".jp-HeedDocument") === document && document !== null);
  return shown.length > 0 ? shown.filter(({ note }) => note) : [figure];
}

/** Comparisons go with their notebook. */
function notebookWindow(panel: NotebookPanel, content: ComparisonView, id?: unknown): ComparisonWindow {
  const window = windowOf(content, id);
  panel.disposed.connect(() => window.dispose());
  return window;
}

function windowOf(content: ComparisonView, id?: unknown): ComparisonWindow {
  const window = new MainAreaWidget({ content });
  window.id = windowIdIn(id);
  window.title.icon = noteIcon;
  window.title.closable = true;
  return window;
}
