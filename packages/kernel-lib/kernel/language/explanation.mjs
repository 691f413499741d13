/** What an editor shows when the pointer rests on a name, and between the parentheses of a call. */
import ts from "typescript";
import { plainTypes } from "./diagnostics.mjs";
import { unitsOf } from "./positions.mjs";

/**
 * @import { Language } from "./language.mjs"
 * @typedef {{ code: string, documentation: string }} Explanation
 */

/**
 * @param {Language} language
 * @param {string} code
 * @param {number} cursor in code points
 */
export function explain(language, code, cursor) {
  const place = unitsOf(code, cursor);
  const head = language.openDraft(code);
  const found = explainName(language, code, place, head) ?? explainCall(language, head + place);
  if (found === undefined) return { status: "ok", found: false, data: {}, metadata: {} };
  const plain = [found.code, found.documentation].filter((one) => one !== "").join("\n\n");
  const markdown = [`\`\`\`typescript\n${found.code}\n\`\`\``, found.documentation].filter((one) => one !== "").join("\n\n");
  return { status: "ok", found: true, data: { "text/plain": plain, "text/markdown": markdown }, metadata: {} };
}

const partOfName = /[\p{ID_Continue}$\u200c\u200d]/u;

/**
 * The name that the cursor is in or behind.
 * @param {Language} language
 * @param {string} code
 * @param {number} place
 * @param {number} head where the code begins in the cell's file
 * @returns {Explanation | undefined}
 */
function explainName({ service, files }, code, place, head) {
  for (const at of [place, place - 1]) {
    if (at < 0 || !partOfName.test(code.slice(at, at + 2).match(/^./u)?.[0] ?? "")) continue;
    const info = service.getQuickInfoAtPosition(files.cell, head + at);
    if (info === undefined) continue;
    return {
      code: withoutAlias(plainTypes(ts.displayPartsToString(info.displayParts))),
      documentation: documentationOf(info.documentation, info.tags),
    };
  }
  return undefined;
}

/**
 * The call that the cursor is in: its signatures, the one that fits first.
 * @param {Language} language
 * @param {number} place
 * @returns {Explanation | undefined}
 */
function explainCall({ service, files }, place) {
  const help = service.getSignatureHelpItems(files.cell, place, undefined);
  if (help === undefined) return undefined;
  const { items, selectedItemIndex, argumentIndex } = help;
  const selected = items[selectedItemIndex];
  const lines = [selected, ...items.filter((one) => one !== selected)].flatMap((one) =>
    one === undefined
      ? []
      : text(one.prefixDisplayParts) +
        one.parameters.map(({ displayParts }) => text(displayParts)).join(text(one.separatorDisplayParts)) +
        text(one.suffixDisplayParts),
  );
  const parameter = selected?.parameters[Math.min(argumentIndex, selected.parameters.length - 1)];
  const about = parameter ? ts.displayPartsToString(parameter.documentation) : "";
  const documentation = [
    ...(parameter && about ? [`\`${parameter.name}\` – ${about}`] : []),
    documentationOf(selected?.documentation, selected?.tags),
  ];
  return { code: plainTypes(lines.join("\n")), documentation: documentation.filter((one) => one !== "").join("\n\n") };
}

/** @param {readonly ts.SymbolDisplayPart[]} parts */
const text = (parts) => parts.map((one) => one.text).join("");

/** A name of an earlier cell is no import to whoever reads it.
 * @param {string} shown
 */
const withoutAlias = (shown) =>
  shown
    .replace(/^\(alias\) (?=[\w$]+[(<])/, "function ")
    .replace(/^\(alias\) (new )?/, (_, made) => (made ? "constructor " : ""))
    .replace(/\nimport [\s\S]*$/, "");

/**
 * @param {ts.SymbolDisplayPart[] | undefined} documentation
 * @param {ts.JSDocTagInfo[] | undefined} tags
 */
function documentationOf(documentation, tags) {
  const about = (tags ?? []).map(({ name, text }) => {
    const said = ts.displayPartsToString(text);
    if (name === "example") return `Example:\n${/^\s*```/.test(said) ? said : `\`\`\`typescript\n${said}\n\`\`\``}`;
    return name === "param" ? said.replace(/^(\S+)\s*(?:[-–]\s*)?/, "`$1` – ") : `@${name} ${said}`.trim();
  });
  return [ts.displayPartsToString(documentation), ...about].filter((one) => one !== "").join("\n\n");
}
