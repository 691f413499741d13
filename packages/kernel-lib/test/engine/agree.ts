/** Runs a program on both runners and compares: jax-js is the oracle, ONNX Runtime what is tested. */
import { compile, tensor, type CompileOptions, type Program, type Tensor } from "../../src/engine/index.js";
import { isTensor, sizeOf } from "../../src/engine/tensor.js";
import { leavesOf, structureOf } from "../../src/engine/tree.js";

/** Numbers in [-1, 1) that are the same at every run (mulberry32). */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}

let seed = 1;
/** A float32 tensor of numbers in [-1, 1), other ones at each call. */
export function random(...shape: number[]): Tensor {
  const next = numbers(seed++);
  return tensor(Float32Array.from({ length: sizeOf(shape) }, next), shape);
}

/** An int32 tensor of numbers from `low` up to but without `high`. */
export function integers(low: number, high: number, ...shape: number[]): Tensor {
  const next = numbers(seed++);
  return tensor(
    Int32Array.from({ length: sizeOf(shape) }, () => low + Math.floor(((next() + 1) / 2) * (high - low))),
    shape,
  );
}

export function bools(...shape: number[]): Tensor {
  const next = numbers(seed++);
  return { shape, dtype: "bool", data: Uint8Array.from({ length: sizeOf(shape) }, () => (next() > 0 ? 1 : 0)) };
}

/**
 * Where the runners disagree: both shall return the same trees, shapes, types and numbers. Whole numbers must be equal; real ones may
 * differ by `tolerance` relative to the largest number of their tensor, for sums are taken in another order (2e-5 unless said).
 */
export async function disagreement(
  program: Program,
  inputs: readonly unknown[],
  { tolerance = 2e-5, ...options }: CompileOptions & { tolerance?: number } = {},
): Promise<string | undefined> {
  const run = (chosen: CompileOptions): Promise<unknown> =>
    (compile(program, chosen) as (...inputs: readonly unknown[]) => Promise<unknown>)(...inputs);
  const expected = await run({ ...options, runner: "jax" });
  const got = await run(options);
  return difference(got, expected, tolerance);
}

/** The first place where two trees of tensors differ by more than `tolerance`, relative to the largest number of the tensor. */
export function difference(got: unknown, expected: unknown, tolerance: number): string | undefined {
  const [form, wantedForm] = [got, expected].map((tree) => structureOf(tree, isTensor, kind));
  if (form !== wantedForm) return `got ${form}, expected ${wantedForm}`;
  const wanted = leavesOf(expected as Tensor, isTensor, "output");
  for (const [i, { leaf, path }] of leavesOf(got as Tensor, isTensor, "output").entries()) {
    const reference = wanted[i]?.leaf.data ?? [];
    const scale = Math.max(1e-3, ...Array.from(reference, (x) => (Number.isFinite(x) ? Math.abs(x) : 0)));
    const limit = leaf.dtype === "float32" ? tolerance * scale : 0;
    const wrong = leaf.data.findIndex((x, at) => !close(x, reference[at] ?? Number.NaN, limit));
    if (wrong >= 0)
      return `${path}, element ${wrong} of [${leaf.shape.join(", ")}]: got ${leaf.data[wrong]}, expected ${reference[wrong]}`;
  }
  return undefined;
}

function kind(leaf: unknown): string {
  const { dtype, shape } = leaf as Tensor;
  return `${dtype}[${shape.join()}]`;
}

const close = (a: number, b: number, limit: number): boolean =>
  Object.is(a, b) || a === b || (Number.isNaN(a) && Number.isNaN(b)) || Math.abs(a - b) <= limit;
