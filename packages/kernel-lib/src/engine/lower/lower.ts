/**
 * Lowering: a trace becomes a graph. Each primitive has one rule, listed in `rules.ts`; this file walks the equations, keeps which
 * view each array of the trace has become, and follows programs inside programs.
 */
import { Graph, type ConstantData, type ElementType, type Kind, type Value } from "../onnx/graph.js";
import { typeOfResult, type Atom, type Equation, type Trace } from "../trace.js";
import { cast, pack } from "./cast.js";
import type { Call } from "./rule.js";
import { rules } from "./rules.js";
import { dense, viewOf, type View } from "./view.js";

/** An input of the program: given at each run under a name, or known already and written into the graph. */
export interface Binding {
  readonly name: string;
  readonly constant?: ConstantData;
}

/** Turns a trace into a graph whose inputs are the bindings without constants and whose outputs have the given names. */
export function lower(trace: Trace, bindings: readonly Binding[], outputNames: readonly string[], program = "program"): Graph {
  const graph = new Graph();
  const views = new Map<Atom, View>();
  const own = trace.constants.length;
  trace.inBinders.forEach((binder, i) => {
    const { shape, dtype } = binder.aval;
    const constant = trace.constants[i];
    const binding = bindings[i - own];
    if (constant) views.set(binder, viewOf(graph.constant(dtype, shape, asConstant(dtype, constant.data))));
    else if (!binding) throw new Error(`internal: input ${i - own} of ${program} is not bound`);
    else if (binding.constant) views.set(binder, viewOf(graph.constant(dtype, shape, binding.constant, binding.name)));
    else views.set(binder, viewOf(graph.input(binding.name, dtype, shape)));
  });
  new Lowering(graph, views, program).body(trace.eqns, trace.outs);
  graph.label = "result";
  trace.outs.forEach((atom, i) => {
    const view = cast(graph, viewOfAtom(graph, views, atom), typeOfResult(atom.aval.dtype));
    graph.output(outputNames[i] ?? `output${i}`, dense(graph, view));
  });
  graph.removeUnused();
  return graph;
}

class Lowering {
  readonly #graph: Graph;
  readonly #views: Map<Atom, View>;
  readonly #program: string;
  /** Equations that the rule of an earlier one has done. */
  readonly #done = new Set<Equation>();

  constructor(graph: Graph, views: Map<Atom, View>, program: string) {
    this.#graph = graph;
    this.#views = views;
    this.#program = program;
  }

  body(equations: readonly Equation[], outs: readonly Atom[]): void {
    const users = usersOf(equations, outs);
    for (const equation of equations) {
      if (this.#done.has(equation)) continue;
      const results = this.#apply(equation, users);
      equation.outBinders.forEach((atom, i) => {
        const view = results[i];
        if (view) this.#views.set(atom, view);
      });
    }
  }

  #apply(equation: Equation, users: Map<Atom, Equation[]>): readonly View[] {
    const { primitive } = equation;
    const rule = rules[primitive];
    if (!rule) {
      throw new TypeError(
        `compile: ${this.#program} uses ${primitive}, which has no rule for ONNX; run it with compile(${this.#program}, { runner: "jax" })`,
      );
    }
    const followerOf = ({ outBinders: [first] }: Equation): Equation | undefined => {
      const [follower, ...others] = (first && users.get(first)) ?? [];
      return others.length === 0 ? follower : undefined;
    };
    const follower = followerOf(equation);
    this.#graph.label = primitive;
    const call: Call<Record<string, unknown>> = {
      graph: this.#graph,
      inputs: equation.inputs.map((atom) => viewOfAtom(this.#graph, this.#views, atom)),
      params: equation.params,
      outputs: equation.outBinders.map((atom): Kind => ({ dtype: atom.aval.dtype, shape: atom.aval.shape })),
      equation,
      follower,
      followerOf,
      absorb: (view) => {
        const result = follower?.outBinders[0];
        if (!follower || !result) throw new Error(`internal: ${primitive} has no follower to absorb`);
        this.#done.add(follower);
        this.#views.set(result, view);
      },
      lowerInto: (graph, inner, inputs) => {
        const views = new Map(inner.inBinders.map((binder, i) => [binder, inputs[i] as View]));
        new Lowering(graph, views, this.#program).body(inner.eqns, inner.outs);
        return inner.outs.map((atom) => viewOfAtom(graph, views, atom));
      },
    };
    const results = rule(call as Call<never>);
    return "base" in results ? [results] : results;
  }
}

/** Which equations use each array. An output of the program counts as a use by nobody known. */
function usersOf(equations: readonly Equation[], outs: readonly Atom[]): Map<Atom, Equation[]> {
  const users = new Map<Atom, Equation[]>();
  const used = (atom: Atom, equation: Equation): void => {
    const known = users.get(atom);
    if (known) known.push(equation);
    else users.set(atom, [equation]);
  };
  for (const equation of equations) for (const atom of equation.inputs) used(atom, equation);
  for (const atom of outs) users.delete(atom);
  return users;
}

function viewOfAtom(graph: Graph, views: ReadonlyMap<Atom, View>, atom: Atom): View {
  if (atom.value !== undefined) return viewOf(literal(graph, atom.aval.dtype, atom.value));
  const view = views.get(atom);
  if (!view) throw new Error("internal: an array is used before it is made");
  return view;
}

const literal = (graph: Graph, dtype: ElementType, number: number): Value => graph.constant(dtype, [], pack(dtype, [number]));

/** jax-js holds bools as 32-bit integers and halves as `Float16Array`; constants hold bytes and bits. */
function asConstant(dtype: ElementType, data: Trace["constants"][number]["data"]): ConstantData {
  if (dtype === "bool") return Uint8Array.from(data, (x) => (x === 0 ? 0 : 1));
  if (dtype === "float16") return new Uint16Array(data.buffer, data.byteOffset, data.length);
  return data;
}
