/**
 * The gradient of a loop.
 *
 * Of (sₜ₊₁, yₜ) = step(c, sₜ, xₜ) the gradient needs, from the last step to the first, ∂L/∂sₜ = Jₜᵀ (∂L/∂sₜ₊₁, ∂L/∂yₜ). Only that is a loop:
 * - The forward loop keeps every sₜ. With these, whatever of the step does not need a gradient is computed for all t at once, before.
 * - The loop backwards is then a linear map of ∂L/∂sₜ₊₁, as short as it can be: see `scan-linear.ts`.
 * - With every ∂L/∂sₜ₊₁ kept as well, the gradients of inputs xₜ and of captured arrays c (weights) follow for all t at once, after: each
 *   weight's gradient is one large matrix product where a step-by-step sum would take T small ones.
 */
import * as jax from "@jax-js/jax";
import { gatherFactors } from "./scan-linear.js";
import {
  dependents,
  evaluate,
  evaluateTrace,
  isVariable,
  Kind,
  read,
  recordLoop,
  traceOf,
  zerosLike,
  type Atom,
  type Equation,
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

/** The gradients of a loop's inputs, from its inputs, every carry it went through and the gradients of its results. */
export function pullBackLoop(
  loop: Loop,
  inputs: readonly Tracer[],
  states: readonly Tracer[],
  flows: readonly boolean[],
  given: Gradients,
  differentiate: Differentiate,
): Gradients {
  const { body, captured, carries } = loop;
  const first = captured + carries;
  const fixed = inputs.slice(0, captured);
  const sequences = inputs.slice(first);
  const isCarry = flows.map((isActive, i) => isActive && i >= captured && i < first);
  const carried = body.inBinders.filter((_, i) => isCarry[i]);
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

  const stateKinds = body.inBinders.slice(captured).map(({ aval }) => aval);
  const step = traceOf(
    (...arrays) => {
      const [ofCarries, rest] = [arrays.slice(0, carried.length), arrays.slice(carried.length)];
      const [ofOutputs, stepInputs] = [rest.slice(0, outputGradients.length), rest.slice(outputGradients.length)];
      const { pullBack } = differentiate(body, [...fixed, ...stepInputs], isCarry);
      const pulled = pullBack(inOrder(ofCarries, ofOutputs)).filter((_, i) => isCarry[i]);
      return pulled.map((gradient, i) => (gradient ?? zerosLike(carried[i] as Variable)).ref);
    },
    [
      ...carried.map(({ aval }) => aval),
      ...outputGradients.map((gradient) => new Kind(gradient.shape.slice(1), gradient.dtype)),
      ...stateKinds,
    ],
  );
  const start = carried.map((binder) => given[body.inBinders.indexOf(binder) - captured] ?? zerosLike(binder));
  const backwards = runBackwards(step, carried.length, loop, start, [...outputGradients, ...states, ...sequences]);

  const isOther = flows.map((isActive, i) => isActive && !isCarry[i]);
  const pulled = pullBackAtOnce(loop, inputs, states, isOther, inOrder(backwards.kept, outputGradients), differentiate);
  let next = 0;
  return flows.map((isActive, i) => (isActive ? (isCarry[i] ? backwards.last[next++] : pulled[i]) : undefined));
}

/** The step backwards with only what depends on the gradient it carries left in the loop; `sequences` are in the order the step reads them. */
function runBackwards(
  step: { readonly trace: Trace; readonly captured: readonly Tracer[] },
  carries: number,
  loop: Loop,
  start: readonly Tracer[],
  sequences: readonly Tracer[],
): { last: Tracer[]; kept: Tracer[] } {
  const trace = gatherFactors(step.trace, step.captured.length, step.captured.length + carries);
  const first = step.captured.length + carries;
  const carried = trace.inBinders.slice(step.captured.length, first);
  const elements = trace.inBinders.slice(first);
  const inLoop = dependents(trace.eqns, carried);
  const perStep = dependents(trace.eqns, elements);

  const fixed = new Map(step.captured.map((array, i) => [trace.inBinders[i] as Variable, array]));
  evaluate(
    trace.eqns.filter((equation) => !inLoop.has(equation) && !perStep.has(equation)),
    fixed,
  );

  const before = trace.eqns.filter((equation) => !inLoop.has(equation) && perStep.has(equation));
  const inside = withBroadcasts(
    trace.eqns.filter((equation) => inLoop.has(equation)),
    trace.eqns.filter((equation) => !inLoop.has(equation)),
  );
  const made = new Set([...carried, ...inside.flatMap((equation) => equation.outBinders)]);
  const needed = [...inside.flatMap((equation) => equation.inputs), ...trace.outs]
    .filter(isVariable)
    .filter((variable) => !made.has(variable));
  const captured = [...new Set(needed)].filter((variable) => fixed.has(variable));
  const scanned = [...new Set(needed)].filter((variable) => !fixed.has(variable));

  const atOnce = new Map(elements.map((binder, i) => [binder, sequences[i] as Tracer]));
  const computed = scanned.filter((variable) => !atOnce.has(variable));
  if (computed.length > 0) {
    const run = (...arrays: jax.Array[]): jax.Array[] => {
      const values = new Map([...fixed, ...elements.map((binder, i): [Variable, Tracer] => [binder, arrays[i] as jax.Array])]);
      evaluate(before, values);
      return computed.map((variable) => read(variable, values).ref as jax.Array);
    };
    const results = jax.vmap(run)(...sequences.map((sequence) => sequence.ref as jax.Array));
    computed.forEach((variable, i) => atOnce.set(variable, results[i] as jax.Array));
  }
  const body = new jax.Jaxpr([...captured, ...carried, ...scanned], inside, [...trace.outs, ...carried]);
  const results = recordLoop({ body, captured: captured.length, carries, length: loop.length, reverse: !loop.reverse }, [
    ...captured.map((variable) => read(variable, fixed)),
    ...start,
    ...scanned.map((variable) => read(variable, atOnce)),
  ]);
  return { last: results.slice(0, carries), kept: results.slice(carries) };
}

/** Broadcasts cost nothing in a loop but much memory before it, so those of `others` that `equations` read go along with them. */
function withBroadcasts(equations: readonly Equation[], others: readonly Equation[]): Equation[] {
  const maker = new Map(
    others.flatMap((equation) => equation.outBinders.map((binder): [Atom, Equation] => [binder, equation])),
  );
  const along: Equation[] = [];
  const visit = (atom: Atom): void => {
    const equation = maker.get(atom);
    if (!equation || String(equation.primitive) !== "broadcast" || along.includes(equation)) return;
    equation.inputs.forEach(visit);
    along.push(equation);
  };
  equations.forEach((equation) => equation.inputs.forEach(visit));
  return [...along, ...equations];
}

/** The gradients of the inputs `wanted`, which no step's result depends on through a carry: for all steps at once. */
function pullBackAtOnce(
  loop: Loop,
  inputs: readonly Tracer[],
  states: readonly Tracer[],
  wanted: readonly boolean[],
  given: Gradients,
  differentiate: Differentiate,
): Gradients {
  if (!wanted.includes(true)) return [];
  const { captured, carries } = loop;
  const outs = loop.body.outs.filter((_, i) => given[i]);
  const body = new jax.Jaxpr(loop.body.inBinders, loop.body.eqns, outs).simplify();
  const arrays = [...inputs.slice(0, captured), ...states, ...inputs.slice(captured + carries)];
  const all = traceOf(
    (...traced) => {
      const run = (...elements: jax.Array[]): jax.Array[] =>
        evaluateTrace(body, [...traced.slice(0, captured), ...elements]).map((result) => result.ref as jax.Array);
      return jax.vmap(run)(...traced.slice(captured).map((array) => array.ref as jax.Array));
    },
    arrays.map((array) => array.aval),
  );
  const alsoWanted = [...all.captured.map(() => false), ...wanted];
  const { pullBack } = differentiate(all.trace, [...all.captured, ...arrays], alsoWanted);
  return pullBack(given.filter((gradient) => gradient !== undefined)).slice(all.captured.length);
}
