/** Losses: programs that say in one number how far predictions are from what is right. Means, so that they do not depend on the batch size. */
import { readOptions, type OptionNames } from "../checks/read-options.js";
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
  less,
  lessEqual,
  log,
  max,
  maximum,
  mean,
  multiply,
  named,
  negate,
  square,
  stopGradient,
  subtract,
  sum,
  take,
  where,
  type Traced,
} from "../engine/ops.js";

/** What counts in a mean. */
export interface Counted {
  /** Booleans in the shape of the targets: true where an element counts. All do if not given; where none does, the loss is 0. */
  readonly mask?: Traced | undefined;
}

const countedNames: OptionNames<Counted> = { mask: true };

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
 * class (PyTorch's −100 is such a one): mask it. Where it counts, running the program is an error.
 *
 * @throws TypeError when the shapes do not fit; RangeError when ε is not from 0 to below 1, and from the running program for a target
 *   without a class
 * @see Szegedy et al. 2016, "Rethinking the Inception Architecture", §7, for label smoothing
 * @example
 * ```ts
 * import { compile, training } from "heed/program";
 * const loss = compile(training.crossEntropy);
 * console.log((await loss([[0, 0], [0, 0]], Int32Array.of(0, 1))).data); // Float32Array [0.6931472]
 * ```
 */
export function crossEntropy(logits: Traced, targets: Traced, options: CrossEntropyOptions = {}): Traced {
  const { labelSmoothing = 0, mask } = readOptions("crossEntropy", options, { labelSmoothing: true, mask: true });
  const C = logits.shape.at(-1) ?? 1;
  requireTargets("crossEntropy", logits.shape.slice(0, -1), targets);
  if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
    throw new RangeError(`crossEntropy: expected labelSmoothing from 0 to below 1; got ${labelSmoothing}`);
  }
  const { ids, isKnown } = classesOf("crossEntropy", targets, C, mask);
  const isTarget = equal(expandDims(ids, -1), arange(C)); // [..., C]
  const chosen = sum(where(isTarget, logits, 0), -1); // [..., C] → [...]
  const smoothed =
    labelSmoothing === 0 ? chosen : add(multiply(chosen, 1 - labelSmoothing), multiply(mean(logits, -1), labelSmoothing));
  return average("crossEntropy", where(isKnown, subtract(logSumExp(logits), smoothed), Number.NaN), mask);
}

/**
 * The targets, looked up among the classes, so that one outside is an error of the running program. Those that do not count are class 0.
 */
function classesOf(caller: string, targets: Traced, C: number, mask: Traced | undefined): Classes {
  const classes = cast(targets, "int32");
  const counted = mask ? where(mask, classes, 0) : classes;
  const index = where(less(counted, 0), C, counted); // below zero an index would count from the end
  const known = named(arange(C), `the classes of ${caller}`);
  return {
    ids: take(known, named(index, `its targets, of which those below 0 stand as ${C},`), 0),
    isKnown: less(index, C),
  };
}

interface Classes {
  /** int32, in the shape of the targets */
  readonly ids: Traced;
  /** Whether each target is a class: jax-js takes any index, so that a loss must be NaN by itself there. */
  readonly isKnown: Traced;
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
export function binaryCrossEntropy(logits: Traced, targets: Traced, options: Counted = {}): Traced {
  const { mask } = readOptions("binaryCrossEntropy", options, countedNames);
  requireSameShape("binaryCrossEntropy", logits, targets);
  const each = add(subtract(maximum(logits, 0), multiply(logits, targets)), log(add(exp(negate(abs(logits))), 1)));
  return average("binaryCrossEntropy", each, mask);
}

/**
 * Mean squared error: the mean of (prediction − target)².
 *
 * @throws TypeError when the shapes differ
 */
export function meanSquaredError(predictions: Traced, targets: Traced, options: Counted = {}): Traced {
  const { mask } = readOptions("meanSquaredError", options, countedNames);
  requireSameShape("meanSquaredError", predictions, targets);
  return average("meanSquaredError", square(subtract(predictions, targets)), mask);
}

/**
 * Mean absolute error: the mean of |prediction − target|.
 *
 * @throws TypeError when the shapes differ
 */
export function meanAbsoluteError(predictions: Traced, targets: Traced, options: Counted = {}): Traced {
  const { mask } = readOptions("meanAbsoluteError", options, countedNames);
  requireSameShape("meanAbsoluteError", predictions, targets);
  return average("meanAbsoluteError", abs(subtract(predictions, targets)), mask);
}

/**
 * Huber loss: d²/2 where d = |prediction − target| ≤ δ, else δ (d − δ/2); the mean. Outliers pull less than with squares.
 *
 * @throws TypeError when the shapes differ
 * @see Huber 1964
 */
export function huber(predictions: Traced, targets: Traced, options: Counted & { readonly delta?: number } = {}): Traced {
  const { delta = 1, mask } = readOptions("huber", options, { delta: true, ...countedNames });
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
export function accuracy(logits: Traced, targets: Traced, options: Counted = {}): Traced {
  const { mask } = readOptions("accuracy", options, countedNames);
  requireTargets("accuracy", logits.shape.slice(0, -1), targets);
  const { ids, isKnown } = classesOf("accuracy", targets, logits.shape.at(-1) ?? 1, mask);
  const isRight = cast(equal(argmax(logits, logits.ndim - 1), ids), "float32");
  return average("accuracy", where(isKnown, isRight, Number.NaN), mask);
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
