/**
 * Patterns of nodes, written as they would be computed: `node("Mul", x, node("Reciprocal", y))` is found at the value that the outer
 * node makes. Factors and summands are found in either order.
 */
import { numberIn, type Attributes, type Node, type Value } from "../onnx/graph.js";

/** What a pattern has found. */
export class Found {
  readonly values: ReadonlyMap<string, Value>;
  readonly numbers: ReadonlyMap<string, number>;
  /** The nodes that the pattern is made of. */
  readonly nodes: readonly Node[];
  /** What the pattern starts from: the values found by {@link any}. */
  readonly inputs: readonly Value[];

  constructor(
    values: ReadonlyMap<string, Value>,
    numbers: ReadonlyMap<string, number>,
    nodes: readonly Node[],
    inputs: readonly Value[],
  ) {
    this.values = values;
    this.numbers = numbers;
    this.nodes = nodes;
    this.inputs = inputs;
  }

  value(name: string): Value {
    const value = this.values.get(name);
    if (!value) throw new Error(`internal: the pattern has no value ${name}`);
    return value;
  }

  number(name: string): number {
    const number = this.numbers.get(name);
    if (number === undefined) throw new Error(`internal: the pattern has no number ${name}`);
    return number;
  }

  with(more: { value?: [string, Value]; number?: [string, number]; node?: Node; input?: Value }): Found {
    return new Found(
      more.value ? new Map([...this.values, more.value]) : this.values,
      more.number ? new Map([...this.numbers, more.number]) : this.numbers,
      more.node ? [...this.nodes, more.node] : this.nodes,
      more.input ? [...this.inputs, more.input] : this.inputs,
    );
  }
}

type Producer = (value: Value) => Node | undefined;

export interface Pattern {
  /** Every way in which a value fits, given what has been found so far. */
  readonly fits: (value: Value, found: Found, producer: Producer) => Iterable<Found>;
  /** The operations of the node that may make such a value; any if there is no such list. */
  readonly ops?: readonly string[];
}

/** Any value; where the name stands twice in a pattern, the same one. */
export const any = (name: string): Pattern => ({
  fits: (value, found) => {
    const known = found.values.get(name);
    if (known) return known === value ? [found] : [];
    return [found.with({ value: [name, value], input: value })];
  },
});

/** Any number known now. */
export const number = (name: string): Pattern => ({
  fits: (value, found) => {
    const held = numberIn(value);
    return held === undefined ? [] : [found.with({ number: [name, held] })];
  },
});

/** A certain number, as precisely as its type holds it. */
export const exactly = (expected: number): Pattern => ({
  fits: (value, found) => {
    const held = numberIn(value);
    return held !== undefined && Math.abs(held - expected) <= 1e-6 * Math.abs(expected) ? [found] : [];
  },
});

const commutative = new Set(["Add", "Mul", "Max", "Min"]);

/** The value that a node makes from values that fit. */
export const node = (op: string, ...inputs: Pattern[]): Pattern => ({
  ops: [op],
  fits: function* (value, found, producer) {
    const made = producer(value);
    if (made?.op !== op || made.outputs[0] !== value || made.inputs.length !== inputs.length) return;
    const orders = commutative.has(op) ? [made.inputs, made.inputs.toReversed()] : [made.inputs];
    for (const order of orders) yield* all(inputs, order, found.with({ node: made }), producer);
  },
});

/** The value of a pattern under a name. Where the name stands again, the same value. */
export const as = (name: string, pattern: Pattern): Pattern => ({
  ...pattern,
  fits: function* (value, found, producer) {
    const known = found.values.get(name);
    if (known === value) yield found;
    if (known) return;
    for (const fit of pattern.fits(value, found, producer)) yield fit.with({ value: [name, value] });
  },
});

/** The value that a node makes, given that its attributes pass a test. */
export const given = (pattern: Pattern, test: (attributes: Attributes, made: Node) => boolean): Pattern => ({
  ...pattern,
  fits: function* (value, found, producer) {
    for (const fit of pattern.fits(value, found, producer)) {
      const made = producer(value);
      if (made && test(made.attributes, made)) yield fit;
    }
  },
});

/** Any one of several patterns. */
export function either(...patterns: Pattern[]): Pattern {
  const ops = patterns.every((pattern) => pattern.ops)
    ? [...new Set(patterns.flatMap((pattern) => pattern.ops ?? []))]
    : undefined;
  return {
    ...(ops && { ops }),
    fits: function* (value, found, producer) {
      for (const pattern of patterns) yield* pattern.fits(value, found, producer);
    },
  };
}

function* all(
  patterns: readonly Pattern[],
  values: readonly (Value | undefined)[],
  found: Found,
  producer: Producer,
  at = 0,
): Iterable<Found> {
  const [pattern, value] = [patterns[at], values[at]];
  if (!pattern) yield found;
  else if (value) for (const fit of pattern.fits(value, found, producer)) yield* all(patterns, values, fit, producer, at + 1);
}
