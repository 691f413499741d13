import { headsOfLayer, type Note } from "heed/note";
import type { Selection } from "./selection.js";

/**
 * Inks of heads that are drawn on top of each other. Each differs from the page by a contrast of at least 3 : 1 and from every other by
 * at least 0.18 in OKLab, to normal eyes and to those without red, green or blue cones (Machado et al. 2009): found by a search among
 * random colours for the six that are farthest apart.
 */
const inks = {
  light: ["#3f4fb7", "#e3780c", "#5c0500", "#309ae9", "#a43632", "#0a036e"],
  dark: ["#579efb", "#fadf45", "#b13b0a", "#3bf4fc", "#d88f0a", "#5e55a8"],
} as const;

/** More heads than this cannot be told apart by their colours. */
export const mostColoured: number = inks.light.length;

/** A head that has a colour. */
export interface ColouredHead {
  readonly head: number;
  readonly ink: string;
}

/** The heads of a layer that are drawn together: those that were chosen, with the head that is chosen alone elsewhere among them. */
export function headsTogether(note: Note, { head, heads = [] }: Selection): readonly number[] {
  const layer = Math.floor(head / headsOfLayer(note));
  const chosen = heads.filter((other) => Math.floor(other / headsOfLayer(note)) === layer).slice(0, mostColoured);
  return chosen.includes(head) ? chosen : [head];
}

/** Adds a head to those that are drawn together, or takes it away; one always stays. */
export function toggleHead(note: Note, selection: Selection, head: number): Partial<Selection> {
  const shown = headsTogether(note, selection);
  if (!shown.includes(head)) return shown.length < mostColoured ? { heads: [...shown, head], head: selection.head } : {};
  const heads = shown.filter((other) => other !== head);
  const [first] = heads;
  if (first === undefined) return {};
  return { heads, head: head === selection.head ? first : selection.head };
}

/** Their colours, by their place in the layer as far as that is free, so that a head keeps its colour while others come and go. */
export function colourHeads(heads: readonly number[], dark: boolean): ColouredHead[] {
  const free = new Set(inks.light.keys());
  return heads.map((head) => {
    const wanted = head % mostColoured;
    const [other = 0] = free;
    const slot = free.has(wanted) ? wanted : other;
    free.delete(slot);
    return { head, ink: inks[dark ? "dark" : "light"][slot] ?? "" };
  });
}
