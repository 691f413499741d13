import { readOptions, type OptionNames } from "../checks/read-options.js";
import {
  add,
  any,
  cast,
  divide,
  expandDims,
  logicalNot,
  logicalOr,
  matmul,
  multiply,
  softmax,
  squeeze,
  where,
  type Traced,
} from "../engine/ops.js";
import { canBroadcast, describeShape } from "./axes.js";
import { score as scoresOf, type Score } from "./score.js";

/** What one look at attention is made of, inside a program. */
export interface Attended {
  /** [Q, K], with the bias, before temperature, mask and softmax */
  readonly scores: Traced;
  /** [Q, K]; each row sums to 1, or is 0 where every key is masked */
  readonly weights: Traced;
  /** [Q, V] */
  readonly output: Traced;
}

/** How a program attends. */
export interface AttendOptions {
  /** default: `scaled` */
  readonly score?: Score<Traced>;
  /** booleans that broadcast to [Q, K]: true where the query may look at the key */
  readonly mask?: Traced | undefined;
  /** what scores are divided by before softmax: above 1 the weights are more even, below 1 sharper */
  readonly temperature?: Traced | undefined;
  /** added to the scores, as relative positions are; broadcasts to [Q, K] */
  readonly bias?: Traced | undefined;
  /** what becomes of the weights before they meet the values: how heads and cells are knocked out */
  readonly edit?: ((weights: Traced) => Traced) | undefined;
}

/**
 * Attention inside a program: softmax(score(Q, K)) V.
 *
 * Written for one example: `query` [Q, D], `keys` [K, D], `values` [K, V]. Axes in front of these (B, or B and H) carry along; their
 * sizes are equal or 1. A `query` with one axis less than `keys` is a single query for each example: [D] with keys [K, D],
 * [B, D] with keys [B, K, D]; then the results have no axis Q either.
 *
 * @throws TypeError when the shapes do not fit together
 * @see Bahdanau et al. 2015; Luong et al. 2015; Vaswani et al. 2017, §3.2.1
 * @example
 * ```ts
 * import { attend, compile } from "heed/program";
 * import type { ops } from "heed";
 * const step = compile((h: ops.Traced, s: ops.Traced) => attend(h, s, s, { score: "dot" }));
 * const { weights } = await step([1, 0, 2], [[1, 1, 0], [0, 1, 1]]);
 * console.log(weights.shape); // [2]
 * ```
 */
export function attend(query: Traced, keys: Traced, values: Traced, options: AttendOptions = {}): Attended {
  readOptions("attend", options, attendNames);
  if (query.ndim === keys.ndim - 1) return attendOnce(query, keys, values, options);
  requireAttendable(query, keys, values);
  const { score = "scaled", mask, temperature, bias, edit = (weights) => weights } = options;
  const products = scoresOf(query, keys, score); // [Q, D], [K, D] → [Q, K]
  const scores = bias ? add(products, bias) : products;
  const weights = edit(maskedSoftmax(temperature ? divide(scores, temperature) : scores, mask)); // [Q, K]
  const output = matmul(weights, values); // [Q, K] · [K, V] → [Q, V]
  return { scores, weights, output };
}

/** What {@link attend} may be told. */
export const attendNames: OptionNames<AttendOptions> = { score: true, mask: true, temperature: true, bias: true, edit: true };

/** A single query: the axis Q is put in and taken out again. */
function attendOnce(query: Traced, keys: Traced, values: Traced, options: AttendOptions): Attended {
  const Q = query.ndim - 1;
  const rows = (x: Traced | undefined): Traced | undefined => (x && x.ndim === query.ndim ? expandDims(x, Q) : x); // [B, K] → [B, 1, K]
  const { mask, bias } = options;
  const one = attend(expandDims(query, Q), keys, values, { ...options, mask: rows(mask), bias: rows(bias) });
  return { scores: squeeze(one.scores, Q), weights: squeeze(one.weights, Q), output: squeeze(one.output, Q) };
}

/**
 * Softmax over the keys that the mask allows; exactly 0 elsewhere, and a row without any allowed key is 0 throughout.
 *
 * The mask becomes numbers, 0 or −∞, which are added: made once for all heads, layers and steps, where a choice between a score and −∞
 * would walk over all scores anew. A row without any allowed key gets 0s instead (a row of −∞ would be NaN, here and in its gradient) and
 * is taken out afterwards. As in PyTorch's `scaled_dot_product_attention`, a score that is NaN or ∞ makes its row NaN, masked or not.
 */
export function maskedSoftmax(scores: Traced, mask?: Traced): Traced {
  if (!mask) return softmax(scores, -1);
  const seesAny = any(mask, -1, { keepdims: true });
  const hidden = where(logicalOr(mask, logicalNot(seesAny)), 0, -Infinity);
  return multiply(softmax(add(scores, hidden), -1), cast(seesAny, "float32"));
}

/** @throws TypeError or RangeError unless queries [Q, D], keys [K, D] and values [K, V] can attend to each other */
export function requireAttendable(query: Shaped, keys: Shaped, values: Shaped): void {
  const named = {
    query: `query ${describeShape(query.shape, ["Q", "D"])}`,
    keys: `keys ${describeShape(keys.shape, ["K", "D"])}`,
    values: `values ${describeShape(values.shape, ["K", "V"])}`,
  };
  if (keys.shape.length < 2 || keys.shape.length > 4) {
    throw new TypeError(
      `attend: expected keys [K, D], after B, or B and H, if there are several examples; got [${keys.shape.join(", ")}]`,
    );
  }
  if (!canBroadcast(query.shape.slice(0, -2), keys.shape.slice(0, -2)) || query.shape.length !== keys.shape.length) {
    throw new TypeError(
      `attend: query and keys must share the axes before their last two; got ${named.query} and ${named.keys}`,
    );
  }
  if (!canBroadcast(keys.shape.slice(0, -2), values.shape.slice(0, -2)) || keys.shape.length !== values.shape.length) {
    throw new TypeError(
      `attend: keys and values must share the axes before their last two; got ${named.keys} and ${named.values}`,
    );
  }
  if (keys.shape.at(-2) !== values.shape.at(-2)) {
    throw new TypeError(`attend: keys and values must share their axis K; got ${named.keys} and ${named.values}`);
  }
  if (query.shape.includes(0) || keys.shape.includes(0)) {
    throw new RangeError(`attend: expected at least one query and one key; got ${named.query} and ${named.keys}`);
  }
}

interface Shaped {
  readonly shape: readonly number[];
}
