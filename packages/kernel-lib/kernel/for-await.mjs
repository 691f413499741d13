/** tslab 1.0.22 knows that a cell waits by its `await` expressions alone: a cell whose only wait is `for await` would not compile. */
import { ts } from "./tslab.mjs";

/**
 * Whether a cell waits in a `for await` loop outside of any function.
 * @param {string} source
 */
export function hasTopLevelForAwait(source) {
  if (!/\bfor\s+await\b/.test(source)) return false;
  /**
   * @param {import("@tslab/typescript-for-tslab").Node} node
   * @returns {boolean}
   */
  const waits = (node) => {
    if (ts.isFunctionLike(node)) return false;
    if (ts.isForOfStatement(node) && node.awaitModifier) return true;
    return ts.forEachChild(node, waits) ?? false;
  };
  return waits(ts.createSourceFile("cell.ts", source, ts.ScriptTarget.Latest, false, ts.ScriptKind.TS));
}
