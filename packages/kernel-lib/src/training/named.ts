/** Trees of parameters as flat records, under the path each has in the tree: "encoder.inputWeight", "layers[0].bias". */
import { leavesOf, mapTree, type Tree } from "../engine/tree.js";

export type Named<Leaf> = Readonly<Record<string, Leaf>>;

/** The leaves of a tree under their paths. */
export function named<Leaf>(tree: unknown, isLeaf: (value: unknown) => value is Leaf): Named<Leaf> {
  return Object.fromEntries(leavesOf(tree as Tree<Leaf>, isLeaf).map(({ path, leaf }) => [path, leaf]));
}

/** A tree like another, with the leaf of each path taken from a record. */
export function unnamed<Leaf, Like>(like: unknown, isLike: (value: unknown) => value is Like, leaves: Named<Leaf>): unknown {
  return mapTree(like as Tree<Like>, isLike, (_, path) => leaves[path] as Leaf);
}

/** The record with each leaf converted. */
export function mapNamed<From, To>(record: Named<From>, convert: (leaf: From, name: string) => To): Named<To> {
  return Object.fromEntries(Object.entries(record).map(([name, leaf]) => [name, convert(leaf, name)]));
}
