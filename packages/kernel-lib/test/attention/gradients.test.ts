/** Gradients through attention: against PyTorch's autograd, and against differences. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  attend,
  compile,
  grad,
  ops,
  type Score,
  summarise,
  tensor,
  type Tensor,
  type Traced,
  valueAndGrad,
} from "../../src/entries/program.js";

type Nested = number | readonly Nested[];
type Tensors = Record<string, Tensor>;
interface Golden {
  readonly inputs: Record<"matrix", Record<string, Nested>>;
  readonly parameters: Record<string, Record<string, Nested>>;
  readonly upstream: Nested;
  readonly gradients: Record<string, Record<string, Nested>>;
}
const golden = JSON.parse(readFileSync(new URL("../golden/attention.json", import.meta.url), "utf8")) as Golden;
const tensors = (nested: Record<string, Nested>): Tensors =>
  Object.fromEntries(Object.entries(nested).map(([name, values]) => [name, tensor(values)]));

interface Vectors {
  readonly query: Traced;
  readonly keys: Traced;
  readonly values: Traced;
  readonly [parameter: string]: Traced;
}

/** Σ output · G: its gradient pulls G back through attention. */
const loss =
  (kind: string) =>
  ({ query, keys, values, ...parameters }: Vectors, upstream: Traced, mask: Traced): Traced => {
    const { output } = attend(query, keys, values, { score: { kind, ...parameters } as Score<Traced>, mask });
    return ops.sum(ops.multiply(output, upstream));
  };

/** As in golden/attention.py; the last query may look at nothing. */
const mask = tensor(
  Array.from({ length: 5 }, (_, q) => Array.from({ length: 7 }, (__, k) => q < 4 && (q * 3 + k * 5) % 7 < 3)),
);

describe.each(Object.keys(golden.gradients))("score %s", (kind) => {
  const inputs = { ...tensors(golden.inputs.matrix), ...tensors(golden.parameters[kind] ?? {}) };
  const upstream = tensor(golden.upstream);

  test("gradients of vectors and parameters equal PyTorch's, and are finite where a row is masked", async () => {
    const gradients = (await compile(grad(loss(kind)))(inputs as never, upstream, mask)) as unknown as Tensors;
    const expected = tensors(golden.gradients[kind] ?? {});
    expect(Object.keys(gradients).toSorted()).toEqual(Object.keys(expected).toSorted());
    for (const [name, { data }] of Object.entries(expected)) {
      // sums of up to 13 × 7 float32 products: 2e-6 for each unit of the largest
      const largest = Math.max(1, ...Array.from(data, Math.abs));
      const error = Math.max(...Array.from(data, (value, i) => Math.abs(value - (gradients[name]?.data[i] ?? Number.NaN))));
      expect({ name, isClose: error / largest < 2e-6 }).toEqual({ name, isClose: true });
    }
  });
});

const penalty = ({ H, W, V }: Record<"H" | "W" | "V", Traced>): Traced => summarise(H, W, V).penalty;
const random = (salt: number, ...shape: number[]): Tensor => {
  const count = shape.reduce((product, size) => product * size, 1);
  return tensor(
    Float32Array.from({ length: count }, (_, i) => Math.sin(12.9898 * (i + salt))),
    shape,
  );
};

test("the gradient of the summary's penalty equals its differences", async () => {
  const given = { H: random(1, 7, 5), W: random(40, 3, 5), V: random(60, 2, 3) };
  const run = compile(valueAndGrad(penalty));
  const [, gradients] = await run(given);
  // float32 values around 1 carry 1e-7, so with a step of 1e-2 a central difference is good to about 1e-5 + step²
  const step = 1e-2;
  for (const name of ["H", "W", "V"] as const) {
    for (const at of [0, given[name].data.length - 1]) {
      const moved = async (by: number): Promise<number> => {
        const data = Float32Array.from(given[name].data, (value, i) => value + (i === at ? by : 0));
        const [value] = await run({ ...given, [name]: { ...given[name], data } });
        return value.data[0] ?? Number.NaN;
      };
      const difference = ((await moved(step)) - (await moved(-step))) / (2 * step);
      expect(gradients[name].data[at]).toBeCloseTo(difference, 3);
    }
  }
});
