/** Completion as an editor gives it. */
import { cellStem } from "./cell-source.mjs";
import { providedEntries } from "./files.mjs";
import { importPreferences } from "./language.mjs";
import { pointsOf, unitsOf } from "./positions.mjs";

/**
 * @import ts from "typescript"
 * @import { Kind } from "../execution/scope.mjs"
 * @import { Language } from "./language.mjs"
 * @typedef {{ text: string, type: string, signature?: string }} Match
 */

/** @type {ts.UserPreferences} */
const preferences = {
  includeCompletionsForModuleExports: true,
  includeCompletionsWithInsertText: false,
  // A name from a module that is not imported yet comes with the import to write.
  allowIncompleteCompletions: true,
};

/** How many letters of a name must be there before other modules are searched for it. */
const lettersForImport = 2;

/**
 * @param {Language} language
 * @param {string} code
 * @param {number} cursor in code points
 */
export function complete(language, code, cursor) {
  const place = unitsOf(code, cursor);
  const head = language.openDraft(code);
  const before = code.slice(0, place).match(/[\p{ID_Continue}$\u200c\u200d]*$/u)?.[0] ?? "";
  const found = language.service.getCompletionsAtPosition(language.files.cell, head + place, {
    ...importPreferences,
    ...preferences,
    includeCompletionsForModuleExports: before.length >= lettersForImport,
  });
  const entries = found?.entries ?? [];
  const span = entries.find(({ replacementSpan }) => replacementSpan)?.replacementSpan ?? found?.optionalReplacementSpan;
  const start = Math.min(span === undefined ? place - before.length : span.start - head, place);
  const typed = code.slice(start, place);
  const written = code.slice(0, place);
  const matches = [
    ...matchesOf(language, entries, written),
    ...(isFree(found) ? namesOf(language, isTypePlace(entries)) : []),
    ...(startsModule.test(written) ? providedModules() : []),
  ];
  const chosen = choose(matches, typed);
  const bounds = { start: pointsOf(code, start), end: cursor };
  return {
    status: "ok",
    matches: chosen.map(({ text }) => text),
    cursor_start: bounds.start,
    cursor_end: bounds.end,
    metadata: { _jupyter_types_experimental: chosen.map((one) => ({ ...bounds, ...one })) },
  };
}

/** Whether any name of the scope may stand there.
 * @param {ts.CompletionInfo | undefined} found
 */
const isFree = (found) => found?.isMemberCompletion === false && found.entries.some(({ kind }) => kind === "keyword");

/** Whether a type is written there: then no statement may begin.
 * @param {readonly ts.CompletionEntry[]} entries
 */
const isTypePlace = (entries) => !entries.some(({ name, kind }) => name === "function" && kind === "keyword");

/** The beginning of a module's name, at which packages are named. */
const startsModule = /\b(?:from|import|require)\s*\(?\s*["'](?![./])[^"'\n]*$/;

/** What the kernel has where the folder has none.
 * @returns {Match[]}
 */
const providedModules = () => providedEntries().map((text) => ({ text, type: "module" }));

/**
 * @param {Language} language
 * @param {readonly ts.CompletionEntry[]} entries
 * @param {string} before the code up to the cursor
 * @returns {Match[]}
 */
function matchesOf(language, entries, before) {
  // What a module keeps for old code only is not offered to new one.
  const isImport = /\b(import|export)\s+(type\s+)?\{[^{}]*$/.test(before);
  return entries
    .filter((one) => !one.name.includes(cellStem) && !one.source?.includes(cellStem) && !(isImport && isDeprecated(one)))
    .toSorted((a, b) => (a.sortText < b.sortText ? -1 : a.sortText > b.sortText ? 1 : 0))
    .map(({ name, kind, source }) => ({
      text: name,
      type: kind,
      ...(source !== undefined && { signature: language.importOf(name, source) }),
    }));
}

/** The names of earlier cells, which the cell's file takes only when it uses them.
 * @param {Language} language
 * @param {boolean} isTypePlace
 * @returns {Match[]}
 */
const namesOf = ({ names }, isTypePlace) =>
  [...names].flatMap(([text, { value, type }]) => {
    const origin = isTypePlace ? type : value;
    return origin ? [{ text, type: origin.kind }] : [];
  });

/**
 * Those that go on from what is typed; where none does, those that do so in another case.
 * @param {readonly Match[]} matches
 * @param {string} typed
 */
function choose(matches, typed) {
  /** @type {Map<string, Match>} */
  const byText = new Map();
  for (const one of matches) {
    const known = byText.get(one.text);
    if (known === undefined || (known.signature !== undefined && one.signature === undefined)) byText.set(one.text, one);
  }
  const all = [...byText.values()];
  const exact = all.filter(({ text }) => text.startsWith(typed));
  return exact.length > 0 ? exact : all.filter(({ text }) => text.toLowerCase().startsWith(typed.toLowerCase()));
}

/** @param {{ readonly kindModifiers?: string | undefined }} entry */
const isDeprecated = ({ kindModifiers = "" }) => kindModifiers.split(",").includes("deprecated");
