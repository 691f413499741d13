/** What notes weigh in a notebook, how long they take to make, read and evaluate. */
import { decodeMatrix, displayBundle, makeNote, parseNote, type DisplayBundle, type InlineArray } from "heed/note";
import { evaluateNote } from "heed/language";
import { timed, type Bench } from "./harness.ts";

/** Softmax of noise: no structure that would make the picture smaller than a real one. */
function noise(shape: readonly number[], seed = 7): { shape: readonly number[]; data: Float32Array } {
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const columns = shape.at(-1) ?? 1;
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1)).map(() =>
    Math.exp(1.7 * (random() + random() + random() + random() - 2)),
  );
  for (let start = 0; start < data.length; start += columns) {
    const row = data.subarray(start, start + columns);
    const sum = row.reduce((total, value) => total + value, 0);
    for (let i = 0; i < columns; i++) row[i] = (row[i] ?? 0) / sum;
  }
  return { shape, data };
}

/** Tokens as a tokenizer gives them, with their places in the text. */
function axisOf(length: number): { tokens: string[]; text: string; offsets: [number, number][] } {
  const tokens = Array.from({ length }, (_, i) => ["the", "cat", "##ing", "我", "attention"][i % 5] ?? "");
  return { tokens, text: tokens.join(" "), offsets: tokens.map((_, i): [number, number] => [i * 5, i * 5 + 4]) };
}

/** Megabytes of an output in an .ipynb file, as nbformat writes it. */
const inNotebook = (bundle: DisplayBundle): number =>
  new TextEncoder().encode(JSON.stringify({ cells: [{ outputs: [{ data: bundle }] }] }, null, 1)).length / 1e6;

const written = `
query: { h1: [1, 0, 2] }
keys:  { s1: [1, 1, 0], s2: [0, 1, 1], s3: [2, 0, 1], s4: [1, 0, 1] }
score: dot
`;

export default async function bench(bench: Bench): Promise<void> {
  for (const { shape, name, limit } of [
    { shape: [12, 128, 128], name: "12 heads × 128", limit: 0.3 },
    { shape: [12, 12, 32, 32], name: "144 heads × 32", limit: 0.25 },
    { shape: [12, 12, 128, 128], name: "144 heads × 128", limit: 3.2 },
    { shape: [512, 512], name: "1 head × 512", limit: 0.5 },
  ]) {
    const axis = axisOf(shape.at(-1) ?? 1);
    const input = { weights: noise(shape), rows: axis, columns: axis };
    const note = makeNote(input);
    await bench.compare({
      name: `note in the notebook, ${name}`,
      unit: "MB",
      ours: () => inNotebook(displayBundle(note)),
      limit,
      samples: 1,
      warmUp: 0,
    });
    await bench.compare({ name: `note made, ${name}`, unit: "ms", ours: timed(() => makeNote(input)), limit: 100 });
    await bench.compare({
      name: `… with its picture and words, ${name}`,
      unit: "ms",
      ours: timed(() => displayBundle(makeNote(input))),
      limit: 300,
    });
    const json: unknown = JSON.parse(JSON.stringify(note));
    await bench.compare({ name: `note read, ${name}`, unit: "ms", ours: timed(() => parseNote(json)), limit: 50 });
    const { weights } = note;
    if (weights.encoding === "external") throw new TypeError("note bench: expected weights inside the note");
    const inline: InlineArray = weights;
    await bench.compare({
      name: `one head decoded, ${name}`,
      unit: "ms",
      ours: timed(() => decodeMatrix(inline, 0), { repeat: 10 }),
      limit: 10,
    });
  }
  let value = 0;
  await bench.compare({
    name: "written note, a number changed",
    unit: "ms",
    ours: timed(() => evaluateNote(written.replace("[1, 0, 2]", `[1, 0, ${++value}]`)), { repeat: 5 }),
    limit: 10,
  });
}
