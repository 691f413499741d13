import type { ExternalArray, Note } from "heed/note";
import { rowCells } from "./cells.js";
import { lookAt, type Look } from "./look.js";
import type { Phrases } from "./options.js";
import type { TokenCell, TokenPlace } from "./selection.js";
import { faultOf, loadedHead, type SideWeights } from "./side-weights.js";
import { faultText } from "./side-notice.js";
import { cellBetween, tokenText } from "./token-weights.js";
import type { Scene } from "./view.js";
import { cellText, type CellText } from "./wording.js";

/** Weights at hand around a token: those of the whole head, or of the token's row alone. */
export interface TokenPart {
  readonly look: Look;
  /** The token's place in this look. */
  readonly token: TokenPlace;
  /** The row of the head that is the look's first. */
  readonly firstRow: number;
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
  /** Ends what is being read. */
  stop(): void;
}

/** The weights of a scene; `onArrive` is called when more of them are at hand. */
export function tokenMatrix({ note, selection, side }: Scene, onArrive: () => void): TokenMatrix {
  const look = lookAt(note, selection);
  const { weights } = note;
  if (weights.encoding === "external" && !loadedHead(weights, selection.head)) {
    return new RowsOfFile(look, weights, selection.head, side, onArrive);
  }
  return {
    look,
    isWhole: true,
    at: (token) => ({ look, token, firstRow: 0 }),
    obstacle: () => "",
    stop: () => undefined,
  };
}

/** Facts of a head that is read row by row are those of its weights, not those of its overview. */
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

/** Rows that are kept ready. */
const mostParts = 64;

/** A head of a file, of which the rows are read that are asked for. */
class RowsOfFile implements TokenMatrix {
  readonly look: Look;
  readonly isWhole = false;
  readonly #note: Note;
  readonly #array: ExternalArray;
  readonly #head: number;
  readonly #side: SideWeights | undefined;
  readonly #onArrive: () => void;
  readonly #parts = new Map<number, TokenPart>();
  #reading: { readonly row: number; readonly controller: AbortController } | undefined;

  constructor(look: Look, array: ExternalArray, head: number, side: SideWeights | undefined, onArrive: () => void) {
    this.look = look;
    this.#note = look.note;
    this.#array = array;
    this.#head = head;
    this.#side = side;
    this.#onArrive = onArrive;
  }

  at({ axis, index }: TokenPlace): TokenPart | undefined {
    // what looks at a token is a column: all rows would have to be read
    if (axis === "columns") return undefined;
    const part = this.#parts.get(index) ?? this.#partOf(index);
    if (!part) void this.#read(index);
    return part;
  }

  obstacle({ axis }: TokenPlace, phrases: Phrases): string {
    const fault = this.#side && faultOf(this.#side);
    if (fault) return faultText(fault, this.#array.file, phrases);
    if (axis === "columns") return phrases.__("of a head in a file, choose a token that looks");
    return phrases.__("Reading %1 …", this.#array.file);
  }

  stop(): void {
    this.#reading?.controller.abort();
    this.#reading = undefined;
  }

  #partOf(row: number): TokenPart | undefined {
    const cells = rowCells(this.#note, this.#array, this.#head, row);
    if (!cells) return undefined;
    const { rows, columns } = this.look;
    const own = { ...rows, tokens: [rows.tokens[row] ?? ""], groups: [[row]] };
    const part: TokenPart = {
      look: { note: this.#note, rows: own, columns, cells },
      token: { axis: "rows", index: 0 },
      firstRow: row,
    };
    this.#parts.set(row, part);
    const [oldest] = this.#parts.keys();
    if (this.#parts.size > mostParts && oldest !== undefined) this.#parts.delete(oldest);
    return part;
  }

  /** Only the row that is wanted last is read: the pointer may run over many. */
  async #read(row: number): Promise<void> {
    if (!this.#side || faultOf(this.#side) || this.#reading?.row === row) return;
    this.#reading?.controller.abort();
    const controller = new AbortController();
    this.#reading = { row, controller };
    try {
      await this.#side.rows(0, this.#head, row, row + 1, controller.signal);
    } catch {
      // what is wrong is the state of the file, which the figure shows
    }
    if (controller.signal.aborted) return;
    this.#reading = undefined;
    this.#onArrive();
  }
}
