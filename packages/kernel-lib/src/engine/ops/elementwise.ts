/** Operations on each element by itself. Shapes broadcast as in NumPy: from the last axis on, sizes are equal or one of them is 1. */
import { describeValue } from "../../checks/describe-value.js";
import { readOptions } from "../../checks/read-options.js";
import { lax, nn, numpy } from "@jax-js/jax";
import { withCustomGradient } from "../custom-gradient.js";
import { apply, binary, isTraced, own, requireBroadcast, shapeText, unary, use } from "./array.js";
import type { Binary, Operand, Traced, Unary } from "./operand.js";

export const add: Binary = binary("add", numpy.add);
export const subtract: Binary = binary("subtract", numpy.subtract);
export const multiply: Binary = binary("multiply", numpy.multiply);
/** x / y; whole numbers become float32 first. */
export const divide: Binary = (x, y) => binary("divide", numpy.trueDivide)(asReal(x), asReal(y));
export const maximum: Binary = binary("maximum", numpy.maximum);
export const minimum: Binary = binary("minimum", numpy.minimum);
export const negate: Unary = unary("negate", numpy.negative);
export const exp: Unary = unary("exp", numpy.exp);
export const log: Unary = unary("log", numpy.log);
/** log(1 + x), precise for small x. */
export const log1p: Unary = unary("log1p", numpy.log1p);
export const sqrt: Unary = unary("sqrt", numpy.sqrt);
export const square: Unary = unary("square", numpy.square);
export const reciprocal: Unary = unary("reciprocal", numpy.reciprocal);
export const abs: Unary = unary("abs", numpy.absolute);
/** −1, 0 or 1. */
export const sign: Unary = unary("sign", numpy.sign);
/** The largest whole number ≤ x; its gradient is 0. */
export const floor: Unary = unary("floor", numpy.floor);
/** The smallest whole number ≥ x; its gradient is 0. */
export const ceil: Unary = unary("ceil", numpy.ceil);
export const sin: Unary = unary("sin", numpy.sin);
export const cos: Unary = unary("cos", numpy.cos);
export const tanh: Unary = unary("tanh", withCustomGradient("tanh", numpy.tanh));
/** erf(x) = 2/√π ∫₀ˣ exp(−t²) dt */
export const erf: Unary = unary("erf", lax.erf);

/** jax-js divides whole numbers by a number without the fraction. */
const asReal = (x: Operand): Operand =>
  isTraced(x) && !x.dtype.startsWith("float") ? apply("divide", [x], () => own(x).astype(numpy.float32)) : x;

/** x limited to `lowest` ≤ x ≤ `highest`. */
export const clip = (x: Traced, lowest: Operand, highest: Operand): Traced => maximum(minimum(x, highest), lowest);

/**
 * x raised to a number. A whole exponent is a product; any other takes x ≥ 0.
 *
 * @throws RangeError when the exponent is not finite
 */
export function power(x: Traced, exponent: number): Traced {
  if (!Number.isFinite(exponent)) throw new RangeError(`power: expected a finite exponent; got ${exponent}`);
  if (exponent < 0) return reciprocal(power(x, -exponent));
  if (exponent === 0.5) return sqrt(x);
  if (!Number.isInteger(exponent)) return exp(multiply(log(x), exponent));
  if (exponent === 0) return apply("power", [x], () => numpy.onesLike(own(x)));
  const half = exponent > 1 ? square(power(x, Math.floor(exponent / 2))) : x;
  return exponent > 1 && exponent % 2 === 1 ? multiply(half, x) : half;
}

/** max(x, 0) */
export const relu: Unary = unary("relu", withCustomGradient("relu", nn.relu));

/** σ(x) = 1 / (1 + exp(−x)) */
// below −88 exp overflows, and the gradient would be 0 · ∞; σ is 0 there in any case
export const sigmoid: Unary = unary(
  "sigmoid",
  withCustomGradient("sigmoid", (x) => nn.sigmoid(numpy.maximum(x, -88))),
);

/** x · σ(x), also called swish. */
export const silu = (x: Traced): Traced => multiply(x, sigmoid(x));

/** log(1 + exp x) = max(x, 0) + log(1 + exp −|x|) */
export const softplus = (x: Traced): Traced => add(maximum(x, 0), log1p(exp(negate(abs(x)))));

/**
 * x/2 · (1 + erf(x/√2)), or with `approximate: "tanh"` x/2 · (1 + tanh(√(2/π) (x + 0.044715 x³))).
 *
 * @see Hendrycks & Gimpel 2016
 */
export function gelu(x: Traced, options: { readonly approximate?: "none" | "tanh" } = {}): Traced {
  const { approximate = "none" } = readOptions("gelu", options, { approximate: true });
  if (approximate !== "none" && approximate !== "tanh") {
    throw new RangeError(`gelu: expected approximate to be "none" or "tanh"; got ${describeValue(approximate)}`);
  }
  const inner =
    approximate === "none"
      ? erf(multiply(x, Math.SQRT1_2))
      : tanh(multiply(add(x, multiply(multiply(square(x), x), 0.044715)), Math.sqrt(2 / Math.PI)));
  return multiply(multiply(x, 0.5), add(inner, 1));
}

// comparison and choice
export const equal: Binary = binary("equal", numpy.equal);
export const less: Binary = binary("less", numpy.less);
export const lessEqual: Binary = binary("lessEqual", numpy.lessEqual);
export const greater: Binary = binary("greater", numpy.greater);
export const greaterEqual: Binary = binary("greaterEqual", numpy.greaterEqual);
export const logicalAnd: Binary = binary("logicalAnd", numpy.logicalAnd);
export const logicalOr: Binary = binary("logicalOr", numpy.logicalOr);
export const logicalNot: Unary = unary("logicalNot", numpy.logicalNot);

/**
 * `condition ? x : y`, element by element. Where the condition is false, the gradient of x is 0, but only if x is finite there.
 *
 * @throws TypeError when the condition is not of type bool
 */
export function where(condition: Traced, x: Operand, y: Operand): Traced {
  requireBroadcast("where", [condition, x, y]);
  return apply("where", [condition, x, y], () => {
    if (condition.dtype !== "bool") {
      throw new TypeError(`expected a condition of type bool; got ${condition.dtype} ${shapeText(condition)}`);
    }
    return numpy.where(own(condition), use(x), use(y));
  });
}
