import { attend, type Attended, type AttendOptions } from "../../attention/index.js";
import { ops, type Traced } from "../../engine/index.js";

/** Attention of one layer with every intermediate under its name; the rest is [B, H, Q, K] and [B, H, Q, V]. */
export interface HeadsTrace extends Attended {
  /** [B, H, Q, D] */
  readonly query: Traced;
  /** [B, H, K, D] */
  readonly keys: Traced;
  /** [B, H, K, V] */
  readonly values: Traced;
}

/** Every head at once, keeping what it attended with. */
export function attendHeads(vectors: Pick<HeadsTrace, "query" | "keys" | "values">, options: AttendOptions): HeadsTrace {
  return { ...vectors, ...attend(vectors.query, vectors.keys, vectors.values, options) };
}

/** Which attention of a model: of an encoder or a decoder over itself, or of a decoder over its encoder. */
export type AttentionKind = "encoder" | "decoder" | "cross";

/** Where in a model a layer of attention stands; layers count from 0. */
export interface AttentionPlace {
  readonly kind: AttentionKind;
  readonly layer: number;
}

/** Replaces the weights of one layer before they meet the values: how heads and cells are knocked out. */
export type WeightsHook = (weights: Traced, at: AttentionPlace) => Traced;

/** The edit of one place, for `attend`. */
export const editAt = (edit: WeightsHook | undefined, at: AttentionPlace): ((weights: Traced) => Traced) | undefined =>
  edit && ((weights) => edit(weights, at));

/** A padding mask [B, K] as attention uses it: [B, 1, 1, K]. */
export function keyMask(mask: Traced | undefined): Traced | undefined {
  return mask === undefined ? undefined : ops.expandDims(mask, [1, 2]);
}

/**
 * Where each of `tokens` may look in a decoder: at itself and what came before, at most `window` tokens back.
 * [1, 1, Q, K], together with the padding mask [B, 1, Q, K].
 */
export function causalMask(tokens: number, padding?: Traced, window = Number.POSITIVE_INFINITY): Traced {
  const allowed = new Uint8Array(tokens * tokens);
  for (let row = 0; row < tokens; row++) {
    allowed.fill(1, row * tokens + Math.max(0, row - window + 1), row * tokens + row + 1);
  }
  const causal = ops.constant({ shape: [1, 1, tokens, tokens], dtype: "bool", data: allowed });
  const keys = keyMask(padding);
  return keys === undefined ? causal : ops.logicalAnd(causal, keys);
}
