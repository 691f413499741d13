import { placeOn, screenDensity } from "./client.js";
import { element } from "./element.js";
import { HeadChips } from "./head-chips.js";
import { headInks, linesAround, restingLines, shadesOf, textOfHeads, type HeadInk } from "./head-ink.js";
import type { Lines } from "./lines.js";
import { paintLines } from "./lines-painter.js";
import { markedPlaces, type Look } from "./look.js";
import { pageColour } from "./page.js";
import type { TokenPlace } from "./selection.js";
import { TokenCursor } from "./token-cursor.js";
import { layOutColumns, layOutSentences, type SideNames, type TokenBox, type TokenLayout } from "./token-layout.js";
import { singleCells } from "./token-matrix.js";
import { TokenView } from "./token-view.js";
import { maskedRemark } from "./token-weights.js";
import type { Scene, ViewHost } from "./view.js";
import { axisName, factsOf } from "./wording.js";

/** Pixels above which the view scrolls inside itself. */
const tallest = 560;

/** Everything that is worked out once for a scene. */
interface Prepared {
  readonly scene: Scene;
  readonly look: Look;
  readonly layout: TokenLayout;
  readonly names: SideNames;
  /** Colours of the page, asked for once: asking makes the page work out its styles. */
  readonly accent: string;
  readonly markColour: string;
  readonly inks: readonly [HeadInk, ...HeadInk[]];
  /** The lines while no token is asked about. */
  readonly resting: Lines;
}

/** Tokens in two rows with lines between them, on a canvas; of long texts only what is seen is painted. */
export class LinesView extends TokenView {
  readonly #scroller: HTMLElement;
  readonly #room = element("div", "jp-HeedLines-room");
  readonly #canvas = element("canvas", "jp-HeedLines-canvas");
  readonly #chips: HeadChips;
  protected readonly cursor: TokenCursor;
  #prepared: Prepared | undefined;

  constructor(host: ViewHost) {
    const scroller = element("div", "jp-HeedLines-scroller");
    super("jp-HeedLines", scroller);
    this.#scroller = scroller;
    this.#canvas.setAttribute("aria-hidden", "true");
    this.#room.append(this.#canvas);
    this.#scroller.append(this.#room);
    this.#scroller.addEventListener("scroll", () => this.paintSoon(), { passive: true });
    this.#chips = new HeadChips((selection) => host.select(selection));
    this.node.prepend(this.#chips.node);
    this.cursor = new TokenCursor(
      {
        node: this.node,
        hit: (event) => this.#hit(event),
        // beside the whole picture: a box beside the token would cover its lines
        spotOf: (token) => ({ ...this.#spotOf(token), left: 0, width: this.#room.clientWidth }),
        boxSide: "beside",
        describe: (token, cell) => {
          const { inks, scene } = this.#prepared ?? {};
          return inks && scene && inks.length > 1 ? textOfHeads(inks, token, cell, scene) : undefined;
        },
        reveal: (token) => this.#reveal(token),
        paint: () => this.paintSoon(),
      },
      host,
    );
  }

  override place(scene: Scene): string {
    const { note, selection, options } = scene;
    const { phrases, measure, width } = options;
    this.unfollow();
    const inks = headInks(scene, (one) => this.follow(one));
    const [{ matrix, strengthsOf }] = inks;
    const { look } = matrix;
    const texts = { rows: look.rows.tokens, columns: look.columns.tokens };
    const sentences = note.kind === "alignment" ? layOutSentences(texts, width, measure) : undefined;
    const names = { rows: axisName(look.rows.name, phrases), columns: axisName(look.columns.name, phrases) };
    const layout = sentences ?? layOutColumns(texts, names, width, measure);
    const resting = restingLines(inks, layout, scene);
    const [accent, markColour] = [pageColour("--jp-brand-color1"), pageColour("--jp-warn-color1")];
    this.#prepared = { scene, look, layout, names, accent, markColour, inks, resting };
    this.node.setAttribute("aria-roledescription", phrases.__("lines between tokens"));
    this.#room.style.width = `${layout.width}px`;
    this.#room.style.height = `${layout.height}px`;
    this.#scroller.style.height = `${Math.min(layout.height, tallest)}px`;
    this.#scroller.classList.toggle("jp-mod-scrolls", layout.height > tallest || layout.width > width);
    this.#chips.offer(note, selection, options);
    this.legend.show(strengthsOf(look).coloured, resting.remarks, options, inks.length > 1);
    this.cursor.set(matrix, { direction: layout.direction, sides: 2, chosenSide: "rows" }, selection, phrases);
    return matrix.isWhole ? factsOf(look, phrases) : factsOf(singleCells(look), phrases);
  }

  protected override paint(): void {
    const context = this.#canvas.getContext("2d");
    if (!this.#prepared || !context || this.isDisposed) return;
    const { scene, look, layout, names, accent, markColour, inks, resting } = this.#prepared;
    const { source, chosen, visited, cell } = this.cursor;
    const { scrollLeft: left, scrollTop: top, clientWidth, clientHeight } = this.#scroller;
    const [width, height] = [Math.min(clientWidth, layout.width), Math.min(clientHeight, layout.height)];
    const ratio = screenDensity(this.#scroller);
    if (this.#canvas.width !== Math.round(width * ratio) || this.#canvas.height !== Math.round(height * ratio)) {
      this.#canvas.width = Math.round(width * ratio);
      this.#canvas.height = Math.round(height * ratio);
      this.#canvas.style.width = `${width}px`;
      this.#canvas.style.height = `${height}px`;
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const places = markedPlaces(look, this.marks);
    const { phrases } = scene.options;
    const [{ matrix, strengthsOf }] = inks;
    const part = source && matrix.at(source);
    const remarks = part ? maskedRemark(part.look, part.token, phrases) : source ? [] : resting.remarks;
    this.legend.show(strengthsOf(part?.look ?? look).coloured, remarks, scene.options, inks.length > 1);
    paintLines(
      context,
      {
        layout,
        names,
        lines: source ? linesAround(inks, source) : resting.lines,
        source,
        visited: chosen ? visited : undefined,
        cell,
        shades: (token) => (source ? shadesOf(inks, source, token) : []),
        isSpecial: ({ axis, index }) => look[axis].special?.includes(index) ?? false,
        isMarked: ({ axis, index }) => places[axis].has(index),
        accent,
        markColour,
        options: scene.options,
      },
      { left, top, width, height },
    );
  }

  #hit(event: MouseEvent): TokenPlace | undefined {
    const layout = this.#prepared?.layout;
    if (!layout) return undefined;
    const { x, y } = placeOn(this.#room, event);
    for (const axis of ["rows", "columns"] as const) {
      const index = layout[axis].findIndex(
        (box) => x >= box.left && x < box.left + box.width && y >= box.top && y < box.top + box.height,
      );
      if (index >= 0) return { axis, index };
    }
    return undefined;
  }

  #spotOf({ axis, index }: TokenPlace): TokenBox {
    const { scrollLeft, scrollTop } = this.#scroller;
    const box = this.#prepared?.layout[axis][index] ?? { left: 0, top: 0, width: 0, height: 0, label: "" };
    return { ...box, left: box.left - scrollLeft, top: box.top - scrollTop };
  }

  #reveal(token: TokenPlace): void {
    const { left, top, width, height } = this.#spotOf(token);
    const { clientWidth, clientHeight } = this.#scroller;
    const across = left < 0 ? left : Math.max(0, left + width - clientWidth);
    const down = top < 0 ? top - height : Math.max(0, top + 2 * height - clientHeight);
    this.#scroller.scrollBy(across, down);
  }
}
