/** What the inputs of a graph are for, inferred from their types, from what they feed and from their names. */
import { TensorProto_DataType, type ValueInfoProto } from "onnx-buf";
import type { GraphInput, InputRole } from "./described.js";
import type { GraphIndex } from "./graph-index.js";

const typeNames: Readonly<Record<number, string>> = {
  [TensorProto_DataType.FLOAT]: "float32",
  [TensorProto_DataType.FLOAT16]: "float16",
  [TensorProto_DataType.BFLOAT16]: "bfloat16",
  [TensorProto_DataType.DOUBLE]: "float64",
  [TensorProto_DataType.INT64]: "int64",
  [TensorProto_DataType.INT32]: "int32",
  [TensorProto_DataType.BOOL]: "bool",
  [TensorProto_DataType.INT8]: "int8",
  [TensorProto_DataType.UINT8]: "uint8",
  [TensorProto_DataType.INT16]: "int16",
  [TensorProto_DataType.UINT16]: "uint16",
  [TensorProto_DataType.UINT32]: "uint32",
  [TensorProto_DataType.UINT64]: "uint64",
};

/** Names that exporters give, most specific first. */
const byName: readonly (readonly [RegExp, InputRole])[] = [
  [/use_cache_branch/i, "usePast"],
  [/past|cache_k|cache_v|kv_cache/i, "past"],
  [/seqlens_k/i, "lengths"],
  [/total_sequence_length|total_seq/i, "totalLength"],
  [/decoder_(attention_)?mask/i, "targetMask"],
  [/decoder_input|decoder_ids|target_ids|labels?$/i, "targetIds"],
  [/(encoder|memory)_(attention_|key_padding_)?mask/i, "memoryMask"],
  [/encoder_hidden|encoder_outputs|memory/i, "memory"],
  [/pixel|image/i, "pixels"],
  [/token_type|segment/i, "types"],
  [/position/i, "positions"],
  [/mask/i, "mask"],
  [/input_ids|token_?ids|tokens|^ids$/i, "ids"],
];

export function inputsOf(index: GraphIndex): GraphInput[] {
  const weights = new Set(index.graph.initializer.map(({ name }) => name));
  return index.graph.input
    .filter(({ name }) => !weights.has(name))
    .map((input) => {
      const { dtype, shape } = typeOf(input);
      const named = byName.find(([pattern]) => pattern.test(input.name))?.[1];
      return { name: input.name, dtype, shape, role: named ?? roleByUse(index, input.name, dtype, shape) };
    });
}

function typeOf(input: ValueInfoProto): { dtype: string; shape: (number | string)[] } {
  const type = input.type?.value;
  if (type?.case !== "tensorType") return { dtype: "other", shape: [] };
  const shape = (type.value.shape?.dim ?? []).map(({ value }) =>
    value.case === "dimValue" ? Number(value.value) : (value.value ?? ""),
  );
  return { dtype: typeNames[type.value.elemType] ?? `type ${type.value.elemType}`, shape };
}

const isInteger = (dtype: string): boolean => dtype === "int64" || dtype === "int32";
/** Tables of segments are this small; those of words and positions are not. */
const mostTypes = 8;

/**
 * Without a telling name: indices of a table are ids or types by its size, a picture has four axes of which one counts colours, the rest of
 * [B, T] is a mask.
 */
function roleByUse(index: GraphIndex, name: string, dtype: string, shape: readonly unknown[]): InputRole {
  if (shape.length === 4 && dtype.includes("float") && isPicture(index, name, shape)) return "pixels";
  if (shape.length !== 2 || (!isInteger(dtype) && dtype !== "bool" && dtype !== "float32")) return "other";
  const rows = tableRows(index, name);
  if (rows === undefined) return "mask";
  return rows <= mostTypes ? "types" : "ids";
}

/** One, three or four colours in front, or a convolution that reads it. */
const isPicture = (index: GraphIndex, name: string, [, channels]: readonly unknown[]): boolean =>
  channels === 1 || channels === 3 || channels === 4 || index.consumers(name).some(({ opType }) => /Conv/.test(opType));

/** The number of rows of the table that a value looks up, if it does. */
function tableRows(index: GraphIndex, value: string, depth = 0): number | undefined {
  if (depth > 4) return undefined;
  for (const node of index.consumers(value)) {
    if (node.opType === "Gather" && node.input[1] === value) {
      const rows = index.constant(node.input[0] ?? "")?.dims[0];
      if (rows !== undefined) return Number(rows);
    }
    if (node.opType === "EmbedLayerNormalization") {
      const table = node.input[node.input.indexOf(value) + 2] ?? "";
      if (node.input.indexOf(value) < 2) return Number(index.constant(table)?.dims[0] ?? 0) || undefined;
    }
    if (["Cast", "Reshape", "Unsqueeze", "Squeeze", "Identity"].includes(node.opType)) {
      const found = tableRows(index, node.output[0] ?? "", depth + 1);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
