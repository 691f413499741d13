import * as fc from "fast-check";
import { expect, test } from "vitest";
import { pageOf, pageWith } from "../src/table/page-of.js";

test("pages cover every place once, none is nearly empty, and each place is on its page", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 4, max: 60 }), fc.nat(), (total, size, seed) => {
      const { count } = pageOf(total, size, 0);
      const pages = Array.from({ length: count }, (_, i) => pageOf(total, size, i));
      expect(pages[0]?.start).toBe(0);
      expect(pages.at(-1)?.end).toBe(total);
      pages.slice(1).forEach(({ start }, i) => expect(start).toBe(pages[i]?.end));
      if (count > 1) expect(Math.min(...pages.map(({ start, end }) => end - start))).toBeGreaterThan(size / 4 - 1);
      const place = seed % total;
      const { start, end } = pageOf(total, size, pageWith(total, size, place));
      expect(place >= start && place < end).toBe(true);
    }),
  );
});

test("a page number outside is drawn in", () => {
  expect(pageOf(100, 40, 9)).toEqual({ start: 80, end: 100, number: 2, count: 3 });
  expect(pageOf(45, 40, -1)).toEqual({ start: 0, end: 45, number: 0, count: 1 });
});
