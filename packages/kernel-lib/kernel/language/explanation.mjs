/** What an editor shows when the pointer rests on a name. */
import ts from "typescript";
import { plainTypes } from "./diagnostics.mjs";
import { unitsOf } from "./positions.mjs";

/** @import { Language } from "./language.mjs" */

/**
 * @param {Language} language
 * @param {string} code
 * @param {number} cursor in code points
 */
export function explain(language, code, cursor) {
  const place = unitsOf(code, cursor);
  language.open(code);
  const info = language.service.getQuickInfoAtPosition(language.files.cell, place);
  if (info === undefined) return { status: "ok", found: false, data: {}, metadata: {} };
  const text = plainTypes(ts.displayPartsToString(info.displayParts));
  const documentation = ts.displayPartsToString(info.documentation);
  return {
    status: "ok",
    found: true,
    data: { "text/plain": documentation ? `${text}\n\n${documentation}` : text },
    metadata: {},
  };
}
