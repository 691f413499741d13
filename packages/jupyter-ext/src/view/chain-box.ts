import type { Note } from "heed/note";
import { chainOf } from "./chain.js";
import { chainTable } from "./chain-table.js";
import { element } from "./element.js";
import type { Selection } from "./selection.js";
import type { Surroundings } from "./surroundings.js";

/** The steps behind a single row of weights, where the note holds them. */
export class ChainBox {
  readonly node = element("div", "jp-HeedFigure-chain");

  show(note: Note, { head }: Selection, { phrases, prediction }: Surroundings): void {
    const isOne = note.kind !== "summary" && note.axes.rows.tokens.length === 1;
    const chain = isOne && !prediction.isOn ? chainOf(note, head, 0) : undefined;
    this.node.replaceChildren(...(chain ? [chainTable(chain, note.score, phrases)] : []));
  }
}
