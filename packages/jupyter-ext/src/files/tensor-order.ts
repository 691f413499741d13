/** Where the weights of a head are in a tensor, whatever the order of its axes. */
import { safetensorsBits } from "heed/note";
import type { TensorReading } from "./tensor-choice.js";
import type { TensorOption } from "./tensor-stack.js";
import type { OpenedFile } from "./weights-file.js";

/** The heads of a tensor as it is read. */
export interface HeadPlaces {
  /** [L, H, Q, K] as it is shown, without the axes that are not there. */
  readonly shape: readonly number[];
  /** Where each head begins, in numbers, among all parts. */
  readonly starts: readonly number[];
  /** Numbers from one query, and one key, to the next. */
  readonly strides: readonly [queries: number, keys: number];
  /** Whether each head lies in one piece, row by row. */
  readonly isWhole: boolean;
}

export function placesOf({ shape }: TensorOption, { roles, entries }: TensorReading): HeadPlaces {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const of = (role: TensorReading["roles"][number]): { size: number; stride: number } | undefined => {
    const axis = roles.indexOf(role);
    return axis < 0 ? undefined : { size: shape[axis] ?? 1, stride: strides[axis] ?? 1 };
  };
  const fixed = roles.reduce((at, role, axis) => at + (role === "one" ? (entries[axis] ?? 0) * (strides[axis] ?? 1) : 0), 0);
  const [layers, heads] = [of("layers"), of("heads")];
  const [queries, keys] = [of("queries") ?? { size: 1, stride: 1 }, of("keys") ?? { size: 1, stride: 1 }];
  const starts: number[] = [];
  for (let layer = 0; layer < (layers?.size ?? 1); layer++) {
    for (let head = 0; head < (heads?.size ?? 1); head++) {
      starts.push(fixed + layer * (layers?.stride ?? 0) + head * (heads?.stride ?? 0));
    }
  }
  return {
    shape: [...[layers, heads].flatMap((axis) => axis?.size ?? []), queries.size, keys.size],
    starts,
    strides: [queries.stride, keys.stride],
    isWhole: queries.stride === keys.size && keys.stride === 1,
  };
}

/** How many numbers each part of a tensor has. */
export const partSize = ({ shape, parts }: TensorOption): number =>
  shape.reduce((product, size) => product * size, 1) / parts.length;

/** Numbers `start` ≤ i < `end` of a tensor, over all its parts. */
export async function readNumbers(
  file: OpenedFile,
  option: TensorOption,
  start: number,
  end: number,
  signal?: AbortSignal,
): Promise<Float32Array<ArrayBuffer>> {
  const size = partSize(option);
  const numbers = new Float32Array(end - start);
  for (let at = start; at < end;) {
    const part = Math.floor(at / size);
    const name = option.parts[part] ?? "";
    const bytes = safetensorsBits[file.header.entries.get(name)?.dtype ?? "F64"] / 8;
    const stop = Math.min(end, (part + 1) * size, at + bytesOfRequest / bytes);
    numbers.set(await file.read(name, at - part * size, stop - part * size, signal), at - start);
    at = stop;
  }
  return numbers;
}

/** Bytes of one request. */
const bytesOfRequest = 33_554_432;
/** Numbers that are read to see along which axis they sum to 1. */
const mostProbed = 4_194_304;
/** How far a sum may be from 1 in half precision or less. */
const tolerance = 0.01;

/**
 * Which axes are queries and keys: keys are those along which weights sum to 1. Where no axis tells, the last two, or else the only two
 * that are of the same size.
 *
 * @returns undefined for the last two
 */
export async function findOrder(
  file: OpenedFile,
  option: TensorOption,
  signal: AbortSignal,
): Promise<readonly [queries: number, keys: number] | undefined> {
  const { shape, labels } = option;
  const last = shape.length - 1;
  const axes = Array.from(shape.keys()).filter((axis) => axis >= labels.length);
  if (axes.length < 2) return undefined;
  // the last axis first, and then the others from the end
  for (const keys of axes.toReversed()) {
    if ((shape[keys] ?? 0) < 2 || !(await sumsToOne(file, option, keys, signal))) continue;
    if (keys === last) return undefined;
    const alike = axes.filter((axis) => axis !== keys && shape[axis] === shape[keys]);
    const queries = alike.includes(keys - 1) ? keys - 1 : (alike[0] ?? (keys > labels.length ? keys - 1 : last));
    return [queries, keys];
  }
  const alike = axes.filter((axis) =>
    axes.some((other) => other !== axis && shape[other] === shape[axis] && shape[axis] !== 1),
  );
  const [queries, keys] = alike;
  return shape[last] !== shape[last - 1] && alike.length === 2 && queries !== undefined && keys !== undefined
    ? [queries, keys]
    : undefined;
}

/** Whether the numbers along an axis sum to 1 (or to 0, of what is masked), at the last place of the axes before it. */
async function sumsToOne(file: OpenedFile, option: TensorOption, axis: number, signal: AbortSignal): Promise<boolean> {
  const { shape } = option;
  const stride = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  const length = (shape[axis] ?? 1) * stride;
  if (length > mostProbed) return axis === shape.length - 1;
  const all = shape.reduce((product, size) => product * size, 1);
  const numbers = await readNumbers(file, option, all - length, all, signal);
  let ones = 0;
  for (let place = 0; place < stride; place++) {
    let sum = 0;
    for (let i = place; i < length; i += stride) {
      const number = numbers[i] ?? 0;
      if (number < 0) return false;
      sum += number;
    }
    if (Math.abs(sum - 1) <= tolerance) ones++;
    else if (sum !== 0) return false;
  }
  return ones > 0;
}
