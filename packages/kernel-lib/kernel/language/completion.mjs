/** Completion as an editor gives it. */
import { pointsOf, unitsOf } from "./positions.mjs";

/** @import { Language } from "./language.mjs" */

/**
 * @param {Language} language
 * @param {string} code
 * @param {number} cursor in code points
 */
export function complete(language, code, cursor) {
  const place = unitsOf(code, cursor);
  language.open(code);
  const found = language.service.getCompletionsAtPosition(language.files.cell, place, {});
  const before = code.slice(0, place).match(/[\p{ID_Continue}$\u200c\u200d]*$/u)?.[0] ?? "";
  const span = found?.optionalReplacementSpan;
  const start = Math.min(place - before.length, span?.start ?? place);
  const typed = code.slice(start, place);
  // what a module keeps for old code only is not offered to new one
  const isImport = /\b(import|export)\s+(type\s+)?\{[^{}]*$/.test(code.slice(0, place));
  const names = (found?.entries ?? [])
    .filter((one) => one.name.startsWith(typed) && !one.name.startsWith("__heed_") && !(isImport && isDeprecated(one)))
    .map((one) => one.name);
  const matches = [...new Set(names)];
  return { status: "ok", matches, cursor_start: pointsOf(code, start), cursor_end: cursor, metadata: {} };
}

/** @param {{ readonly kindModifiers?: string | undefined }} entry */
const isDeprecated = ({ kindModifiers = "" }) => kindModifiers.split(",").includes("deprecated");
