import { placeOfChosen, placeOfToken, tokenAt } from "./look.js";
import type { Phrases } from "./options.js";
import type { Selection, TokenCell, TokenPlace } from "./selection.js";
import { textOfPart, type TokenMatrix } from "./token-matrix.js";
import { cellBetween, otherSide, strongest, weightsOf } from "./token-weights.js";
import { Tooltip, type Spot } from "./tooltip.js";
import type { ViewHost } from "./view.js";
import { placeLabel, type CellText } from "./wording.js";

/** Where tokens are drawn. */
export interface TokenSurface {
  /** The focusable element. */
  readonly node: HTMLElement;
  /** The token under the pointer; where both sides are one text, its place as the side that is asked about. */
  readonly hit: (event: MouseEvent) => TokenPlace | undefined;
  /** What the box with a token's text stands beside or below. */
  readonly spotOf: (token: TokenPlace) => Spot;
  readonly boxSide: "beside" | "below";
  /** What is said of a token, or of the cell between it and the chosen one, where that is more than its weights in one head. */
  readonly describe?: (token: TokenPlace, cell: TokenCell | undefined) => CellText | undefined;
  /** Scrolls a token into view. */
  readonly reveal: (token: TokenPlace) => void;
  /** Paints what the cursor says: see `source`, `visited` and `cell`. */
  readonly paint: () => void;
}

/** How tokens lie: the keys that walk along them, and whether each side has tokens of its own. */
export interface TokenFlow {
  readonly direction: "down" | "across";
  readonly sides: 1 | 2;
  /** Where there is one text: the side that a chosen token is on. */
  readonly chosenSide: TokenPlace["axis"];
}

/**
 * Lets the pointer and the keyboard ask about tokens, one chosen and the others in relation to it. Places are those of the look.
 *
 * Pointer: over a token, its weights show; a click chooses it, and then the others tell their weight; a click with Shift chooses the cell.
 * Touch: a tap chooses a token; beside a chosen one, a tap chooses the cell between them and tells its weight; a tap on it lets it go.
 * Keys: arrows along the tokens, arrows across to the other side; Enter or space to choose; Escape to let go.
 */
export class TokenCursor {
  readonly #surface: TokenSurface;
  readonly #figure: ViewHost;
  readonly #box: Tooltip;
  #matrix: TokenMatrix | undefined;
  #phrases: Phrases | undefined;
  #flow: TokenFlow = { direction: "down", sides: 2, chosenSide: "rows" };
  #chosen: TokenPlace | undefined;
  #visited: TokenPlace | undefined;
  #cell: TokenCell | undefined;
  /** Whether a screen reader waits for weights that are being read. */
  #isAwaited = false;
  /** Whether the pointer that came down last is a finger, which points at nothing before it chooses. */
  #isTouch = false;

  constructor(surface: TokenSurface, figure: ViewHost) {
    this.#surface = surface;
    this.#figure = figure;
    this.#box = new Tooltip(surface.node);
    this.#box.hide();
    const { node } = surface;
    node.append(this.#box.node);
    node.addEventListener("pointermove", (event) => this.#point(event));
    node.addEventListener("pointerdown", ({ pointerType }) => (this.#isTouch = pointerType === "touch"));
    // a finger that is lifted leaves what it has asked for, until it taps elsewhere
    node.addEventListener("pointerleave", ({ pointerType }) => pointerType !== "touch" && this.#visit(undefined));
    node.addEventListener("click", (event) => this.#click(event));
    node.addEventListener("keydown", (event) => this.#press(event));
    node.addEventListener("focus", () => {
      if (node.matches(":focus-visible") && !this.#visited) this.#walk(0);
    });
    node.addEventListener("blur", () => this.#visit(undefined));
    // a double click here must not open the Markdown source of a written note
    node.addEventListener("dblclick", (event) => event.stopPropagation());
  }

  /** The token whose weights are shown: the chosen one, or else the one that is asked about. */
  get source(): TokenPlace | undefined {
    return this.#chosen ?? this.#visited;
  }

  get chosen(): TokenPlace | undefined {
    return this.#chosen;
  }

  /** The token that is asked about. */
  get visited(): TokenPlace | undefined {
    return this.#visited;
  }

  /** The chosen cell. */
  get cell(): TokenCell | undefined {
    return this.#cell;
  }

  set(matrix: TokenMatrix, flow: TokenFlow, selection: Selection, phrases: Phrases): void {
    this.#matrix = matrix;
    this.#flow = flow;
    this.#phrases = phrases;
    this.#visited = undefined;
    this.#box.hide();
    this.choose(selection);
  }

  choose({ token, cell }: Selection): void {
    const look = this.#matrix?.look;
    if (!look) return;
    const [row, column] = [cell && placeOfToken(look.rows, cell.row), cell && placeOfToken(look.columns, cell.column)];
    this.#cell = row === undefined || column === undefined ? undefined : { row, column };
    const chosen = placeOfChosen(look, token);
    this.#chosen = chosen && this.#flow.sides === 1 ? { ...chosen, axis: this.#flow.chosenSide } : chosen;
    this.#visited = this.#asked(this.#visited);
    this.#surface.paint();
  }

  /** Shows again what is asked about, while weights are read, and says it once they are at hand. */
  refresh(): void {
    if (this.#visited) this.#visit(this.#visited, this.#isAwaited, true);
    else this.#surface.paint();
  }

  #point(event: PointerEvent): void {
    const found = this.#asked(this.#surface.hit(event));
    if (found?.axis !== this.#visited?.axis || found?.index !== this.#visited?.index) this.#visit(found);
  }

  /** In one text a token is asked about as what the chosen one looks at, or as one that could be chosen. */
  #asked(token: TokenPlace | undefined): TokenPlace | undefined {
    if (!token || this.#flow.sides === 2) return token;
    return { ...token, axis: this.#chosen ? otherSide(this.#flow.chosenSide) : this.#flow.chosenSide };
  }

  #click(event: MouseEvent): void {
    const hit = this.#surface.hit(event);
    if (this.#isTouch) this.#tap(hit);
    else if (event.shiftKey) this.#chooseCell(this.#asked(hit));
    else this.#chooseToken(hit && this.#flow.sides === 1 ? { ...hit, axis: this.#flow.chosenSide } : hit);
  }

  #tap(hit: TokenPlace | undefined): void {
    const asked = this.#asked(hit);
    const isChosen = hit?.index === this.#chosen?.index && (this.#flow.sides === 1 || hit?.axis === this.#chosen?.axis);
    if (asked && this.#chosen && asked.axis !== this.#chosen.axis && !isChosen) {
      this.#chooseCell(asked);
      return this.#visit(asked);
    }
    this.#chooseToken(hit && this.#flow.sides === 1 ? { ...hit, axis: this.#flow.chosenSide } : hit);
    this.#visit(this.#chosen);
  }

  /** A second time on the chosen token lets it go, as a click beside the tokens does. */
  #chooseToken(place: TokenPlace | undefined): void {
    const again = place?.axis === this.#chosen?.axis && place?.index === this.#chosen?.index;
    const look = this.#matrix?.look;
    const token = place && look && !again ? { axis: place.axis, index: tokenAt(look[place.axis], place.index) } : undefined;
    this.#figure.select({ token, cell: undefined });
  }

  #chooseCell(place: TokenPlace | undefined): void {
    const [look, chosen] = [this.#matrix?.look, this.#chosen];
    const cell = place && chosen && cellBetween(chosen, place);
    if (!look || !cell) return;
    this.#figure.select({ cell: { row: tokenAt(look.rows, cell.row), column: tokenAt(look.columns, cell.column) } });
  }

  #press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const [back, on, left, right] =
      this.#flow.direction === "down"
        ? ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"]
        : ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"];
    if (event.key === back) this.#walk(-1);
    else if (event.key === on) this.#walk(1);
    else if (event.key === "Home") this.#walk(-Infinity);
    else if (event.key === "End") this.#walk(Infinity);
    else if (event.key === left || event.key === right) this.#cross();
    else if (event.key === "Enter" || event.key === " ") this.#enter();
    else if (event.key === "Escape" && this.#chosen) this.#figure.select({ token: undefined, cell: undefined });
    else if (event.key === "Escape" && this.#visited) this.#visit(undefined);
    else return;
    // handled here: the notebook must not also move its own selection
    event.preventDefault();
    event.stopPropagation();
  }

  #walk(by: number): void {
    const look = this.#matrix?.look;
    if (!look) return;
    const from = this.#visited ?? { axis: this.#chosen ? otherSide(this.#chosen.axis) : this.#flow.chosenSide, index: 0 };
    const last = look[from.axis].tokens.length - 1;
    this.#visit({ axis: from.axis, index: Math.min(last, Math.max(0, from.index + by)) }, true);
  }

  /** To the other side: from a chosen token to what it looks at most. */
  #cross(): void {
    const from = this.#visited ?? this.#chosen;
    if (!from || this.#flow.sides === 1) return;
    const axis = otherSide(from.axis);
    this.#visit({ axis, index: this.#chosen?.axis === axis ? this.#chosen.index : this.#bestOf(from) }, true);
  }

  /** What a token looks at most, or is looked at by; the first while its weights are not at hand. */
  #bestOf(token: TokenPlace): number {
    const part = this.#matrix?.at(token);
    return part ? (strongest(weightsOf(part.look, part.token), 1)[0] ?? 0) : 0;
  }

  /** Enter chooses the token that is asked about, and beside a chosen one the cell between them. */
  #enter(): void {
    const { visited } = this;
    if (!visited) return;
    if (this.#chosen && this.#chosen.axis !== visited.axis) return this.#chooseCell(visited);
    this.#chooseToken(visited);
    const chosen = this.#chosen;
    if (chosen) this.#visit({ axis: otherSide(chosen.axis), index: this.#bestOf(chosen) }, true);
  }

  #visit(token: TokenPlace | undefined, isSpoken = false, isAgain = false): void {
    this.#visited = token;
    const [matrix, phrases] = [this.#matrix, this.#phrases];
    if (isSpoken && token && !isAgain) this.#surface.reveal(token);
    this.#surface.paint();
    if (!token || !matrix || !phrases) {
      this.#isAwaited = false;
      this.#box.hide();
      this.#figure.visit(undefined);
      return;
    }
    const cell = this.#chosen && cellBetween(this.#chosen, token);
    const part = matrix.at(cell ? { axis: "rows", index: cell.row } : token);
    const text =
      this.#surface.describe?.(token, cell) ??
      (part ? textOfPart(part, cell, phrases) : this.#obstacleText(matrix, token, phrases));
    this.#box.show(text, this.#surface.spotOf(token), this.#surface.boxSide);
    this.#isAwaited = isSpoken && !part;
    const { rows, columns } = matrix.look;
    this.#figure.visit(cell && { row: tokenAt(rows, cell.row), column: tokenAt(columns, cell.column) });
    if (isSpoken && (part || !isAgain)) this.#figure.announce(text.spoken);
  }

  #obstacleText(matrix: TokenMatrix, token: TokenPlace, phrases: Phrases): CellText {
    const from = placeLabel(matrix.look[token.axis], token.index, 1);
    const fact = matrix.obstacle(token, phrases);
    return { from, to: "", facts: [fact], spoken: `${from}: ${fact}` };
  }
}
