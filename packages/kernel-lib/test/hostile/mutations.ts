/** Changes of files that are right, as someone who wants to do harm would make them: some bytes, or some values of a JSON. */
import * as fc from "fast-check";

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Stands for a list in a list in a list …, which only a text can hold. */
const deep = "twenty thousand deep";
const asText = (json: Json): string =>
  JSON.stringify(json).replaceAll(`"${deep}"`, `${"[".repeat(20_000)}0${"]".repeat(20_000)}`);

/** Values that break what does not expect them. */
const values: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, true, false, 0, -1, 1, 2, 7, 1e3, 1e7, 2e9, 2 ** 31, 2 ** 53, 1e300, -0.5, 1.5, 1e-300),
  fc.constantFrom<Json>(
    "",
    "a",
    "\u0000",
    "\ud800",
    "__proto__",
    "(a+)+$",
    "(?=a)(?!b)\\1",
    "../../../etc/passwd",
    "x".repeat(100_000),
  ),
  fc.constantFrom<Json>(
    [],
    {},
    [[]],
    [null],
    { toString: 1 },
    Array.from({ length: 10_000 }, () => 0),
  ),
  fc.constant(deep),
  fc.string({ unit: "binary", maxLength: 20 }),
);

const isParent = (value: Json): value is Json[] | { [name: string]: Json } => typeof value === "object" && value !== null;

/** Where a value stands: its parent, and its key there. */
function placesOf(root: Json): [parent: Json[] | { [name: string]: Json }, key: string][] {
  const places: [Json[] | { [name: string]: Json }, string][] = [];
  const walk = (parent: Json): void => {
    if (!isParent(parent)) return;
    const keys = Object.keys(parent);
    // Of long lists, such as vocabularies, some at their beginning and end stand for all.
    for (const key of keys.length > 60 ? [...keys.slice(0, 30), ...keys.slice(-30)] : keys) {
      places.push([parent, key]);
      walk((parent as { [name: string]: Json })[key] ?? null);
    }
  };
  walk(root);
  return places;
}

const change = fc.record({ place: fc.nat(), other: fc.nat(), kind: fc.nat(9), value: values });

function changed(root: Json, { place, other, kind, value }: { place: number; other: number; kind: number; value: Json }): Json {
  const places = placesOf(root);
  const at = places[place % (places.length + 1)];
  const own = structuredClone(value); // the next change may change it
  if (at === undefined) return own;
  const [parent, key] = at as [{ [name: string]: Json }, string];
  if (kind === 0) {
    if (Array.isArray(parent)) parent.splice(Number(key), 1);
    else delete parent[key];
  } else if (kind === 1) {
    const from = places[other % places.length] as [{ [name: string]: Json }, string];
    parent[key] = structuredClone(from[0][from[1]] ?? null); // a value from another place
  } else if (kind === 2 && !Array.isArray(parent)) {
    parent[asText(own).slice(0, 50)] = parent[key] ?? null; // another name as well
  } else {
    Object.defineProperty(parent, key, { value: own, enumerable: true, configurable: true, writable: true });
  }
  return root;
}

/** A JSON of a list with up to four values changed, as text. */
export const changedJson = (seeds: readonly unknown[]): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...seeds), fc.array(change, { minLength: 1, maxLength: 4 }))
    .map(([seed, changes]) => asText(changes.reduce(changed, structuredClone(seed) as Json)));

/** The bytes of a file of a list with some changed, moved, put in or cut off. */
export const changedBytes = (seeds: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> =>
  fc
    .tuple(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.nat(), fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 127, 128, 255))), { maxLength: 8 }),
      fc.option(fc.nat(), { freq: 4 }),
      fc.option(fc.tuple(fc.nat(), fc.nat(300), fc.nat(255)), { freq: 4 }),
    )
    .map(([seed, changes, cut, filling]) => {
      let bytes = Uint8Array.from(seed);
      for (const [place, byte] of changes) if (bytes.length > 0) bytes[place % bytes.length] = byte;
      if (filling) {
        const at = filling[0] % (bytes.length + 1);
        const more = new Uint8Array(filling[1]).fill(filling[2]);
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...more, ...bytes.subarray(at)]);
      }
      return cut === null ? bytes : bytes.subarray(0, cut % (bytes.length + 1));
    });
