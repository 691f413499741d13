/**
 * Traces as the loops need them: read, cut into parts, and evaluated again. jax-js records a program as equations over variables
 * but gives no way to run a part of them; `bind` and `evaluate` are that way. This is the only file that touches what jax-js keeps
 * for itself (a tracer's trace and its level), and the version of jax-js is pinned exactly for that.
 */
import * as jax from "@jax-js/jax";
import { pullBackOfCall, customGradientOverBatch } from "./custom-gradient.js";

export const { Jaxpr } = jax;
export type Trace = jax.Jaxpr;
export type Equation = Trace["eqns"][number];
/** A variable of a trace. */
export type Variable = Trace["inBinders"][number];
/** What an equation reads: a variable, or a number written in the equation. */
export type Atom = Trace["outs"][number];
export type ShapeAndType = Tracer["aval"];
/** Whatever stands for an array while programs are traced. */
export type Tracer = jax.ClosedJaxpr["consts"][number];
type Interpreter = Tracer["_trace"];
type Primitive = Equation["primitive"];
type Parameters = Equation["params"];

export const isVariable = (atom: Atom): atom is Variable => !("value" in atom);
export const isFloat = (kind: { readonly dtype: string }): boolean => kind.dtype === "float32";

/** A shape and an element type as an input to trace at; jax-js takes any object that is not a plain one for a leaf. */
export class ShapedType {
  readonly shape: number[];
  readonly dtype: jax.DType;
  readonly weakType = false;
  constructor(shape: readonly number[], dtype: jax.DType) {
    this.shape = [...shape];
    this.dtype = dtype;
  }
}

/** A traced function: its equations, and the arrays of outer programs that it uses, which are its first inputs. */
export interface Closed {
  readonly trace: Trace;
  readonly captured: Tracer[];
}

/** Traces a function of a flat list of arrays; calls of compiled functions inside are written out. */
export function traceOf(program: (...inputs: Tracer[]) => Tracer[], kinds: readonly ShapeAndType[]): Closed {
  const { jaxpr } = jax.makeJaxpr(program as (...inputs: unknown[]) => jax.Array[])(...kinds);
  return { trace: inlineCalls(jaxpr.jaxpr), captured: jaxpr.consts };
}

/** A loop in a trace. Its body reads what it captured, the carries and one element of each input, and makes the next carries and the outputs. */
export interface Loop {
  readonly body: Trace;
  readonly captured: number;
  readonly carries: number;
  readonly length: number;
  /** From the last element to the first; outputs keep the places of their inputs. */
  readonly reverse: boolean;
}

/**
 * The loop an equation stands for. jax-js takes no primitives from outside, so a loop is recorded as a call of a compiled function
 * which only has the right shapes, and the loop itself goes with it as a parameter.
 */
export const loopOf = (equation: Equation): Loop | undefined =>
  equation.primitive === ("jit" as Primitive) ? (equation.params["loop"] as Loop | undefined) : undefined;

/** Adds a loop to the trace being made. The inputs are what the body captured, the first carries and the sequences. */
export function recordLoop(loop: Loop, inputs: readonly Tracer[]): Tracer[] {
  const { body, carries, length } = loop;
  const kinds = body.outs.map(({ aval }, i) => new ShapedType(i < carries ? aval.shape : [length, ...aval.shape], aval.dtype));
  const standIn = traceOf(
    (...arrays) => kinds.map((kind) => placeholder(arrays[0] as Tracer, kind)),
    inputs.map((input) => input.aval),
  );
  if (standIn.captured.length > 0) throw new Error("internal: a stand-in for a loop captured arrays");
  return bind("jit" as Primitive, inputs, { name: "scan", jaxpr: standIn.trace, numConsts: 0, loop });
}

/** Some array of a given shape and type: it is only looked at, never computed. */
function placeholder(from: Tracer, { shape, dtype }: ShapedType): Tracer {
  const number = jax.numpy.astype(jax.numpy.sum(from.ref as jax.Array), dtype);
  return jax.numpy.broadcastTo(number, shape) as Tracer;
}

/** Whether a call stays as it is when calls are written out: loops, and functions with a gradient of their own. */
const staysWhole = (equation: Equation): boolean => loopOf(equation) !== undefined || pullBackOf(equation) !== undefined;

/** The gradient of a function that the trace keeps whole. */
export const pullBackOf = (equation: Equation): ReturnType<typeof pullBackOfCall> =>
  equation.primitive === ("jit" as Primitive) ? pullBackOfCall(String(equation.params["name"])) : undefined;

/** Writes out every call except those that stand for loops and functions kept whole. */
export function inlineCalls(trace: Trace): Trace {
  if (!trace.eqns.some((equation) => equation.primitive === "jit" && !staysWhole(equation))) return trace;
  const equations: Equation[] = [];
  const renamed = new Map<Atom, Atom>();
  const current = (atom: Atom): Atom => renamed.get(atom) ?? atom;
  for (const equation of trace.eqns) {
    const inputs = equation.inputs.map(current);
    if (equation.primitive !== "jit" || staysWhole(equation)) {
      equations.push(
        new (equation.constructor as EquationClass)(equation.primitive, inputs, equation.params, equation.outBinders),
      );
      continue;
    }
    const called = inlineCalls(equation.params["jaxpr"] as Trace);
    const inside = new Map<Atom, Atom>(called.inBinders.map((binder, i) => [binder, inputs[i] as Atom]));
    const read = (atom: Atom): Atom => inside.get(atom) ?? atom;
    for (const inner of called.eqns) {
      const outputs = inner.outBinders.map((binder) => new (binder.constructor as VariableClass)(binder.aval));
      inner.outBinders.forEach((binder, i) => inside.set(binder, outputs[i] as Variable));
      equations.push(new (inner.constructor as EquationClass)(inner.primitive, inner.inputs.map(read), inner.params, outputs));
    }
    equation.outBinders.forEach((binder, i) => renamed.set(binder, read(called.outs[i] as Atom)));
  }
  return new jax.Jaxpr(trace.inBinders, equations, trace.outs.map(current)).simplify();
}
type EquationClass = new (primitive: Primitive, inputs: Atom[], parameters: Parameters, outputs: Variable[]) => Equation;
type VariableClass = new (kind: Variable["aval"]) => Variable;

const level = (input: Tracer): number => input._trace.main.level;

/** The array of the innermost transformation: what applies a primitive. */
const highest = (inputs: readonly Tracer[]): Tracer => inputs.reduce((top, input) => (level(input) > level(top) ? input : top));

/** Applies one primitive. Nothing is consumed: a reference is taken to every input. */
export function bind(primitive: Primitive, inputs: readonly Tracer[], parameters: Parameters): Tracer[] {
  const top = highest(inputs);
  // of known arrays alone the result would be computed now, which some primitives cannot while a trace is being made
  const interpreter: Interpreter = top instanceof jax.Array ? probe()._trace : top._trace;
  const raised = inputs.map((input) => (input._trace.main === interpreter.main ? input.ref : interpreter.lift(input.ref)));
  return interpreter.processPrimitive(primitive, raised, parameters as never).map((output) => output.fullLower());
}

/** An array of the trace being made, or a known one when there is none. */
const probe = (): Tracer => jax.numpy.add(jax.numpy.array(0), 0) as Tracer;

/** Whether arrays belong to traces (or are known), not to a transformation of jax-js under way; at least one to a trace. */
export function isRecorded(arrays: readonly Tracer[]): boolean {
  const traced = arrays.filter((array) => !(array instanceof jax.Array));
  return traced.length > 0 && traced.every((array) => "builder" in array._trace);
}

/** Runs equations, given the values of what they read; the values they make are added to `values`. */
export function evaluate(equations: readonly Equation[], values: Map<Variable, Tracer>): void {
  for (const equation of equations) {
    const inputs = equation.inputs.map((atom) => read(atom, values));
    const loop = loopOf(equation);
    const outputs =
      loop && !isRecorded(inputs)
        ? writeOut(loop, inputs)
        : (onBatch(equation, inputs) ?? bind(equation.primitive, inputs, equation.params));
    equation.outBinders.forEach((binder, i) => values.set(binder, outputs[i] as Tracer));
  }
}

/** An array under `vmap`: `val` has the batch at `batchDim`; `null` when it has none. */
interface Batched extends Tracer {
  readonly val: Tracer;
  readonly batchDim: number | null;
}
type BatchedClass = new (trace: Interpreter, value: Tracer, axis: number) => Tracer;
const isBatched = (input: Tracer | undefined): input is Batched & { readonly batchDim: number } =>
  input !== undefined && "batchDim" in input && input.batchDim !== null;

/** What jax-js would spell out under `vmap`, to the cost of the gradient: functions kept whole, and products with what has no batch. */
function onBatch(equation: Equation, inputs: readonly Tracer[]): Tracer[] | undefined {
  const [first, second] = inputs;
  const batched = highest(inputs);
  if (!isBatched(batched)) return undefined;
  const over = (value: Tracer, axis: number): Tracer => new (batched.constructor as BatchedClass)(batched._trace, value, axis);
  if (pullBackOf(equation)) {
    const run = customGradientOverBatch(String(equation.params["name"]), batched.shape.length, batched.batchDim);
    return [over(run(batched.val.ref as jax.Array), batched.batchDim)];
  }
  if (String(equation.primitive) !== "dot" || !first || !second || isBatched(first) === isBatched(second)) return undefined;
  // an axis of size 1 for the batch: its gradient is then summed by the product itself, where a written-out batch takes a sum after it
  const { numpy } = jax;
  const rank = Math.max(first.shape.length, second.shape.length);
  const sides = inputs.map((input) => {
    const missing = Array.from({ length: rank - input.shape.length }, () => 1);
    if (!isBatched(input)) return numpy.reshape(input.ref as jax.Array, [1, ...missing, ...input.shape]);
    const moved = numpy.moveaxis(input.val.ref as jax.Array, input.batchDim, 0);
    const [size = 1, ...shape] = moved.shape;
    return numpy.reshape(moved, [size, ...missing, ...shape]);
  });
  const [product] = bind(equation.primitive, sides, equation.params);
  return [over(product as Tracer, 0)];
}

/** Runs a whole trace. */
export function evaluateTrace(trace: Trace, inputs: readonly Tracer[]): Tracer[] {
  const values = new Map(trace.inBinders.map((binder, i) => [binder, inputs[i] as Tracer]));
  evaluate(trace.eqns, values);
  return trace.outs.map((atom) => read(atom, values));
}

/** The value of what an equation reads. */
export function read(atom: Atom, values: ReadonlyMap<Variable, Tracer>): Tracer {
  // a bare number beside an array takes the array's type; with a type of its own, key + 1 would become a float
  if (!isVariable(atom)) return jax.numpy.array(atom.value, atom.aval.weakType ? {} : { dtype: atom.dtype });
  const value = values.get(atom);
  if (!value) throw new Error(`internal: a variable of shape [${atom.aval.shape.join(", ")}] has no value`);
  return value;
}

/** The steps of a loop one after another, for transformations that cannot see through a loop. */
function writeOut(loop: Loop, inputs: readonly Tracer[]): Tracer[] {
  const { body, captured, carries, length, reverse } = loop;
  const first = captured + carries;
  let carry = inputs.slice(captured, first);
  const rows: Tracer[][] = [];
  for (let i = 0; i < length; i++) {
    const t = reverse ? length - 1 - i : i;
    const elements = inputs.slice(first).map((x) => (x.ref as jax.Array).slice(t) as Tracer);
    const made = evaluateTrace(body, [...inputs.slice(0, captured), ...carry, ...elements]);
    carry = made.slice(0, carries);
    rows[t] = made.slice(carries);
  }
  const columns = body.outs.slice(carries).map((_, i) => rows.map((row) => (row[i] as Tracer).ref as jax.Array));
  return [...carry, ...columns.map((column) => jax.numpy.stack(column, 0) as Tracer)];
}

/** The equations that use some variables, directly or through others. */
export function dependents(equations: readonly Equation[], variables: readonly Variable[]): Set<Equation> {
  const reached = new Set<Atom>(variables);
  const found = new Set<Equation>();
  for (const equation of equations) {
    if (!equation.inputs.some((atom) => reached.has(atom))) continue;
    found.add(equation);
    for (const binder of equation.outBinders) reached.add(binder);
  }
  return found;
}

/** An array of zeros of the shape and type of a variable. */
export const zerosLike = ({ aval }: { readonly aval: { readonly shape: number[]; readonly dtype: jax.DType } }): Tracer =>
  jax.numpy.zeros(aval.shape, { dtype: aval.dtype }) as Tracer;
