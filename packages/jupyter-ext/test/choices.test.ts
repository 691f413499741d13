import { makeNote } from "heed/note";
import { expect, test } from "vitest";
import { mostChoices, offerHeads, offerRows } from "../src/view/choices.js";
import { english } from "./drawing-options.js";

const onePixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

test("the heads of one layer are offered one by one, each with its own thumbnail", () => {
  const { choices, grid } = offerHeads(makeNote({ weights: [[[1, 0]], [[0.25, 0.75]], [[0, 1]]] }), english);
  expect(choices.map(({ label, name }) => [label, name])).toEqual([
    ["0", "head 0"],
    ["1", "head 1"],
    ["2", "head 2"],
  ]);
  expect(Array.from(choices[1]?.cells().values ?? [])).toEqual([0.25, 0.75]);
  expect(grid).toBeUndefined();
});

test("the heads of several layers are a grid, layers down and heads across", () => {
  const { choices, grid } = offerHeads(
    makeNote({ weights: { shape: [2, 3, 1, 1], data: new Float32Array(6).fill(1) } }),
    english,
  );
  expect(choices[4]).toMatchObject({ label: "1", name: "layer 1, head 1" });
  expect(grid).toEqual({ columns: ["0", "1", "2"], rows: ["0", "1"], corner: "layer \\ head" });
});

test("over an image its tokens are offered, each with the parts it looks at", () => {
  const image = { mediaType: "image/png", data: onePixel, width: 20, height: 20, grid: [1, 2] } as const;
  const note = makeNote({
    kind: "image",
    weights: [
      [1, 0],
      [0.5, 0.5],
    ],
    rows: ["a", "bird"],
    image,
  });
  const { choices } = offerRows(note, 0, english);
  expect(choices.map(({ label }) => label)).toEqual(["a", "bird"]);
  expect(choices[1]?.cells()).toMatchObject({ shape: [1, 2], values: Float32Array.of(0.5, 0.5) });
  expect(offerRows(makeNote({ weights: [[1]] }), 0, english).choices).toEqual([]);
});

test("a note with a million heads offers no more than can be made at once", () => {
  const shape = [1_021, 1_019, 1, 1];
  const note = makeNote({ weights: { shape, data: new Float32Array(1_021 * 1_019).fill(1) } });
  const { choices, grid } = offerHeads(note, english);
  expect(choices).toHaveLength(mostChoices);
  expect(grid).toBeUndefined();
});
