/**
 * Which parts of a loop's step are better made elsewhere: what is the same at every step, before the loop; what is much larger than what
 * it is made from, in the loop, even if it could be made for all steps at once.
 */
import {
  dependents,
  evaluate,
  isVariable,
  read,
  Jaxpr,
  type Atom,
  type Closed,
  type Equation,
  type Tracer,
  type Variable,
} from "./scan-trace.js";
import { sizeOf } from "./tensor.js";
import { customGradientOf } from "./custom-gradient.js";

/** Costs nothing in a loop: the elements are those of its input. */
export const isView = ({ primitive }: Equation): boolean => ["broadcast", "reshape", "transpose"].includes(String(primitive));

/** A step without what depends on captured arrays alone: that is computed here and now, and its results are captured instead. */
export function liftInvariant({ trace, captured }: Closed): Closed {
  const varying = dependents(trace.eqns, trace.inBinders.slice(captured.length));
  const invariant = trace.eqns.filter((equation) => !varying.has(equation));
  if (invariant.every(isView)) return { trace, captured };
  const values = new Map(captured.map((array, i): [Variable, Tracer] => [trace.inBinders[i] as Variable, array]));
  evaluate(invariant, values);
  const inside = withThose(
    isView,
    trace.eqns.filter((equation) => varying.has(equation)),
    invariant,
    trace.outs,
  );
  const needed = freeVariables(inside, trace.outs).filter((variable) => values.has(variable));
  return {
    trace: new Jaxpr([...needed, ...trace.inBinders.slice(captured.length)], inside, trace.outs),
    captured: needed.map((variable) => read(variable, values)),
  };
}

/** What equations and results read without making it, once each. */
export function freeVariables(equations: readonly Equation[], outs: readonly Atom[]): Variable[] {
  const made = new Set(equations.flatMap((equation) => equation.outBinders));
  const all = [...equations.flatMap((equation) => equation.inputs), ...outs].filter(isVariable);
  return [...new Set(all)].filter((variable) => !made.has(variable));
}

/** `equations`, and before them those of `others` that they read, directly or through others such, and that are `chosen`. */
export function withThose(
  chosen: (equation: Equation) => boolean,
  equations: readonly Equation[],
  others: readonly Equation[],
  outs: readonly Atom[] = [],
): Equation[] {
  const maker = new Map(
    others.flatMap((equation) => equation.outBinders.map((binder): [Atom, Equation] => [binder, equation])),
  );
  const along = new Set<Equation>();
  const visit = (atom: Atom): void => {
    const equation = maker.get(atom);
    if (!equation || along.has(equation) || !chosen(equation)) return;
    equation.inputs.forEach(visit);
    along.add(equation);
  };
  equations.forEach((equation) => equation.inputs.forEach(visit));
  outs.forEach(visit);
  return [...along, ...equations];
}

/** From how many numbers over all steps an array is too large for the processor's caches. */
const manyNumbers = 2 ** 18;
/** How many times as large as its sources. */
const growth = 4;

/**
 * The equations whose results, for all `length` steps together, are large and much larger than what they are made from element by element,
 * as q + k of every query and every key is, and views of these: kept for all steps they cost more to write and to read than to make again where they are needed.
 */
export function rematerialisedEquations(
  equations: readonly Equation[],
  varying: readonly Variable[],
  length: number,
): Set<Equation> {
  const sources = new Map<Atom, ReadonlySet<Variable>>(varying.map((variable) => [variable, new Set([variable])]));
  const grown = new Set<Equation>();
  const large = new Set<Atom>();
  const include = (equation: Equation): void => {
    grown.add(equation);
    equation.outBinders.forEach((binder) => large.add(binder));
  };
  for (const equation of equations) {
    const read = equation.inputs.flatMap((atom) => [...(sources.get(atom) ?? [])]);
    if (read.length === 0) continue;
    const isByElement = isView(equation) || isElementwise(equation);
    for (const binder of equation.outBinders) sources.set(binder, new Set(isByElement ? read : [binder]));
    if (isView(equation) && equation.inputs.some((atom) => large.has(atom))) include(equation);
    if (!isByElement || isView(equation)) continue;
    const size = sizeOf((equation.outBinders[0] as Variable).aval.shape);
    const needed = [...new Set(read)].reduce((sum, variable) => sum + sizeOf(variable.aval.shape), 0);
    if (size * length >= manyNumbers && size >= growth * needed) include(equation);
  }
  return grown;
}

/** Primitives that make each element of one element of each input. */
const byElement = new Set(
  "add mul neg reciprocal min max exp log sin cos sqrt erf erfc where compare cast stop_gradient floor ceil".split(" "),
);

function isElementwise({ primitive, params }: Equation): boolean {
  if (byElement.has(String(primitive))) return true;
  const whole = primitive === ("jit" as Equation["primitive"]) ? customGradientOf(String(params["name"])) : undefined;
  return whole !== undefined && whole.axis === undefined;
}
