/** Tensors that are one attention in pieces, as most programs write it: one for each layer, or for each layer and head. */
import type { SafetensorsHeader } from "heed/note";

/** What can be read as one tensor: one of the file, or several of the same shape on top of each other. */
export interface TensorOption {
  readonly name: string;
  /** Of all of it. */
  readonly shape: readonly number[];
  /** The tensors of the file, in order; the last axes of `shape` are theirs. */
  readonly parts: readonly string[];
  /** Of each axis that counts tensors: the numbers in their names. */
  readonly labels: readonly (readonly string[])[];
  /** Whether it is one of several that can be read as one: then it is a layer itself, and has none. */
  readonly isPart?: boolean;
}

/** The tensors of a file whose names differ in one or two numbers only, and that are there for every pair of these. */
export function stacksOf(names: readonly string[], { entries }: SafetensorsHeader): TensorOption[] {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const pattern = `${name.replaceAll(/\d+/g, "#")} ${(entries.get(name)?.shape ?? []).join()}`;
    groups.set(pattern, [...(groups.get(pattern) ?? []), name]);
  }
  return [...groups.values()].flatMap((group) => stackOf(group, entries.get(group[0] ?? "")?.shape ?? []) ?? []);
}

function stackOf(names: readonly string[], shape: readonly number[]): TensorOption | undefined {
  const numbers = names.map((name) => name.match(/\d+/g) ?? []);
  const places = Array.from(numbers[0]?.keys() ?? []).filter((i) => new Set(numbers.map((all) => all[i])).size > 1);
  const labels = places.map((i) => [...new Set(numbers.map((all) => all[i] ?? ""))].sort((a, b) => Number(a) - Number(b)));
  const count = labels.reduce((product, { length }) => product * length, 1);
  if (places.length === 0 || places.length > 2 || count !== names.length) return undefined;
  const at = (i: number): number =>
    places.reduce((place, number, axis) => {
      const list = labels[axis] ?? [];
      return place * list.length + list.indexOf(numbers[i]?.[number] ?? "");
    }, 0);
  const parts = names.map((name, i) => ({ name, at: at(i) })).sort((a, b) => a.at - b.at);
  // "01" and "1" would be two numbers in one place
  if (new Set(parts.map((part) => part.at)).size !== names.length) return undefined;
  let place = -1;
  const name = (names[0] ?? "").replaceAll(/\d+/g, (number) => {
    place++;
    const list = labels[places.indexOf(place)];
    return list ? `${list[0]}…${list.at(-1)}` : number;
  });
  return { name, shape: [...labels.map(({ length }) => length), ...shape], parts: parts.map((part) => part.name), labels };
}
