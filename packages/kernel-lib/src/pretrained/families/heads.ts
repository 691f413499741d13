/** The heads that encoders have on top; each family gives their weights names of its own. */
import { ops, type Traced } from "../../engine/index.js";
import { firstToken, layerNorm, linear } from "./blocks.js";
import { lastHidden, type Head } from "./family.js";
import { linearShapes, normShapes, tied, type Parameters, type ParameterShapes } from "./parameters.js";

/** Where the weights of a masked language model's head stand, and their sizes. */
export interface MaskedTokenHead {
  readonly dense: string;
  readonly norm: string;
  /** The output matrix; that of the word embeddings where the checkpoint has none of its own. */
  readonly table: string;
  readonly bias: string;
  /** What is added instead where the checkpoint has it: the bias that belongs to an output matrix of its own. */
  readonly ownBias?: string;
  readonly activate: (x: Traced) => Traced;
  readonly epsilon: number;
  readonly vocabulary: number;
  readonly width: number;
  /** The width of the word embeddings; that of the layers unless given. */
  readonly narrow?: number;
}

/** The weights of {@link maskedTokenLogits}, besides the output matrix. */
export function maskedTokenShapes({ dense, norm, bias, vocabulary, width, narrow = width }: MaskedTokenHead): ParameterShapes {
  return { ...linearShapes(dense, width, narrow), ...normShapes(norm, narrow), [bias]: [vocabulary] };
}

/** Which token stands behind a mask: norm(activate(dense(hidden))) · tableᵀ + bias, [..., width] → [..., vocabulary]. */
export function maskedTokenLogits(
  { dense, norm, table, bias, ownBias = bias, activate, epsilon }: MaskedTokenHead,
  parameters: Parameters,
  hidden: Traced,
): Traced {
  const transformed = layerNorm(parameters, norm, activate(linear(parameters, dense, hidden)), epsilon);
  const words = tied(parameters, table, "embeddings.word_embeddings.weight");
  return ops.add(ops.matmul(transformed, ops.transpose(words)), tied(parameters, ownBias, bias));
}

/** A head over the last hidden state of the encoder. */
export const encoderHead = (shapes: ParameterShapes, run: (parameters: Parameters, hidden: Traced) => Traced): Head => ({
  shapes,
  run: (parameters, trace) => run(parameters, lastHidden(trace.encoder)),
});

export const maskedTokenHead = (head: MaskedTokenHead): Head => ({
  ...encoderHead(maskedTokenShapes(head), (parameters, hidden) => maskedTokenLogits(head, parameters, hidden)),
  optional: {
    [head.table]: [head.vocabulary, head.narrow ?? head.width],
    ...(head.ownBias !== undefined && { [head.ownBias]: [head.vocabulary] }),
  },
});

/** activate(dense(first token)): [B, T, width] → [B, width]. */
const pool = (name: string, activate: (x: Traced) => Traced, parameters: Parameters, hidden: Traced): Traced =>
  activate(linear(parameters, name, firstToken(hidden)));

/** BERT's pooler: tanh of a dense layer over the first token. */
export const poolerHead = (name: string, width: number): Head =>
  encoderHead(linearShapes(name, width, width), (parameters, hidden) => pool(name, ops.tanh, parameters, hidden));

/** A class for the whole text, from its first token: [B, T, width] → [B, classes]. */
export const classHead = (
  { dense, output, activate }: { readonly dense: string; readonly output: string; readonly activate: (x: Traced) => Traced },
  width: number,
  classes: number,
): Head =>
  encoderHead({ ...linearShapes(dense, width, width), ...linearShapes(output, width, classes) }, (parameters, hidden) =>
    linear(parameters, output, pool(dense, activate, parameters, hidden)),
  );
