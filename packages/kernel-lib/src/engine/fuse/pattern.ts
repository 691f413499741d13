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

  constructor(values: ReadonlyMap<string, Value>, numbers: ReadonlyMap<string, number>, nodes: readonly Node[]) {
    this.values = values;
    this.numbers = numbers;
    this.nodes = nodes;
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

  with(more: { value?: [string, Value]; number?: [string, number]; node?: Node }): Found {
    return new Found(
      more.value ? new Map([...this.values, more.value]) : this.values,
      more.number ? new Map([...this.numbers, more.number]) : this.numbers,
      more.node ? [...this.nodes, more.node] : this.nodes,
    );
  }
}

/** Every way in which a value fits, given what has been found so far. */
export type Pattern = (value: Value, found: Found, producer: (value: Value) => Node | undefined) => Iterable<Found>;

/** Any value; where the name stands twice in a pattern, the same one. */
export const any =
  (name: string): Pattern =>
  (value, found) => {
    const known = found.values.get(name);
    if (known) return known === value ? [found] : [];
    return [found.with({ value: [name, value] })];
  };

/** Any number known now. */
export const number =
  (name: string): Pattern =>
  (value, found) => {
    const held = numberIn(value);
    return held === undefined ? [] : [found.with({ number: [name, held] })];
  };

/** A certain number, as precisely as its type holds it. */
export const exactly =
  (expected: number): Pattern =>
  (value, found) => {
    const held = numberIn(value);
    return held !== undefined && Math.abs(held - expected) <= 1e-6 * Math.abs(expected) ? [found] : [];
  };

const commutative = new Set(["Add", "Mul", "Max", "Min"]);

/** The value that a node makes from values that fit. With `as`, the value has a name too. */
export function node(op: string, ...inputs: Pattern[]): Pattern & { as: (name: string) => Pattern } {
  const pattern: Pattern = function* (value, found, producer) {
    const made = producer(value);
    if (made?.op !== op || made.outputs[0] !== value || made.inputs.length !== inputs.length) return;
    const orders = commutative.has(op) ? [made.inputs, made.inputs.toReversed()] : [made.inputs];
    for (const order of orders) yield* all(inputs, order, found.with({ node: made }), producer);
  };
  const as = (name: string): Pattern =>
    function* (value, found, producer) {
      const known = found.values.get(name);
      if (known) {
        if (known === value) yield found;
        return;
      }
      for (const fit of pattern(value, found, producer)) yield fit.with({ value: [name, value] });
    };
  return Object.assign(pattern, { as });
}

/** The value that a node makes, given that its attributes pass a test. */
export const given = (pattern: Pattern, test: (attributes: Attributes, made: Node) => boolean): Pattern =>
  function* (value, found, producer) {
    for (const fit of pattern(value, found, producer)) {
      const made = producer(value);
      if (made && test(made.attributes, made)) yield fit;
    }
  };

/** Any one of several patterns. */
export const either = (...patterns: Pattern[]): Pattern =>
  function* (value, found, producer) {
    for (const pattern of patterns) yield* pattern(value, found, producer);
  };

function* all(
  patterns: readonly Pattern[],
  values: readonly (Value | undefined)[],
  found: Found,
  producer: (value: Value) => Node | undefined,
): Iterable<Found> {
  const [first, ...rest] = patterns;
  if (!first) {
    yield found;
    return;
  }
  const [value] = values;
  if (!value) return;
  for (const fit of first(value, found, producer)) yield* all(rest, values.slice(1), fit, producer);
}
