import { nearest } from "../checks/nearest.js";
import { readOptions } from "../checks/read-options.js";
import { hideTokens, joinWords } from "./analysis/index.js";
import { NdArray, sizeOf, type Tensor } from "../engine/index.js";
import { tokenize } from "../text/index.js";
import {
  jupyterDisplay,
  selfDisplay,
  groupsOf,
  joinAxis,
  makeNote,
  type Axis,
  type DisplayBundle,
  type Note,
  type NoteImage,
  type NoteInput,
} from "../note/index.js";
import { stackTensors } from "../engine/stack-tensors.js";

/**
 * Which attention of a model: of tokens over themselves (`self`, `encoder`, `decoder`) or of a decoder over its encoder (`cross`). Of
 * several towers side by side, as one for texts and one for pictures, the second is `self-2`, and so on.
 */
export type MapsKind = "self" | "encoder" | "decoder" | "cross" | `${"self" | "encoder" | "decoder"}-${number}`;

/** What {@link AttentionMaps} are made of. */
export interface MapsParts {
  readonly kind: MapsKind;
  /** Which layers and heads of the model these are, counted from 0. */
  readonly layers: readonly number[];
  readonly heads: readonly number[];
  readonly rows: Axis;
  readonly columns: Axis;
  /** For each layer [H, Q, K]. */
  readonly weights: readonly Tensor[];
  /** For each layer [H, Q, D], [H, K, D], [H, K, V], and q·k · scale [H, Q, K]. */
  readonly query?: readonly Tensor[];
  readonly keys?: readonly Tensor[];
  readonly values?: readonly Tensor[];
  readonly scores?: readonly Tensor[];
  /** What made them, for notes. */
  readonly model?: string;
  /** The picture that the columns without special ones are the parts of. */
  readonly image?: NoteImage;
  /** False where these are no weights but numbers of either sign for them, as gradients are. */
  readonly normalised?: boolean;
}

export type MapsNoteOptions = Partial<Omit<NoteInput, "weights" | "rows" | "columns" | "heads" | "layers">> & {
  /** One layer of the model alone; all of them unless given. */
  readonly layer?: number;
  /** One head of the model alone; all of them unless given. */
  readonly head?: number;
};

/** The attention of several layers and heads of a model, with its tokens. As the last value of a notebook cell it shows itself. */
export class AttentionMaps {
  readonly kind: MapsKind;
  readonly layers: readonly number[];
  readonly heads: readonly number[];
  readonly rows: Axis;
  readonly columns: Axis;
  readonly #parts: MapsParts;
  readonly #stacked = new Map<string, NdArray>();

  constructor(parts: MapsParts) {
    this.kind = parts.kind;
    this.layers = parts.layers;
    this.heads = parts.heads;
    this.rows = parts.rows;
    this.columns = parts.columns;
    this.#parts = parts;
  }

  /** The name of the model. */
  get model(): string | undefined {
    return this.#parts.model;
  }

  /** The weights of all layers: [L, H, Q, K]; each row sums to 1, a fully masked one is 0. */
  get weights(): NdArray {
    return this.#stack("weights", this.#parts.weights, ["Q", "K"]);
  }

  /** [L, H, Q, D], where the vectors were asked for. */
  get query(): NdArray | undefined {
    return this.#parts.query && this.#stack("query", this.#parts.query, ["Q", "D"]);
  }

  /** [L, H, K, D] */
  get keys(): NdArray | undefined {
    return this.#parts.keys && this.#stack("keys", this.#parts.keys, ["K", "D"]);
  }

  /** [L, H, K, V] */
  get values(): NdArray | undefined {
    return this.#parts.values && this.#stack("values", this.#parts.values, ["K", "V"]);
  }

  /** q·k · scale (and relative positions), before the mask: [L, H, Q, K], where the scores were asked for. */
  get scores(): NdArray | undefined {
    return this.#parts.scores && this.#stack("scores", this.#parts.scores, ["Q", "K"]);
  }

  /**
   * The weights of one head of one layer: [Q, K], without copying.
   *
   * @throws RangeError when the layer or the head is not among these
   */
  head(layer: number, head: number): NdArray {
    return this.layer(layer).at(this.#place("head", this.heads, head));
  }

  /** The weights of one layer: [H, Q, K], without copying. */
  layer(layer: number): NdArray {
    return new NdArray(this.#parts.weights[this.#place("layer", this.layers, layer)] as Tensor, ["H", "Q", "K"]);
  }

  /**
   * How much one token looks at another, in every layer and head: [L, H]. Tokens are named by their text, or by their place where it comes
   * several times; negative places count from the end.
   *
   * @throws RangeError when there is no such token, or several
   * @example
   * ```ts
   * import { loadModel } from "heed";
   * const model = await loadModel("models/all-MiniLM-L6-v2");
   * const { main } = await model.attend("The animal didn't cross the street because it was too tired.");
   * console.log(main.weight("it", "animal").shape); // [6, 12]
   * console.log(main.weight("it", "animal").item(4, 3) > 0.1); // true
   * ```
   */
  weight(query: string | number, key: string | number): NdArray {
    return this.weights.at({ Q: placeOfToken("query", this.rows, query), K: placeOfToken("key", this.columns, key) });
  }

  /** Where one token looks, in every layer and head: [L, H, K]; see {@link weight}. */
  from(query: string | number): NdArray {
    return this.weights.at({ Q: placeOfToken("query", this.rows, query) });
  }

  /** How much each token looks at one, in every layer and head: [L, H, Q]; see {@link weight}. */
  to(key: string | number): NdArray {
    return this.weights.at({ K: placeOfToken("key", this.columns, key) });
  }

  /**
   * The same attention between words: what a word gives is the mean over its subwords, what it gets the sum, so rows still sum to 1.
   * Words are those a reader sees in the text (`tokenize`: Chinese by its dictionary), or those the model's tokenizer cut before it cut
   * subwords (`by: "tokenizer"`: don't is three, each Chinese character one). Special tokens stay on their own. Queries, keys and values
   * stay behind: words have none.
   */
  words(options: { readonly by?: "text" | "tokenizer" } = {}): AttentionMaps {
    const { by = "text" } = readOptions("words", options, { by: true });
    const rows = groupsOf(wordsOf(this.rows, by));
    const columns = groupsOf(wordsOf(this.columns, by));
    const weights = this.#parts.weights.map((layer) => joinWords(layer, rows, columns));
    return this.#with(weights, joinAxis(this.rows, rows), joinAxis(this.columns, columns));
  }

  /**
   * The same attention without special tokens: their rows and columns are left out, and what remains of each row is divided by its
   * sum. `hiddenShare` says how much each query had given to them: for each layer [H, Q'].
   */
  withoutSpecial(): { readonly maps: AttentionMaps; readonly hiddenShare: readonly Tensor[] } {
    const [rows, columns] = [this.rows.special ?? [], this.columns.special ?? []];
    const hidden = this.#parts.weights.map((layer) => hideTokens(layer, rows, columns));
    const maps = this.#with(
      hidden.map(({ weights }) => weights),
      dropFromAxis(this.rows, rows),
      dropFromAxis(this.columns, columns),
    );
    return { maps, hiddenShare: hidden.map(({ hiddenShare }) => hiddenShare) };
  }

  /** Every tensor by its name, for a `.safetensors` file. */
  tensors(): Record<string, Tensor> {
    const { query, keys, values, scores } = this;
    return {
      weights: this.weights,
      ...(query && { query }),
      ...(keys && { keys }),
      ...(values && { values }),
      ...(scores && { scores }),
    };
  }

  /**
   * The note that a notebook cell keeps and the viewer draws. Of numbers of either sign it shows the size. Over a picture it shows the
   * parts alone: special columns are left out and rows scaled to sum to 1 again.
   */
  toNote({ layer, head, ...rest }: MapsNoteOptions = {}): Note {
    const { image } = this.#parts;
    if (image !== undefined) {
      const special = this.columns.special ?? [];
      const weights = this.#parts.weights.map((one) => hideTokens(one, [], special).weights);
      const parts = this.#with(weights, this.rows, dropFromAxis(this.columns, special));
      return parts.toNote({
        kind: "image",
        image,
        ...(layer !== undefined && { layer }),
        ...(head !== undefined && { head }),
        ...rest,
      });
    }
    const layers = layer === undefined ? this.layers : [layer];
    const heads = head === undefined ? this.heads : [head];
    const select = (tensor: Tensor | undefined): Tensor | undefined => tensor && this.#select(tensor, layers, heads);
    const { kind, model, normalised } = this.#parts;
    const [query, keys, values, scores] = [this.query, this.keys, this.values, this.scores].map(select);
    return makeNote({
      kind: kind === "cross" ? "alignment" : "attention",
      weights: normalised === false ? sizes(select(this.weights) as Tensor) : (select(this.weights) as Tensor),
      ...(query && { query }),
      ...(keys && { keys }),
      ...(values && { values }),
      ...(scores && { scores }),
      rows: this.rows,
      columns: this.columns,
      layers: layers.map(String),
      heads: heads.map(String),
      ...(normalised === false && { normalised }),
      source: { ...(model !== undefined && { model }), ...(this.columns.text !== undefined && { text: this.columns.text }) },
      ...rest,
    });
  }

  /** What a notebook shows: the note, with a picture and a sentence for viewers that cannot draw it. */
  [jupyterDisplay](): DisplayBundle {
    return selfDisplay(this);
  }

  #with(weights: readonly Tensor[], rows: Axis, columns: Axis): AttentionMaps {
    return new AttentionMaps(this.#onlyWeights(weights, rows, columns));
  }

  #onlyWeights(weights: readonly Tensor[], rows: Axis, columns: Axis): MapsParts {
    const { kind, layers, heads, model, normalised } = this.#parts;
    return {
      kind,
      layers,
      heads,
      rows,
      columns,
      weights,
      ...(model !== undefined && { model }),
      ...(normalised !== undefined && { normalised }),
    };
  }

  #place(name: string, known: readonly number[], wanted: number): number {
    const place = known.indexOf(wanted);
    if (place < 0) throw new RangeError(`attention: expected a ${name} out of ${known.join(", ")}; got ${wanted}`);
    return place;
  }

  #select(tensor: Tensor, layers: readonly number[], heads: readonly number[]): Tensor {
    if (layers.length === this.layers.length && heads.length === this.heads.length) return tensor;
    const parts = layers.flatMap((layer) => {
      const one = pick(tensor, this.#place("layer", this.layers, layer));
      return heads.map((head) => pick(one, this.#place("head", this.heads, head)));
    });
    const stacked = stackTensors(parts);
    return { ...stacked, shape: [layers.length, heads.length, ...stacked.shape.slice(1)] };
  }

  #stack(name: string, layers: readonly Tensor[], axes: readonly [string, string]): NdArray {
    const known = this.#stacked.get(name);
    if (known) return known;
    const made = new NdArray(stackTensors(layers), ["L", "H", ...axes]);
    this.#stacked.set(name, made);
    return made;
  }
}

/** Where a token stands among the others, of which it is the only one of its text. */
function placeOfToken(which: string, { tokens }: Axis, token: string | number): number {
  if (typeof token === "number") {
    const place = token < 0 ? tokens.length + token : token;
    if (Number.isInteger(place) && place >= 0 && place < tokens.length) return place;
    throw new RangeError(`attention: expected a ${which} from 0 to ${tokens.length - 1}; got ${token}`);
  }
  const places = tokens.flatMap((one, place) => (one === token ? [place] : []));
  if (places.length === 1) return places[0] as number;
  const got = JSON.stringify(token);
  if (places.length > 1) {
    throw new RangeError(
      `attention: expected a ${which} that comes once; ${got} stands at ${places.join(", ")}. Give its place`,
    );
  }
  const meant = nearest(token, tokens);
  const hint = meant === undefined ? "" : `. Did you mean ${JSON.stringify(meant)}?`;
  const shown = tokens.slice(0, 40).join(" ");
  throw new RangeError(`attention: expected a ${which} out of ${shown}${tokens.length > 40 ? " …" : ""}; got ${got}${hint}`);
}

const sizes = ({ shape, data }: Tensor): Tensor => ({ shape, dtype: "float32", data: Float32Array.from(data, Math.abs) });

/** One entry along the first axis, without copying. */
function pick(tensor: Tensor, index: number): Tensor {
  const shape = tensor.shape.slice(1);
  const size = sizeOf(shape);
  return { shape, dtype: tensor.dtype, data: tensor.data.subarray(index * size, (index + 1) * size) };
}

/**
 * The word of each token: of the words of the text the one it shares most characters with (tokens that are bytes of one character share
 * its word). Without a text, the words of the axis; without those, each token is its own.
 */
function wordsOf(axis: Axis, by: "text" | "tokenizer"): readonly number[] {
  const { text, offsets, special = [], tokens } = axis;
  if (by === "tokenizer" || text === undefined || offsets === undefined) return axis.words ?? tokens.map((_, token) => token);
  const { offsets: words } = tokenize(text);
  let first = 0;
  return offsets.map(([start, end], token) => {
    if (special.includes(token) || start === end) return -1;
    while (first < words.length - 1 && (words[first]?.[1] ?? 0) <= start) first += 1;
    let best = -1;
    let most = 0;
    for (let word = first; word < words.length && (words[word]?.[0] ?? 0) < end; word++) {
      const [from, to] = words[word] ?? [0, 0];
      const shared = Math.min(end, to) - Math.max(start, from);
      if (shared > most) [best, most] = [word, shared];
    }
    return best;
  });
}

function dropFromAxis(axis: Axis, hidden: readonly number[]): Axis {
  const kept = axis.tokens.map((_, token) => token).filter((token) => !hidden.includes(token));
  const only = <T>(list: readonly T[]): T[] => kept.flatMap((token) => (token in list ? [list[token] as T] : []));
  const { special: _, ...rest } = axis;
  return {
    ...rest,
    tokens: only(axis.tokens),
    ...(axis.offsets && { offsets: only(axis.offsets) }),
    ...(axis.words && { words: only(axis.words) }),
  };
}
