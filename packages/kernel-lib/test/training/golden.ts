import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { tensor, type Nested, type Tensor, type TensorLike } from "../../src/engine/index.js";

interface Case {
  readonly loss: number;
  readonly gradient: Nested;
}

/** What test/golden/training.py wrote. */
export const golden = JSON.parse(readFileSync(join(import.meta.dirname, "../golden/training.json"), "utf8")) as {
  readonly losses: { readonly inputs: Record<string, Nested> } & Record<string, Case>;
  readonly optimisers: {
    readonly start: Record<string, Nested>;
    readonly gradients: readonly Record<string, Nested>[];
    readonly steps: Record<string, readonly Record<string, Nested>[]>;
  };
  readonly clipping: readonly { readonly limit: number; readonly norm: number; readonly gradients: Record<string, Nested> }[];
  readonly schedules: Record<string, readonly number[]>;
};

export function expectClose(got: Tensor, expected: TensorLike, tolerance = 1e-6): void {
  const wanted = tensor(expected);
  expect(got.shape).toEqual(wanted.shape);
  got.data.forEach((value, i) => expect(Math.abs(value - (wanted.data[i] ?? Number.NaN))).toBeLessThan(tolerance));
}
