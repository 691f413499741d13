import { readOptions } from "../../checks/read-options.js";
import type { Tensor } from "../../engine/index.js";
import { entropy } from "./entropy.js";
import { weightSizes } from "./rows.js";
import { inductionShare, keyShare, meanDistance, offsetShare, uniformLike } from "./shares.js";

/** What a head does, by the share of its attention that goes there. */
export type HeadRole = "previous" | "same" | "next" | "first" | "separator" | "induction" | "broad" | "mixed";

/** The measures of every head; each tensor has the axes of the weights before Q and K. */
export interface HeadMeasures {
  readonly previous: Tensor<"float32">;
  readonly same: Tensor<"float32">;
  readonly next: Tensor<"float32">;
  readonly first: Tensor<"float32">;
  /** Absent where no separators are given. */
  readonly separator?: Tensor<"float32">;
  /** Absent where no token occurs twice. */
  readonly induction?: Tensor<"float32">;
  /** In tokens. */
  readonly distance: Tensor<"float32">;
  /** The mean entropy of the rows, in nats. */
  readonly entropy: Tensor<"float32">;
}

export interface HeadRoles {
  readonly measures: HeadMeasures;
  /** The same measures of attention without any preference. */
  readonly uniform: HeadMeasures;
  /** In the order of the heads. */
  readonly roles: readonly HeadRole[];
}

/** What is known of the tokens. */
export interface HeadRoleOptions {
  /** Positions of separators, such as [SEP] and punctuation. */
  readonly separators?: readonly number[];
  /** Which tokens are the same. */
  readonly ids?: readonly (number | string)[];
  /** From which share on a head has a role; one half unless given. */
  readonly threshold?: number;
}

const shares = ["previous", "same", "next", "first", "separator", "induction"] as const;
/** A head whose entropy is above this part of what it could be looks everywhere. */
const broadFrom = 0.8;

/**
 * What every head does: its shares of attention at the previous, the same, the next and the first token, at separators and in
 * induction; how far it looks and how evenly.
 *
 * A head has the role of its largest share if that is at least `threshold`; otherwise it is `broad` when its mean entropy is at
 * least 0.8 of the entropy of uniform attention, else `mixed`.
 *
 * @throws TypeError unless queries and keys are the same tokens, at least two of them
 * @see Clark et al. 2019, §3; Voita et al. 2019, §5
 */
export function headRoles(weights: Tensor, options: HeadRoleOptions = {}): HeadRoles {
  readOptions("headRoles", options, { separators: true, ids: true, threshold: true });
  const { matrices, K } = weightSizes("headRoles", weights);
  if (K < 2) throw new TypeError(`headRoles: expected at least two tokens; got ${K}`);
  const measures = measure(weights, options);
  const uniform = measure(uniformLike(weights), options);
  const { threshold = 0.5 } = options;
  const roles = Array.from({ length: matrices }, (_, head): HeadRole => {
    const of = (name: (typeof shares)[number]): number => measures[name]?.data[head] ?? 0;
    const largest = shares.reduce((best, name) => (of(name) > of(best) ? name : best));
    if (of(largest) >= threshold) return largest;
    return (measures.entropy.data[head] ?? 0) >= broadFrom * (uniform.entropy.data[head] ?? 0) ? "broad" : "mixed";
  });
  return { measures, uniform, roles };
}

function measure(weights: Tensor, { separators = [], ids }: HeadRoleOptions): HeadMeasures {
  const repeats = ids !== undefined && new Set(ids).size < ids.length;
  return {
    previous: offsetShare(weights, -1),
    same: offsetShare(weights, 0),
    next: offsetShare(weights, 1),
    first: keyShare(weights, [0]),
    ...(separators.length > 0 && { separator: keyShare(weights, separators) }),
    ...(repeats && { induction: inductionShare(weights, ids) }),
    distance: meanDistance(weights),
    entropy: meanOverLast(entropy(weights)),
  };
}

/** [..., Q] → [...] */
function meanOverLast(x: Tensor): Tensor<"float32"> {
  const Q = x.shape.at(-1) ?? 1;
  const data = Float32Array.from({ length: x.data.length / Q }, (_, i) => {
    let sum = 0;
    for (let row = i * Q; row < (i + 1) * Q; row++) sum += x.data[row] ?? 0;
    return sum / Q;
  });
  return { shape: x.shape.slice(0, -1), dtype: "float32", data };
}
