/** What a rule is: how one primitive of the trace becomes nodes of the graph. */
import type { Graph, Kind } from "../onnx/graph.js";
import type { Body, Equation } from "../trace.js";
import type { View } from "./view.js";

/** One equation of the trace on its way into the graph. */
export interface Call<Params> {
  readonly graph: Graph;
  readonly inputs: readonly View[];
  readonly params: Params;
  /** Shape and type of each result, as the trace states them. */
  readonly outputs: readonly Kind[];
  /** The only equation that uses the first result, if there is just one: for rules that make two equations one node. */
  readonly follower: Equation | undefined;
  /** The only equation that uses the first result of an equation, if there is just one. */
  readonly followerOf: (equation: Equation) => Equation | undefined;
  /** Declares that `follower` is done by this rule too, with this result. */
  readonly absorb: (view: View) => void;
  /** Lowers an inner program on given inputs, into this graph or the body of a loop in it. */
  readonly lowerInto: (graph: Graph, inner: Body, inputs: readonly View[]) => View[];
  readonly equation: Equation;
}

export type Rule = (call: Call<never>) => View | readonly View[];

/** States the parameters a primitive has in the trace. */
export const rule = <Params>(lower: (call: Call<Params>) => View | readonly View[]): Rule => lower as Rule;

/** The i-th input of a call. */
export function input(call: { readonly inputs: readonly View[] }, i: number): View {
  const view = call.inputs[i];
  if (!view) throw new Error(`internal: a rule wants input ${i}; there are ${call.inputs.length}`);
  return view;
}

/** The i-th output of a call. */
export function output(call: { readonly outputs: readonly Kind[] }, i = 0): Kind {
  const kind = call.outputs[i];
  if (!kind) throw new Error(`internal: a rule wants output ${i}; there are ${call.outputs.length}`);
  return kind;
}
