import { describeValue } from "../checks/describe-value.js";
import { readOptions, type OptionNames } from "../checks/read-options.js";
import { compile, type Compiled, type Tensor, type TensorLike, type Traced } from "../engine/index.js";
import { reshape, swapAxes } from "../engine/ops.js";
import { attend, attendNames, requireAttendable, type AttendOptions, type Attended } from "./attend.js";
import { attentionAxes, shapeOfScores } from "./axes.js";
import { finiteTensor, readTemperature, requireFiniteResult } from "./inputs.js";
import { findMaskedRows, maskTensor, type Mask } from "./mask.js";
import { checkScore, noteScore } from "./parameters.js";
import { project, projectedWidth, projectionNames, readProjections, requireSameWidth, type Projections } from "./project.js";
import { AttentionResult } from "./result.js";
import type { Score, ScoreKind } from "./score.js";

/** Multi-head attention inside a program, with every intermediate. */
export interface MultiHeadAttended extends Attended {
  /** [H, Q, D] */
  readonly query: Traced;
  /** [H, K, D] */
  readonly keys: Traced;
  /** [H, K, V] */
  readonly values: Traced;
  /** [H, Q, V]: what each head read */
  readonly headOutput: Traced;
  /** [Q, width]: the heads side by side, times Wo */
  readonly output: Traced;
}

/** How a program attends with several heads. */
export interface MultiHeadOptions extends AttendOptions {
  /** H */
  readonly heads: number;
  readonly projections?: Projections<Traced>;
}

/**
 * Multi-head attention inside a program: the vectors are projected, cut into H heads that attend each on its own, joined and projected.
 *
 * `query` [Q, width], `keys` and `values` [K, width]; a batch axis in front carries along. A `mask` broadcasts to [H, Q, K].
 */
export function multiHead(query: Traced, keys: Traced, values: Traced, options: MultiHeadOptions): MultiHeadAttended {
  const {
    heads,
    projections = {},
    ...how
  } = readOptions("multiHead", options, {
    heads: true,
    projections: true,
    ...attendNames,
  });
  const { Wq, Wk, Wv, Wo, bq, bk, bv, bo } = readOptions<Projections<Traced>>(
    "multiHead: projections",
    projections,
    projectionNames,
  );
  const q = splitHeads(project(query, Wq, bq), heads); // [Q, width] → [Q, H·D] → [H, Q, D]
  const k = splitHeads(project(keys, Wk, bk), heads); // [H, K, D]
  const v = splitHeads(project(values, Wv, bv), heads); // [H, K, V]
  const { scores, weights, output: headOutput } = attend(q, k, v, how); // [H, Q, K], [H, Q, K], [H, Q, V]
  const output = project(mergeHeads(headOutput), Wo, bo); // [Q, H·V] → [Q, width]
  return { query: q, keys: k, values: v, scores, weights, headOutput, output };
}

/** [T, H·D] → [H, T, D], after a batch axis if there is one. */
export function splitHeads(x: Traced, heads: number): Traced {
  const width = x.shape.at(-1) ?? 1;
  requireSplittable(width, heads);
  return swapAxes(reshape(x, [...x.shape.slice(0, -1), heads, width / heads]), -2, -3); // [T, H, D] → [H, T, D]
}

/** [H, T, D] → [T, H·D], after a batch axis if there is one. */
export function mergeHeads(x: Traced): Traced {
  const [H = 1, T = 1, D = 1] = x.shape.slice(-3);
  return reshape(swapAxes(x, -2, -3), [...x.shape.slice(0, -3), T, H * D]);
}

function requireSplittable(width: number, heads: number): void {
  if (Number.isInteger(heads) && heads > 0 && width % heads === 0) return;
  if (typeof heads !== "number")
    throw new TypeError(`multiHead: expected heads to be a whole number; got ${describeValue(heads)}`);
  const divisors = Array.from({ length: Math.min(width, 512) }, (_, i) => i + 1).filter((count) => width % count === 0);
  const choice = divisors.length > 1 ? `${divisors.slice(0, -1).join(", ")} or ${divisors.at(-1)}` : `${divisors[0]}`;
  throw new RangeError(`multiHead: width ${width} cannot be split into ${heads} heads; choose ${choice}`);
}

/** What {@link multiHeadAttention} takes: `vectors` that attend to each other, or `query` vectors that attend to `keys`. */
export interface MultiHeadAttentionInput extends Projections<TensorLike> {
  /** H */
  readonly heads: number;
  /** [T, width] or [B, T, width], for self-attention */
  readonly vectors?: TensorLike;
  /** [Q, width] or [B, Q, width], for attention to other vectors */
  readonly query?: TensorLike;
  /** [K, width] or [B, K, width] */
  readonly keys?: TensorLike;
  /** Those of the keys unless given. */
  readonly values?: TensorLike;
  /** `scaled` unless given. */
  readonly score?: Score<TensorLike>;
  /** Broadcasts to [H, Q, K] or [B, H, Q, K]. */
  readonly mask?: Mask;
  /** What scores are divided by before softmax, above 0: above 1 the weights are more even, below 1 sharper. */
  readonly temperature?: number;
}

/**
 * Multi-head attention: H attentions side by side, each in its own projection of the vectors, joined and projected.
 *
 *     Q = X Wq + bq, K = Y Wk + bk, V = Y Wv + bv, each cut into H heads    [H, Q, D], [H, K, D], [H, K, V]
 *     weights = softmax(score(Q, K))                                         [H, Q, K]
 *     headOutput = weights · V                                               [H, Q, V]
 *     output = [head 1, …, head H] Wo + bo                                   [Q, width]
 *
 * @throws TypeError when shapes do not fit together; RangeError when the width cannot be cut into so many heads, when a number is not
 *   finite, or the scores overflow float32
 * @see Vaswani et al. 2017, §3.2.2
 * @example
 * ```ts
 * import { multiHeadAttention } from "heed";
 * const vectors = [[1, 0, 0, 1], [0, 1, 1, 0], [1, 1, 0, 0]];
 * const { weights } = await multiHeadAttention({ vectors, heads: 2 });
 * console.log(weights.shape); // [2, 3, 3]
 * ```
 */
export async function multiHeadAttention(input: MultiHeadAttentionInput): Promise<AttentionResult> {
  readOptions(caller, input, inputNames);
  const { query, keys, values } = readVectors(input);
  const { heads } = input;
  const projections = readProjections(caller, input);
  const score = checkScore(caller, input.score);
  const perHead = (role: "q" | "k" | "v", { shape }: { shape: readonly number[] }): { shape: number[] } => {
    const width = projectedWidth(caller, role, shape.at(-1) ?? 1, projections);
    requireSplittable(width, heads);
    return { shape: [...shape.slice(0, -2), heads, shape.at(-2) ?? 1, width / heads] };
  };
  const [q, k, v] = [perHead("q", query), perHead("k", keys), perHead("v", values)];
  requireAttendable(q, k, v);
  requireSameWidth(caller, score.kind, q.shape, k.shape);
  projectedWidth(caller, "o", heads * (v.shape.at(-1) ?? 1), projections);

  const scores = {
    shape: shapeOfScores(q.shape, k.shape).shape,
    axes: [...(q.shape.length === 4 ? ["B"] : []), "H", "Q", "K"],
  };
  const mask = maskTensor(input.mask, scores);
  const program = programFor(score.kind, heads);
  const temperature = readTemperature(caller, input.temperature);
  const tensors = await program({
    query,
    keys,
    values,
    projections,
    parameters: score.parameters,
    ...(mask && { mask }),
    ...(temperature && { temperature }),
  });
  requireFiniteResult(caller, tensors);
  return new AttentionResult({
    ...tensors,
    ...(mask && { mask }),
    maskedRows: findMaskedRows(mask, scores.shape),
    axes: { ...attentionAxes(scores.axes.slice(0, -2)), output: [...scores.axes.slice(0, -3), "Q", "width"] },
    score: noteScore(score, k.shape.at(-1) ?? 1, input.temperature),
    isSelf: input.vectors !== undefined,
  });
}

const caller = "multiHeadAttention";

const inputNames: OptionNames<MultiHeadAttentionInput> = {
  heads: true,
  vectors: true,
  query: true,
  keys: true,
  values: true,
  score: true,
  mask: true,
  temperature: true,
  ...projectionNames,
};

function readVectors(input: MultiHeadAttentionInput): { query: Tensor; keys: Tensor; values: Tensor } {
  const { vectors } = input;
  if ((vectors === undefined) === (input.query === undefined)) {
    throw new TypeError(`${caller}: expected vectors, or query and keys; got ${vectors === undefined ? "neither" : "both"}`);
  }
  const read = (name: string, given: TensorLike): Tensor => {
    const made = finiteTensor(caller, name, given);
    if (made.shape.length === 2 || made.shape.length === 3) return made;
    throw new TypeError(`${caller}: expected ${name} [T, width] or [B, T, width]; got [${made.shape.join(", ")}]`);
  };
  if (vectors !== undefined) {
    const x = read("vectors", vectors);
    return { query: x, keys: x, values: x };
  }
  if (input.query === undefined || input.keys === undefined)
    throw new TypeError(`${caller}: expected keys with query; got no keys`);
  const keys = read("keys", input.keys);
  return { query: read("query", input.query), keys, values: input.values === undefined ? keys : read("values", input.values) };
}

interface Inputs {
  readonly query: Traced;
  readonly keys: Traced;
  readonly values: Traced;
  readonly projections: Projections<Traced>;
  readonly parameters: Readonly<Record<string, Traced>>;
  readonly mask?: Traced;
  readonly temperature?: Traced;
}

const programs = new Map<string, Compiled<(inputs: Inputs) => MultiHeadAttended>>();

/** One program for each score function and number of heads, prepared once for each set of shapes. */
function programFor(kind: ScoreKind, heads: number): Compiled<(inputs: Inputs) => MultiHeadAttended> {
  const key = `${kind} ${heads}`;
  const known = programs.get(key);
  if (known) return known;
  const program = compile(({ query, keys, values, projections, parameters, mask, temperature }: Inputs): MultiHeadAttended =>
    multiHead(query, keys, values, { heads, projections, score: { kind, ...parameters } as Score<Traced>, mask, temperature }),
  );
  programs.set(key, program);
  return program;
}
