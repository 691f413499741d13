/** Attributes of nodes by name. */
import type { NodeProto } from "onnx-buf";

/** An attribute that is a whole number. */
export function integer(node: NodeProto, name: string, fallback: number): number {
  const found = node.attribute.find((attribute) => attribute.name === name);
  return found === undefined ? fallback : Number(found.i);
}

/** An attribute that is a list of whole numbers. */
export function integers(node: NodeProto, name: string): number[] | undefined {
  return node.attribute.find((attribute) => attribute.name === name)?.ints.map(Number);
}

/** An attribute that is a number. */
export function real(node: NodeProto, name: string): number | undefined {
  return node.attribute.find((attribute) => attribute.name === name)?.f;
}

/** An attribute that is a text. */
export function text(node: NodeProto, name: string): string | undefined {
  const bytes = node.attribute.find((attribute) => attribute.name === name)?.s;
  return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
}
