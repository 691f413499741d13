import { describeValue } from "../checks/describe-value.js";

/** The element types a tensor can hold. `bool` is one byte an element, 0 or 1. */
export type DType = "float32" | "int32" | "uint32" | "bool";

/** The typed array behind each element type. */
export interface DataOf {
  float32: Float32Array;
  int32: Int32Array;
  uint32: Uint32Array;
  bool: Uint8Array;
}

/**
 * What users hold: an immutable array of numbers. `data` is row-major over `shape`; `shape` `[]` is one number.
 * There are no ownership rules and nothing to dispose.
 */
export interface Tensor<D extends DType = DType> {
  readonly shape: readonly number[];
  readonly dtype: D;
  readonly data: DataOf[D];
}

/** Numbers in brackets, as they are written on paper: `[[1, 0], [0, 1]]`. */
export type Nested = number | boolean | readonly Nested[];

/** Everything that is accepted where a tensor is expected. */
export type TensorLike = Tensor | Nested | Float32Array | Float64Array | Int32Array | Uint32Array;

/** The number of elements of a shape; the empty shape has one. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

export function isTensor(value: unknown): value is Tensor {
  return (
    typeof value === "object" &&
    value !== null &&
    "shape" in value &&
    "dtype" in value &&
    "data" in value &&
    Array.isArray(value.shape)
  );
}

/**
 * Makes a tensor from nested numbers, from a typed array (with its shape), or returns the tensor it is given.
 *
 * Numbers become `float32`, booleans `bool`; an `Int32Array` or `Uint32Array` keeps its type.
 *
 * @throws TypeError when rows differ in length, or an element is neither a number nor a boolean
 * @throws RangeError when `shape` does not hold exactly the elements given
 * @example
 * ```ts
 * import { tensor } from "heed";
 * const keys = tensor([[1, 1, 0], [0, 1, 1]]);
 * console.log(keys.shape); // [2, 3]
 * ```
 */
export function tensor(values: TensorLike, shape?: readonly number[]): Tensor {
  const made = readTensor("tensor", "", values);
  if (shape === undefined) return made;
  readShape("tensor", shape);
  if (sizeOf(shape) !== made.data.length) {
    throw new RangeError(`tensor: shape [${shape.join(", ")}] holds ${sizeOf(shape)} elements; got ${made.data.length}`);
  }
  return { shape: [...shape], dtype: made.dtype, data: made.data };
}

/**
 * What a public call was given where it takes a tensor, as one.
 *
 * @param caller who says what is wrong
 * @param name what the caller calls it
 * @throws TypeError naming the input, and the place in it
 */
export function readTensor(caller: string, name: string, values: TensorLike): Tensor {
  if (isTensor(values)) return whole(caller, name, values);
  if (ArrayBuffer.isView(values)) return fromTypedArray(caller, name, values);
  return fromNested(caller, name, values);
}

/** A tensor made by hand may hold another number of elements than its shape says, or a list of them. */
function whole(caller: string, name: string, value: Tensor): Tensor {
  const { shape, dtype, data } = value;
  const at = name === "" ? "" : `${name}: `;
  const type = Object.hasOwn(arrays, dtype) ? arrays[dtype] : undefined;
  if (type === undefined || !ArrayBuffer.isView(data) || data.constructor.name !== type) {
    const got = `dtype ${describeValue(dtype)} with data that is ${describeValue(data)}`;
    throw new TypeError(
      `${caller}: ${at}expected a dtype of ${Object.keys(arrays).join(", ")} and its typed array; got ${got}`,
    );
  }
  if (data.length === sizeOf(shape)) return value;
  throw new TypeError(`${caller}: ${at}expected ${sizeOf(shape)} elements for shape [${shape.join(", ")}]; got ${data.length}`);
}

/** By name: code that a notebook runs may have classes of its own. */
const arrays: Readonly<Record<DType, string>> = {
  float32: "Float32Array",
  int32: "Int32Array",
  uint32: "Uint32Array",
  bool: "Uint8Array",
};

/** @throws TypeError for what is no list; RangeError unless its sizes are whole numbers ≥ 0 */
export function readShape(caller: string, shape: readonly number[]): readonly number[] {
  if (!Array.isArray(shape)) throw new TypeError(`${caller}: expected a shape, such as [2, 3]; got ${describeValue(shape)}`);
  const isRight = shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (!isRight)
    throw new RangeError(`${caller}: expected sizes that are whole numbers ≥ 0; got [${shape.map(String).join(", ")}]`);
  return shape;
}

function fromTypedArray(caller: string, name: string, values: Exclude<TensorLike, Tensor | Nested>): Tensor {
  if (!("length" in values) || typeof values[0] === "bigint") {
    const got = `${describeValue(values)}${name && ` as ${name}`}`;
    throw new TypeError(`${caller}: expected an array of numbers, such as Float32Array or Int32Array; got ${got}`);
  }
  const shape = [values.length];
  if (values instanceof Int32Array) return { shape, dtype: "int32", data: values };
  if (values instanceof Uint32Array) return { shape, dtype: "uint32", data: values };
  return { shape, dtype: "float32", data: values instanceof Float32Array ? values : Float32Array.from(values) };
}

function fromNested(caller: string, name: string, values: Nested): Tensor {
  const shape: number[] = [];
  let first: Nested | undefined = values;
  while (Array.isArray(first)) {
    shape.push(first.length);
    first = first[0] as Nested | undefined;
  }
  const isBool = typeof first === "boolean";
  const data = isBool ? new Uint8Array(sizeOf(shape)) : new Float32Array(sizeOf(shape));
  let next = 0;
  const fill = (value: Nested | undefined, depth: number, path: string): void => {
    const size = shape[depth];
    if (size !== undefined) {
      if (!Array.isArray(value) || value.length !== size) {
        const got = Array.isArray(value) ? `${value.length}` : describeValue(value);
        throw new TypeError(`${caller}: expected ${size} elements at ${path || "the top"}, as in the first row; got ${got}`);
      }
      // not forEach, which passes over holes
      for (let i = 0; i < size; i++) fill(value[i] as Nested | undefined, depth + 1, `${path}[${i}]`);
    } else if (typeof value === (isBool ? "boolean" : "number")) {
      data[next++] = Number(value);
    } else {
      const expected = path === name ? "numbers in brackets, a typed array or a tensor" : isBool ? "a boolean" : "a number";
      const place = path === "" ? "" : path === name ? ` as ${name}` : ` at ${path}`;
      throw new TypeError(`${caller}: expected ${expected}${place}; got ${describeValue(value)}`);
    }
  };
  fill(values, 0, name);
  return isBool ? { shape, dtype: "bool", data: data as Uint8Array } : { shape, dtype: "float32", data: data as Float32Array };
}

/** The inverse of {@link tensor}: nested numbers (booleans for `bool`). */
export function toNested(value: Tensor): Nested {
  const { shape, dtype, data } = value;
  const build = (depth: number, start: number): Nested => {
    if (depth === shape.length) return dtype === "bool" ? data[start] !== 0 : (data[start] ?? Number.NaN);
    const inner = sizeOf(shape.slice(depth + 1));
    return Array.from({ length: shape[depth] ?? 0 }, (_, i) => build(depth + 1, start + i * inner));
  };
  return build(0, 0);
}

/**
 * The axes in the order of `permutation`; reversed if none is given, as `ops.transpose` and NumPy do. What a checkpoint stores as [out, in]
 * becomes [in, out], for x W.
 *
 * @throws TypeError for what is no permutation of the axes
 * @example
 * ```ts
 * import { toNested, transpose } from "heed";
 * console.log(toNested(transpose([[1, 2, 3], [4, 5, 6]]))); // [[1, 4], [2, 5], [3, 6]]
 * ```
 */
export function transpose(values: TensorLike, permutation?: readonly number[]): Tensor {
  const { shape, dtype, data } = readTensor("transpose", "", values);
  const order = permutation ?? shape.map((_, axis) => shape.length - 1 - axis);
  if (!Array.isArray(order) || order.length !== shape.length || !shape.every((_, axis) => order.includes(axis))) {
    const axes = shape.map((_, axis) => axis).join(", ");
    throw new TypeError(`transpose: expected the axes ${axes} of [${shape.join(", ")}] in some order; got ${listOf(order)}`);
  }
  const steps = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const moved = data.slice();
  let next = 0;
  const copy = (depth: number, from: number): void => {
    const axis = order[depth];
    if (axis === undefined) {
      moved[next++] = data[from] ?? 0;
      return;
    }
    for (let i = 0; i < (shape[axis] ?? 0); i++) copy(depth + 1, from + i * (steps[axis] ?? 0));
  };
  copy(0, 0);
  return { shape: order.map((axis: number) => shape[axis] ?? 0), dtype, data: moved };
}

const listOf = (value: unknown): string => (Array.isArray(value) ? `[${value.map(String).join(", ")}]` : describeValue(value));
