import { maskedSoftmax } from "../../attention/index.js";
import { ops, tensor, type Traced } from "../../engine/index.js";

/** Attention of one layer with every intermediate under its name. */
export interface HeadsTrace {
  /** [B, H, Q, D] */
  readonly query: Traced;
  /** [B, H, K, D] */
  readonly keys: Traced;
  /** [B, H, K, V] */
  readonly values: Traced;
  /** q·k · scale (+ bias), before the mask [B, H, Q, K] */
  readonly scores: Traced;
  /** [B, H, Q, K] */
  readonly weights: Traced;
  /** Σ weights · values [B, H, Q, V] */
  readonly output: Traced;
}

/** Which attention of a model: of an encoder or a decoder over itself, or of a decoder over its encoder. */
export type AttentionKind = "encoder" | "decoder" | "cross";

/** Where in a model a layer of attention stands; layers count from 0. */
export interface AttentionPlace {
  readonly kind: AttentionKind;
  readonly layer: number;
}

/** The edit of one place, for {@link attendHeads}. */
export const editAt = (edit: EditWeights | undefined, at: AttentionPlace): ((weights: Traced) => Traced) | undefined =>
  edit && ((weights) => edit(weights, at));

/** Replaces the weights of one layer before they meet the values: how heads and cells are knocked out. */
export type EditWeights = (weights: Traced, at: AttentionPlace) => Traced;

export interface AttendHeads {
  readonly query: Traced;
  readonly keys: Traced;
  readonly values: Traced;
  /** What q·k is multiplied by; 1/√D unless given. */
  readonly scale?: number;
  /** Added to the scores, as relative positions are; broadcasts to [B, H, Q, K]. */
  readonly bias?: Traced;
  /** Where a key may be looked at; broadcasts to [B, H, Q, K]. */
  readonly mask?: Traced | undefined;
  readonly edit?: ((weights: Traced) => Traced) | undefined;
}

/**
 * weights = softmax(q·k / √D + bias), output = weights · v, for every head at once. A fully masked row has weights
 * exactly 0 (transformers gives uniform weights there).
 */
export function attendHeads({ query, keys, values, scale, bias, mask, edit }: AttendHeads): HeadsTrace {
  const width = query.shape.at(-1) ?? 1;
  const products = ops.multiply(ops.matmul(query, ops.swapAxes(keys, -1, -2)), scale ?? 1 / Math.sqrt(width));
  const scores = bias === undefined ? products : ops.add(products, bias);
  const visible = maskedSoftmax(scores, mask);
  const weights = edit === undefined ? visible : edit(visible);
  return { query, keys, values, scores, weights, output: ops.matmul(weights, values) };
}

/** A padding mask [B, K] as attention uses it: [B, 1, 1, K]. */
export function keyMask(mask: Traced | undefined): Traced | undefined {
  return mask === undefined ? undefined : ops.expandDims(mask, [1, 2]);
}

/**
 * Where each of `queries` tokens may look in a decoder: at itself and what came before, at most `window` tokens back.
 * [1, 1, Q, K], together with the padding mask [B, 1, Q, K].
 */
export function causalMask(tokens: number, padding?: Traced, window = Number.POSITIVE_INFINITY): Traced {
  const allowed = Array.from({ length: tokens }, (_, row) =>
    Array.from({ length: tokens }, (_, column) => column <= row && row - column < window),
  );
  const causal = ops.expandDims(ops.constant(tensor(allowed)), [0, 1]);
  const keys = keyMask(padding);
  return keys === undefined ? causal : ops.logicalAnd(causal, keys);
}
