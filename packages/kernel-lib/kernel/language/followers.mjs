/**
 * Types that follow names. When a name gets another type, what earlier cells declared with it is inferred anew: what a function
 * returns that calls it, and what that is used for. What is wrong with the new type keeps the one that it had.
 */
import ts from "typescript";
import { signaturesIn } from "./frozen-cells.mjs";
import { localsOf } from "./parse.mjs";

/**
 * @import { ParsedCell } from "./cell-source.mjs"
 * @import { FrozenCells } from "./frozen-cells.mjs"
 * @import { Language } from "./language.mjs"
 */

/** How many cells at most are looked at again for one. */
const most = 40;

/**
 * @param {Language} language
 * @param {FrozenCells} frozen
 * @param {readonly string[]} names those that have another type now
 */
export function follow(language, frozen, names) {
  if (names.length === 0) return;
  const changed = new Set(names);
  let left = most;
  for (const [stem, cell] of frozen.cells) {
    const { parsed, text } = cell;
    const isCurrent = (/** @type {string} */ name) =>
      language.names.get(name)?.value?.file === stem || language.names.get(name)?.type?.file === stem;
    const current = [...parsed.declared.keys()].filter(isCurrent);
    const uses = [...parsed.used].filter((name) => changed.has(name) && !current.includes(name));
    if (current.length === 0 || uses.length === 0) continue;
    const hidden = uses.filter((name) => parsed.declared.has(name));
    // A class that is read twice would be two.
    if (hidden.length > 0 && current.some((name) => !isPlain(parsed, name))) continue;
    if (left-- === 0) return;
    const inferred = language.infer(hide(parsed, text, hidden));
    if (inferred === undefined) continue;
    if (hidden.length === 0) {
      for (const name of frozen.renew(stem, inferred.declarations, current)) changed.add(name);
      continue;
    }
    const [before, after] = [signaturesIn(cell.frozen), signaturesIn(inferred.declarations)];
    const renewed = frozen.freezeAgain(stem, inferred.parsed, hide(parsed, text, hidden), inferred.declarations);
    for (const name of current) {
      const value = language.names.get(name)?.value;
      if (value === undefined || before(name) === after(name)) continue;
      language.names.set(name, { value: { ...value, file: renewed } });
      changed.add(name);
    }
  }
}

/** Whether a name is a variable or a function.
 * @param {ParsedCell} parsed
 * @param {string} name
 */
const isPlain = ({ declared }, name) => ["let", "const", "var", "function"].includes(declared.get(name)?.kind ?? "");

/**
 * A cell's text in which some names are declared under others, so that their uses mean what later cells declare.
 * @param {ParsedCell} parsed
 * @param {string} text
 * @param {readonly string[]} names
 */
function hide({ file }, text, names) {
  const places = names
    .flatMap((name) => localsOf(file)?.get(name)?.declarations ?? [])
    .flatMap((one) => {
      const name = ts.getNameOfDeclaration(one);
      return name && ts.isIdentifier(name)
        ? [{ at: name.end, text: ts.isBindingElement(one) && !one.propertyName ? `: ${name.text}_was` : "_was" }]
        : [];
    });
  let result = text;
  for (const { at, text: added } of places.toSorted((a, b) => b.at - a.at))
    result = result.slice(0, at) + added + result.slice(at);
  return result;
}
