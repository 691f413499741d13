import { describe, expect, test } from "vitest";
import { AttentionMaps, attention, compile, ndarray, type NdArray, ops, stack, tensor, toNested } from "../../src/index.js";
import { Random } from "../../src/engine/index.js";

type Traced = ops.Traced;
const x = new Random(7).normal([2, 3, 5]);
const named = ndarray(x, ["H", "Q", "K"]);
const table = ndarray(
  [
    [1, 2, 3],
    [4, 5, 6],
  ],
  ["row", "column"],
);

/** What the same operation of a program gives. */
const inside = async (program: (x: Traced) => Traced): Promise<unknown> => toNested(await compile(program)(x));
const close = (got: NdArray, wanted: unknown): void => {
  expect(got.toNested()).toEqual(wanted);
};
const reductions = { sum: ops.sum, mean: ops.mean, max: ops.max, min: ops.min };
/** Numbers to the precision of sums in float32. */
const rounded = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_, one: unknown) => (typeof one === "number" ? Math.round(one * 1e5) / 1e5 : one));

describe("over axes, an array is what a program makes of it", () => {
  test.each(["sum", "mean", "max", "min"] as const)("%s", async (name) => {
    for (const axis of [0, 1, 2, -1, [0, 2], [0, 1]] as const) {
      const wanted = await inside((y) => reductions[name](y, axis));
      expect(rounded(named[name](axis).toNested()), `${axis}`).toEqual(rounded(wanted));
    }
    expect(rounded(named[name]().toNested())).toEqual(rounded(await inside((y) => reductions[name](y))));
  });

  test("argmax, std, norm", async () => {
    close(named.argmax("K"), await inside((y) => ops.argmax(y, 2)));
    close(named.argmax(0), await inside((y) => ops.argmax(y, 0)));
    expect(named.argmax("K").dtype).toBe("int32");
    expect(rounded(named.std("Q").toNested())).toEqual(rounded(await inside((y) => ops.sqrt(ops.variance(y, 1)))));
    expect(rounded(named.norm("K").toNested())).toEqual(rounded(await inside((y) => ops.sqrt(ops.sum(ops.square(y), 2)))));
    expect(ndarray([1, 3, 3]).argmax(0).item()).toBe(1);
  });

  test("transpose and reshape", async () => {
    close(named.transpose("K", "H", "Q"), await inside((y) => ops.transpose(y, [2, 0, 1])));
    close(named.transpose(), await inside((y) => ops.transpose(y)));
    expect(named.transpose("K", "H", "Q").axes).toEqual(["K", "H", "Q"]);
    close(named.reshape([6, -1]), await inside((y) => ops.reshape(y, [6, 5])));
  });

  test("arithmetic broadcasts", async () => {
    const bias = [[1], [2], [3]];
    const add = compile((y: Traced, b: Traced) => ops.add(y, b));
    close(named.add(bias), toNested(await add(x, bias)));
    close(table.subtract(1), [
      [0, 1, 2],
      [3, 4, 5],
    ]);
    close(
      table.divide(table.sum("column").reshape([2, 1])).map((value) => Math.round(value * 100)),
      [
        [17, 33, 50],
        [27, 33, 40],
      ],
    );
    close(table.multiply(table), [
      [1, 4, 9],
      [16, 25, 36],
    ]);
    expect(table.multiply(2).axes).toEqual(["row", "column"]);
    expect(() => table.add([1, 2])).toThrow(
      new TypeError("add: expected shapes that broadcast; got [row=2, column=3] and [2]"),
    );
  });
});

describe("parts", () => {
  test("by place, from the end, by name", () => {
    close(table.at(1), [4, 5, 6]);
    close(table.at(-1), [4, 5, 6]);
    close(table.at({ column: -1 }), [3, 6]);
    expect(table.at(0).axes).toEqual(["column"]);
    expect(table.at({ column: 1, row: 0 }).item()).toBe(2);
    expect(table.item(1, 2)).toBe(6);
    close(
      named.at({ H: 1, K: 2 }),
      (toNested(x) as number[][][])[1]?.map((row) => row[2]),
    );
  });

  test("slices and choices", () => {
    close(table.slice("column", 1), [
      [2, 3],
      [5, 6],
    ]);
    close(table.slice(1, -2, -1), [[2], [5]]);
    close(table.slice(0, 1, 1), []);
    close(table.take("column", [2, 0]), [
      [3, 1],
      [6, 4],
    ]);
    expect(ndarray([true, false]).take(0, [1]).toNested()).toEqual([false]);
  });

  test("of the first axes are not copied", () => {
    expect(table.at(1).data.buffer).toBe(table.data.buffer);
  });

  test("that there are not are refused by name", () => {
    expect(() => named.at(0, 3)).toThrow(new RangeError("at: expected an index from -3 to 2 on axis Q=3; got 3"));
    expect(() => ndarray([1, 2]).at(2)).toThrow(new RangeError("at: expected an index from -2 to 1 on axis 0 of [2]; got 2"));
    expect(() => named.mean("D")).toThrow(new RangeError('mean: expected an axis of [H=2, Q=3, K=5]; got "D"'));
    expect(() => named.mean(3)).toThrow(new RangeError("mean: expected an axis of [H=2, Q=3, K=5]; got 3"));
    expect(() => named.slice("K", 4, 2)).toThrow(new RangeError("slice: expected start ≤ stop on axis K=5; got 4 and 2"));
    expect(() => named.item(0)).toThrow(new RangeError("item: expected an index for each axis of [H=2, Q=3, K=5]; got 1"));
    expect(() => table.reshape([4, -1])).toThrow(
      new RangeError("reshape: expected a shape of the 6 elements of [row=2, column=3]; got [4, -1]"),
    );
    expect(() => ndarray([[1]], ["a"])).toThrow(
      new TypeError("ndarray: expected 2 different names for the axes of [1, 1]; got a"),
    );
    expect(() => named.slice(2, 0, 0).max("K")).toThrow("max: expected at least one element along the axes");
  });
});

test("stack puts arrays of one shape along a new axis", () => {
  const both = stack([table, table.multiply(2)], "which");
  expect(String(both)).toBe("[which=2, row=2, column=3]");
  close(both.at(1), [
    [2, 4, 6],
    [8, 10, 12],
  ]);
  close(
    stack([
      [1, 2],
      [3, 4],
    ]),
    [
      [1, 2],
      [3, 4],
    ],
  );
  expect(() => stack([table, [1]])).toThrow(
    new TypeError("stack: expected arrays of one shape; got float32 [row=2, column=3] and, at [1], float32 [1]"),
  );
});

test("an array is a tensor wherever one is taken", async () => {
  const double = compile((y: Traced) => ops.multiply(y, 2));
  expect(toNested(await double(table))).toEqual([
    [2, 4, 6],
    [8, 10, 12],
  ]);
  expect(tensor(table)).toBe(table);
  const { weights, axes } = await attention({ query: table, keys: table });
  expect(axes.weights).toEqual(["Q", "K"]);
  expect(rounded(weights.sum("K").toNested())).toEqual([1, 1]);
});

describe("attention maps by token", () => {
  const weights = ndarray([
    [
      [0.1, 0.2, 0.7],
      [0.3, 0.3, 0.4],
      [1, 0, 0],
    ],
    [
      [0, 1, 0],
      [0.5, 0.5, 0],
      [0, 0, 1],
    ],
  ]);
  const axis = { tokens: ["the", "animal", "it"] };
  const maps = new AttentionMaps({
    kind: "self",
    layers: [0, 1],
    heads: [0, 1],
    rows: axis,
    columns: axis,
    weights: [weights, weights],
  });

  test("weight, from, to", () => {
    expect(rounded(maps.weight("it", "the").toNested())).toEqual([
      [1, 0],
      [1, 0],
    ]);
    expect(String(maps.weight("it", "the"))).toBe("[L=2, H=2]");
    expect(rounded(maps.from("animal").at(0).toNested())).toEqual([
      [0.3, 0.3, 0.4],
      [0.5, 0.5, 0],
    ]);
    expect(rounded(maps.to(-1).at(1, 0).toNested())).toEqual([0.7, 0.4, 0]);
    expect(String(maps.from(0))).toBe("[L=2, H=2, K=3]");
    expect(maps.head(1, 1).argmax("K").toNested()).toEqual([1, 0, 2]);
  });

  test("what is no token, or several, is said", () => {
    const twice = { tokens: ["a", "a", "b"] };
    const again = new AttentionMaps({
      kind: "self",
      layers: [0],
      heads: [0, 1],
      rows: twice,
      columns: axis,
      weights: [weights],
    });
    expect(() => maps.weight("animals", "it")).toThrow(
      new RangeError('attention: expected a query out of the animal it; got "animals". Did you mean "animal"?'),
    );
    expect(() => again.from("a")).toThrow(
      new RangeError('attention: expected a query that comes once; "a" stands at 0, 1. Give its place'),
    );
    expect(() => maps.to(3)).toThrow(new RangeError("attention: expected a key from 0 to 2; got 3"));
  });
});
