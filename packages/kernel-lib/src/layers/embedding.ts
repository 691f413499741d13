import { take, type Traced } from "../engine/ops.js";

/**
 * An embedding: the row of a table for each id, [...] → [..., width].
 *
 * `table` [vocabulary, width]; `ids` are whole numbers, an `Int32Array` or a tensor of type int32. A program does not look at values:
 * an id outside the table is not noticed here, and what it gives is up to the runner.
 *
 * @throws TypeError when the table is no matrix, or the ids are not whole numbers by type
 * @example
 * ```ts
 * import { compile, layers } from "heed/program";
 * import type { ops } from "heed";
 * const look = compile((table: ops.Traced, ids: ops.Traced) => layers.embedding(table, ids));
 * console.log((await look([[1, 2], [3, 4]], Int32Array.of(1, 0, 1))).data); // Float32Array [3, 4, 1, 2, 3, 4]
 * ```
 */
export function embedding(table: Traced, ids: Traced): Traced {
  if (table.ndim !== 2) throw new TypeError(`embedding: expected a table [vocabulary, width]; got [${table.shape.join(", ")}]`);
  if (ids.dtype !== "int32" && ids.dtype !== "uint32") {
    throw new TypeError(`embedding: expected ids of type int32, as in Int32Array.of(1, 2); got ${ids.dtype}`);
  }
  return take(table, ids, 0);
}
