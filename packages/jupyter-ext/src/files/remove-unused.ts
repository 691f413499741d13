import { Dialog, Notification, showDialog } from "@jupyterlab/apputils";
import { PageConfig } from "@jupyterlab/coreutils";
import { Widget } from "@lumino/widgets";
import { element } from "../view/element.js";
import type { Phrases } from "../view/options.js";
import type { FileServices } from "./beside.js";
import { findUnused, type UnusedFile } from "./unused.js";

/** What is open in a folder. */
export interface OpenNotebooks {
  /** Contents as JSON. */
  readonly contents: readonly unknown[];
  /** Whether one of them is not saved as it is. */
  readonly isDirty: boolean;
}

/**
 * Lists the files of weights in a folder that no notebook names, and removes those that are chosen. Nothing is removed before it was
 * seen and confirmed.
 */
export async function removeUnused(
  services: FileServices,
  folder: string,
  open: OpenNotebooks,
  phrases: Phrases,
): Promise<void> {
  const unused = await findUnused(services, folder, open.contents);
  const place = folder === "" ? "/" : folder;
  if (unused.length === 0) {
    const hint = open.isDirty
      ? ` ${phrases.__("What a notebook names as it was last saved counts as used: save it first.")}`
      : "";
    // without a time it would only be counted in the status bar
    Notification.info(`${phrases.__("No file of weights in %1 is unused.", place)}${hint}`, { autoClose: 8_000 });
    return;
  }
  const hasTrash = PageConfig.getOption("delete_to_trash") === "true";
  const list = new UnusedList(unused, open.isDirty, hasTrash, phrases);
  const { button, value } = await showDialog({
    title: phrases.__("Unused files of weights in %1", place),
    body: list,
    buttons: [
      Dialog.cancelButton({ label: phrases.__("Keep all") }),
      Dialog.warnButton({ label: hasTrash ? phrases.__("Move to trash") : phrases.__("Delete for ever") }),
    ],
    // a stray Enter keeps everything
    defaultButton: 0,
  });
  if (!button.accept || !value || value.length === 0) return;
  const removed: string[] = [];
  const failed: string[] = [];
  for (const { path, name } of value) {
    try {
      await services.contents.delete(path);
      removed.push(name);
    } catch (error) {
      failed.push(`${name} (${error instanceof Error ? error.message : String(error)})`);
    }
  }
  if (removed.length > 0) tell(removed, hasTrash, phrases);
  if (failed.length > 0) {
    Notification.error(phrases.__("Could not be removed: %1", failed.join(", ")), { autoClose: false });
  }
}

function tell(removed: readonly string[], hasTrash: boolean, phrases: Phrases): void {
  const names = removed.join(", ");
  Notification.success(
    hasTrash
      ? phrases.__("Moved to the trash: %1. To undo, restore them from the trash of the computer that runs Jupyter.", names)
      : phrases.__("Deleted: %1. Running the cells again makes them anew.", names),
    { autoClose: 15_000 },
  );
}

/** The files to choose from, all chosen at first. */
class UnusedList extends Widget implements Dialog.IBodyWidget<UnusedFile[]> {
  readonly #boxes: { readonly box: HTMLInputElement; readonly file: UnusedFile }[];

  constructor(files: readonly UnusedFile[], isDirty: boolean, hasTrash: boolean, phrases: Phrases) {
    super();
    this.addClass("jp-HeedUnused");
    const total = files.reduce((sum, { size }) => sum + size, 0);
    const intro = phrases._n(
      "%1 file that no notebook or document in this folder names (%2):",
      "%1 files that no notebook or document in this folder names (%2):",
      files.length,
      megabytes(total),
    );
    this.node.append(element("p", "", intro));
    if (isDirty) {
      const hint = phrases.__("What a notebook names as it was last saved counts as used: save it first.");
      this.node.append(element("p", "jp-HeedUnused-hint", hint));
    }
    const list = element("ul", "jp-HeedUnused-list");
    this.#boxes = files.map((file) => {
      const item = element("li", "");
      const label = element("label", "jp-HeedUnused-file");
      const box = element("input", "");
      box.type = "checkbox";
      box.checked = true;
      const date = new Date(file.modified);
      const from = [file.title, file.notebook && `${file.notebook}.ipynb`].filter((part) => part).join(" · ");
      const facts = [megabytes(file.size), Number.isNaN(date.getTime()) ? "" : date.toLocaleString(), from];
      const text = element("span", "jp-HeedUnused-text");
      text.append(element("span", "jp-HeedUnused-name", file.name));
      text.append(element("span", "jp-HeedUnused-facts", facts.filter((fact) => fact).join(" · ")));
      label.append(box, text);
      item.append(label);
      list.append(item);
      return { box, file };
    });
    this.node.append(list);
    if (!hasTrash)
      this.node.append(element("p", "jp-HeedUnused-hint", phrases.__("This server has no trash: this cannot be undone.")));
  }

  getValue(): UnusedFile[] {
    return this.#boxes.filter(({ box }) => box.checked).map(({ file }) => file);
  }
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
