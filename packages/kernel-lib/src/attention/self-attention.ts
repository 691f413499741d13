import { readOptions, type OptionNames } from "../checks/read-options.js";
import { compile, type Compiled, type TensorLike, type Traced } from "../engine/index.js";
import { attend, requireAttendable, type Attended } from "./attend.js";
import { attentionAxes, shapeOfScores } from "./axes.js";
import { finiteTensor, readTemperature, requireFiniteResult } from "./inputs.js";
import { findMaskedRows, maskTensor, type Mask } from "./mask.js";
import { checkScore, noteScore } from "./parameters.js";
import { project, projectedWidth, readProjections, requireSameWidth, type Projections } from "./project.js";
import { AttentionResult } from "./result.js";
import type { Score, ScoreKind } from "./score.js";

/** What {@link selfAttention} takes. */
export interface SelfAttentionInput extends Omit<Projections<TensorLike>, "Wo" | "bo"> {
  /** One row for each token, [T, width] or [B, T, width]. */
  readonly vectors: TensorLike;
  /** `scaled` unless given. */
  readonly score?: Score<TensorLike>;
  readonly mask?: Mask;
  /** What scores are divided by before softmax, above 0: above 1 the weights are more even, below 1 sharper. */
  readonly temperature?: number;
}

/**
 * Self-attention: every token of a text looks at every token of the same text.
 *
 *     Q = X Wq + bq,  K = X Wk + bk,  V = X Wv + bv     [T, D], [T, D], [T, V]
 *     weights = softmax(score(Q, K))                     [T, T]
 *     output = weights · V                               [T, V]
 *
 * The projected `query`, `keys` and `values` are part of the result.
 *
 * @throws TypeError when shapes do not fit together; RangeError when a number is not finite, or the scores overflow float32
 * @see Vaswani et al. 2017, §3.2
 * @example
 * ```ts
 * import { selfAttention } from "heed";
 * const vectors = [[1, 0], [0, 1], [1, 1]]; // 我 是 中国人
 * const { weights } = await selfAttention({ vectors, Wq: [[1, 0], [0, 2]], mask: "causal" });
 * console.log(weights.data.slice(0, 3)); // Float32Array [1, 0, 0]
 * ```
 */
export async function selfAttention(input: SelfAttentionInput): Promise<AttentionResult> {
  readOptions("selfAttention", input, inputNames);
  const vectors = finiteTensor("selfAttention", "vectors", input.vectors);
  if (vectors.shape.length !== 2 && vectors.shape.length !== 3) {
    throw new TypeError(`selfAttention: expected vectors [T, width] or [B, T, width]; got [${vectors.shape.join(", ")}]`);
  }
  const projections = readProjections("selfAttention", input);
  const score = checkScore("selfAttention", input.score);
  const width = vectors.shape.at(-1) ?? 1;
  const shapeAfter = (role: "q" | "k" | "v"): number[] => [
    ...vectors.shape.slice(0, -1),
    projectedWidth("selfAttention", role, width, projections),
  ];
  const [query, keys, values] = [shapeAfter("q"), shapeAfter("k"), shapeAfter("v")];
  requireAttendable({ shape: query }, { shape: keys }, { shape: values });
  requireSameWidth("selfAttention", score.kind, query, keys);

  const scores = shapeOfScores(query, keys);
  const mask = maskTensor(input.mask, scores);
  const temperature = readTemperature("selfAttention", input.temperature);
  const tensors = await programFor(score.kind)({
    vectors,
    projections,
    parameters: score.parameters,
    ...(mask && { mask }),
    ...(temperature && { temperature }),
  });
  requireFiniteResult("selfAttention", tensors);
  return new AttentionResult({
    ...tensors,
    ...(mask && { mask }),
    maskedRows: findMaskedRows(mask, scores.shape),
    axes: attentionAxes(scores.axes.slice(0, -2)),
    score: noteScore(score, keys.at(-1) ?? 1, input.temperature),
    isSelf: true,
  });
}

const inputNames: OptionNames<SelfAttentionInput> = {
  vectors: true,
  Wq: true,
  Wk: true,
  Wv: true,
  bq: true,
  bk: true,
  bv: true,
  score: true,
  mask: true,
  temperature: true,
};

interface Inputs {
  readonly vectors: Traced;
  readonly projections: Projections<Traced>;
  readonly parameters: Readonly<Record<string, Traced>>;
  readonly mask?: Traced;
  readonly temperature?: Traced;
}

interface SelfAttended extends Attended {
  readonly query: Traced;
  readonly keys: Traced;
  readonly values: Traced;
}

const programs = new Map<ScoreKind, Compiled<(inputs: Inputs) => SelfAttended>>();

function programFor(kind: ScoreKind): Compiled<(inputs: Inputs) => SelfAttended> {
  const known = programs.get(kind);
  if (known) return known;
  const program = compile(({ vectors, projections, parameters, mask, temperature }: Inputs): SelfAttended => {
    const { Wq, Wk, Wv, bq, bk, bv } = projections;
    const query = project(vectors, Wq, bq); // [T, width] → [T, D]
    const keys = project(vectors, Wk, bk); // [T, D]
    const values = project(vectors, Wv, bv); // [T, V]
    const score = { kind, ...parameters } as Score<Traced>;
    return { query, keys, values, ...attend(query, keys, values, { score, mask, temperature }) };
  });
  programs.set(kind, program);
  return program;
}
