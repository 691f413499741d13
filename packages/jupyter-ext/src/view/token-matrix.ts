import type { ExternalArray, Note } from "heed/note";
import { cellsAround } from "./cells.js";
import { lookAt, type Look } from "./look.js";
import type { ColourMeaning } from "./colour-value.js";
import type { Phrases } from "./options.js";
import type { TokenCell, TokenPlace } from "./selection.js";
import { faultOf, loadedHead, readColumn, type SideWeights } from "./side-weights.js";
import { faultText } from "./side-notice.js";
import { cellBetween, tokenText } from "./token-weights.js";
import type { Scene } from "./view.js";
import { cellText, share, type CellText } from "./wording.js";

/** Weights at hand around a token: those of the whole head, or of the token's row or column alone. */
export interface TokenPart {
  readonly look: Look;
  /** The token's place in this look. */
  readonly token: TokenPlace;
  /** The row and the column of the head that are the look's first. */
  readonly firstRow: number;
  readonly firstColumn: number;
}

/** The weights between the tokens of a head, as far as they are at hand. */
export interface TokenMatrix {
  /** The tokens as they are read; its cells are the weights where `isWhole`, otherwise the overview. */
  readonly look: Look;
  readonly isWhole: boolean;
  /** Undefined where the weights of a token must be read first, which is begun. */
  at(token: TokenPlace): TokenPart | undefined;
  /** Why the weights of a token are not at hand. */
  obstacle(token: TokenPlace, phrases: Phrases): string;
  /** Ends what is being read: the columns, or all. */
  stop(axis?: "columns"): void;
}

/** The weights of a scene; `onArrive` is called when more of them are at hand. */
export function tokenMatrix({ note, selection, side }: Scene, onArrive: () => void): TokenMatrix {
  const look = lookAt(note, selection);
  const { weights } = note;
  if (weights.encoding === "external" && !loadedHead(weights, selection.head)) {
    return new HeadOfFile(look, weights, selection.head, side, onArrive);
  }
  return {
    look,
    isWhole: true,
    at: (token) => ({ look, token, firstRow: 0, firstColumn: 0 }),
    obstacle: () => "",
    stop: () => undefined,
  };
}

/** Facts of a head that is read token by token are those of its weights, not those of its overview. */
export const singleCells = (look: Look): Look => ({ ...look, cells: { ...look.cells, block: [1, 1] } });

/** Where the weight between a part's token and another of the head is among the part's cells. */
export function cellOfPart({ look, token, firstRow }: TokenPart, other: TokenPlace): number | undefined {
  const cell = cellBetween(token, other.axis === "rows" ? { ...other, index: other.index - firstRow } : other);
  return cell && cell.row * look.cells.shape[1] + cell.column;
}

/** What is said of a token whose weights are at hand, or of one of its cells. */
export function textOfPart({ look, token, firstRow }: TokenPart, cell: TokenCell | undefined, phrases: Phrases): CellText {
  return cell ? cellText(look, cell.row - firstRow, cell.column, phrases) : tokenText(look, token, phrases);
}

/**
 * What a head's colours mean around a token: of a column alone the rest of its rows is not known, so that their largest weight and the
 * places in them are not either, and the weights themselves are coloured.
 */
export function meaningAround({ cells: { block, shape, size } }: Look, meaning: ColourMeaning): ColourMeaning {
  const isColumn = block[1] === 1 && shape[1] < size[1];
  return isColumn && (meaning === "row" || meaning === "rank") ? "global" : meaning;
}

/** Rows and columns that are kept ready. */
const mostParts = 64;
/** Milliseconds that a token is asked about before its column is read, for which all of the head is fetched. */
const rest = 300;

interface Reading {
  readonly index: number;
  readonly controller: AbortController;
  /** Of what must be fetched, how much has been. */
  done: number;
}

/** A head of a file, of which the rows and columns are read that are asked for. */
class HeadOfFile implements TokenMatrix {
  readonly look: Look;
  readonly isWhole = false;
  readonly #note: Note;
  readonly #array: ExternalArray;
  readonly #head: number;
  readonly #side: SideWeights | undefined;
  readonly #onArrive: () => void;
  readonly #parts = new Map<string, TokenPart>();
  /** A row may be asked for beside a column: that of the cell between two tokens. */
  readonly #reading = new Map<TokenPlace["axis"], Reading>();

  constructor(look: Look, array: ExternalArray, head: number, side: SideWeights | undefined, onArrive: () => void) {
    this.look = look;
    this.#note = look.note;
    this.#array = array;
    this.#head = head;
    this.#side = side;
    this.#onArrive = onArrive;
  }

  at(token: TokenPlace): TokenPart | undefined {
    const part = this.#parts.get(`${token.axis}/${token.index}`) ?? this.#partOf(token);
    if (!part) void this.#read(token);
    return part;
  }

  obstacle({ axis }: TokenPlace, phrases: Phrases): string {
    const { file } = this.#array;
    const fault = this.#side && faultOf(this.#side);
    if (fault) return faultText(fault, file, phrases);
    const { done = 0 } = this.#reading.get(axis) ?? {};
    return done > 0
      ? phrases.__("Reading %1 … %2", file, share(Math.floor(done * 100) / 100))
      : phrases.__("Reading %1 …", file);
  }

  stop(only?: "columns"): void {
    for (const axis of only ? [only] : (["rows", "columns"] as const)) {
      this.#reading.get(axis)?.controller.abort();
      this.#reading.delete(axis);
    }
  }

  #partOf({ axis, index }: TokenPlace): TokenPart | undefined {
    const cells = cellsAround(this.#note, this.#array, this.#head, { axis, index });
    if (!cells) return undefined;
    const { rows, columns } = this.look;
    const whole = this.look[axis];
    const own = { ...whole, tokens: [whole.tokens[index] ?? ""], groups: [[index]] };
    const part: TokenPart = {
      look: { note: this.#note, rows, columns, [axis]: own, cells },
      token: { axis, index: 0 },
      firstRow: axis === "rows" ? index : 0,
      firstColumn: axis === "columns" ? index : 0,
    };
    this.#parts.set(`${axis}/${index}`, part);
    const [oldest] = this.#parts.keys();
    if (this.#parts.size > mostParts && oldest !== undefined) this.#parts.delete(oldest);
    return part;
  }

  /** Only what is wanted last is read: the pointer may run over many tokens. */
  async #read({ axis, index }: TokenPlace): Promise<void> {
    if (!this.#side || faultOf(this.#side) || this.#reading.get(axis)?.index === index) return;
    this.#reading.get(axis)?.controller.abort();
    const reading: Reading = { index, controller: new AbortController(), done: 0 };
    const { signal } = reading.controller;
    this.#reading.set(axis, reading);
    try {
      if (axis === "rows") await this.#side.rows(0, this.#head, index, index + 1, signal);
      else {
        await new Promise((resolve) => setTimeout(resolve, rest));
        await readColumn(this.#side, this.#head, index, signal, (done) => {
          reading.done = done;
          if (done < 1) this.#onArrive();
        });
      }
    } catch {
      // what is wrong is the state of the file, which the figure shows
    }
    if (signal.aborted) return;
    this.#reading.delete(axis);
    this.#onArrive();
  }
}
