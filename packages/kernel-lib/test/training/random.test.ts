import { expect, test } from "vitest";
import { compile, Random, tensor } from "../../src/engine/index.js";
import { randomNormal, randomUniform, splitKey, type Traced } from "../../src/engine/ops.js";
import { threefry } from "../../src/engine/random.js";
import { dropout } from "../../src/layers/dropout.js";

const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, x) => sum + x, 0) / values.length;

test("Threefry gives the numbers its authors publish", () => {
  // Random123's known answers for threefry2x32, 20 rounds
  expect(threefry([0, 0], [0, 0])).toEqual([0x6b200159, 0x99ba4efe]);
  expect(threefry([0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff])).toEqual([0x1cb996fc, 0xbb002be7]);
  expect(threefry([0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3])).toEqual([0xc4923a9c, 0x483df7a0]);
});

test("a stream is its seed's, and its forks do not depend on what was drawn", () => {
  const first = new Random(7);
  const drawn = [first.number(), first.integer(10), first.number()];
  const second = new Random(7);
  expect([second.number(), second.integer(10), second.number()]).toEqual(drawn);
  expect(first.fork("a", 1).uniform([3])).toEqual(new Random(7).fork("a", 1).uniform([3]));
  const others = [
    new Random(8),
    new Random(7).fork("a"),
    new Random(7).fork("b"),
    new Random(7).fork(0),
    new Random(7).fork("a", 0),
  ];
  const starts = [new Random(7), ...others].map((random) => random.number());
  expect(new Set(starts).size).toBe(starts.length);
});

test("numbers are spread as they should be", () => {
  const random = new Random(1);
  const { data: even } = random.uniform([20_000], { low: -1, high: 3 });
  expect(Math.min(...even)).toBeGreaterThanOrEqual(-1);
  expect(Math.max(...even)).toBeLessThan(3);
  expect(mean(even)).toBeCloseTo(1, 1); // standard error 0.008
  const { data: bell } = random.normal([20_000], { mean: 5, deviation: 2 });
  expect(mean(bell)).toBeCloseTo(5, 1);
  expect(mean(Array.from(bell, (x) => (x - 5) ** 2))).toBeCloseTo(4, 0);
  const orders = Array.from({ length: 6000 }, () => random.permutation(3).join(""));
  const counts = ["012", "021", "102", "120", "201", "210"].map((order) => orders.filter((drawn) => drawn === order).length);
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150); // five standard errors
});

const draw = (key: Traced): { even: Traced; bell: Traced; keys: Traced[] } => ({
  even: randomUniform(key, [5]),
  bell: randomNormal(key, [2]),
  keys: splitKey(key, 2),
});

const drawOn = async (runner: "onnx" | "jax"): Promise<number[][]> => {
  const { even, bell, keys } = await compile(draw, { runner })(new Random(42).key);
  expect(keys[0]?.dtype).toBe("uint32");
  return [even, bell, ...keys].map(({ data }) => Array.from(data));
};

test("a key gives a program the same numbers on both runners", async () => {
  const [even, bell, first, second] = await drawOn("onnx");
  const [evenOnJax, bellOnJax = [], ...keysOnJax] = await drawOn("jax");
  expect(even).toEqual(evenOnJax);
  bell?.forEach((x, i) => expect(x).toBeCloseTo(bellOnJax[i] ?? Number.NaN, 5)); // the inverse error function is a polynomial of its own in each
  expect([first, second]).toEqual(keysOnJax);
  expect(first).not.toEqual(second);
});

test("dropout drops the given share by the key, and keeps the mean", async () => {
  const run = compile((x: Traced, key: Traced) => dropout(x, 0.3, key));
  const ones = tensor(new Float32Array(10_007).fill(1));
  const { data } = await run(ones, new Random(3).key);
  expect(await run(ones, new Random(3).key)).toEqual({ shape: [10_007], dtype: "float32", data });
  expect((await run(ones, new Random(4).key)).data).not.toEqual(data);
  expect(new Set(data)).toEqual(new Set([0, Math.fround(1 / 0.7)]));
  const dropped = data.filter((value) => value === 0).length / data.length;
  expect(Math.abs(dropped - 0.3)).toBeLessThan(0.02); // standard error 0.005
});

test("without a key, as in use, dropout changes nothing", async () => {
  expect([...(await compile((x: Traced) => dropout(x, 0.5, undefined))([1, 2])).data]).toEqual([1, 2]);
  await expect(compile((x: Traced) => dropout(x, 1, undefined))([1])).rejects.toThrow(
    "dropout: expected a rate from 0 to below 1; got 1",
  );
});

test("a seed is a whole number of 32 bits", () => {
  expect(() => new Random(-1)).toThrow("Random: expected a seed that is a whole number from 0 to 4294967295; got -1");
  expect(() => new Random(0.5)).toThrow("got 0.5");
});
