import { isTensor, type TensorLike } from "./tensor.js";

/** A leaf, or arrays and objects of trees: how programs take and return several arrays under names. */
export type Tree<Leaf> = Leaf | readonly Tree<Leaf>[] | { readonly [name: string]: Tree<Leaf> };

/** The type `T` with every `From` in it replaced by `To`. */
export type MapTree<T, From, To> = T extends From ? To : { [K in keyof T]: MapTree<T[K], From, To> };

/** The tree with `convert` applied to each leaf, in order. */
export function mapTree<From, To>(
  tree: Tree<From>,
  isLeaf: (tree: unknown) => tree is From,
  convert: (leaf: From) => To,
): Tree<To> {
  if (isLeaf(tree)) return convert(tree);
  if (Array.isArray(tree)) return tree.map((inner: Tree<From>) => mapTree(inner, isLeaf, convert));
  const entries = Object.entries(tree as Record<string, Tree<From>>);
  return Object.fromEntries(entries.map(([name, inner]) => [name, mapTree(inner, isLeaf, convert)]));
}

/** Whether a value stands for one tensor; arrays of numbers do, arrays of tensors are trees. */
export function isTensorLike(value: unknown): value is TensorLike {
  if (typeof value === "number" || typeof value === "boolean" || ArrayBuffer.isView(value) || isTensor(value)) return true;
  return (
    Array.isArray(value) &&
    (value.length === 0 || (!isTensor(value[0]) && !ArrayBuffer.isView(value[0]) && isTensorLike(value[0])))
  );
}
