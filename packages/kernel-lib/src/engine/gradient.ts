/** Gradients of programs: `grad` and `valueAndGrad` make a program from a program, to be compiled like any other. */
import { requireFunction } from "../checks/describe-value.js";
import { readOptions } from "../checks/read-options.js";
import * as jax from "@jax-js/jax";
import type { Traced } from "./ops.js";
import { differentiate } from "./scan-gradient.js";
import { isTraced } from "./ops/array.js";
import { mayHoldLoops } from "./scan.js";
import { traceOf, zerosLike, type Tracer } from "./scan-trace.js";
import { leavesOf, mapTree, type Tree } from "./tree.js";

/**
 * The program that returns a loss and its gradient with respect to the first input, which may be a tree of arrays: the gradient has the
 * same form. Arrays of whole numbers among them get zeros. To differentiate with respect to several inputs, give them as one tree.
 *
 * With `auxiliary`, the program returns `[loss, more]` and the result is `[[loss, more], gradient]`.
 *
 * @throws TypeError when the loss is not one number
 * @example
 * ```ts
 * import { compile, ops, valueAndGrad } from "heed/program";
 * const run = compile(valueAndGrad((x: ops.Traced) => ops.sum(ops.square(x))));
 * const [loss, gradient] = await run([1, 2, 3]);
 * console.log(loss.data, gradient.data); // Float32Array [14] Float32Array [2, 4, 6]
 * ```
 */
export function valueAndGrad<P, Rest extends unknown[], Auxiliary>(
  loss: (parameters: P, ...rest: Rest) => readonly [Traced, Auxiliary],
  options: { readonly auxiliary: true },
): (parameters: P, ...rest: Rest) => [[Traced, Auxiliary], P];
export function valueAndGrad<P, Rest extends unknown[]>(
  loss: (parameters: P, ...rest: Rest) => Traced,
): (parameters: P, ...rest: Rest) => [Traced, P];
export function valueAndGrad(
  loss: (parameters: Tree<Traced>, ...rest: unknown[]) => unknown,
  options: { readonly auxiliary?: boolean } = {},
): (parameters: Tree<Traced>, ...rest: unknown[]) => unknown {
  requireFunction("valueAndGrad", "a program that returns a loss", loss);
  const { auxiliary = false } = readOptions("valueAndGrad", options, { auxiliary: true });
  const name = loss.name || "loss";
  return (parameters, ...rest) => {
    const inputs = leavesOf(parameters, isTraced).map(({ leaf }) => leaf as unknown as Tracer);
    const rebuild = (leaves: readonly Tracer[]): Tree<Traced> => {
      let next = 0;
      return mapTree(parameters, isTraced, () => leaves[next++] as unknown as Traced);
    };
    let more: Tree<Traced> | undefined;
    /** The loss, and after it the arrays of what else the program returns. */
    const run = (...leaves: Tracer[]): Tracer[] => {
      const result = loss(rebuild(leaves), ...rest);
      const [value, other] = auxiliary ? (result as [Traced, Tree<Traced>]) : [result as Traced];
      checkLoss(value, name);
      more = other;
      const others = other === undefined ? [] : leavesOf(other, isTraced).map(({ leaf }) => leaf);
      return [value, ...others].map((array) => array as unknown as Tracer);
    };
    const { value, others, gradients } = mayHoldLoops() ? throughLoops(run, inputs) : withJax(run, inputs);
    if (!auxiliary) return [value, rebuild(gradients)];
    let next = 0;
    const returned = mapTree(more as Tree<Traced>, isTraced, () => others[next++] as unknown as Traced);
    return [[value, returned], rebuild(gradients)];
  };
}

/** The program that returns only the gradient; see {@link valueAndGrad}. */
export function grad<P, Rest extends unknown[]>(
  loss: (parameters: P, ...rest: Rest) => Traced,
): (parameters: P, ...rest: Rest) => P {
  const both = valueAndGrad(loss);
  return (...inputs) => both(...inputs)[1];
}

interface Result {
  readonly value: Tracer;
  readonly others: readonly Tracer[];
  readonly gradients: readonly Tracer[];
}

function throughLoops(run: (...leaves: Tracer[]) => Tracer[], inputs: readonly Tracer[]): Result {
  const { trace, captured } = traceOf(
    run,
    inputs.map((input) => input.aval),
  );
  const { outputs, pullBack } = differentiate(
    trace,
    [...captured, ...inputs],
    [...captured.map(() => false), ...inputs.map(() => true)],
  );
  const [value, ...others] = outputs as [Tracer, ...Tracer[]];
  const gradients = pullBack([jax.numpy.ones([]) as Tracer]).slice(captured.length);
  return { value, others, gradients: inputs.map((input, i) => gradients[i] ?? zerosLike(input)) };
}

function withJax(run: (...leaves: Tracer[]) => Tracer[], inputs: readonly Tracer[]): Result {
  const program = (leaves: jax.Array[]): [jax.Array, jax.Array[]] => {
    const [value, ...others] = run(...leaves) as [jax.Array, ...jax.Array[]];
    return [value, others];
  };
  const [[value, others], gradients] = jax.valueAndGrad(program, { hasAux: true })(
    inputs.map((input) => input.ref as jax.Array),
  );
  return { value, others, gradients };
}

function checkLoss(value: unknown, name: string): void {
  if (isTraced(value) && value.shape.length === 0 && value.dtype === "float32") return;
  const got = isTraced(value) ? `${value.dtype} [${value.shape.join(", ")}]` : typeof value;
  throw new TypeError(`valueAndGrad: expected ${name} to return one number, float32 []; got ${got}. Sum or average it first`);
}
