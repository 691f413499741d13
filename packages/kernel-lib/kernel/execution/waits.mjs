/** Sends every `await` of compiled code through a wait that an interrupt ends. */
import ts from "typescript";
import { waitName } from "../host.mjs";
import { parseModule } from "../language/parse.mjs";

/** @typedef {{ at: number, end?: number, text: string }} Edit text put at a place of code, instead of what stands there up to `end` */

/**
 * The edits of one node.
 * @param {ts.Node} node
 * @param {ts.SourceFile} file
 * @returns {Edit[]}
 */
export function waitEdits(node, file) {
  if (ts.isAwaitExpression(node)) return wrap(node.expression, waitName, file);
  if (ts.isForOfStatement(node) && node.awaitModifier) return wrap(node.expression, `${waitName}.each`, file);
  return [];
}

/**
 * @param {ts.Node} node
 * @param {string} name
 * @param {ts.SourceFile} file
 */
const wrap = (node, name, file) => [
  { at: node.getStart(file), text: `${name}(` },
  { at: node.end, text: ")" },
];

/**
 * Makes the waits of a whole file end with an interrupt. Lines stay where they are.
 * @param {string} code JavaScript
 */
export function interruptible(code) {
  if (!code.includes("await")) return code;
  const file = parseModule(code, ts.ScriptKind.JS);
  /** @type {Edit[]} */
  const edits = [];
  /** @param {ts.Node} node */
  const visit = (node) => {
    edits.push(...waitEdits(node, file));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return applyEdits(code, edits).code;
}

/**
 * Applies edits; those of one place in the order in which they are given.
 * @param {string} code
 * @param {Edit[]} edits
 * @returns {{ code: string, original: (place: number) => number }} the new code, and where a place of it was
 */
export function applyEdits(code, edits) {
  const sorted = edits.toSorted((a, b) => a.at - b.at);
  let result = "";
  let from = 0;
  /** @type {{ start: number, end: number, at: number }[]} what was put in: from where to where, and where that was */
  const inserted = [];
  for (const { at, end = at, text } of sorted) {
    result += code.slice(from, at);
    inserted.push({ start: result.length, end: result.length + text.length, at: end });
    result += text;
    from = Math.max(at, end);
  }
  result += code.slice(from);
  const original = (/** @type {number} */ place) => {
    let moved = place;
    for (const one of inserted) {
      if (place < one.start) break;
      if (place < one.end) return one.at;
      moved = one.at + place - one.end;
    }
    return moved;
  };
  return { code: result, original };
}
