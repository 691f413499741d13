export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [name: string]: Json;
}

export const toJson = (value: unknown): JsonObject => JSON.parse(JSON.stringify(value)) as JsonObject;

/** Every place in a JSON value. */
export function placesOf(value: Json, path: readonly string[] = []): string[][] {
  const here = path.length > 0 ? [[...path]] : [];
  if (typeof value !== "object" || value === null) return here;
  return [...here, ...Object.entries(value).flatMap(([name, inner]) => placesOf(inner as Json, [...path, name]))];
}

export const valueAt = (json: Json, path: readonly string[]): Json | undefined =>
  path.reduce<Json | undefined>(
    (at, step) => (typeof at === "object" && at !== null ? (at as JsonObject)[step] : undefined),
    json,
  );

/** Puts a value in a place, where an earlier change has not taken that place away; undefined takes it out. */
export function change(json: Json, path: readonly string[], value: Json | undefined): void {
  const holder = valueAt(json, path.slice(0, -1));
  if (typeof holder !== "object" || holder === null) return;
  if (value === undefined) delete (holder as JsonObject)[path.at(-1) ?? ""];
  else (holder as JsonObject)[path.at(-1) ?? ""] = value;
}

/** A value near the one that is there, which may still be read. */
export function tweak(value: Json | undefined, by: number): Json | undefined {
  if (typeof value === "number") return [value + 1, value - 1, value * 2, value / 3, -value][by % 5];
  if (typeof value === "boolean") return !value;
  if (Array.isArray(value)) return by % 2 === 0 ? value.toReversed() : value.slice(1);
  if (typeof value !== "string") return undefined;
  const at = by % (value.length + 1);
  return `${value.slice(0, at)}${["A", "z", "=", "语", "&<", ""][by % 6]}${value.slice(at + 1)}`;
}
