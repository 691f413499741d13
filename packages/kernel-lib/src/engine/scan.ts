/**
 * Loops over time. `scan` runs one step for each element of a sequence. A runner that knows loops gets it as one equation of the trace,
 * whatever the length; the others get the steps written out. How a loop is differentiated is told in `scan-gradient.ts`.
 */
import { requireFunction } from "../checks/describe-value.js";
import { readOptions } from "../checks/read-options.js";
import { isTraced } from "./ops/array.js";
import { slice, squeeze, stack, type Traced } from "./ops.js";
import { liftInvariant } from "./scan-invariant.js";
import { isRecorded, ShapedType, recordLoop, traceOf, type Tracer } from "./scan-trace.js";
import { leavesOf as treeLeaves, mapTree, type Tree } from "./tree.js";

/**
 * Runs `step` along the first axis T of `inputs`:
 *
 *     carry₀ = initial,   (carryₜ₊₁, outputₜ) = step(carryₜ, inputₜ),   result = (carry_T, outputs stacked along T)
 *
 * The carry, the inputs and the outputs may be trees of arrays. The carry keeps its shapes and types; `step` may use arrays of the program
 * around it (weights, a memory to attend to), and all of them can be differentiated. With `reverse` it runs from the last element to the
 * first; each output stays in the place of its input. (The form is that of `lax.scan` in JAX.)
 *
 * @param inputs arrays [T, …], T the same for all and at least 1
 * @throws TypeError when lengths differ, or `step` returns a carry of another shape or structure
 * @example
 * ```ts
 * import { compile, ops, scan } from "heed/program";
 * const runningSum = compile((x: ops.Traced) => scan((sum, next: ops.Traced) => {
 *   const now = ops.add(sum, next);
 *   return [now, now];
 * }, ops.zeros([]), x)[1]);
 * console.log((await runningSum([1, 2, 3])).data); // Float32Array [1, 3, 6]
 * ```
 */
export function scan<Carry extends Tree<Traced>, Inputs extends Tree<Traced>, Outputs extends Tree<Traced>>(
  step: (carry: Carry, input: Inputs) => readonly [Carry, Outputs],
  initial: Carry,
  inputs: Inputs,
  options: { readonly reverse?: boolean } = {},
): [Carry, Outputs] {
  requireFunction("scan", "a step, (carry, input) => [carry, output]", step);
  const { reverse = false } = readOptions("scan", options, { reverse: true });
  const length = lengthOf(inputs);
  if (recording && length > 1) {
    const result = asOneEquation(step, initial, inputs, length, reverse);
    if (result) return result;
  }
  return stepByStep(step, initial, inputs, length, reverse);
}

type Step<Carry, Inputs, Outputs> = (carry: Carry, input: Inputs) => readonly [Carry, Outputs];

let recording = false;

/** For runners that know loops: whatever `trace` traces holds each loop as one equation. */
export function withLoops<T>(trace: () => T): T {
  const before = recording;
  recording = true;
  try {
    return trace();
  } finally {
    recording = before;
  }
}

/** Whether the trace now being made may hold loops. */
export const mayHoldLoops = (): boolean => recording;

function stepByStep<Carry extends Tree<Traced>, Inputs extends Tree<Traced>, Outputs extends Tree<Traced>>(
  step: Step<Carry, Inputs, Outputs>,
  initial: Carry,
  inputs: Inputs,
  length: number,
  reverse: boolean,
): [Carry, Outputs] {
  let carry = initial;
  const rows: Outputs[] = [];
  for (let i = 0; i < length; i++) {
    const t = reverse ? length - 1 - i : i;
    const [next, output] = step(
      carry,
      mapLeaves(inputs, (x) => squeeze(slice(x, t, t + 1, 0), 0)),
    );
    carry = likeInitial(initial, next);
    rows[t] = output;
  }
  const columns = rows.map(leavesOf);
  return [
    carry,
    rebuild(
      rows[0] as Outputs,
      (columns[0] ?? []).map((_, i) =>
        stack(
          columns.map((row) => row[i] as Traced),
          0,
        ),
      ),
    ),
  ];
}

/** `undefined` when an array belongs to a transformation of jax-js (its own grad or vmap), which cannot see through a loop. */
function asOneEquation<Carry extends Tree<Traced>, Inputs extends Tree<Traced>, Outputs extends Tree<Traced>>(
  step: Step<Carry, Inputs, Outputs>,
  initial: Carry,
  inputs: Inputs,
  length: number,
  reverse: boolean,
): [Carry, Outputs] | undefined {
  const starts = leavesOf(initial) as unknown as Tracer[];
  const sequences = leavesOf(inputs) as unknown as Tracer[];
  let output: Outputs | undefined;
  const whole = traceOf(
    (...leaves) => {
      const traced = leaves as unknown as Traced[];
      const [next, made] = step(rebuild(initial, traced.slice(0, starts.length)), rebuild(inputs, traced.slice(starts.length)));
      output = made;
      return [...leavesOf(likeInitial(initial, next)), ...leavesOf(made)] as unknown as Tracer[];
    },
    [...starts.map((x) => x.aval), ...sequences.map((x) => new ShapedType(x.shape.slice(1), x.dtype))],
  );
  if (!isRecorded([...whole.captured, ...starts, ...sequences])) return undefined;
  const { trace: body, captured } = liftInvariant(whole);
  const all = [...captured, ...starts, ...sequences];
  const results = recordLoop(
    { body, captured: captured.length, carries: starts.length, length, reverse },
    all,
  ) as unknown as Traced[];
  return [rebuild(initial, results.slice(0, starts.length)), rebuild(output as Outputs, results.slice(starts.length))];
}

function lengthOf(inputs: Tree<Traced>): number {
  const leaves = leavesOf(inputs);
  const shapes = leaves.map((x) => `[${x.shape.join(", ")}]`).join(", ");
  const length = leaves[0]?.shape[0];
  if (length === undefined) throw new TypeError(`scan: expected inputs with a first axis T; got ${shapes || "no array"}`);
  if (leaves.some((x) => x.shape[0] !== length)) {
    throw new TypeError(`scan: the inputs must share their first axis T; got ${shapes}`);
  }
  if (length === 0) throw new TypeError(`scan: expected at least one element along T; got ${shapes}`);
  return length;
}

/** The carry in the order of the initial one, which it must match. */
function likeInitial<Carry extends Tree<Traced>>(initial: Carry, next: Carry): Carry {
  const check = (before: Tree<Traced>, after: Tree<Traced> | undefined, path: string): Tree<Traced> => {
    if (isTraced(before)) {
      const got = isTraced(after) ? `${after.dtype} [${after.shape.join(", ")}]` : "no array";
      if (!isTraced(after) || after.dtype !== before.dtype || after.shape.join() !== before.shape.join()) {
        const expected = `${before.dtype} [${before.shape.join(", ")}]`;
        throw new TypeError(
          `scan: step must return a carry like the initial one, ${expected}${path && ` at ${path}`}; got ${got}`,
        );
      }
      return after;
    }
    const names = Object.keys(before);
    const found = after && !isTraced(after) ? (after as Readonly<Record<string, Tree<Traced>>>) : {};
    const extra = Object.keys(found).find((name) => !names.includes(name));
    if (extra !== undefined)
      throw new TypeError(`scan: step returned a carry with "${path}${extra}", which the initial one lacks`);
    const entries = names.map((name) => [
      name,
      check((before as typeof found)[name] as Tree<Traced>, found[name], `${path}${name}.`),
    ]);
    return Array.isArray(before)
      ? entries.map(([, leaf]) => leaf as Tree<Traced>)
      : (Object.fromEntries(entries) as Tree<Traced>);
  };
  return check(initial, next, "") as Carry;
}

const mapLeaves = <T extends Tree<Traced>>(tree: T, convert: (leaf: Traced) => Traced): T =>
  mapTree(tree, isTraced, convert) as T;

const leavesOf = (tree: Tree<Traced>): Traced[] => treeLeaves(tree, isTraced).map(({ leaf }) => leaf);

function rebuild<T extends Tree<Traced>>(like: T, leaves: readonly Traced[]): T {
  let next = 0;
  return mapLeaves(like, () => leaves[next++] as Traced);
}
