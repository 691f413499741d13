/** Weights of a head in a file around single tokens: read row by row, masked as the note says, exported as they are. */
import { deriveCell, encodeHeader, makeNote, type ExternalArray, type Note } from "heed/note";
import { beforeEach, expect, test } from "vitest";
import { numbersObstacle, readChosen } from "../src/export/at-hand.js";
import { figureSvg } from "../src/export/picture.js";
import { toCsv } from "../src/export/table.js";
import { openRange } from "../src/files/range-source.js";
import { SideFile } from "../src/files/side-file.js";
import type { Look } from "../src/view/look.js";
import type { Selection } from "../src/view/selection.js";
import { keepSide, loadedAround } from "../src/view/side-weights.js";
import { cellOfPart, meaningAround, tokenMatrix } from "../src/view/token-matrix.js";
import { meanReceived, tokenText } from "../src/view/token-weights.js";
import { viewsOf } from "../src/view/views.js";
import { english, options } from "./drawing-options.js";
import { FileServer } from "./file-server.js";

/** Two heads that look back only: row q looks at the keys 0 … q, the more the later, and in the second head not at itself. */
function weightsOf(size: number): Float32Array {
  const values = new Float32Array(2 * size * size);
  for (let head = 0; head < 2; head++) {
    for (let q = 0; q < size; q++) {
      const row = values.subarray((head * size + q) * size, (head * size + q + 1) * size);
      const keys = head === 1 && q > 0 ? q : q + 1;
      for (let k = 0; k < keys; k++) row[k] = (2 * (k + 1)) / (keys * (keys + 1));
    }
  }
  return values;
}

interface Case {
  readonly note: Note;
  readonly array: ExternalArray;
  readonly side: SideFile;
  readonly server: FileServer;
  readonly values: Float32Array;
}

function inFile(size: number): Case {
  const values = weightsOf(size);
  const shape = [2, size, size];
  const header = encodeHeader([{ name: "w", dtype: "F32", shape }], {});
  const file = new Uint8Array(header.length + values.byteLength);
  file.set(header);
  file.set(new Uint8Array(values.buffer), header.length);
  const server = new FileServer(file);
  const tokens = Array.from({ length: size }, (_, i) => `t${i}`);
  const note = makeNote({
    weights: { shape, data: values },
    rows: tokens,
    columns: tokens,
    mask: {
      shape: [size, size],
      data: Uint8Array.from({ length: size * size }, (_, i) => Number(i % size <= Math.floor(i / size))),
    },
    external: { file: "a.safetensors", tensor: "w", maxError: 0 },
  });
  const array = note.weights as ExternalArray;
  const side = new SideFile(array, () => openRange(server.request));
  keepSide(side);
  return { note, array, side, server, values };
}

const large = 1_031;
let shown: Case;
beforeEach(() => {
  shown = inFile(large);
});

test("tokens of weights in a file are shown as lines and as text", () => {
  expect(viewsOf(shown.note).map(({ name }) => name)).toEqual(["matrix", "lines", "text", "heads"]);
});

test("only the row that is asked for is read, masked as the note says, and said with its own numbers", async () => {
  const { note, side, server } = shown;
  let arrivals = 0;
  const matrix = tokenMatrix({ note, selection: { head: 1, row: 0 }, side, options: options() }, () => arrivals++);
  expect(matrix.isWhole).toBe(false);
  const token = { axis: "rows", index: 700 } as const;
  expect(matrix.at(token)).toBeUndefined();
  expect(matrix.obstacle(token, english)).toBe("Reading a.safetensors …");
  // asked for again before it is there, it is not read twice
  expect(matrix.at(token)).toBeUndefined();
  await expect.poll(() => arrivals).toBe(1);
  const part = matrix.at(token);
  expect(part?.look.rows.tokens).toEqual(["t700"]);
  expect(part?.look.cells.values[699]).toBeCloseTo((2 * 700) / (700 * 701), 7);
  expect(part?.look.cells.values[701]).toBeNaN();
  expect(part && tokenText(part.look, part.token, english).spoken).toMatch(
    /^t700 \(701\): looks at t699 \(700\) 0\.0029 · t698 \(699\)/,
  );
  expect(part && cellOfPart(part, { axis: "columns", index: 699 })).toBe(699);
  const [header, row, ...rest] = server.asked;
  const [from = 0, to = 0] = (row ?? "").replace("bytes=", "").split("-").map(Number);
  expect([header, to - from + 1, rest]).toEqual(["bytes=0-65535", large * 4, []]);
  matrix.at(token);
  expect(server.asked).toHaveLength(2);
});

/** Bytes of a range that was asked for. */
const lengthOf = (range: string): number => {
  const [from = 0, to = 0] = range.replace("bytes=", "").split("-").map(Number);
  return to - from + 1;
};

test("what looks at a token is read once from end to end, in parts, with those beside it", async () => {
  const { note, side, server, values } = shown;
  const told: string[] = [];
  const column = { axis: "columns", index: 700 } as const;
  const matrix = tokenMatrix({ note, selection: { head: 1, row: 0 }, side, options: options() }, () =>
    told.push(matrix.at(column) ? "there" : matrix.obstacle(column, english)),
  );
  expect(matrix.at(column)).toBeUndefined();
  expect(matrix.obstacle(column, english)).toBe("Reading a.safetensors …");
  await expect.poll(() => told).toEqual(["Reading a.safetensors … 98 %", "there"]);
  const [, ...parts] = server.asked.map(lengthOf);
  expect(parts).toEqual([1_017 * large * 4, 14 * large * 4]);

  const part = matrix.at(column);
  expect(part?.look.columns.tokens).toEqual(["t700"]);
  const expected = Array.from({ length: large }, (_, row) =>
    row < 700 ? Number.NaN : (values[(large + row) * large + 700] ?? -1),
  );
  expect(Array.from(part?.look.cells.values ?? [])).toEqual(expected);
  // 2 · 701 ÷ (701 · 702) in the row after its own, and less and less from there on
  expect(part && tokenText(part.look, part.token, english).spoken).toMatch(
    /^t700 \(701\): is looked at by t701 \(702\) 0\.0028\d* · t702 \(703\)/,
  );
  expect(part && cellOfPart(part, { axis: "rows", index: 701 })).toBe(701);
  expect(part && [part.firstRow, part.firstColumn, part.token.index]).toEqual([0, 700, 0]);
  expect(matrix.at({ axis: "columns", index: 690 })?.look.cells.values[1_030]).toBeCloseTo((2 * 691) / (1_030 * 1_031), 8);
  expect(server.asked).toHaveLength(3);
});

const meanings = (look: Look | undefined): string[] =>
  look ? (["global", "row", "log", "rank"] as const).map((meaning) => meaningAround(look, meaning)) : [];

test("of a column alone the weights are coloured where the colours would need its rows", async () => {
  const { note, side } = shown;
  const matrix = tokenMatrix({ note, selection: { head: 0, row: 0 }, side, options: options() }, () => undefined);
  const [row, column] = [{ axis: "rows", index: 3 } as const, { axis: "columns", index: 3 } as const];
  await expect.poll(() => matrix.at(row) && matrix.at(column)).toBeDefined();
  expect(meanings(matrix.at(column)?.look)).toEqual(["global", "global", "log", "global"]);
  expect(meanings(matrix.at(row)?.look)).toEqual(["global", "row", "log", "rank"]);
  expect(meanings(matrix.look)).toEqual(["global", "row", "log", "rank"]);
});

test("a column that is not asked about any more is not read, or not to its end", async () => {
  const { note, side, server } = shown;
  let arrivals = 0;
  const matrix = tokenMatrix({ note, selection: { head: 0, row: 0 }, side, options: options() }, () => {
    arrivals++;
    matrix.stop("columns");
  });
  for (const index of [3, 200, 400]) matrix.at({ axis: "columns", index });
  await expect.poll(() => arrivals).toBe(1);
  // the last of the three, until the first part of it was there
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect([arrivals, server.asked.length]).toEqual([1, 2]);
  expect(matrix.at({ axis: "columns", index: 400 })).toBeUndefined();
  matrix.stop();
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(server.asked).toHaveLength(2);
});

test("a missing file is told by its name", async () => {
  const { note, side, server } = shown;
  const matrix = tokenMatrix({ note, selection: { head: 0, row: 0 }, side, options: options() }, () => undefined);
  server.status = 404;
  matrix.at({ axis: "rows", index: 3 });
  await expect.poll(() => side.state).toBe("missing");
  expect(matrix.obstacle({ axis: "columns", index: 3 }, english)).toBe("a.safetensors, which holds the weights, is missing.");
  matrix.at({ axis: "rows", index: 4 });
  matrix.at({ axis: "columns", index: 4 });
  expect(server.asked).toHaveLength(1);
});

test("a row that the pointer has left is not waited for", async () => {
  const { note, array, side } = shown;
  let arrivals = 0;
  const matrix = tokenMatrix({ note, selection: { head: 0, row: 0 }, side, options: options() }, () => arrivals++);
  for (const index of [5, 6, 7]) matrix.at({ axis: "rows", index });
  await expect.poll(() => arrivals).toBe(1);
  expect(loadedAround(array, 0, { axis: "rows", index: 7 })?.[7]).toBeCloseTo(2 / 9, 6);
  matrix.at({ axis: "rows", index: 8 });
  matrix.stop();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(arrivals).toBe(1);
});

test("the mean that tokens get is told by blocks of the overview until rows are read", () => {
  const { note, side, array, values } = shown;
  const { look } = tokenMatrix({ note, selection: { head: 0, row: 0 }, side, options: options() }, () => undefined);
  const received = meanReceived(look);
  const [, width] = array.overview.block;
  expect(received).toHaveLength(large);
  expect(received[0]).toBe(received[width - 1]);
  let sum = 0;
  for (let row = 0; row < large; row++) for (let key = 0; key < width; key++) sum += values[row * large + key] ?? 0;
  // one byte for each block, and rows that do not fill the last block
  expect(received[0]).toBeCloseTo(sum / large / width, 3);
});

test("a weight is derived from the row as it was read", async () => {
  const { note, side } = shown;
  const { max } = await side.rows(0, 0, 9, 10);
  expect(() => deriveCell(note, 0, 9, 9)).toThrow(/or the row as it was read/);
  expect(() => deriveCell(note, 0, 9, 9, max.subarray(1))).toThrow("deriveCell: expected a row of 1031 weights; got 1030");
  expect(deriveCell(note, 0, 9, 9, max)).toMatchObject({ stored: Math.fround(20 / 110), isMasked: false });
  expect(deriveCell(note, 0, 9, 10, max)).toMatchObject({ stored: 0, isMasked: true });
});

const request = (note: Note, selection: Selection): Parameters<typeof readChosen>[0] => {
  const { width: _, theme: __, measure: ___, phrases, ...settings } = options();
  return { note, selection, settings, phrases, language: "en", hides: undefined };
};

test("the chosen head is read to be saved, where it is not too large", async () => {
  const { note, values } = inFile(521);
  const selection: Selection = { head: 1, row: 0, view: "matrix" };
  expect(toCsv(note, selection, english).split("\r\n")).not.toHaveLength(522);
  await readChosen(request(note, selection));
  expect(numbersObstacle(request(note, selection))).toBeUndefined();
  const lines = toCsv(note, selection, english).split("\r\n");
  expect(lines).toHaveLength(522);
  const row = lines[101]?.split(",") ?? [];
  expect(row[0]).toBe("t100");
  expect(Number(row[51])).toBeCloseTo(values[(521 + 100) * 521 + 50] ?? 0, 6);
  expect(row[102]).toBe("");
  const { settings, phrases, language } = request(note, selection);
  const svg = figureSvg(note, { selection, settings, phrases, language, measure: options().measure });
  expect(svg).not.toContain("a.safetensors");
});

test("a head too large to be saved as numbers is refused with its size and its file, and drawn from the overview", async () => {
  const { note, server } = shown;
  const selection: Selection = { head: 1, row: 0 };
  await readChosen(request(note, selection));
  expect(server.asked).toEqual([]);
  expect(numbersObstacle(request(note, selection))).toMatch(
    /^This head has 1031 × 1031 weights, more than the 1048576 .* in a\.safetensors/,
  );
  for (const view of ["matrix", "lines", "text", "heads"] as const) {
    const { settings, phrases, language } = request(note, selection);
    const svg = figureSvg(note, { selection: { ...selection, view }, settings, phrases, language, measure: options().measure });
    expect(svg).not.toMatch(/NaN|undefined/);
  }
});

test("a file that is gone is told when numbers of it are to be saved", async () => {
  const { note, server } = inFile(521);
  server.status = 404;
  const asked = request(note, { head: 0, row: 0 });
  await readChosen(asked);
  expect(numbersObstacle(asked)).toBe("a.safetensors, which holds the weights, is missing.");
});
