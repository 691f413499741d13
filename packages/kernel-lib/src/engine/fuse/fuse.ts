/** Fusing: wherever a pattern of nodes is found whose inner values nobody else uses, fewer nodes are put in its place. */
import { bodies, usedBy, type Graph, type Node, type Value } from "../onnx/graph.js";
import { Found, type Pattern } from "./pattern.js";

/** One rule: the pattern at the value that its last node makes, and what makes that value instead. */
export interface Fusion {
  readonly pattern: Pattern;
  /** Further conditions on what was found, `result` being the value that the pattern makes. */
  readonly when?: (found: Found, result: Value, graph: Graph) => boolean;
  /** Inner values that may be used outside; `replace` returns others for them, after that for the result. */
  readonly alsoMakes?: readonly string[];
  readonly replace: (graph: Graph, found: Found, result: Value) => Value | readonly Value[];
}

interface Match {
  readonly fusion: Fusion;
  readonly found: Found;
  readonly result: Value;
}

/** Applies fusions once, from the first node to the last, in a graph and in the bodies of its loops. */
export function fuse(graph: Graph, fusions: readonly Fusion[], replaced = new Map<Value, Value>()): void {
  const matches = findAll(graph, fusions);
  const loops = graph.nodes.some(({ attributes }) => bodies(attributes).length > 0);
  if (matches.size === 0 && replaced.size === 0 && !loops) return;
  const done = new Set<Node>();
  const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((value) => [value, node])));
  const now = (value: Value): Value => replaced.get(value) ?? value;

  const write = (node: Node): void => {
    if (done.has(node)) return;
    const match = matches.get(node);
    if (!match) {
      done.add(node);
      for (const value of usedBy(node)) need(value);
      for (const body of bodies(node.attributes)) fuse(body, fusions, replaced);
      graph.push({ ...node, inputs: node.inputs.map((value) => value && now(value)) });
      return;
    }
    const { fusion, found, result } = match;
    for (const inner of found.nodes) done.add(inner);
    const inside = new Set(found.nodes.flatMap((inner) => inner.outputs));
    const outside = found.nodes.flatMap(usedBy).filter((value) => !inside.has(value));
    for (const value of outside) need(value);
    graph.label = node.label;
    const current = new Found(
      new Map([...found.values].map(([name, value]) => [name, now(value)])),
      found.numbers,
      found.nodes,
      found.inputs.map(now),
    );
    const made = fusion.replace(graph, current, result);
    const old = [result, ...(fusion.alsoMakes ?? []).map((name) => found.value(name))];
    [made].flat().forEach((value, i) => {
      const before = old[i] as Value;
      replaced.set(before, value as Value);
      const title = graph.titles.get(before);
      if (title !== undefined) graph.titles.set(value as Value, title);
    });
  };
  const need = (value: Value): void => {
    const node = producers.get(value);
    if (node) write(node);
  };
  graph.rewrite(write);
  graph.outputs = graph.outputs.map(({ name, value }) => ({ name, value: now(value) }));
  graph.removeUnused();
}

/** The matches of a graph that do not overlap, later nodes first, by each node they are made of. */
function findAll(graph: Graph, fusions: readonly Fusion[]): Map<Node, Match> {
  const users = new Map<Value, Node[]>();
  for (const node of graph.nodes) {
    for (const value of usedBy(node)) {
      const known = users.get(value);
      if (known) known.push(node);
      else users.set(value, [node]);
    }
  }
  const outputs = new Set(graph.outputs.map(({ value }) => value));
  const place = new Map(graph.nodes.map((node, i) => [node, i]));
  const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((value) => [value, node])));
  const producer = (value: Value): Node | undefined => producers.get(value);
  const matches = new Map<Node, Match>();

  const isPrivate = ({ fusion, found, result }: Match): boolean => {
    const nodes = new Set(found.nodes);
    const open = new Set([result, ...(fusion.alsoMakes ?? []).map((name) => found.value(name))]);
    // −y + −y is no difference: what it starts from would be gone
    const keepsInputs = found.inputs.every((value) => !nodes.has(producer(value) as Node));
    return (
      keepsInputs &&
      found.nodes.every(
        (node) =>
          !matches.has(node) &&
          node.outputs.every(
            (value) => open.has(value) || (!outputs.has(value) && (users.get(value) ?? []).every((user) => nodes.has(user))),
          ),
      )
    );
  };
  /** Nothing that comes from outside is made of a value that is used outside: no value can come to depend on itself. */
  const isOrdered = ({ fusion, found }: Match): boolean => {
    const open = (fusion.alsoMakes ?? []).map((name) => found.value(name));
    if (open.length === 0) return true;
    const inside = new Set(found.nodes);
    const firstOpen = Math.min(...open.map((value) => place.get(producer(value) as Node) ?? 0));
    const seen = new Set<Node>();
    const dependsOnOpen = (value: Value): boolean => {
      if (open.includes(value)) return true;
      const node = producer(value);
      if (!node || seen.has(node) || (place.get(node) ?? 0) < firstOpen) return false;
      seen.add(node);
      return usedBy(node).some(dependsOnOpen);
    };
    return !found.nodes.some((node) =>
      usedBy(node).some((value) => !inside.has(producer(value) as Node) && dependsOnOpen(value)),
    );
  };
  for (const node of graph.nodes.toReversed()) {
    const [result] = node.outputs;
    if (!result || matches.has(node)) continue;
    for (const fusion of fusions) {
      if (fusion.pattern.ops?.includes(node.op) === false) continue;
      const match = firstMatch(fusion, result, graph, producer, (candidate) => isPrivate(candidate) && isOrdered(candidate));
      if (!match) continue;
      for (const inner of match.found.nodes) matches.set(inner, match);
      break;
    }
  }
  return matches;
}

function firstMatch(
  fusion: Fusion,
  result: Value,
  graph: Graph,
  producer: (value: Value) => Node | undefined,
  accept: (match: Match) => boolean,
): Match | undefined {
  for (const found of fusion.pattern.fits(result, new Found(new Map(), new Map(), [], []), producer)) {
    const match = { fusion, found, result };
    if ((fusion.when?.(found, result, graph) ?? true) && accept(match)) return match;
  }
  return undefined;
}
