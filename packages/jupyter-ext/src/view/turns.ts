import { isScrolling, scrollEnd } from "./scrolling.js";
import { isNearViewport } from "./viewport.js";

/** What waits to be drawn, by the element it is in. */
const waiting = new Map<Element, () => void>();
let isTaken = false;

/**
 * Draws in an element, at once where nothing else is being drawn. Pictures take turns, those in sight first, and between two of
 * them the browser may paint and answer; none is drawn while the page is scrolled fast.
 */
export function takeTurn(element: Element, draw: () => void): void {
  waiting.set(element, draw);
  if (!isTaken) void takeTurns();
}

/** Gives up a turn that has not come yet. */
export function leaveTurn(element: Element): void {
  waiting.delete(element);
}

async function takeTurns(): Promise<void> {
  isTaken = true;
  while (waiting.size > 0) {
    if (isScrolling()) await scrollEnd();
    const next = [...waiting.keys()].find((element) => isNearViewport(element, 0)) ?? waiting.keys().next().value;
    const draw = next && waiting.get(next);
    if (next) waiting.delete(next);
    draw?.();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  isTaken = false;
}
