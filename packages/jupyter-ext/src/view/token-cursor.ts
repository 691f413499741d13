import type { Look } from "./look.js";
import { placeOfChosen, placeOfToken, tokenAt } from "./look.js";
import type { Phrases } from "./options.js";
import type { Selection, TokenCell, TokenPlace } from "./selection.js";
import { cellBetween, otherSide, strongest, tokenText, weightsOf } from "./token-weights.js";
import { Tooltip, type Spot } from "./tooltip.js";
import type { ViewHost } from "./view.js";
import { cellText } from "./wording.js";

/** Where tokens are drawn. */
export interface TokenSurface {
  /** The focusable element. */
  readonly node: HTMLElement;
  /** The token under the pointer; where both sides are one text, its place as the side that is asked about. */
  readonly hit: (event: MouseEvent) => TokenPlace | undefined;
  /** What the box with a token's text stands beside or below. */
  readonly spotOf: (token: TokenPlace) => Spot;
  readonly boxSide: "beside" | "below";
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
 * Keys: arrows along the tokens, arrows across to the other side; Enter or space to choose; Escape to let go.
 */
export class TokenCursor {
  readonly #surface: TokenSurface;
  readonly #figure: ViewHost;
  readonly #box: Tooltip;
  #look: Look | undefined;
  #phrases: Phrases | undefined;
  #flow: TokenFlow = { direction: "down", sides: 2, chosenSide: "rows" };
  #chosen: TokenPlace | undefined;
  #visited: TokenPlace | undefined;
  #cell: TokenCell | undefined;

  constructor(surface: TokenSurface, figure: ViewHost) {
    this.#surface = surface;
    this.#figure = figure;
    this.#box = new Tooltip(surface.node);
    this.#box.hide();
    const { node } = surface;
    node.append(this.#box.node);
    node.addEventListener("pointermove", (event) => this.#point(event));
    node.addEventListener("pointerleave", () => this.#visit(undefined));
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

  set(look: Look, flow: TokenFlow, selection: Selection, phrases: Phrases): void {
    this.#look = look;
    this.#flow = flow;
    this.#phrases = phrases;
    this.#visited = undefined;
    this.#box.hide();
    this.choose(selection);
  }

  choose({ token, cell }: Selection): void {
    const look = this.#look;
    if (!look) return;
    const [row, column] = [cell && placeOfToken(look.rows, cell.row), cell && placeOfToken(look.columns, cell.column)];
    this.#cell = row === undefined || column === undefined ? undefined : { row, column };
    const chosen = placeOfChosen(look, token);
    this.#chosen = chosen && this.#flow.sides === 1 ? { ...chosen, axis: this.#flow.chosenSide } : chosen;
    this.#visited = this.#asked(this.#visited);
    this.#surface.paint();
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
    if (event.shiftKey) this.#chooseCell(this.#asked(hit));
    else this.#chooseToken(hit && this.#flow.sides === 1 ? { ...hit, axis: this.#flow.chosenSide } : hit);
  }

  /** A second time on the chosen token lets it go, as a click beside the tokens does. */
  #chooseToken(place: TokenPlace | undefined): void {
    const again = place?.axis === this.#chosen?.axis && place?.index === this.#chosen?.index;
    const look = this.#look;
    const token = place && look && !again ? { axis: place.axis, index: tokenAt(look[place.axis], place.index) } : undefined;
    this.#figure.select({ token, cell: undefined });
  }

  #chooseCell(place: TokenPlace | undefined): void {
    const [look, chosen] = [this.#look, this.#chosen];
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
    const look = this.#look;
    if (!look) return;
    const from = this.#visited ?? { axis: this.#chosen ? otherSide(this.#chosen.axis) : this.#flow.chosenSide, index: 0 };
    const last = look[from.axis].tokens.length - 1;
    this.#visit({ axis: from.axis, index: Math.min(last, Math.max(0, from.index + by)) }, true);
  }

  /** To the other side: from a chosen token to what it looks at most. */
  #cross(): void {
    const look = this.#look;
    const from = this.#visited ?? this.#chosen;
    if (!look || !from || this.#flow.sides === 1) return;
    const axis = otherSide(from.axis);
    const [best = 0] = strongest(weightsOf(look, from), 1);
    this.#visit({ axis, index: this.#chosen?.axis === axis ? this.#chosen.index : best }, true);
  }

  /** Enter chooses the token that is asked about, and beside a chosen one the cell between them. */
  #enter(): void {
    const { visited } = this;
    if (!visited) return;
    if (this.#chosen && this.#chosen.axis !== visited.axis) return this.#chooseCell(visited);
    this.#chooseToken(visited);
    const [chosen, look] = [this.#chosen, this.#look];
    if (!chosen || !look) return;
    const [best = 0] = strongest(weightsOf(look, chosen), 1);
    this.#visit({ axis: otherSide(chosen.axis), index: best }, true);
  }

  #visit(token: TokenPlace | undefined, isSpoken = false): void {
    this.#visited = token;
    const [look, phrases] = [this.#look, this.#phrases];
    if (isSpoken && token) this.#surface.reveal(token);
    this.#surface.paint();
    if (!token || !look || !phrases) {
      this.#box.hide();
      this.#figure.visit(undefined);
      return;
    }
    const cell = this.#chosen && cellBetween(this.#chosen, token);
    const text = cell ? cellText(look, cell.row, cell.column, phrases) : tokenText(look, token, phrases);
    this.#box.show(text, this.#surface.spotOf(token), this.#surface.boxSide);
    if (isSpoken) this.#figure.announce(text.spoken);
    this.#figure.visit(cell && { row: tokenAt(look.rows, cell.row), column: tokenAt(look.columns, cell.column) });
  }
}
