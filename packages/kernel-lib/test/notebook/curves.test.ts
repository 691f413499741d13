import { expect, test } from "vitest";
import { showCurves, type Curves } from "../../src/notebook/index.js";
import { drawCurves } from "../../src/notebook/curves.js";
import { inCell } from "./recorded-host.js";

const chart: Curves = {
  title: "Exact <by> length",
  x: { name: "tokens", labels: ["1–5", "6–10", "11–15"] },
  y: { name: "exact", to: 1, percent: true },
  curves: { with: [1, 0.75, 0.5], without: [0.5, 0.25, Number.NaN] },
};

const pathsOf = (svg: string): number[][][] =>
  [...svg.matchAll(/<path d="M([^"]*)" fill="none"/g)].map(([, path = ""]) =>
    path.split("L").map((point) => point.split(" ").map(Number)),
  );

test("values stand where the scale says, and what is missing is left out", () => {
  const svg = drawCurves(chart);
  const [first = [], second = []] = pathsOf(svg);
  // the scale from 0 to 1 has 194 units, from y = 258 up to 64
  expect(first.map(([, y]) => y)).toEqual([64, 112.5, 161]);
  expect(second.map(([, y]) => y)).toEqual([161, 209.5]);
  const places = first.map(([x = 0]) => x);
  expect((places[1] ?? 0) - (places[0] ?? 0)).toBeCloseTo((places[2] ?? 0) - (places[1] ?? 0), 0);
  expect(svg).toContain("<title>Exact &lt;by&gt; length</title>");
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
});

test("names at the ends of curves that end together do not overlap", () => {
  const svg = drawCurves({ ...chart, curves: { a: [1, 1, 1], b: [1, 1, 1], c: [1, 1, 1] } });
  const ys = [...svg.matchAll(/y="([\d.]+)" fill="#[0-9a-f]{6}" font-weight="600">[abc]</g)].map(([, y]) => Number(y));
  expect(ys).toHaveLength(3);
  expect([(ys[1] ?? 0) - (ys[0] ?? 0), (ys[2] ?? 0) - (ys[1] ?? 0)]).toEqual([16, 16]);
});

test("a cell gets the picture and its values in words, in its language", async () => {
  const [english, chinese] = await inCell(() => {
    showCurves(chart, { language: "en" });
    showCurves(chart, { language: "zh-CN" });
  });
  expect(english?.bundle["image/svg+xml"]).toMatch(/^<svg [\s\S]*<\/svg>$/);
  expect(english?.bundle["text/plain"]).toBe(
    "Exact <by> length (exact / tokens)\nwith: 1–5: 100 %, 6–10: 75 %, 11–15: 50 %\nwithout: 1–5: 50 %, 6–10: 25 %",
  );
  expect(chinese?.bundle["text/plain"]).toContain("with：1–5: 100 %");
});

test("bad input is refused", () => {
  expect(() => showCurves({ ...chart, curves: {} })).toThrow(
    "showCurves: expected at least one curve and one place; got 0 and 3",
  );
  expect(() => showCurves({ ...chart, curves: { with: [1] } })).toThrow(
    /expected 3 values for "with", one for each place; got 1/u,
  );
});
