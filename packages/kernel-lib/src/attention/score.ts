/**
 * Score functions: how much a query has to do with each key, before softmax.
 *
 * Each is written for one example, `query` [Q, D] and `keys` [K, D] → scores [Q, K]; axes in front of these (B, H) carry along.
 * Parameters may have the head axis too: `W` [H, A, D] gives each head its own.
 */
import {
  add,
  divide,
  expandDims,
  matmul,
  maximum,
  multiply,
  slice,
  sqrt,
  square,
  squeeze,
  sum,
  swapAxes,
  tanh,
} from "../engine/ops.js";
import type { Traced } from "../engine/ops.js";
import { describeShape } from "./axes.js";

/** The score functions by name. */
export type ScoreKind = "dot" | "scaled" | "cosine" | "general" | "concat" | "additive";

/**
 * A score function with its parameters; one without parameters may be given by its name alone.
 *
 * | kind | score of query q and key k | parameters |
 * |---|---|---|
 * | `dot` | qᵀk | |
 * | `scaled` | qᵀk / √D | |
 * | `cosine` | qᵀk / (‖q‖ ‖k‖) | |
 * | `general` | qᵀ W k | W [Dq, Dk] |
 * | `concat` | vᵀ tanh(W [q; k]) | W [A, Dq + Dk], v [A] |
 * | `additive` | vᵀ tanh(W q + U k + b) | W [A, Dq], U [A, Dk], v [A], b [A] if wanted |
 */
export type Score<Leaf> =
  | "dot"
  | "scaled"
  | "cosine"
  | { readonly kind: "dot" | "scaled" | "cosine" }
  | { readonly kind: "general"; readonly W: Leaf }
  | { readonly kind: "concat"; readonly W: Leaf; readonly v: Leaf }
  | { readonly kind: "additive"; readonly W: Leaf; readonly U: Leaf; readonly v: Leaf; readonly b?: Leaf };

/** Scores of every query with every key: [Q, D], [K, D] → [Q, K]. */
export function score(query: Traced, keys: Traced, by: Score<Traced>): Traced {
  const how = typeof by === "string" ? { kind: by } : by;
  switch (how.kind) {
    case "dot":
      return dot(query, keys);
    case "scaled":
      return scaled(query, keys);
    case "cosine":
      return cosine(query, keys);
    case "general":
      return general(query, keys, how.W);
    case "concat":
      return concat(query, keys, how.W, how.v);
    case "additive":
      return additive(query, keys, how.W, how.U, how.v, how.b);
    default:
      throw new TypeError(`score: expected ${Object.keys(scoreParameters).join(", ")}; got ${(how as { kind: string }).kind}`);
  }
}

/** The score functions and their parameters; those in brackets may be left out. */
export const scoreParameters: Readonly<Record<ScoreKind, readonly string[]>> = {
  dot: [],
  scaled: [],
  cosine: [],
  general: ["W"],
  concat: ["W", "v"],
  additive: ["W", "U", "v", "[b]"],
};

/** qᵀk (Luong et al. 2015, §3.1). */
function dot(query: Traced, keys: Traced): Traced {
  requireSharedWidth(query, keys);
  return matmul(query, transposed(keys)); // [Q, D] · [D, K] → [Q, K]
}

/** qᵀk / √D: keeps the variance of the scores at 1 when D grows (Vaswani et al. 2017, §3.2.1). */
function scaled(query: Traced, keys: Traced): Traced {
  return multiply(dot(query, keys), 1 / Math.sqrt(lastSize(query)));
}

/** qᵀk / (‖q‖ ‖k‖), the cosine of the angle between them (Graves et al. 2014, §3.3.1); 0 where a vector is 0. */
function cosine(query: Traced, keys: Traced): Traced {
  return dot(toUnitLength(query), toUnitLength(keys));
}

/** qᵀ W k: a bilinear form, so that query and key may differ in width (Luong et al. 2015, §3.1). */
function general(query: Traced, keys: Traced, W: Traced): Traced {
  const expected = [lastSize(query), lastSize(keys)];
  requireTrailing("general", "W", W, expected, ["Dq", "Dk"]);
  return matmul(matmul(query, W), transposed(keys)); // [Q, Dq] · [Dq, Dk] · [Dk, K] → [Q, K]
}

/** vᵀ tanh(W [q; k]) (Luong et al. 2015, §3.1). As W [q; k] = Wq q + Wk k, no pair is ever laid out side by side. */
function concat(query: Traced, keys: Traced, W: Traced, v: Traced): Traced {
  const [Dq, Dk] = [lastSize(query), lastSize(keys)];
  requireTrailing("concat", "W", W, [lastSize(v), Dq + Dk], ["A", "Dq+Dk"]);
  return additive(query, keys, slice(W, 0, Dq, -1), slice(W, Dq, Dq + Dk, -1), v);
}

/** vᵀ tanh(W q + U k + b): a perceptron with one hidden layer of width A (Bahdanau et al. 2015, §A.1.2). */
function additive(query: Traced, keys: Traced, W: Traced, U: Traced, v: Traced, b?: Traced): Traced {
  const A = lastSize(v);
  requireTrailing("additive", "W", W, [A, lastSize(query)], ["A", "Dq"]);
  requireTrailing("additive", "U", U, [A, lastSize(keys)], ["A", "Dk"]);
  if (b) requireTrailing("additive", "b", b, [A], ["A"]);
  const ofQuery = matmul(query, transposed(W)); // [Q, A]
  const ofKeys = matmul(keys, transposed(U)); // [K, A]
  const biased = b ? add(ofKeys, expandDims(b, b.ndim - 1)) : ofKeys;
  const hidden = tanh(add(expandDims(ofQuery, query.ndim - 1), expandDims(biased, keys.ndim - 2))); // [Q, 1, A] + [1, K, A] → [Q, K, A]
  const column = expandDims(v, [v.ndim - 1, v.ndim + 1]); // [1, A, 1]
  return squeeze(matmul(hidden, column), hidden.ndim - 1); // [Q, K]
}

const lastSize = (x: Traced): number => x.shape.at(-1) ?? 1;
const transposed = (x: Traced): Traced => swapAxes(x, -1, -2);

/** Under the root, so that the gradient at a zero vector is 0 and not 0 · ∞. The value is PyTorch's, 1e-8, squared. */
const smallestSquare = 1e-16;
function toUnitLength(x: Traced): Traced {
  return divide(x, sqrt(maximum(sum(square(x), -1, { keepdims: true }), smallestSquare)));
}

function requireSharedWidth(query: Traced, keys: Traced): void {
  if (lastSize(query) === lastSize(keys)) return;
  const got = `query ${describeShape(query.shape, ["Q", "D"])} and keys ${describeShape(keys.shape, ["K", "D"])}`;
  throw new TypeError(`attend: query and keys must share their last axis D; got ${got}`);
}

function requireTrailing(kind: ScoreKind, name: string, x: Traced, sizes: number[], letters: string[]): void {
  const trailing = x.shape.slice(-sizes.length);
  if (trailing.length === sizes.length && trailing.every((size, axis) => size === sizes[axis])) return;
  const expected = describeShape(sizes, letters);
  throw new TypeError(`score ${kind}: expected ${name} ${expected}; got [${x.shape.join(", ")}]`);
}
