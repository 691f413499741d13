import { boxOn, type Box } from "./client.js";
import { brief, colourValues, type ColourValues } from "./colour-value.js";
import { extent } from "./cells.js";
import { element } from "./element.js";
import { onceFor } from "./once.js";
import { strengthsOf } from "./lines.js";
import { markedPlaces, type Look } from "./look.js";
import { runningText } from "./running-text.js";
import { scaleOf, type TokenPlace } from "./selection.js";
import { shadeAt, type Shade } from "./shade.js";
import { TokenCursor } from "./token-cursor.js";
import { cellOfPart, meaningAround, singleCells, type TokenMatrix } from "./token-matrix.js";
import { maskedRemark, meanReceived } from "./token-weights.js";
import { sameTokens } from "./tokens.js";
import { TokenView } from "./token-view.js";
import type { Scene, ViewHost } from "./view.js";
import { axisName, factsOf } from "./wording.js";

/** Everything that is worked out once for a scene. */
interface Prepared {
  readonly scene: Scene;
  readonly look: Look;
  readonly sides: 1 | 2;
  readonly matrix: TokenMatrix;
  readonly inkOf: (look: Look) => { readonly coloured: ColourValues; readonly strengths: Float32Array };
  readonly received: Float32Array;
}

/** The tokens in running text: a chosen one is outlined, the others are shaded by their weights. */
export class TextView extends TokenView {
  readonly #texts: HTMLElement;
  protected readonly cursor: TokenCursor;
  #spans: { readonly rows: HTMLElement[]; readonly columns: HTMLElement[] } = { rows: [], columns: [] };
  #places = new WeakMap<Element, TokenPlace>();
  readonly #shades = new WeakMap<HTMLElement, Shade | undefined>();
  #prepared: Prepared | undefined;

  constructor(host: ViewHost) {
    const texts = element("div", "jp-HeedText-texts");
    super("jp-HeedText", texts);
    this.#texts = texts;
    this.#texts.setAttribute("aria-hidden", "true");
    this.cursor = new TokenCursor(
      {
        node: this.node,
        hit: ({ target }) => (target instanceof Element ? this.#places.get(target) : undefined),
        spotOf: (token) => this.#spotOf(token),
        boxSide: "below",
        reveal: (token) => this.#span(token)?.scrollIntoView({ block: "nearest" }),
        paint: () => this.paintSoon(),
      },
      host,
    );
  }

  override place(scene: Scene): string {
    const { note, selection, options } = scene;
    this.unfollow();
    const matrix = this.follow(scene);
    const { look } = matrix;
    const { cells, rows, columns } = look;
    const sides = sameTokens(rows, columns) ? 1 : 2;
    const largest = extent(cells.values).high;
    const inkOf = onceFor((part: Look) => {
      const { values, shape } = part.cells;
      const coloured = colourValues(values, shape[1], meaningAround(part, scaleOf(note, selection)), options.phrases, largest);
      return { coloured, strengths: strengthsOf(coloured) };
    });
    this.#prepared = { scene, look, sides, matrix, inkOf, received: meanReceived(look) };
    this.node.setAttribute("aria-roledescription", options.phrases.__("text"));
    this.#write(look, sides);
    const chosenSide = selection.looksBack ? "columns" : "rows";
    this.cursor.set(matrix, { direction: "across", sides, chosenSide }, selection, options.phrases);
    return factsOf(matrix.isWhole ? look : singleCells(look), options.phrases);
  }

  /** One text where a text looks at itself; otherwise the text that is looked at below the one that looks. */
  #write(look: Look, sides: 1 | 2): void {
    const paragraph = (axis: "rows" | "columns"): HTMLElement[] => {
      const box = element("p", "jp-HeedText-text");
      box.dir = "auto";
      const phrases = this.#prepared?.scene.options.phrases;
      if (sides === 2 && phrases) box.append(element("span", "jp-HeedText-name", axisName(look[axis].name, phrases)));
      const spans = runningText(look[axis]).map((piece, index) => {
        const span = element("span", "jp-HeedText-token", piece.text);
        span.classList.toggle("jp-mod-special", piece.special);
        this.#places.set(span, { axis, index });
        box.append(piece.before, span);
        return span;
      });
      this.#texts.append(box);
      return spans;
    };
    this.#places = new WeakMap();
    this.#texts.replaceChildren();
    const rows = paragraph("rows");
    this.#spans = { rows, columns: sides === 1 ? rows : paragraph("columns") };
  }

  #span({ axis, index }: TokenPlace): HTMLElement | undefined {
    return this.#spans[axis][index];
  }

  #spotOf(token: TokenPlace): Box {
    // of a word that is broken over two lines the first part
    const box = this.#span(token)?.getClientRects()[0];
    return box ? boxOn(this.node, box) : { left: 0, top: 0, width: 0, height: 0 };
  }

  protected override paint(): void {
    if (!this.#prepared || this.isDisposed) return;
    const { scene, look, sides, matrix, inkOf, received } = this.#prepared;
    const { phrases } = scene.options;
    const { source, visited, chosen } = this.cursor;
    const most = received.reduce((largest, value) => (value > largest ? value : largest), 0);
    const part = source && matrix.at(source);
    const { coloured, strengths } = inkOf(part?.look ?? look);
    const shadeOf = (token: TokenPlace): number | undefined => {
      if (!source) return token.axis === "columns" && most > 0 ? (received[token.index] ?? 0) / most : undefined;
      const at = part && cellOfPart(part, token);
      return at === undefined ? undefined : strengths[at];
    };
    const marked = markedPlaces(look, this.marks);
    const shaded = source?.axis === "columns" ? "rows" : "columns";
    for (const axis of sides === 1 ? ([shaded] as const) : (["rows", "columns"] as const)) {
      for (const [index, span] of this.#spans[axis].entries()) {
        this.#shade(span, shadeOf({ axis, index }));
        const isSource = source?.index === index && (sides === 1 || source.axis === axis);
        span.classList.toggle("jp-mod-source", isSource);
        span.classList.toggle("jp-mod-visited", chosen !== undefined && visited?.index === index && visited.axis === axis);
        span.classList.toggle("jp-mod-marked", marked[axis].has(index) || (sides === 1 && marked.rows.has(index)));
      }
    }
    const title = matrix.isWhole
      ? phrases.__("mean weight that a token gets; choose one to see its own")
      : phrases.__("mean weight that a token gets, by blocks of %1 tokens; choose one to see its own", look.cells.block[1]);
    const resting = { legend: { title, low: "0", high: brief(most) } };
    const remarks = part ? maskedRemark(part.look, part.token, phrases) : [];
    this.legend.show(source ? coloured : resting, remarks, scene.options);
  }

  /** Only what changes is written: the page works out the style of each token that is touched. */
  #shade(span: HTMLElement, position: number | undefined): void {
    const { colourScale, theme } = this.#prepared?.scene.options ?? {};
    const isMasked = Number.isNaN(position);
    const isShown = position !== undefined && !isMasked && colourScale && theme;
    const shade = isShown ? shadeAt(colourScale, theme.dark, position) : undefined;
    if (this.#shades.get(span) !== shade) {
      this.#shades.set(span, shade);
      span.style.backgroundColor = shade?.background ?? "";
      span.style.color = shade?.ink ?? "";
    }
    span.classList.toggle("jp-mod-masked", isMasked);
  }
}
