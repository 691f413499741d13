/** Tensors of a model whose numbers lie in other files. */
import { TensorProto_DataLocation, TensorProto_DataType, type ModelProto, type TensorProto } from "onnx-buf";
import { innerGraphs, tensorsOf } from "./walk.js";

/** Where the numbers of a tensor lie. */
export interface ExternalPlace {
  /** The file, relative to the folder of the model. */
  readonly file: string;
  readonly offset: number;
  /** To the end of the file unless given. */
  readonly length?: number;
}

/** The graph's own initialisers, which ONNX Runtime reads itself. */
export const externalInitialisers = ({ graph }: ModelProto): TensorProto[] => graph?.initializer.filter(isExternal) ?? [];

/**
 * Every other tensor that lies in a file: in constants, in branches and loops, in functions. ONNX Runtime looks for some of them in the
 * working directory, and for some not at all.
 */
export function innerExternals({ graph, functions }: ModelProto): TensorProto[] {
  const nodes = [...(graph?.node ?? []), ...functions.flatMap(({ node }) => node)];
  const graphs = [...innerGraphs(nodes)];
  const sparse = [graph, ...graphs].flatMap((one) => one?.sparseInitializer ?? []);
  const tensors = [
    ...graphs.flatMap(({ initializer }) => initializer),
    ...sparse.flatMap(({ values, indices }) => [values, indices].filter((part) => part !== undefined)),
    ...[...nodes, ...graphs.flatMap(({ node }) => node)].flatMap(({ attribute }) => attribute.flatMap(tensorsOf)),
  ];
  return tensors.filter(isExternal);
}

const isExternal = ({ dataLocation }: TensorProto): boolean => dataLocation === TensorProto_DataLocation.EXTERNAL;

/** @throws SyntaxError when the file does not say clearly where the numbers are */
export function placeOf({ name, externalData }: TensorProto): ExternalPlace {
  const only = (key: string): string | undefined => {
    const found = externalData.filter((entry) => entry.key === key);
    if (found.length > 1) throw new SyntaxError(`openOnnx: the tensor "${name}" names its ${key} ${found.length} times`);
    return found[0]?.value;
  };
  const count = (key: string): number | undefined => {
    const text = only(key);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value;
    throw new SyntaxError(`openOnnx: expected a number of bytes as the ${key} of the tensor "${name}"; got "${text}"`);
  };
  const file = only("location");
  if (file === undefined || file === "") throw new SyntaxError(`openOnnx: the tensor "${name}" lies in a file without a name`);
  const length = count("length");
  return { file, offset: count("offset") ?? 0, ...(length !== undefined && { length }) };
}

const { DOUBLE, FLOAT, FLOAT16, BFLOAT16, INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, BOOL } =
  TensorProto_DataType;
const byteSizes: Readonly<Record<number, number>> = {
  ...Object.fromEntries([BOOL, INT8, UINT8].map((type) => [type, 1])),
  ...Object.fromEntries([FLOAT16, BFLOAT16, INT16, UINT16].map((type) => [type, 2])),
  ...Object.fromEntries([FLOAT, INT32, UINT32].map((type) => [type, 4])),
  ...Object.fromEntries([DOUBLE, INT64, UINT64].map((type) => [type, 8])),
};

/** How many bytes a tensor has by its shape, where its type counts in whole bytes. */
export function bytesByShape({ dims, dataType }: TensorProto): number | undefined {
  const each = byteSizes[dataType];
  return each === undefined ? undefined : dims.reduce((product, size) => product * Number(size), each);
}

/** Writes the numbers of a tensor into it. */
export function embed(tensor: TensorProto, bytes: Uint8Array<ArrayBuffer>): void {
  tensor.rawData = bytes;
  tensor.externalData = [];
  tensor.dataLocation = TensorProto_DataLocation.DEFAULT;
}

/** Says that the numbers of a tensor lie in another file. */
export function relocate({ externalData }: TensorProto, file: string): void {
  for (const entry of externalData) if (entry.key === "location") entry.value = file;
}
