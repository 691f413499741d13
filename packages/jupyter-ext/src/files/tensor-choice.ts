/** Which tensors of a file can be attention, and what their axes are: guessed, and the reader may know better. */
import { limits, type SafetensorsEntry, type SafetensorsHeader } from "heed/note";
import { stacksOf, type TensorOption } from "./tensor-stack.js";
import { isFloat } from "./weights-file.js";

/** What an axis is: of the `one` that is none of the others, a single entry is shown. */
export type AxisRole = "layers" | "heads" | "queries" | "keys" | "one";

/** A tensor as it is read: what each axis is, and which entry of those that are nothing else. */
export interface TensorReading {
  readonly tensor: string;
  readonly roles: readonly AxisRole[];
  /** For each axis; used where its role is `one`. */
  readonly entries: readonly number[];
}

/** Why a tensor cannot be attention. */
export type Obstacle = "type" | "axes" | "empty" | "large";

/** The tensors that can be attention, the likeliest first. */
export function attentionTensors(header: SafetensorsHeader): TensorOption[] {
  const names = [...header.entries].flatMap(([name, entry]) => (obstacleOf(entry) === undefined ? [name] : []));
  const stacks = stacksOf(names, header);
  const stacked = new Set(stacks.flatMap(({ parts }) => parts));
  const singles = names.map((name): TensorOption => {
    const shape = header.entries.get(name)?.shape ?? [];
    return { name, shape, parts: [name], labels: [], isPart: stacked.has(name) };
  });
  return [...stacks, ...singles]
    .map((option, place) => ({ option, place, likely: likelihood(option) }))
    .sort((a, b) => b.likely - a.likely || a.place - b.place)
    .map(({ option }) => option);
}

export function obstacleOf(entry: SafetensorsEntry): Obstacle | undefined {
  if (!isFloat(entry)) return "type";
  if (entry.shape.length < 2) return "axes";
  if (entry.shape.includes(0)) return "empty";
  return Math.max(...entry.shape) > limits.tokens ? "large" : undefined;
}

/** Names that people give to attention, and shapes that it has. */
function likelihood({ name, shape, parts }: TensorOption): number {
  const isParameter = /\.(weight|bias)$/.test(name);
  const named = /(^|\.)weights$/.test(name) ? 5 : /attn|attention/i.test(name) && !isParameter ? 3 : 0;
  const isOverview = /^(max|mean)\//.test(name) ? -5 : 0;
  const isSquare = shape.at(-1) === shape.at(-2) ? 1 : 0;
  return named + isOverview + isSquare + (shape.length >= 3 ? 1 : 0) + (parts.length > 1 && !isParameter ? 1 : 0);
}

/**
 * What the axes are: [Q, K], [H, Q, K], [L, H, Q, K]. An axis of one entry before others is a batch: [B, H, Q, K], [B, L, H, Q, K],
 * [L, B, H, Q, K]. Tensors on top of each other are layers.
 *
 * @param order of queries and keys, where they are not the last two axes
 */
export function guessReading(
  { name, shape, labels, isPart = false }: TensorOption,
  order?: readonly [number, number],
): TensorReading {
  const [queries, keys] = order ?? [shape.length - 2, shape.length - 1];
  const others = Array.from(shape.keys()).filter((axis) => axis !== queries && axis !== keys);
  const many = others.filter((axis) => (shape[axis] ?? 0) > 1);
  // what tensors are counted by is layers, and heads only where these have none
  const inner = others.filter((axis) => axis >= labels.length);
  const heads = inner.length > 0 || labels.length > 1 ? others.at(-1) : undefined;
  const layers = isPart ? undefined : many.find((axis) => axis !== heads);
  const roles = Array.from(shape.keys(), (axis): AxisRole => {
    if (axis === queries) return "queries";
    if (axis === keys) return "keys";
    return axis === heads ? "heads" : axis === layers ? "layers" : "one";
  });
  return { tensor: name, roles, entries: roles.map(() => 0) };
}

/** The roles that an axis can be given: queries and keys must stay somewhere. */
export function rolesFor({ roles }: TensorReading, axis: number): readonly AxisRole[] {
  const all: readonly AxisRole[] = ["layers", "heads", "queries", "keys", "one"];
  const isNeeded = roles[axis] === "queries" || roles[axis] === "keys";
  return isNeeded ? all.filter((role) => roles.includes(role)) : all;
}

/** The same reading with another role for an axis; the axis that had it takes its old one, for each is that of one axis only. */
export function withRole(reading: TensorReading, axis: number, role: AxisRole): TensorReading {
  const before = reading.roles[axis] ?? "one";
  const isNeeded = before === "queries" || before === "keys";
  const other = role === "one" && !isNeeded ? -1 : reading.roles.indexOf(role);
  const roles = reading.roles.map((now, i) => (i === axis ? role : i === other ? before : now));
  return { ...reading, roles };
}
