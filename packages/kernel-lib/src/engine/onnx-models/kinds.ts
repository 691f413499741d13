/** Which attention of a graph looks at its own tokens and which at another text's, and in which stack it stands. */
import type { GraphAttentionKind, GraphInput } from "./described.js";
import type { FoundAttention } from "./find-softmax.js";
import type { GraphIndex } from "./graph-index.js";
import { bitOf, findStreams, mostBits, type Stream } from "./streams.js";

/** Where an attention belongs. */
export interface Placed {
  readonly kind: GraphAttentionKind;
  /** The inputs of the graph that its queries are made of. */
  readonly reads: readonly string[];
  /** Those that its keys are made of. */
  readonly looksAt: readonly string[];
}

export function placeAttention(index: GraphIndex, inputs: readonly GraphInput[], found: readonly FoundAttention[]): Placed[] {
  const streamOf = findStreams(index, inputs, found);
  const queries = found.map(({ streams }) => streamOf(streams.query));
  const keys = found.map(({ streams }) => streamOf(streams.keys));
  const isCross = queries.map((query, i) => looksElsewhere(query, keys[i] ?? query));
  const crossing = (sides: readonly Stream[]): bigint =>
    sides.reduce((sum, { attention }, i) => (isCross[i] ? sum | attention : sum), 0n);
  const behindQueries = crossing(queries);
  const behindKeys = crossing(keys);
  const crosses = isCross.reduce((sum, yes, i) => (yes ? sum | bitOf(i) : sum), 0n);
  const kinds = queries.map(({ attention }, i): Base => {
    if (isCross[i]) return "cross";
    if (crosses === 0n) return "self";
    if ((behindQueries & bitOf(i)) !== 0n) return "decoder";
    if ((behindKeys & bitOf(i)) !== 0n) return "encoder";
    return (attention & crosses) === 0n ? "encoder" : "decoder";
  });
  // what an encoder and a decoder read is told apart by another input alone
  const telling = inputs.reduce((sum, { role }, i) => (tellingRoles.has(role) ? sum | bitOf(i) : sum), 0n);
  const namesOf = (stream: Stream): string[] =>
    inputs
      .slice(0, mostBits)
      .filter((_, place) => (stream.inputs & bitOf(place)) !== 0n)
      .map(({ name }) => name);
  const stacks = new Map<Base, Stack[]>();
  return queries.map((query, i): Placed => {
    const kind = kinds[i] ?? "self";
    const named = { reads: namesOf(query), looksAt: namesOf(keys[i] ?? query) };
    const known = stacks.get(kind) ?? [];
    stacks.set(kind, known);
    if (kind === "cross") return { kind, ...named };
    const stack = enter(known, query, i, telling);
    return { kind: stack === 0 ? kind : `${kind}-${stack + 1}`, ...named };
  });
}

type Base = "self" | "encoder" | "decoder" | "cross";

const tellingRoles = new Set(["ids", "targetIds", "pixels"]);

/**
 * Keys are of another stream than queries: they have come through other attention; or, where one of them has come through none, they
 * began elsewhere.
 */
function looksElsewhere(query: Stream, keys: Stream): boolean {
  if (query.attention !== 0n && keys.attention !== 0n) return (query.attention & keys.attention) === 0n;
  if (query.origins === 0n && keys.origins === 0n) return false;
  return (query.origins & keys.origins) === 0n;
}

/** The layers of one tower. */
interface Stack {
  /** The attention in it. */
  members: bigint;
  origins: bigint;
  inputs: bigint;
}

/** Adds attention to the stack it goes on from, or begins another: which one, counted from 0. */
function enter(stacks: Stack[], { attention, origins, inputs }: Stream, place: number, telling: bigint): number {
  const at = stacks.findIndex(
    (stack) =>
      ((stack.members & attention) !== 0n || (stack.origins & origins) !== 0n || (stack.origins | origins) === 0n) &&
      ((stack.inputs ^ inputs) & telling) === 0n,
  );
  if (at < 0) return stacks.push({ members: bitOf(place), origins, inputs }) - 1;
  const stack = stacks[at] as Stack;
  stack.members |= bitOf(place);
  stack.origins |= origins;
  return at;
}
