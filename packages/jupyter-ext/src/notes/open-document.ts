import type { JupyterFrontEnd } from "@jupyterlab/application";
import { Dialog, InputDialog, showDialog } from "@jupyterlab/apputils";
import { PathExt } from "@jupyterlab/coreutils";
import type { INotebookTracker } from "@jupyterlab/notebook";
import type { Contents } from "@jupyterlab/services";
import { writeDocument, type Note } from "heed/note";
import { fileName } from "../export/formats.js";
import type { Phrases } from "../view/options.js";
import { documentExtension } from "./documents.js";

/** Documents of the same name that are read to find one that holds the note already. */
const mostRead = 20;

/**
 * Opens a note as a document. One that was saved beside the notebook before, and is the same, is opened again; otherwise the reader is asked
 * for the name of the file, and nothing is written without.
 */
export async function openAsDocument(
  note: Note,
  { app, tracker }: { readonly app: JupyterFrontEnd; readonly tracker: INotebookTracker | null },
  phrases: Phrases,
): Promise<void> {
  const { contents } = app.serviceManager;
  const folder = PathExt.dirname(tracker?.currentWidget?.context.path ?? "");
  const pathOf = (name: string): string => (folder === "" ? name : `${folder}/${name}`);
  const open = (name: string): Promise<unknown> =>
    app.commands.execute("docmanager:open", { path: pathOf(name), options: { mode: "split-right" } });
  const content = writeDocument([note]);
  const stem = fileName(note);
  const names = await namesIn(contents, folder);
  for (const name of savedAs(stem, names).slice(0, mostRead)) {
    const saved = await contents.get(pathOf(name), { type: "file", format: "text", content: true });
    if (saved.content === content) return void (await open(name));
  }
  const name = await askForName(freeName(names, stem, documentExtension), phrases);
  if (name === undefined) return;
  // what was there when the question was asked, or has come meanwhile
  if ((await namesIn(contents, folder)).has(name) && !(await mayReplace(name, phrases))) return;
  await contents.save(pathOf(name), { type: "file", format: "text", content });
  await open(name);
}

async function namesIn(contents: Contents.IManager, folder: string): Promise<Set<string>> {
  const { content } = await contents.get(folder);
  return new Set((content as { name: string }[]).map(({ name }) => name));
}

/** The names under which a note of this name may have been saved. */
const savedAs = (stem: string, names: ReadonlySet<string>): string[] =>
  [...names].filter((name) => {
    if (!name.startsWith(stem) || !name.endsWith(documentExtension)) return false;
    return /^(-\d+)?$/.test(name.slice(stem.length, -documentExtension.length));
  });

/** A name that no file has yet. */
export function freeName(taken: ReadonlySet<string>, stem: string, ending: string): string {
  let name = `${stem}${ending}`;
  for (let i = 2; taken.has(name); i++) name = `${stem}-${i}${ending}`;
  return name;
}

/** The name that the reader gives; undefined where nothing is to be saved. */
async function askForName(suggested: string, phrases: Phrases): Promise<string | undefined> {
  const { button, value } = await InputDialog.getText({
    title: phrases.__("Open as document"),
    label: phrases.__("A document is a file: the note is saved beside the notebook as"),
    text: suggested,
    selectionRange: suggested.length - documentExtension.length,
    okLabel: phrases.__("Save and open"),
    cancelLabel: phrases.__("Cancel"),
  });
  // of a path the name alone: the file lies beside the notebook, as do the weights that it may name
  const name = PathExt.basename(value?.trim() ?? "");
  if (!button.accept || name === "") return undefined;
  return name.endsWith(documentExtension) ? name : `${name}${documentExtension}`;
}

async function mayReplace(name: string, phrases: Phrases): Promise<boolean> {
  const { button } = await showDialog({
    title: phrases.__("Replace %1?", name),
    body: phrases.__("There is a file of this name beside the notebook, with other content."),
    buttons: [Dialog.cancelButton({ label: phrases.__("Cancel") }), Dialog.warnButton({ label: phrases.__("Replace") })],
  });
  return button.accept;
}
