/** Losses: programs that say in one number how far predictions are from what is right. Means, so that they do not depend on the batch size. */
import {
  abs,
  add,
  arange,
  argmax,
  cast,
  divide,
  equal,
  exp,
  expandDims,
  lessEqual,
  log,
  max,
  maximum,
  mean,
  multiply,
  negate,
  square,
  stopGradient,
  subtract,
  sum,
  where,
  type Traced,
} from "../engine/ops.js";

/** What counts in a mean. */
export interface Counted {
  /** Booleans in the shape of the targets: true where an element counts. All do if not given; where none does, the loss is 0. */
  readonly mask?: Traced | undefined;
}

export interface CrossEntropyOptions extends Counted {
  /** ε: the target gets 1 − ε + ε/C of the probability and every other class ε/C. 0 if not given; 0.1 is usual in translation. */
  readonly labelSmoothing?: number;
}

/**
 * Cross-entropy between logits z [..., C] and whole numbers t [...] below C, averaged over what counts:
 *
 *     −Σ_c q_c log softmax(z)_c   with q = (1 − ε) onehot(t) + ε / C
 *
 * computed as log Σ exp z − (1 − ε) z_t − ε mean(z), which never exponentiates a large number. A target outside 0 … C − 1 has no
 * class: mask it.
 *
 * @throws TypeError when the shapes do not fit; RangeError when ε is not from 0 to below 1
 * @see Szegedy et al. 2016, "Rethinking the Inception Architecture", §7, for label smoothing
 * @example
 * ```ts
 * import { compile, training } from "heed/program";
 * const loss = compile(training.crossEntropy);
 * console.log((await loss([[0, 0], [0, 0]], Int32Array.of(0, 1))).data); // Float32Array [0.6931472]
 * ```
 */
export function crossEntropy(logits: Traced, targets: Traced, options: CrossEntropyOptions = {}): Traced {
  const { labelSmoothing = 0, mask } = options;
  const C = logits.shape.at(-1) ?? 1;
  requireTargets("crossEntropy", logits.shape.slice(0, -1), targets);
  if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw new RangeError(`crossEntropy: expected labelSmoothing from 0 to below 1; got ${labelSmoothing}`);
  }
  const isTarget = equal(expandDims(cast(targets, "int32"), -1), arange(C)); // [..., C]
  const chosen = sum(where(isTarget, logits, 0), -1); // [..., C] → [...]
  const smoothed =
    labelSmoothing === 0 ? chosen : add(multiply(chosen, 1 - labelSmoothing), multiply(mean(logits, -1), labelSmoothing));
  return average("crossEntropy", subtract(logSumExp(logits), smoothed), mask);
}

/** log Σ exp z over the last axis. */
function logSumExp(logits: Traced): Traced {
  const largest = stopGradient(max(logits, -1)); // cancels, so it has no gradient
  return add(log(sum(exp(subtract(logits, expandDims(largest, -1))), -1)), largest);
}

/**
 * Binary cross-entropy between logits z and targets y from 0 to 1, averaged: −y log σ(z) − (1 − y) log(1 − σ(z)), computed as
 * max(z, 0) − z y + log(1 + exp(−|z|)).
 *
 * @throws TypeError when the shapes differ
 */
export function binaryCrossEntropy(logits: Traced, targets: Traced, { mask }: Counted = {}): Traced {
  requireSameShape("binaryCrossEntropy", logits, targets);
  const each = add(subtract(maximum(logits, 0), multiply(logits, targets)), log(add(exp(negate(abs(logits))), 1)));
  return average("binaryCrossEntropy", each, mask);
}

/**
 * Mean squared error: the mean of (prediction − target)².
 *
 * @throws TypeError when the shapes differ
 */
export function meanSquaredError(predictions: Traced, targets: Traced, { mask }: Counted = {}): Traced {
  requireSameShape("meanSquaredError", predictions, targets);
  return average("meanSquaredError", square(subtract(predictions, targets)), mask);
}

/**
 * Mean absolute error: the mean of |prediction − target|.
 *
 * @throws TypeError when the shapes differ
 */
export function meanAbsoluteError(predictions: Traced, targets: Traced, { mask }: Counted = {}): Traced {
  requireSameShape("meanAbsoluteError", predictions, targets);
  return average("meanAbsoluteError", abs(subtract(predictions, targets)), mask);
}

/**
 * Huber loss: d²/2 where d = |prediction − target| ≤ δ, else δ (d − δ/2); the mean. Outliers pull less than with squares.
 *
 * @throws TypeError when the shapes differ
 * @see Huber 1964
 */
export function huber(
  predictions: Traced,
  targets: Traced,
  { delta = 1, mask }: Counted & { readonly delta?: number } = {},
): Traced {
  requireSameShape("huber", predictions, targets);
  const distance = abs(subtract(predictions, targets));
  const near = multiply(square(distance), 0.5);
  const far = multiply(subtract(distance, delta / 2), delta);
  return average("huber", where(lessEqual(distance, delta), near, far), mask);
}

/**
 * The share of targets t [...] that have the highest of the logits [..., C]: a number to watch, not to learn from.
 *
 * @throws TypeError when the shapes do not fit
 */
export function accuracy(logits: Traced, targets: Traced, { mask }: Counted = {}): Traced {
  requireTargets("accuracy", logits.shape.slice(0, -1), targets);
  const isRight = equal(argmax(logits, logits.ndim - 1), cast(targets, "int32"));
  return average("accuracy", cast(isRight, "float32"), mask);
}

function average(name: string, each: Traced, mask: Traced | undefined): Traced {
  if (!mask) return mean(each);
  if (mask.shape.join() !== each.shape.join() || mask.dtype !== "bool") {
    throw new TypeError(
      `${name}: expected a mask of type bool [${each.shape.join(", ")}]; got ${mask.dtype} [${mask.shape.join(", ")}]`,
    );
  }
  const count = maximum(sum(cast(mask, "float32")), 1);
  return divide(sum(where(mask, each, 0)), count);
}

function requireTargets(name: string, shape: readonly number[], targets: Traced): void {
  if (targets.shape.join() === shape.join() && (targets.dtype === "int32" || targets.dtype === "uint32")) return;
  throw new TypeError(
    `${name}: expected targets of type int32 [${shape.join(", ")}], the logits without their last axis C; got ${targets.dtype} [${targets.shape.join(", ")}]`,
  );
}

function requireSameShape(name: string, predictions: Traced, targets: Traced): void {
  if (predictions.shape.join() === targets.shape.join()) return;
  throw new TypeError(
    `${name}: expected predictions and targets of one shape; got [${predictions.shape.join(", ")}] and [${targets.shape.join(", ")}]`,
  );
}
