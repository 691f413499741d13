import { MimeData } from "@lumino/coreutils";
import { Drag } from "@lumino/dragdrop";
import type { Widget } from "@lumino/widgets";

/** Pixels that the pointer moves before it is a drag. */
const threshold = 6;

/**
 * Lets a node be dragged into the shell, where it becomes a widget of its own in the place it is dropped.
 *
 * @param makeWidget called when it is dropped
 * @param makeImage what follows the pointer
 */
export function dragInto(node: HTMLElement, makeWidget: () => Widget | undefined, makeImage: () => HTMLElement): void {
  node.addEventListener("mousedown", (event) => {
    if (event.button !== 0) return;
    const ended = new AbortController();
    const { signal } = ended;
    document.addEventListener("mouseup", () => ended.abort(), { signal, capture: true });
    document.addEventListener(
      "mousemove",
      ({ clientX, clientY }) => {
        if (Math.hypot(clientX - event.clientX, clientY - event.clientY) < threshold) return;
        ended.abort();
        start(node, makeWidget, makeImage, clientX, clientY);
      },
      { signal, capture: true },
    );
  });
}

function start(
  node: HTMLElement,
  makeWidget: () => Widget | undefined,
  makeImage: () => HTMLElement,
  x: number,
  y: number,
): void {
  const mimeData = new MimeData();
  // the shell's own name for what it makes a tab of
  mimeData.setData("application/vnd.lumino.widget-factory", makeWidget);
  const drag = new Drag({ mimeData, dragImage: makeImage(), proposedAction: "move", supportedActions: "move", source: node });
  node.classList.add("jp-mod-dragged");
  void drag.start(x, y).then(() => node.classList.remove("jp-mod-dragged"));
}
