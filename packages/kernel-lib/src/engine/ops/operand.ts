/** What operations take and give, in types that do not name jax-js: whoever reads the operations' types reads nothing else. */

/** An array inside a program: shape and type are known, values are not. */
export interface Traced {
  readonly shape: number[];
  readonly ndim: number;
  readonly dtype: string;
  readonly [brand]: "Traced";
}
declare const brand: unique symbol;

/** What an operation accepts: an array of the program, or a number, which broadcasts. */
export type Operand = Traced | number;

/** One axis, or several; negative ones count from the last. */
export type Axes = number | readonly number[];

/** An operation on one array, or on two that broadcast. */
export type Unary = (x: Operand) => Traced;
export type Binary = (x: Operand, y: Operand) => Traced;
