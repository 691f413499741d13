/** Builds the nodes that are put into a model in place of fused ones. */
import { create } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  type AttributeProto,
  type NodeProto,
  type TensorProto,
} from "onnx-buf";

/** An attribute as it is written here; `{ real }` marks a number that is not whole. */
export type AttributeValue = number | string | readonly number[] | { readonly real: number };

export function attribute(name: string, value: AttributeValue): AttributeProto {
  const { FLOAT, INT, INTS, STRING } = AttributeProto_AttributeType;
  if (typeof value === "number") return create(AttributeProtoSchema, { name, type: INT, i: BigInt(value) });
  if (typeof value === "string")
    return create(AttributeProtoSchema, { name, type: STRING, s: new TextEncoder().encode(value) });
  if ("real" in value) return create(AttributeProtoSchema, { name, type: FLOAT, f: value.real });
  return create(AttributeProtoSchema, { name, type: INTS, ints: value.map(BigInt) });
}

/** Collects nodes and constants under names that no other value of the model has. */
export class NodeBuilder {
  readonly nodes: NodeProto[] = [];
  readonly constants: TensorProto[] = [];
  readonly #prefix: string;
  readonly #opset: number;
  #count = 0;

  /** `opset` is the model's: some operations took attributes before they took inputs. */
  constructor(prefix: string, opset: number) {
    this.#prefix = prefix;
    this.#opset = opset;
  }

  /** A name that nothing else has. */
  name(wish: string): string {
    return `${this.#prefix}/${wish}_${this.#count++}`;
  }

  /** New axes of size 1 at these places. */
  unsqueeze(value: string, axes: readonly number[]): string {
    return this.#opset < 13 ? this.add("Unsqueeze", [value], { axes }) : this.add("Unsqueeze", [value, this.integers(axes)]);
  }

  /** 0, 1, … for the places along an axis of a value. */
  places(value: string, axis: number): string {
    const size = this.add("Gather", [this.add("Shape", [value]), this.integers([axis], [])]);
    return this.add("Range", [this.integers([0], []), size, this.integers([1], [])]);
  }

  /** A number of the element type of another value. */
  numberLike(number: number, like: string): string {
    return this.castLike(this.float(number), like);
  }

  /** A float of the element type of another value; before opset 15 graphs with a fused node are float throughout. */
  castLike(value: string, like: string): string {
    return this.#opset < 15 ? value : this.add("CastLike", [value, like]);
  }

  /** Adds a node and gives the name of its output. An absent input is "". */
  add(
    opType: string,
    input: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    output?: string,
  ): string {
    const made = output ?? this.name(opType);
    this.nodes.push(
      create(NodeProtoSchema, {
        name: made,
        opType,
        input: [...input],
        output: [made],
        attribute: Object.entries(attributes).map(([name, value]) => attribute(name, value)),
      }),
    );
    return made;
  }

  integers(values: readonly number[], shape: readonly number[] = [values.length]): string {
    return this.#constant({
      dims: shape.map(BigInt),
      dataType: TensorProto_DataType.INT64,
      int64Data: values.map(BigInt),
    });
  }

  float(value: number): string {
    return this.#constant({ dims: [], dataType: TensorProto_DataType.FLOAT, floatData: [value] });
  }

  #constant(tensor: { dims: bigint[]; dataType: number; int64Data?: bigint[]; floatData?: number[] }): string {
    const name = this.name("constant");
    this.constants.push(create(TensorProtoSchema, { name, ...tensor }));
    return name;
  }
}
