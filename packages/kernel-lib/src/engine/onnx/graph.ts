/**
 * A computation as ONNX states it: named values, and nodes that make values from values. Every value knows its shape and element
 * type, so that rules and fusions can reason without running anything. Nodes are built in the order they run.
 */
import { sizeOf } from "../tensor.js";

/** Element types inside a graph: those of tensors, and those that only pass between nodes. */
export type ElementType = "float32" | "float64" | "float16" | "int32" | "uint32" | "int64" | "uint64" | "bool";

/** The numbers of a constant. `float16` is held as its bits, `bool` as bytes. */
export type ConstantData =
  Float32Array | Float64Array | Int32Array | Uint32Array | Uint16Array | Uint8Array | BigInt64Array | BigUint64Array;

export interface Value {
  readonly name: string;
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  /** Present when the value is known before the graph runs. */
  readonly constant?: ConstantData;
}

/** An attribute: whole numbers are integers; `real` marks a floating-point number; a graph is the body of a loop. */
export type Attribute = number | string | readonly number[] | { readonly real: number } | Graph;
export type Attributes = Readonly<Record<string, Attribute>>;

export interface Node {
  readonly op: string;
  /** `""` is ONNX's own operations, `com.microsoft` ONNX Runtime's. */
  readonly domain: string;
  /** An omitted optional input is `undefined`. */
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: readonly Value[];
  readonly attributes: Attributes;
  /** What the user wrote: the primitive, and the name given with `ops.named`. Errors are told in these words. */
  readonly label: string;
}

/** What is known of an output before it has a name. */
export interface Kind {
  readonly dtype: ElementType;
  readonly shape: readonly number[];
}

/** The kind of an optional output that is not wanted: it gets no name and is not computed. */
export const omitted: Kind = { dtype: "float32", shape: [] };

/** The name of the i-th node of a graph in the model made of it. */
export const nodeName = (node: Node, i: number): string => `${node.label || node.op}#${i}`;

export const real = (value: number): { readonly real: number } => ({ real: value });

/** The names taken in a graph and all graphs inside it. */
class Names {
  readonly #taken = new Set<string>();
  #count = 0;

  claim(wish: string): string {
    let name = wish;
    while (name === "" || this.#taken.has(name)) name = `${wish}_${this.#count++}`;
    this.#taken.add(name);
    return name;
  }
}

const none: readonly never[] = [];
/** The attributes of a node that has none. */
const plain: Attributes = {};

/** The graphs among a node's attributes. */
export const bodies = (attributes: Attributes): readonly Graph[] =>
  "body" in attributes ? Object.values(attributes).filter((attribute) => attribute instanceof Graph) : none;

/** Every value a node needs, those that its bodies take from around them included. */
export function usedBy(node: Node): readonly Value[] {
  const inputs = node.inputs.includes(undefined) ? node.inputs.filter((value) => value !== undefined) : node.inputs;
  const inner = bodies(node.attributes);
  return inner.length === 0
    ? (inputs as readonly Value[])
    : ([...inputs, ...inner.flatMap((body) => body.captured())] as Value[]);
}

export class Graph {
  readonly inputs: Value[] = [];
  outputs: { readonly name: string; readonly value: Value }[] = [];
  nodes: Node[] = [];
  /** What nodes being added belong to; see {@link Node.label}. */
  label = "";
  /** Names that the user gave to arrays of the program. */
  readonly titles: Map<Value, string>;
  /** Constants and nodes by what they are, so that equal ones are made once. */
  readonly #constants = new Map<string, Value>();
  readonly #made = new Map<string, readonly Value[]>();
  readonly #producers = new Map<Value, Node>();
  readonly #names: Names;
  /** The graph around this one, when this is the body of a loop. Its values can be used here. */
  readonly #around: Graph | undefined;
  /** In a body: the values that differ from one step to the next. */
  readonly #own = new Set<Value>();

  constructor(around?: Graph) {
    this.#around = around;
    this.#names = around ? around.#names : new Names();
    this.titles = around ? around.titles : new Map();
  }

  input(name: string, dtype: ElementType, shape: readonly number[]): Value {
    const value = { name: this.#names.claim(name), dtype, shape };
    this.inputs.push(value);
    this.#own.add(value);
    return value;
  }

  output(name: string, value: Value): void {
    this.outputs.push({ name: this.#names.claim(name), value });
  }

  /** A value known now. Short ones that are equal are one value. */
  constant(dtype: ElementType, shape: readonly number[], data: ConstantData, name?: string): Value {
    if (this.#around) return this.#around.constant(dtype, shape, data, name);
    const make = (): Value => ({ name: this.#names.claim(name ?? "constant"), dtype, shape, constant: data });
    if (name !== undefined || data.length > 16) return make();
    const numbers = [...data].map((x) => (Object.is(x, -0) ? "-0" : String(x)));
    const key = `${dtype} ${shape.join()} ${numbers.join()}`;
    const known = this.#constants.get(key) ?? make();
    this.#constants.set(key, known);
    return known;
  }

  /** Whole numbers as ONNX wants them for shapes, axes and indices. */
  integers(values: readonly number[]): Value {
    return this.constant("int64", [values.length], BigInt64Array.from(values, BigInt));
  }

  /** Adds a node with one output and returns that; an equal node is not added twice. */
  add(op: string, inputs: readonly (Value | undefined)[], kind: Kind, attributes: Attributes = plain, domain = ""): Value {
    return this.addAll(op, inputs, [kind], attributes, domain)[0];
  }

  /** {@link add} for several outputs. What is the same in every step of a loop is computed once, before the loop. */
  addAll<Kinds extends readonly Kind[]>(
    op: string,
    inputs: readonly (Value | undefined)[],
    kinds: readonly [...Kinds],
    attributes: Attributes = plain,
    domain = "",
  ): { [K in keyof Kinds]: Value } {
    const inner = bodies(attributes);
    const used = [...inputs, ...inner.flatMap((body) => body.captured())];
    if (this.#around && !used.some((value) => value && this.#own.has(value))) {
      return this.#around.addAll(op, inputs, kinds, attributes, domain);
    }
    const key = `${domain} ${op} ${inputs.map((value) => value?.name ?? "").join()}`;
    const whole = inner.length > 0 ? undefined : attributes === plain ? key : `${key} ${JSON.stringify(attributes)}`;
    const known = whole === undefined ? undefined : this.#made.get(whole);
    if (known) return known as { [K in keyof Kinds]: Value };
    const outputs = kinds.map((kind): Value => ({
      name: kind === omitted ? "" : this.#names.claim(op),
      dtype: kind.dtype,
      shape: kind.shape,
    }));
    for (const value of outputs) this.#own.add(value);
    this.push({ op, domain, inputs, outputs, attributes, label: this.label });
    if (whole !== undefined) this.#made.set(whole, outputs);
    return outputs as { [K in keyof Kinds]: Value };
  }

  /** Adds a node whose outputs are values of this graph already. */
  push(node: Node): void {
    this.nodes.push(node);
    for (const value of node.outputs) this.#producers.set(value, node);
  }

  /** The node that makes a value, if it is one of this graph or of a graph around it. */
  producer(value: Value): Node | undefined {
    return this.#producers.get(value) ?? this.#around?.producer(value);
  }

  /** Writes all nodes anew: `write` gets each one in order, and adds what shall stand in its place. */
  rewrite(write: (node: Node) => void): void {
    const old = this.nodes;
    this.nodes = [];
    this.#made.clear();
    this.#producers.clear();
    for (const node of old) write(node);
  }

  /** Keeps only nodes that an output needs. */
  removeUnused(): void {
    const needed = new Set(this.outputs.map(({ value }) => value.name));
    const kept: Node[] = [];
    for (const node of this.nodes.toReversed()) {
      if (!node.outputs.some((value) => needed.has(value.name))) continue;
      for (const value of usedBy(node)) needed.add(value.name);
      kept.push(node);
    }
    this.nodes = kept.toReversed();
  }

  /** Every constant that a node or an output uses, in the order of use. */
  constants(): Value[] {
    const used = [...this.nodes.flatMap(usedBy), ...this.outputs.map(({ value }) => value)];
    return [...new Set(used.filter((value) => value.constant !== undefined))];
  }

  /** The values of the graph around that a loop's body uses. */
  captured(): Value[] {
    const used = [...this.nodes.flatMap(usedBy), ...this.outputs.map(({ value }) => value)];
    return [...new Set(used.filter((value) => !this.#own.has(value)))];
  }

  /** Whether a value differs from one step of this body to the next. */
  owns(value: Value): boolean {
    return this.#own.has(value);
  }
}

/** The number that a value holds, if it holds one and is known. */
export function numberIn(value: Value): number | undefined {
  const { constant } = value;
  return constant?.length === 1 && value.dtype !== "float16" ? Number(constant[0]) : undefined;
}

/** Bytes an element of each type takes. */
export const bytesOf: Readonly<Record<ElementType, number>> = {
  float32: 4,
  float64: 8,
  float16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  bool: 1,
};

export const byteSize = (kind: Kind): number => sizeOf(kind.shape) * bytesOf[kind.dtype];
