/**
 * The array operations that formulas are written in.
 *
 * A program is a pure function over `Traced` arrays built from these operations and nothing else; it is written once, may be
 * differentiated, and is run by whichever runner is at hand.
 */
export type { Axes, Operand, Traced } from "./ops/operand.js";
export * from "./ops/elementwise.js";
export * from "./ops/reductions.js";
export * from "./ops/products.js";
export * from "./ops/movement.js";
export { arange, cast, constant, full, identity, lowerTriangle, named, ones, stopGradient, zeros } from "./ops/constants.js";
export * from "./ops/random.js";
