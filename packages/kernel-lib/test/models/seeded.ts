import { expect } from "vitest";
import { isTensor } from "../../src/engine/index.js";
import { named } from "../../src/training/named.js";

/** The same seed must give the same weights bit for bit, another seed others. `train` gives what it has trained with a seed. */
export async function expectSeeded(train: (seed: number) => Promise<{ readonly parameters: object }>): Promise<void> {
  const weightsAfter = async (seed: number): Promise<number[]> =>
    Object.values(named((await train(seed)).parameters, isTensor)).flatMap(({ data }) => [...data]);
  const before = await weightsAfter(5);
  expect(await weightsAfter(5)).toEqual(before);
  expect(await weightsAfter(6)).not.toEqual(before);
}
