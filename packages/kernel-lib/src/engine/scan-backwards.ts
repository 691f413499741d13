/**
 * The gradient of a loop.
 *
 * Of (sₜ₊₁, yₜ) = step(c, sₜ, xₜ) the gradient needs, from the last step to the first, ∂L/∂sₜ = Jₜᵀ (∂L/∂sₜ₊₁, ∂L/∂yₜ). Only that is a loop:
 * - The forward loop keeps every sₜ. With these, whatever of the step does not need a gradient is computed for all t at once, before.
 * - The loop backwards is then a linear map of ∂L/∂sₜ₊₁, as short as it can be: see `scan-linear.ts`.
 * - With every ∂L/∂sₜ₊₁ kept as well, the gradients of inputs xₜ and of captured arrays c (weights) follow for all t at once, after: each
 *   weight's gradient is one large matrix product where a step-by-step sum would take T small ones.
 * - Where the step makes large arrays of small ones (`rematerialisedEquations`: queries with every key), these are made again inside the loop
 *   backwards instead of for all t, and the gradients of captured arrays that go through them are summed there, step by step.
 */
import * as jax from "@jax-js/jax";
import { freeVariables, rematerialisedEquations, isView, withThose } from "./scan-invariant.js";
import { gatherFactors } from "./scan-linear.js";
import {
  dependents,
  evaluate,
  evaluateTrace,
  isVariable,
  ShapedType,
  read,
  recordLoop,
  traceOf,
  zerosLike,
  type Atom,
  type Closed,
  type Equation,
  Jaxpr,
  type Loop,
  type Trace,
  type Tracer,
  type Variable,
} from "./scan-trace.js";

/** Gradients with respect to some arrays; `undefined` where there is none. */
export type Gradients = readonly (Tracer | undefined)[];

/** A program's results, and the function that takes gradients of the results to gradients of the inputs. */
export interface Differentiated {
  readonly outputs: Tracer[];
  readonly pullBack: (gradients: Gradients) => Gradients;
}

/** Runs a trace and differentiates it with respect to the inputs that are `wanted`. */
export type Differentiate = (trace: Trace, inputs: readonly Tracer[], wanted: readonly boolean[]) => Differentiated;

/** A loop that has run. */
export interface LoopRun {
  readonly loop: Loop;
  readonly inputs: readonly Tracer[];
  /** Every carry it went through: [T, …] */
  readonly states: readonly Tracer[];
  readonly outputs: readonly Tracer[];
}

/** The gradients of a loop's inputs, from the gradients of its results. */
export function pullBackLoop(
  run: LoopRun,
  flows: readonly boolean[],
  given: Gradients,
  differentiate: Differentiate,
): Gradients {
  const { loop, inputs, states } = run;
  const { body, captured, carries } = loop;
  const first = captured + carries;
  const isCarry = flows.map((isActive, i) => isActive && i >= captured && i < first);
  const goesThrough = capturedByGrown(loop);
  const isSummed = flows.map((isActive, i) => isActive && goesThrough.has(body.inBinders[i] as Variable));
  const bindersOf = (chosen: readonly boolean[]): Variable[] => body.inBinders.filter((_, i) => chosen[i]);
  const [carried, summed] = [bindersOf(isCarry), bindersOf(isSummed)];
  const fromOutputs = given.slice(carries);
  const outputGradients = fromOutputs.filter((gradient) => gradient !== undefined);

  /** The gradients in the order of the body's results, from those of the carries and those of the outputs that have one. */
  const inOrder = (ofCarries: readonly Tracer[], ofOutputs: readonly Tracer[]): Gradients => {
    let [carry, output] = [0, 0];
    return body.outs.map((_, i) => {
      if (i < carries) return isCarry[captured + i] ? ofCarries[carry++] : undefined;
      return fromOutputs[i - carries] ? ofOutputs[output++] : undefined;
    });
  };

  const step = traceOf(
    (...arrays) => {
      const [ofCarries, sums, ofOutputs, stepInputs] = cut(arrays, [carried.length, summed.length, outputGradients.length]);
      const wanted = flows.map((_, i) => isCarry[i] === true || isSummed[i] === true);
      const { pullBack, outputs } = differentiate(body, [...inputs.slice(0, captured), ...stepInputs], wanted);
      const pulled = pullBack(inOrder(ofCarries, ofOutputs));
      const of = (chosen: readonly boolean[]): Gradients => pulled.filter((_, i) => chosen[i]);
      return [
        ...of(isCarry).map((gradient, i) => (gradient ?? zerosLike(carried[i] as Variable)).ref),
        ...of(isSummed).map((gradient, i) => added(sums[i] as Tracer, gradient)),
        ...outputs.slice(carries).map((output) => output.ref),
      ];
    },
    [
      ...[...carried, ...summed].map(({ aval }) => aval),
      ...outputGradients.map((gradient) => new ShapedType(gradient.shape.slice(1), gradient.dtype)),
      ...body.inBinders.slice(captured).map(({ aval }) => aval),
    ],
  );
  const start = carried.map((binder) => given[body.inBinders.indexOf(binder) - captured] ?? zerosLike(binder));
  const sequences = [...outputGradients, ...states, ...inputs.slice(first)];
  const backwards = runBackwards(step, run, carried.length, [...start, ...summed.map(zerosLike)], sequences);

  const isOther = flows.map((isActive, i) => isActive && isCarry[i] !== true && isSummed[i] !== true);
  const pulled = pullBackAtOnce(run, isOther, inOrder(backwards.kept, outputGradients), differentiate);
  const [ofCarries, sums] = cut(backwards.last, [carried.length]);
  const [nextCarry, nextSum] = [ofCarries.values(), sums.values()];
  return flows.map((_, i) => {
    if (isCarry[i]) return nextCarry.next().value;
    return isSummed[i] ? nextSum.next().value : pulled[i];
  });
}

/** The captured arrays whose gradients go through arrays that are large and soon made again. */
function capturedByGrown({ body, captured, length }: Loop): Set<Variable> {
  const grown = rematerialisedEquations(body.eqns, body.inBinders.slice(captured), length);
  const large = new Set<Atom>([...grown].flatMap(({ outBinders }) => outBinders));
  const meetsLarge = (equation: Equation): boolean => grown.has(equation) || equation.inputs.some((atom) => large.has(atom));
  return new Set(body.inBinders.slice(0, captured).filter((binder) => [...dependents(body.eqns, [binder])].some(meetsLarge)));
}

/**
 * The step backwards with only what depends on the gradient it carries left in the loop. The step's results are those and, made again, the
 * loop's outputs; `sequences` are in the order the step reads them; of the first `keep` that are carried every value is returned.
 */
function runBackwards(
  step: Closed,
  { loop, outputs }: LoopRun,
  keep: number,
  start: readonly Tracer[],
  sequences: readonly Tracer[],
): { last: Tracer[]; kept: Tracer[] } {
  const first = step.captured.length + start.length;
  const trace = gatherFactors(step.trace, step.captured.length, first);
  const [results, madeAgain] = cut(trace.outs, [start.length]);
  const carried = trace.inBinders.slice(step.captured.length, first);
  const elements = trace.inBinders.slice(first);
  const known = knownThroughViews(trace.eqns, madeAgain, outputs);
  const equations = trace.eqns.filter(({ outBinders }) => !outBinders.some((binder) => known.has(binder)));
  const atOnce = new Map([...elements.map((binder, i): [Variable, Tracer] => [binder, sequences[i] as Tracer]), ...known]);
  const inLoop = dependents(equations, carried);
  const perStep = dependents(equations, [...atOnce.keys()]);

  const fixed = new Map(step.captured.map((array, i) => [trace.inBinders[i] as Variable, array]));
  evaluate(
    equations.filter((equation) => !inLoop.has(equation) && !perStep.has(equation)),
    fixed,
  );

  const before = equations.filter((equation) => !inLoop.has(equation) && perStep.has(equation));
  const grown = rematerialisedEquations(before, [...atOnce.keys()], loop.length);
  const ofGrown = dependents(
    before,
    [...grown].flatMap(({ outBinders }) => outBinders),
  );
  const inside = withThose(
    (equation) => isView(equation) || grown.has(equation) || ofGrown.has(equation),
    equations.filter((equation) => inLoop.has(equation)),
    equations.filter((equation) => !inLoop.has(equation)),
  );
  const needed = freeVariables(inside, results).filter((variable) => !carried.includes(variable));
  const [captured, scanned] = [needed.filter((some) => fixed.has(some)), needed.filter((some) => !fixed.has(some))];
  const computed = scanned.filter((variable) => !atOnce.has(variable));
  if (computed.length > 0) {
    const binders = [...atOnce.keys()];
    const run = (...arrays: jax.Array[]): jax.Array[] => {
      const values = new Map([...fixed, ...binders.map((binder, i): [Variable, Tracer] => [binder, arrays[i] as jax.Array])]);
      evaluate(before, values);
      return computed.map((variable) => read(variable, values).ref as jax.Array);
    };
    const made = jax.vmap(run)(...[...atOnce.values()].map((sequence) => sequence.ref as jax.Array));
    computed.forEach((variable, i) => atOnce.set(variable, made[i] as jax.Array));
  }
  const body = new Jaxpr([...captured, ...carried, ...scanned], inside, [...results, ...carried.slice(0, keep)]);
  const made = recordLoop(
    { body, captured: captured.length, carries: carried.length, length: loop.length, reverse: !loop.reverse },
    [...captured.map((variable) => read(variable, fixed)), ...start, ...scanned.map((variable) => read(variable, atOnce))],
  );
  return { last: made.slice(0, carried.length), kept: made.slice(carried.length) };
}

/** Variables of a trace whose values for all steps are known, and those they are only another shape of. */
function knownThroughViews(
  equations: readonly Equation[],
  variables: readonly Atom[],
  sequences: readonly Tracer[],
): Map<Variable, Tracer> {
  const makers = new Map(equations.map((equation): [Atom, Equation] => [equation.outBinders[0] as Variable, equation]));
  const known = new Map<Variable, Tracer>();
  variables.forEach((variable, i) => {
    const sequence = (sequences[i] as Tracer).ref as jax.Array;
    let maker = makers.get(variable);
    for (let at = variable; maker && isVariable(at);) {
      known.set(at, jax.numpy.reshape(sequence.ref, [sequence.shape[0] ?? 1, ...at.aval.shape]) as Tracer);
      if (String(maker.primitive) !== "reshape") break;
      at = maker.inputs[0] as Atom;
      maker = makers.get(at);
    }
  });
  return known;
}

/** The gradients of the inputs `wanted`, which no step's result depends on through a carry: for all steps at once. */
function pullBackAtOnce(
  { loop, inputs, states, outputs }: LoopRun,
  wanted: readonly boolean[],
  given: Gradients,
  differentiate: Differentiate,
): Gradients {
  if (!wanted.includes(true)) return [];
  const { captured, carries } = loop;
  const { body, known } = withoutKnown(loop, outputs, wanted);
  const outs = body.outs.filter((_, i) => given[i]);
  const short = new Jaxpr(body.inBinders, body.eqns, outs).simplify();
  const arrays = [...inputs.slice(0, captured), ...states, ...inputs.slice(captured + carries), ...known];
  const all = traceOf(
    (...traced) => {
      const run = (...elements: jax.Array[]): jax.Array[] =>
        evaluateTrace(short, [...traced.slice(0, captured), ...elements]).map((result) => result.ref as jax.Array);
      return jax.vmap(run)(...traced.slice(captured).map((array) => array.ref as jax.Array));
    },
    arrays.map((array) => array.aval),
  );
  const alsoWanted = [...all.captured.map(() => false), ...wanted, ...known.map(() => false)];
  const { pullBack } = differentiate(all.trace, [...all.captured, ...arrays], alsoWanted);
  return pullBack(given.filter((gradient) => gradient !== undefined)).slice(all.captured.length);
}

/** A loop's body that reads, instead of making them, those of its outputs that no gradient for `wanted` goes through; and these outputs. */
function withoutKnown(
  { body, carries }: Loop,
  outputs: readonly Tracer[],
  wanted: readonly boolean[],
): { body: Trace; known: Tracer[] } {
  const active = dependents(
    body.eqns,
    body.inBinders.filter((_, i) => wanted[i]),
  );
  const passive = body.eqns.filter((equation) => !active.has(equation));
  const known = knownThroughViews(passive, body.outs.slice(carries), outputs);
  return {
    body: new Jaxpr(
      [...body.inBinders, ...known.keys()],
      body.eqns.filter(({ outBinders }) => !outBinders.some((binder) => known.has(binder))),
      body.outs,
    ),
    known: [...known.values()],
  };
}

const added = (sum: Tracer, more: Tracer | undefined): Tracer =>
  more ? (jax.numpy.add(sum.ref as jax.Array, more.ref as jax.Array) as Tracer) : sum;

/** A list in parts of the given lengths, and what is left. */
function cut<T, Lengths extends readonly number[]>(
  list: readonly T[],
  lengths: readonly [...Lengths],
): [...{ [Part in keyof Lengths]: T[] }, T[]] {
  let start = 0;
  const parts = [...lengths, list.length].map((length) => list.slice(start, (start += length)));
  return parts as [...{ [Part in keyof Lengths]: T[] }, T[]];
}
