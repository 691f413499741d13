import { NdArray, type Tensor } from "../engine/index.js";
import {
  jupyterDisplay,
  makeNote,
  selfDisplay,
  type AxisInput,
  type DisplayBundle,
  type Note,
  type NoteInput,
  type ScoreInput,
} from "../note/index.js";

/** The letters of a tensor's axes, outermost first: `B` batch, `H` heads, `Q` queries, `K` keys, `D` key width, `V` value width. */
export type AxisLetters = readonly string[];

/** How a result becomes a note. */
export interface NoteOptions {
  readonly title?: string;
  /** Labels of the queries, or of the hops of a summary; for self-attention those of the columns unless given. */
  readonly rows?: AxisInput;
  /** Labels of the keys. */
  readonly columns?: AxisInput;
  readonly heads?: AxisInput;
  /** Which example of a batch; the first unless given. */
  readonly example?: number;
  readonly kind?: NonNullable<NoteInput["kind"]>;
  readonly image?: NonNullable<NoteInput["image"]>;
  readonly view?: NonNullable<NoteInput["view"]>;
  readonly source?: NonNullable<NoteInput["source"]>;
  readonly detail?: NonNullable<NoteInput["detail"]>;
}

/** The tensors of a look at attention; the mask has an axis of size 1 where it is the same for every position. */
export interface AttentionTensors {
  readonly query: Tensor;
  readonly keys: Tensor;
  readonly values: Tensor;
  /** Before mask and softmax. */
  readonly scores: Tensor;
  /** Each row sums to 1; the rows in `maskedRows` are exactly 0. */
  readonly weights: Tensor;
  /** Multi-head attention only: what each head read, [H, Q, V], before the heads are joined and projected. */
  readonly headOutput?: Tensor;
  readonly output: Tensor;
  /** 1 where the query may look at the key; absent where nothing is masked. */
  readonly mask?: Tensor;
}

/** The letters of the axes of each tensor that is there. */
export type AttentionAxes = Readonly<
  Record<Exclude<keyof AttentionTensors, "headOutput" | "mask">, AxisLetters> &
    Partial<Record<"headOutput" | "mask", AxisLetters>>
>;

/** What {@link AttentionResult} is made of. */
export interface AttentionParts extends AttentionTensors {
  readonly axes: AttentionAxes;
  readonly maskedRows: readonly number[];
  readonly score: ScoreInput;
  /** Whether queries and keys are the same tokens. */
  readonly isSelf: boolean;
}

/** One look at attention: every intermediate by its name, with its axes. As the last value of a notebook cell it shows itself. */
export class AttentionResult implements AttentionTensors {
  declare readonly query: NdArray<"float32">;
  declare readonly keys: NdArray<"float32">;
  declare readonly values: NdArray<"float32">;
  declare readonly scores: NdArray<"float32">;
  declare readonly weights: NdArray<"float32">;
  declare readonly headOutput?: NdArray<"float32">;
  declare readonly output: NdArray<"float32">;
  declare readonly mask?: NdArray<"bool">;
  /** The letters of each tensor's axes. */
  readonly axes: AttentionAxes;
  /** Flat positions, among the rows of `weights`, of those whose every key is masked. */
  readonly maskedRows: readonly number[];
  readonly #score: ScoreInput;
  readonly #isSelf: boolean;

  constructor({ axes, maskedRows, score, isSelf, ...tensors }: AttentionParts) {
    Object.assign(this, withAxes(tensors, axes));
    const { headOutput, mask, ...always } = axes;
    this.axes = { ...always, ...(tensors.headOutput && headOutput && { headOutput }), ...(tensors.mask && mask && { mask }) };
    this.maskedRows = maskedRows;
    this.#score = score;
    this.#isSelf = isSelf;
  }

  /** The note that a notebook cell keeps and the viewer draws; of a batch, one example. */
  toNote(options: NoteOptions = {}): Note {
    const { example = 0, rows, ...rest } = options;
    const labels = rows ?? (this.#isSelf ? options.columns : undefined);
    const pick = (name: keyof AttentionTensors, tensor: Tensor): Tensor =>
      pickExample(tensor, this.axes[name] ?? [], example, this.weights.shape[0] ?? 1);
    return makeNote({
      weights: pick("weights", this.weights),
      scores: pick("scores", this.scores),
      query: forEveryHead(pick("query", this.query)),
      keys: forEveryHead(pick("keys", this.keys)),
      values: forEveryHead(pick("values", this.values)),
      output: this.headOutput ? pick("headOutput", this.headOutput) : pick("output", this.output),
      score: this.#score,
      ...(this.mask && { mask: pick("mask", this.mask) }),
      ...(labels && { rows: labels }),
      ...rest,
    });
  }

  /** What a notebook shows: the note, with a picture and a sentence for viewers that cannot draw it. */
  [jupyterDisplay](): DisplayBundle {
    return selfDisplay(this);
  }
}

/** Tensors by name as arrays that know their axes. */
export function withAxes(
  tensors: Readonly<Record<string, Tensor | undefined>>,
  axes: Readonly<Record<string, AxisLetters | undefined>>,
): Record<string, NdArray | undefined> {
  const entries = Object.entries(tensors).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      new NdArray(value as Tensor, axes[name]?.length === value?.shape.length ? axes[name] : []),
    ]),
  );
}

/** The part of a batched tensor that belongs to one example; a batch of 1 stands for every example. */
export function pickExample(tensor: Tensor, axes: AxisLetters, example: number, batch: number): Tensor {
  if (axes[0] !== "B") return tensor;
  if (!Number.isInteger(example) || example < 0 || example >= batch) {
    throw new RangeError(`toNote: expected an example from 0 to ${batch - 1}; got ${example}`);
  }
  const [size = 1, ...shape] = tensor.shape;
  const step = tensor.data.length / size;
  const start = (size === 1 ? 0 : example) * step;
  return { shape, dtype: tensor.dtype, data: tensor.data.subarray(start, start + step) };
}

/** Vectors that every head shares need no axis of heads: [1, T, D] → [T, D]. */
function forEveryHead(tensor: Tensor): Tensor {
  return tensor.shape.length === 3 && tensor.shape[0] === 1 ? { ...tensor, shape: tensor.shape.slice(1) } : tensor;
}
