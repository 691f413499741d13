import { readOptions } from "../checks/read-options.js";
import { compile, type Compiled, type NdArray, type Tensor, type TensorLike } from "../engine/index.js";
import { constant, matmul, square, subtract, sum, swapAxes, tanh, type Traced } from "../engine/ops.js";
import { jupyterDisplay, makeNote, selfDisplay, type DisplayBundle, type Note } from "../note/index.js";
import { maskedSoftmax } from "./attend.js";
import { finiteTensor, requireFiniteResult } from "./inputs.js";
import { findMaskedRows, maskTensor, type MaskConditions } from "./mask.js";
import { pickExample, withAxes, type AxisLetters, type NoteOptions } from "./result.js";

/** A summary inside a program, with every intermediate. */
export interface Summarised {
  /** [R, T], before the mask and softmax */
  readonly scores: Traced;
  /** A [R, T]; each row, a hop, sums to 1 */
  readonly weights: Traced;
  /** C [R, width]; each row summarises the text as one hop saw it */
  readonly output: Traced;
  /** AAᵀ [R, R]; off the diagonal, how much two hops look at the same tokens */
  readonly overlap: Traced;
  /** ‖AAᵀ − I‖²_F, one number for each example */
  readonly penalty: Traced;
}

/**
 * Summary attention inside a program: A = softmax(V tanh(W Hᵀ)), C = A H, penalty ‖AAᵀ − I‖²_F.
 *
 * The hidden states are rows: `H` [T, width], `W` [A, width], `V` [R, A]; a batch axis in front of H carries along. (With states as
 * columns, as in the notes and the paper, the same formulas read A = softmax(Va tanh(WH)) and C = HAᵀ.)
 *
 * @see Lin et al. 2017, "A Structured Self-Attentive Sentence Embedding", eqs. 5–8
 */
export function summarise(H: Traced, W: Traced, V: Traced, mask?: Traced): Summarised {
  const hidden = tanh(matmul(H, swapAxes(W, -1, -2))); // [T, width] · [width, A] → [T, A]
  const scores = matmul(V, swapAxes(hidden, -1, -2)); // [R, A] · [A, T] → [R, T]
  const weights = maskedSoftmax(scores, mask); // [R, T]
  const output = matmul(weights, H); // [R, T] · [T, width] → [R, width]
  const overlap = matmul(weights, swapAxes(weights, -1, -2)); // [R, T] · [T, R] → [R, R]
  const penalty = sum(square(subtract(overlap, identity(V.shape[0] ?? 1))), [-2, -1]);
  return { scores, weights, output, overlap, penalty };
}

function identity(R: number): Traced {
  const data = Float32Array.from({ length: R * R }, (_, i) => Number(i % (R + 1) === 0));
  return constant({ shape: [R, R], dtype: "float32", data });
}

/** What {@link summaryAttention} takes. */
export interface SummaryAttentionInput {
  /** Hidden states as rows, [T, width] or [B, T, width]. */
  readonly H: TensorLike;
  /** [A, width] */
  readonly W: TensorLike;
  /** [A] for one summary (va in the notes), [R, A] for R hops (Va). */
  readonly V: TensorLike;
  /** Which tokens may be looked at: booleans that broadcast to [R, T], or lengths of padded texts. */
  readonly mask?: TensorLike | Omit<MaskConditions, "causal">;
}

/** What {@link SummaryResult} is made of. */
export interface SummaryParts {
  readonly H: Tensor;
  readonly W: Tensor;
  readonly V: Tensor;
  readonly scores: Tensor;
  readonly weights: Tensor;
  readonly output: Tensor;
  readonly overlap: Tensor;
  readonly penalty: Tensor;
  readonly mask?: Tensor;
  readonly maskedRows: readonly number[];
  readonly isVector: boolean;
}

/**
 * A summary of a text: every intermediate by its name. As the last value of a notebook cell it shows itself.
 *
 * `axes` gives the letters of each tensor's axes: `B` batch, `R` hops, `T` tokens.
 */
export class SummaryResult {
  /** V tanh(W Hᵀ), before mask and softmax: [T] or [R, T]. */
  declare readonly scores: NdArray<"float32">;
  /** a [T], or A [R, T]: each hop's distribution over the tokens. */
  declare readonly weights: NdArray<"float32">;
  /** c [width], or C [R, width]. */
  declare readonly output: NdArray<"float32">;
  /** AAᵀ [R, R]: how much two hops look at the same tokens. */
  declare readonly overlap: NdArray<"float32">;
  /** ‖AAᵀ − I‖²_F: 0 when every hop looks at one token of its own. One number for each example. */
  declare readonly penalty: NdArray<"float32">;
  declare readonly mask?: NdArray<"bool">;
  /** Flat positions, among the rows of `weights`, of those whose every token is masked. */
  declare readonly maskedRows: readonly number[];
  readonly axes: Readonly<Record<"H" | "scores" | "weights" | "output" | "overlap" | "penalty" | "mask", AxisLetters>>;
  readonly #given: Pick<SummaryParts, "H" | "W" | "V">;

  constructor({ H, W, V, isVector, ...tensors }: SummaryParts) {
    this.#given = { H, W, V };
    const B = H.shape.length === 3 ? ["B"] : [];
    const R = isVector ? [] : ["R"];
    this.axes = {
      H: [...B, "T", "width"],
      scores: [...B, ...R, "T"],
      weights: [...B, ...R, "T"],
      output: [...B, ...R, "width"],
      overlap: [...B, "R", "R"],
      penalty: B,
      mask: [...B, "R", "T"],
    };
    const { maskedRows, ...arrays } = tensors;
    Object.assign(this, withAxes(arrays, this.axes), { maskedRows });
  }

  /** The note that a notebook cell keeps and the viewer draws: a row for each hop; of a batch, one example. */
  toNote(options: NoteOptions = {}): Note {
    const { example = 0, ...rest } = options;
    const { H, W, V } = this.#given;
    const pick = (name: "H" | "scores" | "weights" | "output" | "mask", tensor: Tensor): Tensor =>
      pickExample(tensor, this.axes[name], example, this.weights.shape[0] ?? 1);
    return makeNote({
      kind: "summary",
      weights: pick("weights", this.weights),
      scores: pick("scores", this.scores),
      keys: pick("H", H),
      values: pick("H", H),
      output: pick("output", this.output),
      score: { name: "summary", parameters: { W, V } },
      ...(this.mask && { mask: pick("mask", this.mask) }),
      ...rest,
    });
  }

  /** What a notebook shows: the note, with a picture and a sentence for viewers that cannot draw it. */
  [jupyterDisplay](): DisplayBundle {
    return selfDisplay(this);
  }
}

/**
 * Summary attention: what a text is about, read off its hidden states in one or several hops.
 *
 *     vector: a = softmax(va tanh(W Hᵀ)), c = a H            [T], [width]
 *     matrix: A = softmax(Va tanh(W Hᵀ)), C = A H            [R, T], [R, width]
 *     penalty = ‖AAᵀ − I‖²_F, which training makes small so that hops look at different tokens
 *
 * @throws TypeError when shapes do not fit together; RangeError when a number is not finite, or the scores overflow float32
 * @see Lin et al. 2017, "A Structured Self-Attentive Sentence Embedding", eqs. 5–8
 * @example
 * ```ts
 * import { summaryAttention } from "heed";
 * const H = [[1, 0], [0, 1], [1, 1]]; // h1, h2, h3
 * const { weights, penalty } = await summaryAttention({ H, W: [[1, 0], [0, 1]], V: [[5, 0], [0, 5]] });
 * console.log(weights.shape); // [2, 3]
 * ```
 */
export async function summaryAttention(input: SummaryAttentionInput): Promise<SummaryResult> {
  readOptions("summaryAttention", input, { H: true, W: true, V: true, mask: true });
  const H = finiteTensor("summaryAttention", "H", input.H);
  const W = finiteTensor("summaryAttention", "W", input.W);
  const given = finiteTensor("summaryAttention", "V", input.V);
  const isVector = given.shape.length === 1;
  const V: Tensor = isVector ? { ...given, shape: [1, ...given.shape] } : given;
  requireSummarisable(H, W, given);

  const [R = 1, T = 1] = [V.shape[0], H.shape.at(-2)];
  const B = H.shape.slice(0, -2);
  const scores = { shape: [...B, R, T], axes: [...B.map(() => "B"), "R", "T"] };
  const mask = maskTensor(input.mask, scores);
  program ??= compile(({ H, W, V, mask }: Inputs) => summarise(H, W, V, mask));
  const { overlap, penalty, ...rows } = await program({ H, W, V, ...(mask && { mask }) });
  requireFiniteResult("summaryAttention", rows);

  const dropR = (tensor: Tensor): Tensor => (isVector ? { ...tensor, shape: tensor.shape.toSpliced(-2, 1) } : tensor);
  return new SummaryResult({
    H,
    W,
    V: given,
    scores: dropR(rows.scores),
    weights: dropR(rows.weights),
    output: dropR(rows.output),
    overlap,
    penalty,
    ...(mask && { mask }),
    maskedRows: findMaskedRows(mask, scores.shape),
    isVector,
  });
}

interface Inputs {
  readonly H: Traced;
  readonly W: Traced;
  readonly V: Traced;
  readonly mask?: Traced;
}

let program: Compiled<(inputs: Inputs) => Summarised> | undefined;

function requireSummarisable(H: Tensor, W: Tensor, V: Tensor): void {
  if ((H.shape.length !== 2 && H.shape.length !== 3) || H.data.length === 0) {
    throw new TypeError(`summaryAttention: expected hidden states H [T, width] or [B, T, width]; got ${sizes(H)}`);
  }
  const width = H.shape.at(-1) ?? 1;
  if (W.shape.length !== 2 || W.shape[1] !== width) {
    throw new TypeError(`summaryAttention: expected W [A, width=${width}]; got ${sizes(W)}`);
  }
  if (V.shape.length > 2 || V.shape.length === 0 || V.shape.at(-1) !== W.shape[0]) {
    throw new TypeError(`summaryAttention: expected V [A=${W.shape[0]}] or [R, A=${W.shape[0]}]; got ${sizes(V)}`);
  }
}

const sizes = ({ shape }: Tensor): string => `[${shape.join(", ")}]`;
