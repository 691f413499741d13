import { LabShell, type ILayoutRestorer, type JupyterFrontEnd } from "@jupyterlab/application";
import { WidgetTracker, type MainAreaWidget } from "@jupyterlab/apputils";
import type { INotebookTracker, NotebookPanel } from "@jupyterlab/notebook";
import { UUID, type ReadonlyJSONObject } from "@lumino/coreutils";
import type { ISignal } from "@lumino/signaling";
import { TabPanel, type Widget } from "@lumino/widgets";

/** Something in a place of its own that can be made again by a command. */
export interface Restorable extends Widget {
  /** What the command needs for it, without the name of the window; undefined where it cannot be made again. */
  readonly args: ReadonlyJSONObject | undefined;
  /** Emitted when these may be others. */
  readonly argsChanged: ISignal<unknown, void>;
}

/** Remembers a window with the layout from now on. */
export type KeepWindow = (window: MainAreaWidget<Restorable>) => Promise<void>;

/**
 * Brings windows back with the layout when the page is loaded anew: `command` makes them again, once the notebooks are open. Its
 * argument `window` is the id that a window must get, which is its name in the layout. What it rejects to make is forgotten.
 *
 * @param name of this kind of window among what JupyterLab remembers
 */
export function bringBack(
  name: string,
  command: string,
  restorer: ILayoutRestorer | null,
  notebooks: INotebookTracker | null,
): KeepWindow {
  const windows = new WidgetTracker<MainAreaWidget<Restorable>>({ namespace: name });
  if (notebooks) {
    void restorer?.restore(windows, {
      command,
      args: ({ content, id }) => ({ ...content.args, window: id }),
      name: ({ content, id }) => (content.args ? id : ""),
      when: notebooks.restored,
    });
  }
  return (window) => {
    const { content } = window;
    let kept = JSON.stringify(content.args);
    content.argsChanged.connect(() => {
      const now = JSON.stringify(content.args);
      if (now === kept) return;
      kept = now;
      void windows.save(window);
    });
    return windows.add(window);
  };
}

/** Adds a window beside what is there. One that is brought back takes no focus; the layout then says where it was. */
export function addBeside({ shell }: JupyterFrontEnd, window: Widget, isBack: boolean): void {
  // Notebook 7 has one document in its main area and takes no other: there a window comes below it
  const area = shell instanceof LabShell ? "main" : "down";
  window.toggleClass("jp-HeedBelow", area === "down");
  shell.add(window, area, { mode: "split-right", type: "Heed", activate: !isBack });
  // its tab may lie behind those of others, which Notebook 7 leaves in front
  const tabs = window.parent?.parent;
  if (area === "down" && tabs instanceof TabPanel) tabs.currentWidget = window;
  if (!isBack) shell.activateById(window.id);
}

/** The open notebook that a command's argument names; throws where there is none. */
export function notebookAt(path: unknown, notebooks: INotebookTracker | null): NotebookPanel {
  const found = notebooks?.find(({ context }) => context.path === path);
  if (!found) throw new Error(`jupyterlab-heed: expected the path of an open notebook; got ${JSON.stringify(path)}`);
  return found;
}

/** The head that a command's argument names, the first where it names none. */
export const headIn = (head: unknown): number =>
  typeof head === "number" && Number.isSafeInteger(head) && head > 0 ? head : 0;

/** The id that a restored window must get, or a new one. */
export const windowIdIn = (window: unknown): string => (typeof window === "string" ? window : `jp-heed-${UUID.uuid4()}`);
