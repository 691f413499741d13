import { describeValue } from "../checks/describe-value.js";
import { isTensor, type TensorLike } from "./tensor.js";

/** A leaf, or arrays and objects of trees: how programs take and return several arrays under names. */
export type Tree<Leaf> = Leaf | readonly Tree<Leaf>[] | { readonly [name: string]: Tree<Leaf> };

/** The type `T` with every `From` in it replaced by `To`. */
export type MapTree<T, From, To> = T extends From ? To : { [K in keyof T]: MapTree<T[K], From, To> };

/** The tree with `convert` applied to each leaf, in order. `path` says where a leaf is: `attention[0].weights`. */
export function mapTree<From, To>(
  tree: Tree<From>,
  isLeaf: (tree: unknown) => tree is From,
  convert: (leaf: From, path: string) => To,
  path = "",
): Tree<To> {
  if (isLeaf(tree)) return convert(tree, path);
  if (tree === undefined) return tree; // an input that is left out
  if (Array.isArray(tree)) return tree.map((inner: Tree<From>, i) => mapTree(inner, isLeaf, convert, `${path}[${i}]`));
  const entries = typeof tree === "object" && tree !== null ? Object.entries(tree as Record<string, Tree<From>>) : [];
  if (entries.length === 0 && !isEmptyObject(tree)) {
    throw new TypeError(`expected an array or an object of arrays${path && ` at ${path}`}; got ${describeValue(tree)}`);
  }
  return Object.fromEntries(
    entries.map(([name, inner]) => [name, mapTree(inner, isLeaf, convert, path === "" ? name : `${path}.${name}`)]),
  );
}

/** `{}`; a promise or a map shows no entries either, and holds no arrays. */
const isEmptyObject = (value: unknown): boolean =>
  typeof value === "object" && value !== null && (value.constructor === Object || Object.getPrototypeOf(value) === null);

/** Every leaf, in the order of {@link mapTree}, with its path. */
export function leavesOf<Leaf>(
  tree: Tree<Leaf>,
  isLeaf: (tree: unknown) => tree is Leaf,
  path = "",
): { readonly leaf: Leaf; readonly path: string }[] {
  const leaves: { leaf: Leaf; path: string }[] = [];
  mapTree(tree, isLeaf, (leaf, at) => leaves.push({ leaf, path: at }), path);
  return leaves;
}

/** The shape of a tree as text: equal for two trees that hold leaves in the same places. */
export function structureOf(tree: unknown, isLeaf: (tree: unknown) => boolean, describe: (leaf: unknown) => string): string {
  if (isLeaf(tree)) return describe(tree);
  if (Array.isArray(tree)) return `[${tree.map((inner) => structureOf(inner, isLeaf, describe)).join()}]`;
  if (typeof tree !== "object" || tree === null) return String(tree);
  const entries = Object.entries(tree);
  return `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${structureOf(inner, isLeaf, describe)}`).join()}}`;
}

/** Whether a value stands for one tensor; arrays of numbers do, arrays of tensors are trees. */
export function isTensorLike(value: unknown): value is TensorLike {
  if (typeof value === "number" || typeof value === "boolean" || ArrayBuffer.isView(value) || isTensor(value)) return true;
  return (
    Array.isArray(value) &&
    (value.length === 0 || (!isTensor(value[0]) && !ArrayBuffer.isView(value[0]) && isTensorLike(value[0])))
  );
}
