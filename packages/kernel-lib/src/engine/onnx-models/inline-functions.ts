/**
 * Functions of the model (ONNX's FunctionProto): each call is replaced by the nodes of its function, so that attention inside can be
 * found. ONNX Runtime does the same.
 */
import { clone, create } from "@bufbuild/protobuf";
import {
  AttributeProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  type AttributeProto,
  type FunctionProto,
  type ModelProto,
  type NodeProto,
} from "onnx-buf";
import { mostNodes } from "./read-model.js";
import { bodiesOf, innerGraphs, tensorsOf } from "./walk.js";

/** Bytes of constants that copies of functions may come to. */
const mostBytes = 2 ** 28;

/** What inlining did, and the functions that stayed closed. */
export interface Inlined {
  readonly isChanged: boolean;
  readonly closed: readonly string[];
}

/**
 * Replaces the calls in the main graph. Functions whose copies would be too large, and those of other operator sets, stay.
 *
 * @throws SyntaxError for a function that calls itself; RangeError where calls of calls come to too many nodes
 */
export function inlineFunctions(model: ModelProto): Inlined {
  const { graph, functions } = model;
  if (graph === undefined || functions.length === 0) return { isChanged: false, closed: [] };
  const byKey = new Map(functions.map((one) => [keyOf(one.domain, one.name, one.overload), one]));
  const called = (node: NodeProto): FunctionProto | undefined => byKey.get(keyOf(node.domain, node.opType, node.overload));
  const versions = new Map<string, bigint>();
  for (const { domain, version } of [model, ...functions].flatMap(({ opsetImport }) => opsetImport)) {
    if (!versions.has(standard(domain))) versions.set(standard(domain), version);
  }
  const sizes = new Sizes(called, versions);
  const inside = [...innerGraphs(graph.node)].flatMap(({ node }) => node.flatMap((one) => called(one) ?? []));
  for (const one of inside) sizes.of(one);
  const calls = graph.node.filter((node) => called(node) !== undefined);
  const total = { nodes: graph.node.length, bytes: 0 };
  const opened = new Set<NodeProto>();
  const closed = new Set<string>(inside.map(nameOf));
  for (const call of calls) {
    const one = called(call) as FunctionProto;
    const size = sizes.of(one);
    if (total.nodes + size.nodes > mostNodes) {
      throw new RangeError(`openOnnx: expected a model of at most ${mostNodes} nodes; its calls of ${one.name} come to more`);
    }
    if (size.isForeign || total.bytes + size.bytes > mostBytes) {
      closed.add(nameOf(one));
      continue;
    }
    total.nodes += size.nodes;
    total.bytes += size.bytes;
    opened.add(call);
  }
  let count = 0;
  const open = (node: NodeProto): NodeProto[] => {
    const one = called(node);
    return one === undefined ? [node] : expand(node, one, `heed/call_${count++}/`).flatMap(open);
  };
  graph.node = graph.node.flatMap((node) => (opened.has(node) ? open(node) : [node]));
  if (opened.size > 0) {
    model.opsetImport = Array.from(versions, ([domain, version]) => create(OperatorSetIdProtoSchema, { domain, version }));
  }
  return { isChanged: opened.size > 0, closed: [...closed] };
}

const standard = (domain: string): string => (domain === "ai.onnx" ? "" : domain);
const keyOf = (domain: string, name: string, overload: string): string => JSON.stringify([standard(domain), name, overload]);
const nameOf = ({ name }: FunctionProto): string => `function ${name}`;

/** How large a function is with all that it calls. */
interface Size {
  nodes: number;
  bytes: number;
  /** Whether it is of another operator set than the model. */
  isForeign: boolean;
}

/** Functions call functions so deep at most. */
const deepest = 100;

class Sizes {
  readonly #called: (node: NodeProto) => FunctionProto | undefined;
  readonly #versions: ReadonlyMap<string, bigint>;
  readonly #known = new Map<FunctionProto, Size>();
  readonly #open = new Set<FunctionProto>();

  constructor(called: (node: NodeProto) => FunctionProto | undefined, versions: ReadonlyMap<string, bigint>) {
    this.#called = called;
    this.#versions = versions;
  }

  /**
   * ONNX Runtime, too, puts functions in the place of their calls; what it would not get to the end of is not given to it.
   *
   * @throws SyntaxError for a function that calls itself; RangeError where calls of calls come to too many nodes
   */
  of(one: FunctionProto): Size {
    const known = this.#known.get(one);
    if (known !== undefined) return known;
    if (this.#open.has(one)) throw new SyntaxError(`openOnnx: the function ${one.name} of the model calls itself`);
    this.#open.add(one);
    if (this.#open.size > deepest) throw new RangeError(`openOnnx: expected functions at most ${deepest} deep`);
    const isForeign = one.opsetImport.some(({ domain, version }) => this.#versions.get(standard(domain)) !== version);
    const size: Size = { nodes: 1, bytes: 0, isForeign };
    const graphs = [...innerGraphs(one.node)];
    for (const node of [...one.node, ...graphs.flatMap((graph) => graph.node)]) {
      const callee = this.#called(node);
      const inner = callee === undefined ? undefined : this.of(callee);
      size.nodes += inner?.nodes ?? 1;
      size.bytes += (inner?.bytes ?? 0) + bytesOf(node.attribute.flatMap(tensorsOf));
      size.isForeign ||= inner?.isForeign === true;
    }
    size.bytes += bytesOf(graphs.flatMap(({ initializer }) => initializer));
    if (size.nodes > mostNodes) {
      throw new RangeError(`openOnnx: expected a model of at most ${mostNodes} nodes; its function ${one.name} comes to more`);
    }
    this.#open.delete(one);
    this.#known.set(one, size);
    return size;
  }
}

const bytesOf = (tensors: ReturnType<typeof tensorsOf>): number =>
  tensors.reduce(
    (sum, { rawData, floatData, int32Data, int64Data, doubleData }) =>
      sum + rawData.length + 4 * (floatData.length + int32Data.length) + 8 * (int64Data.length + doubleData.length),
    0,
  );

/** The nodes of a function in place of a call, with names of their own. */
function expand(call: NodeProto, one: FunctionProto, prefix: string): NodeProto[] {
  const names = new Map([["", ""]]);
  one.input.forEach((name, i) => names.set(name, call.input[i] ?? ""));
  const copies: NodeProto[] = [];
  one.output.forEach((name, i) => {
    const output = call.output[i] ?? "";
    if (output === "") return;
    // an output that is an input, or is given twice, needs a node of its own
    const source = names.get(name);
    if (source === undefined) names.set(name, output);
    else copies.push(create(NodeProtoSchema, { opType: "Identity", input: [source], output: [output] }));
  });
  const rename = (name: string): string => names.get(name) ?? `${prefix}${name}`;
  const given = new Map(one.attributeProto.map((attribute) => [attribute.name, attribute]));
  for (const attribute of call.attribute) given.set(attribute.name, attribute);
  const nodes = one.node.map((node) => {
    const made = clone(NodeProtoSchema, node);
    adopt(made, rename, given);
    made.name = [call.name || one.name, node.name].filter(Boolean).join("/");
    return made;
  });
  return [...nodes, ...copies];
}

/** Gives a copied node, and the bodies within it, their names and the attributes of the call. */
function adopt(node: NodeProto, rename: (name: string) => string, given: ReadonlyMap<string, AttributeProto>): void {
  node.input = node.input.map(rename);
  node.output = node.output.map(rename);
  node.attribute = node.attribute.flatMap((attribute) => {
    if (attribute.refAttrName === "") return [attribute];
    const value = given.get(attribute.refAttrName);
    return value === undefined ? [] : [create(AttributeProtoSchema, { ...value, name: attribute.name })];
  });
  for (const graph of bodiesOf(node)) {
    for (const value of [...graph.input, ...graph.output, ...graph.valueInfo, ...graph.initializer])
      value.name = rename(value.name);
    for (const inner of graph.node) adopt(inner, rename, given);
  }
}
