import { field, readList, readObject, readString, readWhole } from "./check.js";
import { fail } from "./error.js";
import { limits } from "./limits.js";
import type { Axis } from "./schema.js";

/** A checked copy of an axis with exactly `size` labels. */
export function readAxis(value: unknown, path: string, size: number, most: number = limits.tokens): Axis {
  const axis = readObject(value, path);
  const labels = readList(field(axis, "tokens"), `${path}.tokens`, most);
  const tokens = labels.map((token, i) => readString(token, `${path}.tokens[${i}]`, limits.label));
  if (tokens.length !== size) {
    fail(
      `${path}.tokens`,
      `expected ${size} labels, one for each position; got ${tokens.length}`,
      `每个位置一个标签，应有 ${size} 个，实际有 ${tokens.length} 个`,
    );
  }
  const name = field(axis, "name");
  const text = field(axis, "text");
  const offsets = field(axis, "offsets");
  const special = field(axis, "special");
  const words = field(axis, "words");
  const textLength = typeof text === "string" ? text.length : limits.text;
  return {
    ...(name !== undefined && { name: readString(name, `${path}.name`, limits.label) }),
    tokens,
    ...(text !== undefined && { text: readString(text, `${path}.text`, limits.text) }),
    ...(offsets !== undefined && { offsets: readOffsets(offsets, `${path}.offsets`, size, textLength) }),
    ...(special !== undefined && {
      special: readList(special, `${path}.special`, size).map((at, i) => readWhole(at, `${path}.special[${i}]`, 0, size - 1)),
    }),
    ...(words !== undefined && {
      words: exactly(words, `${path}.words`, size).map((word, i) => readWhole(word, `${path}.words[${i}]`, -1, size - 1)),
    }),
  };
}

function readOffsets(value: unknown, path: string, size: number, textLength: number): (readonly [number, number])[] {
  return exactly(value, path, size).map((pair, i) => {
    const [first, second] = exactly(pair, `${path}[${i}]`, 2);
    const start = readWhole(first, `${path}[${i}][0]`, 0, textLength);
    return [start, readWhole(second, `${path}[${i}][1]`, start, textLength)];
  });
}

function exactly(value: unknown, path: string, size: number): readonly unknown[] {
  const list = readList(value, path, size);
  if (list.length !== size)
    fail(path, `expected ${size} entries; got ${list.length}`, `应有 ${size} 项，实际有 ${list.length} 项`);
  return list;
}
