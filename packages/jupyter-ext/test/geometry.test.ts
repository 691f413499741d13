import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cellLimit, layOut, numberSize } from "../src/view/geometry.js";
import { options } from "./drawing-options.js";

const words = "The cat sat on the mat because it was antidisestablishmentarian".split(" ");
const chinese = ["我", "是", "中国人", ",", "我", "喜欢", "图书馆"];
const many = (count: number, tokens = words): string[] =>
  Array.from({ length: count }, (_, i) => tokens[i % tokens.length] ?? "");

function sized(count: number, changes = {}): number {
  const drawing = options(changes);
  return numberSize(layOut({ rows: many(count), columns: many(count) }, drawing), count * count, drawing);
}

describe("cells", () => {
  test("have the size of the settings where there is room", () => {
    const { cell, grid } = layOut({ rows: chinese, columns: chinese }, options());
    expect(cell).toEqual({ width: 48, height: 44 });
    expect(grid).toMatchObject({ width: 48 * 7, height: 44 * 7 });
  });

  test("become somewhat wider where words then fit beside each other", () => {
    const { cell, columns } = layOut({ rows: ["query"], columns: ["because", "cat"] }, options());
    expect(columns.direction).toBe("across");
    expect(cell.width).toBeGreaterThan(cell.height);
    expect(cell.width).toBeLessThanOrEqual(cell.height * 1.9);
  });

  test("shrink to the width, and the picture is never wider than it", () => {
    const sizes = fc.tuple(
      fc.integer({ min: 1, max: 512 }),
      fc.integer({ min: 1, max: 400 }),
      fc.integer({ min: 320, max: 1600 }),
    );
    fc.assert(
      fc.property(sizes, fc.constantFrom(words, chinese), ([rows, columns, width], tokens) => {
        const geometry = layOut({ rows: many(rows, tokens), columns: many(columns, tokens) }, options({ width }));
        expect(geometry.grid.left + geometry.grid.width).toBeLessThanOrEqual(width);
        expect(geometry.grid.height).toBeLessThanOrEqual(720.001);
        expect(geometry.grid.width).toBeCloseTo(geometry.cell.width * columns, 3);
      }),
      { numRuns: 80 },
    );
  });

  test.each([40, 128, 512])("of a matrix of %i words are square", (count) => {
    const { cell } = layOut({ rows: many(count), columns: many(count) }, options({ width: 1600 }));
    expect(cell.width).toBe(cell.height);
  });

  test("of one row over many keys are high enough to be seen", () => {
    expect(layOut({ rows: ["它"], columns: many(100) }, options({ width: 600 })).cell.height).toBeGreaterThanOrEqual(20);
  });

  test("of few rows over several times as many keys are high enough for a name beside each row", () => {
    const hops = ["1", "2", "3", "4"];
    const { cell, rows } = layOut({ rows: hops, columns: many(14) }, options({ width: 220 }));
    expect(cell.width).toBeLessThan(cell.height);
    expect(rows.texts).toEqual(hops);
  });

  test("more than can be told apart on the width are drawn as blocks", () => {
    expect(cellLimit(1600)).toEqual([512, 512]);
    expect(cellLimit(320)).toEqual([512, 288]);
    expect(cellLimit(40)).toEqual([512, 64]);
  });
});

describe("labels", () => {
  test("of Chinese stand upright in columns where they do not fit across", () => {
    const { columns } = layOut({ rows: chinese, columns: many(21, chinese) }, options({ width: 600 }));
    expect(columns.direction).toBe("stacked");
    expect(columns.texts).toContain("图书馆");
  });

  test("of which one is long stay beside each other, and it is cut; of three all are turned", () => {
    const columns = ["the", "cat", "sat", "antidisestablishmentarianism"];
    const cut = layOut({ rows: ["q"], columns }, options()).columns;
    expect(cut.direction).toBe("across");
    expect(cut.texts.slice(0, 3)).toEqual(["the", "cat", "sat"]);
    expect(cut.texts[3]).toMatch(/^ant.*…$/);
    expect(layOut({ rows: ["q"], columns: columns.slice(1) }, options()).columns.direction).toBe("slanted");
  });

  test("of words are slanted, and upwards where cells are narrow", () => {
    expect(layOut({ rows: words, columns: many(20) }, options()).columns.direction).toBe("slanted");
    expect(layOut({ rows: words, columns: many(50) }, options()).columns.direction).toBe("upwards");
  });

  test("never overlap: they are left out evenly where cells are smaller than they", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 512 }), fc.integer({ min: 320, max: 1600 }), (count, width) => {
        const { rows, cell } = layOut({ rows: many(count), columns: many(count) }, options({ width }));
        const step = (rows.positions[1] ?? Infinity) - (rows.positions[0] ?? 0);
        expect(step * cell.height).toBeGreaterThanOrEqual(rows.fontSize);
        expect(rows.texts).toHaveLength(rows.positions.length);
        expect(rows.positions[0]).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  test("that are long are cut, so that the cells keep their room", () => {
    const long = "x".repeat(1000);
    const { grid, rows, columns } = layOut({ rows: [long], columns: [long, "b"] }, options());
    expect(grid.left).toBeLessThan(200);
    expect(rows.texts[0]).toMatch(/^x+…$/);
    expect(columns.texts[0]).toMatch(/^x+…$/);
  });

  test("keep repeated tokens apart", () => {
    const { columns } = layOut({ rows: ["a"], columns: ["the", "the", "the"] }, options());
    expect(columns.positions).toEqual([0, 1, 2]);
    expect(columns.texts).toEqual(["the", "the", "the"]);
  });
});

describe("numbers in cells", () => {
  test("are shown where they fit, and not where they do not", () => {
    expect(sized(7)).toBeGreaterThanOrEqual(10);
    expect(sized(40)).toBe(0);
  });

  test("are shown smaller where the reader always wants them, and never where never", () => {
    expect(sized(24)).toBe(0);
    expect(sized(24, { numbers: "always" })).toBeGreaterThanOrEqual(7);
    expect(sized(2, { numbers: "never" })).toBe(0);
  });
});
