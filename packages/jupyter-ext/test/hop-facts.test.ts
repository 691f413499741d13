import { makeNote } from "heed/note";
import { expect, test } from "vitest";
import { drawNote } from "../src/view/drawing.js";
import { summaryFacts } from "../src/view/hop-facts.js";
import { lookAt } from "../src/view/look.js";
import { options } from "./drawing-options.js";

const note = makeNote({
  kind: "summary",
  weights: [
    [0.5, 0.5, 0, 0],
    [0.5, 0.5, 0, 0],
    [0, 0, 1, 0],
  ],
  output: [
    [1, 1],
    [1, 1],
    [0, 3],
  ],
});

test("each hop: how sharp it is, which other it is like, and what leaving it out does", () => {
  const facts = summaryFacts(lookAt(note, { head: 0, row: 0 }), 0);
  // (0.5 − 1)² twice and 0.5² twice
  expect(facts).toMatchObject({ penalty: 1, covered: 3, tokens: 4 });
  const [first, , third] = facts.hops;
  expect(first).toMatchObject({ entropy: 1, spread: 2, penaltyWithout: 0.25, coveredWithout: 3 });
  expect(first?.closest).toMatchObject({ hop: 1, isNearlySame: true });
  // its vector is another hop's
  expect(first?.ownShare).toBeCloseTo(0);
  // (0, 3) beside (1, 1): half of its square is at a right angle to it
  expect(third).toMatchObject({ entropy: 0, coveredWithout: 2 });
  expect(third?.ownShare).toBeCloseTo(0.5);
  expect(third?.closest?.isNearlySame).toBe(false);
});

test("pairs of hops that are nearly the same are framed in AAᵀ, and their cells say the cosine", () => {
  const drawing = drawNote(note, { head: 0, row: 0 }, options());
  expect(drawing.layout.shapes).toMatchObject([
    { xref: "x2", x0: 0.5, y0: -0.5 },
    { xref: "x2", x0: -0.5, y0: 0.5 },
  ]);
  const [, overlap] = drawing.regions;
  expect(overlap?.say(0, 1).facts).toEqual(["overlap 0.5", "cosine 1: nearly the same (from 0.95)"]);
  expect(overlap?.say(0, 2).facts).toEqual(["overlap 0", "cosine 0"]);
});
