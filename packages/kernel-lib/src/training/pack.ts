/** Small parameters side by side as one: a Transformer has many vectors, and an operation on a vector costs more to start than to do. */
import { concatenate, reshape, split, type Traced } from "../engine/ops.js";
import { sizeOf } from "../engine/index.js";
import { mapNamed, type Named } from "./named.js";

/** Parameters up to this many numbers are packed. */
const small = 4096;

export interface Packing {
  /** The shapes of what the optimiser sees. */
  readonly shapes: Named<readonly number[]>;
  pack(arrays: Named<Traced>): Named<Traced>;
  unpack(packed: Named<Traced>): Named<Traced>;
}

/**
 * Packs small parameters that the optimiser treats alike, under the name of the first of them; the others stay as they are.
 */
export function packingOf(shapes: Named<readonly number[]>, treatsAlike: (name: string, other: string) => boolean): Packing {
  const packs = new Map<string, string[]>();
  const open: string[] = []; // packs that take more
  for (const [name, shape] of Object.entries(shapes)) {
    const isSmall = sizeOf(shape) <= small;
    const pack = isSmall ? open.find((other) => treatsAlike(other, name)) : undefined;
    packs.set(pack ?? name, [...(packs.get(pack ?? name) ?? []), name]);
    if (isSmall && pack === undefined) open.push(name);
  }
  const sizes = mapNamed(shapes, sizeOf);
  const byPack = <To>(convert: (names: readonly string[]) => To): Named<To> =>
    Object.fromEntries([...packs].map(([pack, names]) => [pack, convert(names)]));
  return {
    shapes: byPack((names) =>
      names.length === 1 ? (shapes[names[0] as string] ?? []) : [names.reduce((sum, name) => sum + (sizes[name] ?? 0), 0)],
    ),
    pack: (arrays) =>
      byPack((names) => {
        const [first, ...others] = names.map((name) => arrays[name] as Traced);
        if (others.length === 0) return first as Traced;
        return concatenate(
          [first as Traced, ...others].map((array) => reshape(array, [sizeOf(array.shape)])),
          0,
        );
      }),
    unpack: (packed) => {
      const unpacked = [...packs].flatMap(([pack, names]): [string, Traced][] => {
        const whole = packed[pack] as Traced;
        if (names.length === 1) return [[names[0] as string, whole]];
        let end = 0;
        const cuts = names.map((name) => (end += sizes[name] ?? 0)).slice(0, -1);
        return split(whole, cuts, 0).map((part, i) => {
          const name = names[i] as string;
          return [name, reshape(part, [...(shapes[name] ?? [])])];
        });
      });
      const found = new Map(unpacked);
      return mapNamed(shapes, (_, name) => found.get(name) as Traced);
    },
  };
}
