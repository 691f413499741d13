/**
 * Gradients of programs with loops. jax-js differentiates what lies between the loops; a loop is differentiated by the rule
 * in `scan-backwards.ts`.
 */
import * as jax from "@jax-js/jax";
import { pullBackLoop, type Differentiate } from "./scan-backwards.js";
import {
  bind,
  dependents,
  evaluate,
  isFloat,
  isVariable,
  loopOf,
  pullBackOf,
  read,
  recordLoop,
  zerosLike,
  type Atom,
  type Equation,
  type Loop,
  type Trace,
  type Tracer,
  type Variable,
} from "./scan-trace.js";

/** Takes the gradients of what a part of a trace made, and adds those of what it read. */
type Backward = (gradients: GradientMap) => void;

class GradientMap {
  readonly #of = new Map<Variable, Tracer>();
  get(variable: Atom): Tracer | undefined {
    return isVariable(variable) ? this.#of.get(variable) : undefined;
  }
  add(variable: Atom, gradient: Tracer | undefined): void {
    if (!isVariable(variable) || gradient === undefined) return;
    const before = this.#of.get(variable);
    this.#of.set(variable, before ? (jax.numpy.add(before.ref as jax.Array, gradient.ref as jax.Array) as Tracer) : gradient);
  }
}

/** Runs a trace and differentiates it with respect to the inputs that are `wanted`. */
export const differentiate: Differentiate = (trace, inputs, wanted) => {
  const values = new Map(trace.inBinders.map((binder, i) => [binder, inputs[i] as Tracer]));
  const active = activeVariables(trace, wanted);
  const used = usesAfter(trace);
  const backwards: Backward[] = [];
  let start = 0;
  const flush = (end: number): void => {
    if (end > start) backwards.push(differentiateEquations(trace.eqns.slice(start, end), values, active, used(end)));
  };
  trace.eqns.forEach((equation, at) => {
    const loop = loopOf(equation);
    const pullBack = ruleOf(equation);
    if ((!loop && !pullBack) || !equation.outBinders.some((binder) => active.has(binder))) return;
    flush(at);
    if (loop) backwards.push(differentiateLoop(loop, equation, values, active));
    else if (pullBack) backwards.push(differentiateByRule(pullBack, equation, values));
    start = at + 1;
  });
  flush(trace.eqns.length);
  return {
    outputs: trace.outs.map((atom) => read(atom, values)),
    pullBack: (gradients) => {
      const map = new GradientMap();
      trace.outs.forEach((atom, i) => {
        if (isVariable(atom) && active.has(atom)) map.add(atom, gradients[i]);
      });
      for (const backward of backwards.toReversed()) backward(map);
      return trace.inBinders.map((binder, i) => (wanted[i] ? map.get(binder) : undefined));
    },
  };
};

/** The variables through which a gradient can flow from the wanted inputs. */
function activeVariables(trace: Trace, wanted: readonly boolean[]): Set<Variable> {
  const active = new Set(trace.inBinders.filter((binder, i) => wanted[i] && isFloat(binder.aval)));
  const isActive = (atom: Atom): boolean => isVariable(atom) && active.has(atom);
  for (const equation of trace.eqns) {
    const loop = loopOf(equation);
    const flows = loop
      ? activeInLoop(loop, equation.inputs.map(isActive)).outputs
      : equation.outBinders.map(() => String(equation.primitive) !== "stop_gradient" && equation.inputs.some(isActive));
    equation.outBinders.forEach((binder, i) => flows[i] && isFloat(binder.aval) && active.add(binder));
  }
  return active;
}

/** Which inputs and results of a loop a gradient flows through, given the inputs it comes from: a carry may become so by the steps. */
function activeInLoop(
  { body, captured, carries }: Loop,
  inputs: readonly boolean[],
): { inputs: boolean[]; outputs: boolean[] } {
  const flows = [...inputs];
  for (;;) {
    const active = activeVariables(body, flows);
    const outputs = body.outs.map((atom) => isVariable(atom) && active.has(atom));
    const grown = outputs.slice(0, carries).findIndex((isActive, i) => isActive && !flows[captured + i]);
    if (grown < 0)
      return {
        inputs: flows,
        outputs: outputs.map((isActive, i) => isActive || (i < carries && flows[captured + i] === true)),
      };
    flows[captured + grown] = true;
  }
}

/** For each place in a trace: whether a variable is used at or after it. */
function usesAfter(trace: Trace): (place: number) => (variable: Variable) => boolean {
  const last = new Map<Variable, number>();
  trace.eqns.forEach((equation, at) => equation.inputs.forEach((atom) => isVariable(atom) && last.set(atom, at)));
  trace.outs.forEach((atom) => isVariable(atom) && last.set(atom, Infinity));
  return (place) => (variable) => (last.get(variable) ?? -1) >= place;
}

/** Equations without active loops: jax-js differentiates them. */
function differentiateEquations(
  equations: readonly Equation[],
  values: Map<Variable, Tracer>,
  active: ReadonlySet<Variable>,
  isUsedAfter: (variable: Variable) => boolean,
): Backward {
  const isActive = (atom: Atom): atom is Variable => isVariable(atom) && active.has(atom);
  const reached = dependents(equations, [...active]);
  const touched = equations.filter((equation) => reached.has(equation));
  evaluate(
    equations.filter((equation) => !reached.has(equation)),
    values,
  );
  const made = new Set(touched.flatMap((equation) => equation.outBinders));
  const inputs = [...new Set(touched.flatMap((equation) => equation.inputs).filter(isActive))].filter(
    (input) => !made.has(input),
  );
  const outputs = [...made].filter((binder) => active.has(binder) && isUsedAfter(binder));
  const others = [...made].filter((binder) => !active.has(binder) && isUsedAfter(binder));
  const run = (arrays: jax.Array[]): [jax.Array[], jax.Array[]] => {
    const inner = new Map(values);
    inputs.forEach((input, i) => inner.set(input, arrays[i] as jax.Array));
    evaluate(touched, inner);
    const take = (variable: Variable): jax.Array => read(variable, inner).ref as jax.Array;
    return [outputs.map((output) => apart(read(output, inner))), others.map(take)];
  };
  const [results, pull, rest] = jax.vjp(run, [inputs.map((input) => read(input, values).ref as jax.Array)], { hasAux: true });
  outputs.forEach((output, i) => values.set(output, results[i] as jax.Array));
  others.forEach((output, i) => values.set(output, rest[i] as jax.Array));
  return (gradients) => {
    const known = outputs.map((output) => gradients.get(output));
    if (known.every((gradient) => gradient === undefined)) return;
    const given = known.map((gradient, i) => (gradient ?? zerosLike(outputs[i] as Variable)).ref as jax.Array);
    const [pulled] = pull(given) as [jax.Array[]];
    inputs.forEach((input, i) => gradients.add(input, pulled[i]));
  };
}

/** From the gradient of an equation's result, its inputs and its result: the gradients of the inputs. */
type Rule = (gradient: jax.Array, inputs: readonly jax.Array[], output: jax.Array) => readonly jax.Array[];

/** The gradient of an equation for which there is a shorter one than jax-js finds: functions kept whole, and the larger of two arrays. */
function ruleOf(equation: Equation): Rule | undefined {
  const pullBack = pullBackOf(equation);
  if (pullBack) return (gradient, [x], y) => [pullBack(gradient, x as jax.Array, y)];
  const { primitive, inputs, outBinders } = equation;
  if (String(primitive) !== "max") return undefined;
  const shape = outBinders[0]?.aval.shape.join();
  const isArray = (input: Atom): boolean => isVariable(input) && isFloat(input.aval) && input.aval.shape.join() === shape;
  return inputs.every(isArray) ? ofLarger : undefined;
}

/** Of two that are equal the first is the larger. A product and a difference: two choices would take four times as long. */
const ofLarger: Rule = (gradient, [a, b], largest) => {
  largest.dispose();
  const isSecond = jax.numpy.less(a as jax.Array, b as jax.Array).astype(gradient.dtype);
  const second = gradient.ref.mul(isSecond);
  return [gradient.sub(second.ref), second];
};

function differentiateByRule(rule: Rule, equation: Equation, values: Map<Variable, Tracer>): Backward {
  evaluate([equation], values);
  const value = (atom: Atom): jax.Array => read(atom, values).ref as jax.Array;
  return (gradients) => {
    const output = equation.outBinders[0] as Variable;
    const gradient = gradients.get(output);
    if (!gradient) return;
    const pulled = rule(gradient.ref as jax.Array, equation.inputs.map(value), value(output));
    equation.inputs.forEach((input, i) => gradients.add(input, pulled[i] as Tracer));
  };
}

/** jax-js orders equations wrongly when one result of `vjp` is made from another, so each result gets an equation of its own, which does nothing. */
const apart = (x: Tracer): jax.Array => bind("reshape" as Equation["primitive"], [x], { shape: x.shape })[0] as jax.Array;

function differentiateLoop(
  loop: Loop,
  equation: Equation,
  values: Map<Variable, Tracer>,
  active: ReadonlySet<Variable>,
): Backward {
  const { body, captured, carries } = loop;
  const first = captured + carries;
  const inputs = equation.inputs.map((atom) => read(atom, values));
  const flows = activeInLoop(
    loop,
    equation.inputs.map((atom) => isVariable(atom) && active.has(atom)),
  );
  const results = recordLoop(
    { ...loop, body: new jax.Jaxpr(body.inBinders, body.eqns, [...body.outs, ...body.inBinders.slice(captured, first)]) },
    inputs,
  );
  equation.outBinders.forEach((binder, i) => values.set(binder, results[i] as Tracer));
  const states = results.slice(equation.outBinders.length);
  return (gradients) => {
    const given = equation.outBinders.map((binder, i) => (flows.outputs[i] ? gradients.get(binder) : undefined));
    if (given.every((gradient) => gradient === undefined)) return;
    const outputs = results.slice(carries, equation.outBinders.length);
    const pulled = pullBackLoop({ loop, inputs, states, outputs }, flows.inputs, given, differentiate);
    equation.inputs.forEach((atom, i) => isVariable(atom) && active.has(atom) && gradients.add(atom, pulled[i]));
  };
}
