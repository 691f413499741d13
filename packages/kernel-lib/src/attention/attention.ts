import { readOptions, type OptionNames } from "../checks/read-options.js";
import { compile, type Compiled, type Tensor, type TensorLike, type Traced } from "../engine/index.js";
import { attend, requireAttendable, type Attended } from "./attend.js";
import { attentionAxes, shapeOfScores } from "./axes.js";
import { finiteTensor, readTemperature, requireFiniteResult } from "./inputs.js";
import { findMaskedRows, maskTensor, type Mask } from "./mask.js";
import { checkScore, noteScore } from "./parameters.js";
import { AttentionResult } from "./result.js";
import type { Score, ScoreKind } from "./score.js";

/** What {@link attention} takes. Arrays are nested numbers, typed arrays with a shape, or tensors. */
export interface AttentionInput {
  /** [Q, D], or [D] for a single query; after B, or B and H, if there are several examples. */
  readonly query: TensorLike;
  /** [K, D]; the values where absent. */
  readonly keys?: TensorLike;
  /** [K, V]; the keys where absent, as "key and value are often the same". */
  readonly values?: TensorLike;
  /** `scaled` unless given. */
  readonly score?: Score<TensorLike>;
  readonly mask?: Mask;
  /** What scores are divided by before softmax, above 0: above 1 the weights are more even, below 1 sharper. */
  readonly temperature?: number;
}

/**
 * Attention: scores of a query with every key, a probability distribution over the keys, and the sum of the values under it.
 *
 *     scores = score(q, k)        [Q, K]
 *     weights = softmax(scores)   [Q, K], over the keys that the mask allows
 *     output = weights · V        [Q, V]
 *
 * A query that may look at no key has weights and output exactly 0 and is listed in `maskedRows`.
 *
 * @throws TypeError when shapes do not fit together; RangeError when a number is not finite, or the scores overflow float32
 * @see Bahdanau et al. 2015; Luong et al. 2015; Vaswani et al. 2017, §3.2.1
 * @example
 * ```ts
 * import { attention } from "heed";
 * const h1 = [1, 0, 2];
 * const s = [[1, 1, 0], [0, 1, 1], [2, 0, 1], [1, 0, 1]];
 * const { scores, weights, output } = await attention({ query: h1, keys: s, score: "dot" });
 * console.log(scores.data); // Float32Array [1, 2, 4, 3]
 * ```
 */
export async function attention(input: AttentionInput): Promise<AttentionResult> {
  readOptions("attention", input, inputNames);
  const { query, keys, values, isSingle } = readInput(input);
  const score = checkScore("attention", input.score);
  requireAttendable(query, keys, values);

  const scores = shapeOfScores(query.shape, keys.shape);
  const mask = maskTensor(input.mask, scores);
  const temperature = readTemperature("attention", input.temperature);
  const attended = await programFor(score.kind)({
    query,
    keys,
    values,
    parameters: score.parameters,
    ...(mask && { mask }),
    ...(temperature && { temperature }),
  });
  requireFiniteResult("attention", attended);

  const dropQ = (tensor: Tensor): Tensor => (isSingle ? { ...tensor, shape: tensor.shape.toSpliced(-2, 1) } : tensor);
  return new AttentionResult({
    query: dropQ(query),
    keys,
    values,
    scores: dropQ(attended.scores),
    weights: dropQ(attended.weights),
    output: dropQ(attended.output),
    ...(mask && { mask }),
    maskedRows: findMaskedRows(mask, scores.shape),
    axes: attentionAxes(scores.axes.slice(0, -2), isSingle),
    score: noteScore(score, keys.shape.at(-1) ?? 1, input.temperature),
    isSelf: input.query === input.keys,
  });
}

const inputNames: OptionNames<AttentionInput> = {
  query: true,
  keys: true,
  values: true,
  score: true,
  mask: true,
  temperature: true,
};

/** The arrays as tensors; a single query gets its axis Q. */
function readInput(input: AttentionInput): { query: Tensor; keys: Tensor; values: Tensor; isSingle: boolean } {
  const keysGiven = input.keys ?? input.values;
  if (keysGiven === undefined) throw new TypeError("attention: expected keys, values or both; got neither");
  const query = finiteTensor("attention", "query", input.query);
  const keys = finiteTensor("attention", input.keys === undefined ? "values" : "keys", keysGiven);
  const bothGiven = input.keys !== undefined && input.values !== undefined && input.values !== input.keys;
  const values = bothGiven ? finiteTensor("attention", "values", input.values) : keys;
  const isSingle = query.shape.length === keys.shape.length - 1;
  if (!isSingle) return { query, keys, values, isSingle };
  return { query: { ...query, shape: query.shape.toSpliced(-1, 0, 1) }, keys, values, isSingle };
}

interface Inputs {
  readonly query: Traced;
  readonly keys: Traced;
  readonly values: Traced;
  readonly parameters: Readonly<Record<string, Traced>>;
  readonly mask?: Traced;
  readonly temperature?: Traced;
}

const programs = new Map<ScoreKind, Compiled<(inputs: Inputs) => Attended>>();

/** One program for each score function, prepared once for each set of shapes. */
function programFor(kind: ScoreKind): Compiled<(inputs: Inputs) => Attended> {
  const known = programs.get(kind);
  if (known) return known;
  const program = compile(({ query, keys, values, parameters, mask, temperature }: Inputs): Attended =>
    attend(query, keys, values, { score: { kind, ...parameters } as Score<Traced>, mask, temperature }),
  );
  programs.set(kind, program);
  return program;
}
