/** What an export shows, and what it is called: the same in its title, its sentence and the name of its file. */
import { describeNote, headsOfLayer, matrixCount, pickMatrices, titleText, type Language, type Note } from "heed/note";
import { headsTogether } from "../view/head-colours.js";
import type { Phrases } from "../view/options.js";
import type { Selection } from "../view/selection.js";
import { loadedHead } from "../view/side-weights.js";
import { viewOf } from "../view/views.js";
import { headName, nameInLayer } from "../view/wording.js";
import type { ExportFormat } from "./formats.js";

export const isAtHand = ({ weights }: Note, head: number): boolean =>
  weights.encoding !== "external" || loadedHead(weights, head) !== undefined;

/** The heads that a figure shows: those of a layer, those that are drawn together, or the one that is chosen. */
export function shownHeads(note: Note, selection: Selection): readonly number[] {
  const all = Array.from({ length: matrixCount(note) }, (_, head) => head);
  switch (viewOf(note, selection)?.name) {
    case "grid":
      return all;
    case "heads": {
      const size = headsOfLayer(note);
      const layer = Math.floor(selection.head / size);
      const heads = all.filter((head) => Math.floor(head / size) === layer);
      // of a layer that was not read there is an overview, with all the others
      return heads.every((head) => isAtHand(note, head)) ? heads : all;
    }
    case "lines": {
      const heads = headsTogether(note, selection).filter((head) => isAtHand(note, head));
      return heads.length > 1 ? heads : [selection.head];
    }
    default:
      return [selection.head];
  }
}

/** The heads of a file of a format: pictures have what the view shows, tables the head that is chosen. */
export const headsIn = (note: Note, selection: Selection, format: ExportFormat | "text"): readonly number[] =>
  format === "svg" || format === "png" || format === "html" ? shownHeads(note, selection) : [selection.head];

/** "layer 3, head 5", "layer 3, heads 5, 7", "layer 3"; nothing for all heads of a note. */
export function headsName(note: Note, heads: readonly number[], phrases: Phrases): string {
  const [first = 0, ...others] = heads;
  if (others.length === 0) return headName(note, first, phrases);
  if (heads.length === matrixCount(note)) return "";
  const { layers, heads: named } = note.axes;
  const layer = layers && phrases.__("layer %1", layers.tokens[Math.floor(first / headsOfLayer(note))] ?? "");
  if (layer !== undefined && heads.length === headsOfLayer(note)) return layer;
  const list = heads
    .toSorted((a, b) => a - b)
    .map((head) => named?.tokens[head % headsOfLayer(note)] ?? nameInLayer(note, head, phrases));
  return [layer, phrases.__("heads %1", list.join(", "))].filter(Boolean).join(", ");
}

/** The title of a note and the heads that are shown of it. */
export function titleOf({ title }: Note, heads: string): string {
  return [titleText(title ?? ""), heads].filter(Boolean).join(" · ");
}

/** What is said of the heads that are shown, and of no other. */
export function sentenceOf(note: Note, heads: readonly number[], title: string, language: Language): string {
  const { title: _, ...untitled } = note;
  const titled = { ...untitled, ...(title !== "" && { title }) };
  if (heads.length === matrixCount(note) && heads.length > 1) return describeNote(titled, language);
  const { weights } = note;
  const read = weights.encoding === "external" ? heads.map((head) => loadedHead(weights, head)) : [];
  const values = read.filter((one) => one !== undefined);
  return describeNote(pickMatrices(titled, heads, values.length === heads.length ? values : undefined), language);
}
