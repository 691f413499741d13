/**
 * `{ query }` written out as `{ query: query }`.
 *
 * tslab 1.0.22 sends names of earlier cells through its table of them, but misses those that are shorthand properties: `{ query }`
 * would end as "query is not defined". Written out it means the same everywhere, also where `({ a } = b)` takes an object apart.
 */
import { ts } from "./tslab.mjs";

/** @typedef {import("tslab/dist/converter.js").DiagnosticPos} Position */

/**
 * @param {string} source
 * @returns {{ code: string, original: (position: Position) => Position }} the code, and where a place in it was in the source
 */
export function writeOutShorthand(source) {
  /** @type {{ end: number, name: string }[]} */
  const found = [];
  /** @param {import("@tslab/typescript-for-tslab").Node} node */
  const visit = (node) => {
    if (ts.isShorthandPropertyAssignment(node)) found.push({ end: node.name.end, name: node.name.text });
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("cell.ts", source, ts.ScriptTarget.Latest, false, ts.ScriptKind.TS));
  let code = "";
  let from = 0;
  for (const { end, name } of found) {
    code += `${source.slice(from, end)}: ${name}`;
    from = end;
  }
  code += source.slice(from);
  return { code, original: (position) => (found.length === 0 ? position : moveBack(position, source, found)) };
}

/**
 * @param {Position} position
 * @param {string} source
 * @param {{ end: number, name: string }[]} found
 * @returns {Position}
 */
function moveBack({ offset, line }, source, found) {
  for (const { end, name } of found) {
    if (offset <= end) break;
    offset -= Math.min(offset - end, name.length + 2);
  }
  return { offset, line, character: offset - (source.lastIndexOf("\n", offset - 1) + 1) };
}
