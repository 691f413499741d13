import { makeNote } from "heed/note";
import { expect, test } from "vitest";
import { cellsOf } from "../src/view/cells.js";
import { colourAt } from "../src/view/colour.js";
import { paintThumbnail } from "../src/view/thumbnail.js";
import { thumbnailSize } from "../src/view/thumbnail-size.js";
import { pixelsOf } from "./png-pixels.js";

test("one pixel for each cell, the largest in the strongest colour, masked ones clear, as they stand in the file of the picture", () => {
  const cells = cellsOf(makeNote({ weights: [[0.5, 0.5, 0]], mask: [[1, 1, 0]] }), 0, [48, 48]);
  const image = { src: "" };
  paintThumbnail(image as HTMLImageElement, cells, "blue", false);
  const strongest = [...colourAt("blue", false, 1), 255];
  expect(pixelsOf(image.src)).toEqual([strongest, strongest, [0, 0, 0, 0]]);
});

test("the longer side has the size, and a single row is no hairline", () => {
  expect(thumbnailSize([10, 10], 40)).toEqual({ width: 40, height: 40 });
  expect(thumbnailSize([1, 40], 40)).toEqual({ width: 40, height: 8 });
});
