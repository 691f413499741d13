import { Signal } from "@lumino/signaling";
import type { Note } from "heed/note";
import { element } from "./element.js";
import type { Phrases } from "./options.js";
import {
  faultOf,
  isReadWhole,
  keepSide,
  loadedHead,
  readHead,
  type OpenSide,
  type SideFault,
  type SideWeights,
} from "./side-weights.js";
import type { Surroundings } from "./surroundings.js";

/** Milliseconds before it is said that a file is being read. */
const patience = 600;

/** Reads what a figure needs of weights in a file, and says below the picture when that cannot be done. */
export class SideNotice {
  readonly node = element("p", "jp-HeedFigure-side");
  readonly #surroundings: Surroundings;
  readonly #onRead: () => void;
  #side: SideWeights | undefined;
  #openings = 0;
  #head = 0;
  #reading: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onRead called when there is more to draw than before */
  constructor(surroundings: Surroundings, onRead: () => void) {
    this.#surroundings = surroundings;
    this.#onRead = onRead;
    this.node.setAttribute("role", "status");
    this.node.hidden = true;
  }

  /** Where the weights of the note are; absent while they are inside it. */
  get side(): SideWeights | undefined {
    return this.#side;
  }

  /** Follows the file of a note, instead of that of the note before. */
  async follow({ weights }: Note, open: OpenSide | undefined): Promise<void> {
    if (weights === this.#side?.array) return;
    this.stop();
    const opening = ++this.#openings;
    if (weights.encoding !== "external" || !open) return this.#write();
    const side = await open(weights);
    // meanwhile another note may have come
    if (opening !== this.#openings) return;
    this.#side = side;
    keepSide(side);
    side.changed.connect(this.#write, this);
    this.#onRead();
  }

  /** Reads a head that is small enough as a whole; larger ones are read by the view that draws them. */
  read(head: number): void {
    const side = this.#side;
    if (!side || faultOf(side) || !isReadWhole(side.array) || loadedHead(side.array, head)) return;
    if (this.#reading && this.#head === head) return;
    this.#reading?.abort();
    const reading = new AbortController();
    this.#reading = reading;
    this.#head = head;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#write(), patience);
    void this.#readWhole(side, head, reading);
  }

  async #readWhole(side: SideWeights, head: number, reading: AbortController): Promise<void> {
    try {
      await readHead(side, head, reading.signal);
    } catch {
      // what is wrong is the state of the file, which is written when it changes
      if (reading.signal.aborted) return;
    }
    if (this.#reading === reading) this.#reading = undefined;
    if (side !== this.#side || reading.signal.aborted) return;
    this.#write();
    this.#onRead();
  }

  /** Says it again, in the language that is now spoken. */
  refresh(): void {
    this.#write();
  }

  stop(): void {
    this.#openings++;
    this.#reading?.abort();
    this.#reading = undefined;
    clearTimeout(this.#timer);
    this.#side?.changed.disconnect(this.#write, this);
    if (this.#side) Signal.disconnectReceiver(this);
    this.#side = undefined;
  }

  #write(): void {
    const { phrases } = this.#surroundings;
    const side = this.#side;
    clearTimeout(this.#timer);
    const fault = side && faultOf(side);
    this.node.hidden = !side || (!fault && !this.#reading);
    this.node.classList.toggle("jp-mod-wrong", fault !== undefined);
    if (!side || this.node.hidden) return;
    const { file } = side.array;
    if (!fault) return this.node.replaceChildren(phrases.__("Reading %1 …", file));
    const again = element("button", "jp-HeedFigure-again", phrases.__("Try again"));
    again.type = "button";
    again.addEventListener("click", () => {
      side.retry();
      this.#onRead();
    });
    const text = element(
      "span",
      "",
      `${faultText(fault, file, phrases)} ${phrases.__("Only the overview inside the note can be shown.")}`,
    );
    text.title = side.detail;
    this.node.replaceChildren(text, " ", again);
  }
}

/** What is wrong with a file, in a sentence. */
export function faultText(fault: SideFault, file: string, phrases: Phrases): string {
  switch (fault) {
    case "missing":
      return phrases.__("%1, which holds the weights, is missing.", file);
    case "changed":
      return phrases.__("%1 has changed since the note was made; running the cell again makes both anew.", file);
    case "broken":
      return phrases.__("%1 cannot be read as weights.", file);
    case "refused":
      return phrases.__("%1 may not be read.", file);
    case "too-large":
      return phrases.__("%1 is too large for a server that gives files only as a whole.", file);
    case "unreachable":
      return phrases.__("%1 could not be fetched from the server.", file);
  }
}
