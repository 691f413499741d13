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
  const made = isTensor(values) ? values : ArrayBuffer.isView(values) ? fromTypedArray(values) : fromNested(values);
  if (shape === undefined) return made;
  checkShape(shape);
  if (sizeOf(shape) !== made.data.length) {
    throw new RangeError(`tensor: shape [${shape.join(", ")}] holds ${sizeOf(shape)} elements; got ${made.data.length}`);
  }
  return { shape: [...shape], dtype: made.dtype, data: made.data };
}

function checkShape(shape: readonly number[]): void {
  const bad = shape.find((size) => !Number.isSafeInteger(size) || size < 0);
  if (bad !== undefined) throw new RangeError(`tensor: expected sizes that are whole numbers ≥ 0; got [${shape.join(", ")}]`);
}

function fromTypedArray(values: Float32Array | Float64Array | Int32Array | Uint32Array): Tensor {
  const shape = [values.length];
  if (values instanceof Int32Array) return { shape, dtype: "int32", data: values };
  if (values instanceof Uint32Array) return { shape, dtype: "uint32", data: values };
  return { shape, dtype: "float32", data: values instanceof Float32Array ? values : Float32Array.from(values) };
}

function fromNested(values: Nested): Tensor {
  const shape: number[] = [];
  let first: Nested | undefined = values;
  while (Array.isArray(first)) {
    shape.push(first.length);
    first = first[0] as Nested | undefined;
  }
  const isBool = typeof first === "boolean";
  const data = isBool ? new Uint8Array(sizeOf(shape)) : new Float32Array(sizeOf(shape));
  let next = 0;
  const fill = (value: Nested, depth: number, path: string): void => {
    if (depth < shape.length) {
      const size = shape[depth];
      if (!Array.isArray(value) || value.length !== size) {
        const got = Array.isArray(value) ? `${value.length}` : typeof value;
        throw new TypeError(`tensor: expected ${size} elements at ${path || "the top"}, as in the first row; got ${got}`);
      }
      value.forEach((inner, i) => fill(inner as Nested, depth + 1, `${path}[${i}]`));
    } else if (typeof value === (isBool ? "boolean" : "number")) {
      data[next++] = Number(value);
    } else {
      throw new TypeError(`tensor: expected a ${isBool ? "boolean" : "number"} at ${path || "the top"}; got ${typeof value}`);
    }
  };
  fill(values, 0, "");
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
 * The tensor with its last two axes exchanged: what a checkpoint stores as [out, in] becomes [in, out], for x W.
 *
 * @throws TypeError when there are not two axes
 * @example
 * ```ts
 * import { toNested, transpose } from "heed";
 * console.log(toNested(transpose([[1, 2, 3], [4, 5, 6]]))); // [[1, 4], [2, 5], [3, 6]]
 * ```
 */
export function transpose(values: TensorLike): Tensor {
  const { shape, dtype, data } = tensor(values);
  const [rows, columns] = shape.slice(-2);
  if (rows === undefined || columns === undefined)
    throw new TypeError(`transpose: expected two axes or more; got [${shape.join(", ")}]`);
  const moved = data.slice();
  for (let start = 0; start < data.length; start += rows * columns) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        moved[start + column * rows + row] = data[start + row * columns + column] ?? 0;
      }
    }
  }
  return { shape: [...shape.slice(0, -2), columns, rows], dtype, data: moved };
}
