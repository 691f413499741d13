import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compile, Random, tensor, toNested, valueAndGrad, type Nested, type Tensor } from "../../src/engine/index.js";
import { add, sum, square, type Traced } from "../../src/engine/ops.js";
import { bidirectional, type BothDirections } from "../../src/layers/recurrent.js";
import { gru, gruStep, initialGru, type GruParameters } from "../../src/layers/gru.js";
import { initialLstm, lstm, lstmStep, type LstmParameters, type LstmState } from "../../src/layers/lstm.js";

type Parameters = Record<"inputWeight" | "stateWeight" | "inputBias" | "stateBias", Nested>;
interface Golden {
  readonly forward: Parameters;
  readonly backward: Parameters;
  readonly initial: Nested[];
  readonly outputs: Nested;
  readonly last: Nested[];
  readonly gradients: Parameters & { readonly inputs: Nested; readonly initial: Nested[] };
  readonly reversed: { readonly outputs: Nested; readonly last: Nested[] };
  readonly padded: { readonly outputs: Nested; readonly last: [Nested, Nested][] };
  readonly step: Nested[];
}
interface File {
  readonly inputs: Nested;
  readonly lengths: readonly number[];
  readonly GRU: Golden;
  readonly LSTM: Golden;
}
const golden = JSON.parse(readFileSync(join(import.meta.dirname, "../golden/recurrent.json"), "utf8")) as File;
const { inputs, lengths } = golden;
const mask = lengths.map((length) => Array.from({ length: 5 }, (_, t) => t < length));

/** Float32 against float64 rounded once: T = 5 steps of sums of H + D = 9 products, values and gradients up to 30. */
function expectClose(got: Tensor, expected: Nested): void {
  const wanted = tensor(expected);
  expect(got.shape).toEqual(wanted.shape);
  const scale = Math.max(1, ...Array.from(wanted.data, Math.abs));
  got.data.forEach((value, i) => expect(Math.abs(value - (wanted.data[i] ?? Number.NaN))).toBeLessThan(2e-6 * scale));
}

const gruLoss = ({ p, x, h }: { p: GruParameters; x: Traced; h: Traced }): Traced =>
  sum(square(gru(p, x, { initial: h }).outputs));
const lstmLoss = ({ p, x, s }: { p: LstmParameters; x: Traced; s: LstmState }): Traced =>
  sum(square(lstm(p, x, { initial: s }).outputs));
const paddedLoss = (x: Traced, m: Traced, p: GruParameters): Traced => {
  const { outputs, last } = gru(p, x, { mask: m });
  return add(sum(square(outputs)), sum(last));
};

describe.each(["onnx", "jax"] as const)("on %s", (runner) => {
  describe("a GRU is PyTorch's", () => {
    const { forward, backward, initial, ...expected } = golden.GRU;
    const start = initial[0] as Nested;

    test("step by step", async () => {
      const step = compile(gruStep, { runner });
      expectClose(
        await step(
          forward,
          (inputs as Nested[][]).map((rows) => rows[0] as Nested),
          start,
        ),
        expected.step[0] as Nested,
      );
    });

    test("over a sequence, with its gradients", async () => {
      const run = compile((p: GruParameters, x: Traced, h: Traced) => gru(p, x, { initial: h }), { runner });
      const { outputs, last } = await run(forward, inputs, start);
      expectClose(outputs, expected.outputs);
      expectClose(last, expected.last[0] as Nested);

      const [, gradient] = await compile(valueAndGrad(gruLoss), { runner })({ p: forward, x: inputs, h: start });
      const { inputs: inputGradient, initial: startGradient, ...weights } = expected.gradients;
      expectClose(gradient.x, inputGradient);
      expectClose(gradient.h, startGradient[0] as Nested);
      for (const [name, wanted] of Object.entries(weights)) {
        expectClose((gradient.p as unknown as Record<string, Tensor>)[name] as Tensor, wanted);
      }
    });

    test("from the end", async () => {
      const run = compile((p: GruParameters, x: Traced, h: Traced) => gru(p, x, { initial: h, reverse: true }), { runner });
      const { outputs, last } = await run(backward, inputs, start);
      expectClose(outputs, expected.reversed.outputs);
      expectClose(last, expected.reversed.last[0] as Nested);
    });

    test("in both directions, with padding", async () => {
      const run = compile((p: BothDirections<GruParameters>, x: Traced, m: Traced) => bidirectional(gru, p, x, { mask: m }), {
        runner,
      });
      const { outputs, last } = await run({ forward, backward }, inputs, mask);
      expectClose(outputs, expected.padded.outputs);
      const [[first, second]] = expected.padded.last as [[Nested, Nested]];
      expectClose(last.forward, first);
      expectClose(last.backward, second);
    });
  });

  describe("an LSTM is PyTorch's", () => {
    const { forward, backward, initial, ...expected } = golden.LSTM;
    const start = { hidden: initial[0] as Nested, cell: initial[1] as Nested };

    test("step by step", async () => {
      const step = compile(lstmStep, { runner });
      const { hidden, cell } = await step(
        forward,
        (inputs as Nested[][]).map((rows) => rows[0] as Nested),
        start,
      );
      expectClose(hidden, expected.step[0] as Nested);
      expectClose(cell, expected.step[1] as Nested);
    });

    test("over a sequence, with its gradients", async () => {
      const run = compile((p: LstmParameters, x: Traced, s: LstmState) => lstm(p, x, { initial: s }), { runner });
      const { outputs, last } = await run(forward, inputs, start);
      expectClose(outputs, expected.outputs);
      expectClose(last.hidden, expected.last[0] as Nested);
      expectClose(last.cell, expected.last[1] as Nested);

      const [, gradient] = await compile(valueAndGrad(lstmLoss), { runner })({ p: forward, x: inputs, s: start });
      const { inputs: inputGradient, initial: startGradient, ...weights } = expected.gradients;
      expectClose(gradient.x, inputGradient);
      expectClose(gradient.s.hidden, startGradient[0] as Nested);
      expectClose(gradient.s.cell, startGradient[1] as Nested);
      for (const [name, wanted] of Object.entries(weights)) {
        expectClose((gradient.p as unknown as Record<string, Tensor>)[name] as Tensor, wanted);
      }
    });

    test("from the end", async () => {
      const run = compile((p: LstmParameters, x: Traced, s: LstmState) => lstm(p, x, { initial: s, reverse: true }), {
        runner,
      });
      const { outputs, last } = await run(backward, inputs, start);
      expectClose(outputs, expected.reversed.outputs);
      expectClose(last.hidden, expected.reversed.last[0] as Nested);
      expectClose(last.cell, expected.reversed.last[1] as Nested);
    });

    test("in both directions, with padding", async () => {
      const run = compile((p: BothDirections<LstmParameters>, x: Traced, m: Traced) => bidirectional(lstm, p, x, { mask: m }), {
        runner,
      });
      const { outputs, last } = await run({ forward, backward }, inputs, mask);
      expectClose(outputs, expected.padded.outputs);
      const [hidden, cell] = expected.padded.last as [[Nested, Nested], [Nested, Nested]];
      expectClose(last.forward.hidden, hidden[0]);
      expectClose(last.backward.hidden, hidden[1]);
      expectClose(last.forward.cell, cell[0]);
      expectClose(last.backward.cell, cell[1]);
    });
  });

  test("a gradient is 0 where there is padding", async () => {
    const [, gradient] = await compile(valueAndGrad(paddedLoss), { runner })(inputs, mask, golden.GRU.forward);
    const isZero = (toNested(gradient) as number[][][]).map((rows) =>
      rows.map(([first, second]) => first === 0 && second === 0),
    );
    expect(isZero).toEqual(mask.map((row) => row.map((isToken) => !isToken)));
  });
});

test("shapes that do not fit are named", async () => {
  const parameters = initialGru(new Random(1), { input: 2, state: 3 });
  await expect(compile(gru)(parameters, tensor([[[1, 2, 3]]]))).rejects.toThrow(
    "gru: expected inputWeight [3H, D] = [9, 3]; got [9, 2]",
  );
  const wrong = { ...initialLstm(new Random(1), { input: 2, state: 3 }), stateBias: tensor([1, 2]) };
  await expect(compile(lstm)(wrong, tensor([[[1, 2]]]))).rejects.toThrow("lstm: expected stateBias [4H] = [12]; got [2]");
});

test("first weights come from the seed alone, within ±1/√H", () => {
  const first = initialGru(new Random(5), { input: 2, state: 4 });
  expect(initialGru(new Random(5), { input: 2, state: 4 })).toEqual(first);
  expect(initialGru(new Random(6), { input: 2, state: 4 })).not.toEqual(first);
  for (const { data } of Object.values(first)) for (const value of data) expect(Math.abs(value)).toBeLessThanOrEqual(0.5);
});
