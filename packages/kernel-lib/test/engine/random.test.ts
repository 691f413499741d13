import { expect, test } from "vitest";
import { compile, Random, tensor } from "../../src/engine/index.js";
import { randomMask, randomNormal, randomUniform, splitKey, type Traced } from "../../src/engine/ops.js";
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

/** The formula of `randomMask` in numbers of JavaScript. */
function maskByHand({ 0: key0 = 0, 1: key1 = 0 }: ArrayLike<number>, rows: number, width: number, share: number): boolean[] {
  const half = Math.ceil(rows / 2) * width;
  return Array.from({ length: rows * width }, (_, i) => {
    let x = (Math.imul(i % half, 0x9e3779b9) + key0) >>> 0;
    x = (Math.imul(x ^ (x >>> 16), 0x85ebca6b) + key1) >>> 0;
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35) >>> 0;
    x = Math.imul(x ^ (x >>> 16), 0x2c1b3c6d) >>> 0;
    x = (x ^ (x >>> 15)) >>> 0;
    return (i < half ? x & 0xffff : x >>> 16) < share * 2 ** 16;
  });
}

const masksOn = async (runner: "onnx" | "jax", seed: number, shape: readonly number[], share: number): Promise<boolean[]> => {
  const { data } = await compile((key: Traced) => randomMask(key, shape, share), { runner })(new Random(seed).key);
  return Array.from(data, Boolean);
};

test("a random mask is its formula's on both runners", async () => {
  for (const shape of [[70], [10, 7], [11, 7], [2, 5, 7], [3, 5, 7]]) {
    const width = shape.at(-1) ?? 1;
    const rows = shape.reduce((product, size) => product * size, 1) / width;
    const expected = maskByHand(new Random(42).key.data, rows, width, 0.25);
    for (const runner of ["onnx", "jax"] as const) expect(await masksOn(runner, 42, shape, 0.25)).toEqual(expected);
  }
  expect(await masksOn("onnx", 42, [5], 1)).toEqual([true, true, true, true, true]);
  expect(await masksOn("onnx", 42, [5], 0)).toEqual([false, false, false, false, false]);
  await expect(masksOn("onnx", 42, [5], 1.5)).rejects.toThrow("randomMask: expected a share from 0 to 1; got 1.5");
});

/** Within five standard deviations. */
const expectNear = (value: number, wanted: number, deviation: number): void =>
  expect(Math.abs(value - wanted)).toBeLessThan(5 * deviation);

test("a random mask has its share, and its elements know nothing of each other", async () => {
  const size = 65_536;
  for (const share of [0.1, 0.5, 0.9]) {
    const [first, second] = [await masksOn("onnx", 1, [256, 256], share), await masksOn("onnx", 0, [256, 256], share)];
    const deviation = Math.sqrt((share * (1 - share)) / size);
    expectNear(mean(first.map(Number)), share, deviation);
    const both = Math.sqrt((share ** 2 * (1 - share ** 2)) / size);
    // neighbours in a row and in a column, places that differ in one high bit, and (below) keys that differ in one bit
    for (const step of [1, 2, 255, 256, 257, 32_768]) {
      expectNear(mean(first.map((kept, i) => Number(kept && first[(i + step) % size]))), share ** 2, both);
    }
    expectNear(mean(first.map((kept, i) => Number(kept && second[i]))), share ** 2, both);
  }
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
