/** Arrays outside programs with what NumPy and xarray users expect of them: indices, slices, sums and means over axes, by place or by name. */
import { describeValue } from "../checks/describe-value.js";
import {
  readTensor,
  sizeOf,
  toNested,
  transpose,
  type DataOf,
  type DType,
  type Nested,
  type Tensor,
  type TensorLike,
} from "./tensor.js";

/** An axis: its place, negative ones from the last, or its name. */
export type AxisName = number | string;

/**
 * A tensor that can be asked: `at`, `slice`, `mean`, `argmax`, `transpose` … Every method returns a new array (`at` and `slice` along the first
 * axes without copying) and leaves this one as it is. Wherever a tensor is taken, an NdArray is one.
 *
 * Axes may have names, as in xarray; errors then speak of them.
 *
 * @example
 * ```ts
 * import { ndarray } from "heed";
 * const weights = ndarray([[[0.9, 0.1], [0.5, 0.5]], [[0.2, 0.8], [1, 0]]], ["H", "Q", "K"]);
 * console.log(weights.at({ H: 0, Q: 1 }).toNested()); // [0.5, 0.5]
 * console.log(weights.mean("Q").argmax("K").toNested()); // [0, 0]
 * console.log(weights.item(1, 0, 1).toFixed(1)); // 0.8
 * ```
 */
export class NdArray<D extends DType = DType> implements Tensor<D> {
  readonly shape: readonly number[];
  readonly dtype: D;
  readonly data: DataOf[D];
  /** The names of the axes, outermost first; empty where they have none. */
  readonly axes: readonly string[];

  /** To make one, see {@link ndarray}. */
  constructor({ shape, dtype, data }: Tensor<D>, axes: readonly string[] = []) {
    this.shape = shape;
    this.dtype = dtype;
    this.data = data;
    this.axes = axes;
  }

  /** The number of axes. */
  get ndim(): number {
    return this.shape.length;
  }

  /** The number of elements. */
  get size(): number {
    return this.data.length;
  }

  /**
   * The part at some indices: of the first axes in order, `at(0, 3)`, or of axes by name, `at({ H: 3 })`. Negative ones count from the end.
   *
   * @throws RangeError for an index that is not on its axis, or an axis that there is not
   */
  at(...indices: readonly number[] | readonly [Readonly<Record<string, number>>]): NdArray<D> {
    const [first] = indices;
    if (typeof first === "object") {
      const named = Object.entries(first).map(([name, index]) => [this.#axis("at", name), index] as const);
      return named.toSorted(([x], [y]) => y - x).reduce<NdArray<D>>((part, [axis, index]) => part.#pick(axis, index), this);
    }
    if (indices.length > this.ndim)
      throw new RangeError(`at: expected at most ${this.ndim} indices into ${this}; got ${indices.length}`);
    return (indices as readonly number[]).reduce<NdArray<D>>((part, index) => part.#pick(0, index), this);
  }

  /** One number: at an index for each axis, or the only one there is. */
  item(...indices: readonly number[]): number {
    const one = this.at(...indices);
    if (one.data.length === 1) return one.data[0] ?? Number.NaN;
    throw new RangeError(`item: expected an index for each axis of ${this}; got ${indices.length}`);
  }

  /**
   * Elements `start` ≤ i < `stop` along an axis; negative places count from the end, `stop` is the end unless given.
   *
   * @throws RangeError unless the places are on the axis
   */
  slice(axis: AxisName, start: number, stop: number = Infinity): NdArray<D> {
    const at = this.#axis("slice", axis);
    const size = this.shape[at] ?? 1;
    const place = (index: number): number => (index < 0 ? size + index : Math.min(index, size));
    const [from, to] = [place(start), place(stop)];
    if (!Number.isInteger(from) || !Number.isInteger(to) || from < 0 || to < from) {
      throw new RangeError(`slice: expected start ≤ stop on axis ${this.#name(at)}; got ${start} and ${stop}`);
    }
    return this.take(
      at,
      Array.from({ length: to - from }, (_, i) => from + i),
    );
  }

  /** The elements at some places along an axis, in that order. */
  take(axis: AxisName, indices: readonly number[]): NdArray<D> {
    const at = this.#axis("take", axis);
    const size = this.shape[at] ?? 1;
    const inner = sizeOf(this.shape.slice(at + 1));
    const places = indices.map((index) => this.#place("take", at, index));
    const shape = this.shape.with(at, places.length);
    const data = this.data.slice(0, 0).constructor as new (length: number) => DataOf[D];
    const taken = new data(sizeOf(shape));
    let next = 0;
    for (let outer = 0; outer < sizeOf(this.shape.slice(0, at)); outer++) {
      for (const place of places) {
        const from = (outer * size + place) * inner;
        taken.set(this.data.subarray(from, from + inner), next);
        next += inner;
      }
    }
    return new NdArray({ shape, dtype: this.dtype, data: taken }, this.axes);
  }

  /** The sum over axes, or over all. */
  sum(axis?: AxisName | readonly AxisName[]): NdArray<"float32"> {
    return this.#reduce("sum", axis, (row) => row.reduce((sum, x) => sum + x, 0));
  }

  /** The mean over axes, or over all. */
  mean(axis?: AxisName | readonly AxisName[]): NdArray<"float32"> {
    return this.#reduce("mean", axis, (row) => row.reduce((sum, x) => sum + x, 0) / row.length);
  }

  /** The standard deviation over axes, or over all: √ of the mean of (x − mean x)², as NumPy's. */
  std(axis?: AxisName | readonly AxisName[]): NdArray<"float32"> {
    return this.#reduce("std", axis, (row) => {
      const mean = row.reduce((sum, x) => sum + x, 0) / row.length;
      return Math.sqrt(row.reduce((sum, x) => sum + (x - mean) ** 2, 0) / row.length);
    });
  }

  /** The Euclidean norm over axes, or over all: √Σ x². */
  norm(axis?: AxisName | readonly AxisName[]): NdArray<"float32"> {
    return this.#reduce("norm", axis, (row) => Math.sqrt(row.reduce((sum, x) => sum + x * x, 0)));
  }

  max(axis?: AxisName | readonly AxisName[]): NdArray<"float32"> {
    return this.#reduce("max", axis, (row) => row.reduce((most, x) => (x > most ? x : most), -Infinity));
  }

  min(axis?: AxisName | readonly AxisName[]): NdArray<"float32"> {
    return this.#reduce("min", axis, (row) => row.reduce((least, x) => (x < least ? x : least), Infinity));
  }

  /** Where along an axis the largest element is; the first of equal ones. int32. */
  argmax(axis: AxisName): NdArray<"int32"> {
    const { shape, data, axes } = this.#reduce("argmax", [axis], (row) =>
      row.reduce((best, x, i) => (x > (row[best] ?? Number.NaN) ? i : best), 0),
    );
    return new NdArray({ shape, dtype: "int32", data: Int32Array.from(data) }, axes);
  }

  /** Axes in another order, by place or name; reversed if none is given. */
  transpose(...order: readonly AxisName[]): NdArray<D> {
    const places =
      order.length === 0 ? this.shape.map((_, i) => this.ndim - 1 - i) : order.map((axis) => this.#axis("transpose", axis));
    const turned = transpose(this, places) as Tensor<D>;
    return new NdArray(turned, this.axes.length === 0 ? [] : places.map((axis) => this.axes[axis] ?? ""));
  }

  /** The same elements in another shape; one size may be −1 and follows from the others. */
  reshape(shape: readonly number[], axes: readonly string[] = []): NdArray<D> {
    const known = shape.reduce((product, size) => (size === -1 ? product : product * size), 1);
    const sizes = shape.map((size) => (size === -1 ? this.size / known : size));
    const fits = sizes.every((size) => Number.isSafeInteger(size) && size >= 0) && sizeOf(sizes) === this.size;
    if (!fits)
      throw new RangeError(`reshape: expected a shape of the ${this.size} elements of ${this}; got [${shape.join(", ")}]`);
    return new NdArray({ shape: sizes, dtype: this.dtype, data: this.data }, axes);
  }

  /** A number made of each element. float32. */
  map(change: (value: number) => number): NdArray<"float32"> {
    return new NdArray(
      { shape: this.shape, dtype: "float32", data: Float32Array.from(this.data, (x) => change(x)) },
      this.axes,
    );
  }

  /** Sums of elements with those of another array, or a number, which broadcasts as in NumPy. */
  add(other: TensorLike): NdArray<"float32"> {
    return this.#with("add", other, (x, y) => x + y);
  }
  subtract(other: TensorLike): NdArray<"float32"> {
    return this.#with("subtract", other, (x, y) => x - y);
  }
  multiply(other: TensorLike): NdArray<"float32"> {
    return this.#with("multiply", other, (x, y) => x * y);
  }
  divide(other: TensorLike): NdArray<"float32"> {
    return this.#with("divide", other, (x, y) => x / y);
  }

  /** Nested numbers (booleans for `bool`); the inverse of {@link ndarray}. */
  toNested(): Nested {
    return toNested(this);
  }

  /** `[H=12, Q=9, K=9]`, or `[12, 9, 9]` where the axes have no names. */
  toString(): string {
    return `[${this.shape.map((_, axis) => this.#name(axis)).join(", ")}]`;
  }

  #name(axis: number): string {
    return this.axes[axis] === undefined ? `${this.shape[axis]}` : `${this.axes[axis]}=${this.shape[axis]}`;
  }

  /** The place of an axis. */
  #axis(caller: string, axis: AxisName): number {
    const at = typeof axis === "string" ? this.axes.indexOf(axis) : axis < 0 ? this.ndim + axis : axis;
    if (Number.isInteger(at) && at >= 0 && at < this.ndim) return at;
    throw new RangeError(`${caller}: expected an axis of ${this}; got ${describeValue(axis)}`);
  }

  #place(caller: string, axis: number, index: number): number {
    const size = this.shape[axis] ?? 1;
    const at = index < 0 ? size + index : index;
    if (Number.isInteger(index) && at >= 0 && at < size) return at;
    const of = this.axes[axis] === undefined ? `axis ${axis} of ${this}` : `axis ${this.#name(axis)}`;
    throw new RangeError(`${caller}: expected an index from ${-size} to ${size - 1} on ${of}; got ${describeValue(index)}`);
  }

  #pick(axis: number, index: number): NdArray<D> {
    const place = this.#place("at", axis, index);
    const axes = this.axes.toSpliced(axis, 1);
    if (axis > 0) {
      const { shape, data } = this.take(axis, [place]);
      return new NdArray({ shape: shape.toSpliced(axis, 1), dtype: this.dtype, data }, axes);
    }
    const shape = this.shape.slice(1);
    const inner = sizeOf(shape);
    return new NdArray(
      { shape, dtype: this.dtype, data: this.data.subarray(place * inner, (place + 1) * inner) as DataOf[D] },
      axes,
    );
  }

  /** What `measure` says of the numbers along some axes together. */
  #reduce(
    caller: string,
    axis: AxisName | readonly AxisName[] | undefined,
    measure: (row: readonly number[]) => number,
  ): NdArray<"float32"> {
    const over =
      axis === undefined ? this.shape.map((_, i) => i) : [axis].flat().map((one: AxisName) => this.#axis(caller, one));
    const kept = this.shape.map((_, i) => i).filter((i) => !over.includes(i));
    const { data } = transpose(this, [...kept, ...new Set(over)]);
    const shape = kept.map((i) => this.shape[i] ?? 1);
    const length = sizeOf([...new Set(over)].map((i) => this.shape[i] ?? 1));
    if (length === 0) throw new RangeError(`${caller}: expected at least one element along the axes; got ${this}`);
    const made = Float32Array.from({ length: sizeOf(shape) }, (_, i) =>
      measure([...data.subarray(i * length, (i + 1) * length)]),
    );
    return new NdArray(
      { shape, dtype: "float32", data: made },
      this.axes.length === 0 ? [] : kept.map((i) => this.axes[i] ?? ""),
    );
  }

  #with(caller: string, given: TensorLike, change: (x: number, y: number) => number): NdArray<"float32"> {
    const other = ndarray(readTensor(caller, "", given));
    const ndim = Math.max(this.ndim, other.ndim);
    const [x, y] = [this.shape, other.shape].map((shape) => [
      ...Array.from({ length: ndim - shape.length }, () => 1),
      ...shape,
    ]);
    const shape = (x ?? []).map((size, i) => (size === 1 ? (y?.[i] ?? 1) : size));
    const fits = shape.every((size, i) => [1, size].includes(x?.[i] ?? 1) && [1, size].includes(y?.[i] ?? 1));
    if (!fits) throw new TypeError(`${caller}: expected shapes that broadcast; got ${this} and ${other}`);
    const [left, right] = [stepsOf(x), stepsOf(y)];
    const data = new Float32Array(sizeOf(shape));
    let next = 0;
    const fill = (axis: number, i: number, j: number): void => {
      if (axis === ndim) {
        data[next++] = change(this.data[i] ?? 0, other.data[j] ?? 0);
        return;
      }
      for (let at = 0; at < (shape[axis] ?? 0); at++) fill(axis + 1, i + at * (left[axis] ?? 0), j + at * (right[axis] ?? 0));
    };
    fill(0, 0, 0);
    return new NdArray({ shape, dtype: "float32", data }, this.axes.length === ndim ? this.axes : []);
  }
}

/** How far the next element along each axis lies; 0 where there is one, which repeats. */
const stepsOf = (sizes: readonly number[] = []): number[] =>
  sizes.map((size, axis) => (size === 1 ? 0 : sizeOf(sizes.slice(axis + 1))));

/**
 * An array that can be asked, from numbers in brackets, a typed array or a tensor.
 *
 * @param axes a name for each axis, outermost first
 * @throws TypeError when there is not one name for each axis, or one comes twice
 * @example
 * ```ts
 * import { ndarray } from "heed";
 * const table = ndarray([[1, 2, 3], [4, 5, 6]], ["row", "column"]);
 * console.log(table.sum("column").toNested()); // [6, 15]
 * console.log(String(table.transpose())); // [column=3, row=2]
 * ```
 */
export function ndarray(values: TensorLike, axes?: readonly string[]): NdArray {
  const made = readTensor("ndarray", "", values);
  const names = axes ?? (made instanceof NdArray ? made.axes : []);
  if (axes && (axes.length !== made.shape.length || new Set(axes).size !== axes.length)) {
    throw new TypeError(
      `ndarray: expected ${made.shape.length} different names for the axes of [${made.shape.join(", ")}]; got ${axes.join(", ")}`,
    );
  }
  return new NdArray(made, names);
}

/** Arrays of one shape along a new first axis, `axis` its name. */
export function stack(arrays: readonly TensorLike[], axis?: string): NdArray {
  const parts = arrays.map((one, i) => ndarray(readTensor("stack", `[${i}]`, one)));
  const [first] = parts;
  if (first === undefined) throw new TypeError("stack: expected at least one array; got none");
  const other = parts.findIndex((part) => part.shape.join() !== first.shape.join() || part.dtype !== first.dtype);
  if (other >= 0) {
    throw new TypeError(
      `stack: expected arrays of one shape; got ${first.dtype} ${first} and, at [${other}], ${parts[other]?.dtype} ${parts[other]}`,
    );
  }
  const data = new (first.data.constructor as new (length: number) => Float32Array)(parts.length * first.size);
  parts.forEach((part, i) => data.set(part.data, i * first.size));
  const axes = axis !== undefined && first.axes.length === first.ndim ? [axis, ...first.axes] : [];
  return new NdArray({ shape: [parts.length, ...first.shape], dtype: first.dtype, data }, axes);
}
