/** Whether code is complete, so that a console may run it on Enter. */
import ts from "typescript";
import { parseCell } from "./cell-source.mjs";

/** Errors of the parser that more text mends, where it meets the end. */
const unfinished = new Set([
  1002, // unterminated string literal: only templates span lines, see below
  1003, // identifier expected
  1005, // '…' expected
  1010, // '*\/' expected
  1109, // expression expected
  1110, // type expected
  1126, // unexpected end of text
  1128, // declaration or statement expected
  1160, // unterminated template literal
  1472, // 'catch' or 'finally' expected
  17008, // JSX element has no closing tag
  17014, // JSX fragment has no closing tag
  1381,
  1382,
]);

/**
 * @param {string} code
 * @returns {{ status: "complete" } | { status: "incomplete", indent: string } | { status: "invalid" }}
 */
export function judge(code) {
  const { syntaxErrors, file } = parseCell(code);
  if (syntaxErrors.length === 0) return { status: "complete" };
  const end = code.trimEnd().length;
  const isAtEnd = ({ start = 0, length = 0, code: number = 0 }) => {
    if (!unfinished.has(number)) return false;
    // A string in quotes ends with its line.
    if (number === 1002) return false;
    return start + length >= end || number === 1160 || number === 1010 || number === 17008 || number === 17014;
  };
  if (depthOf(file, end) < 0) return { status: "invalid" };
  if (!syntaxErrors.some(isAtEnd) || !isAtEnd(syntaxErrors[0] ?? {})) return { status: "invalid" };
  return { status: "incomplete", indent: "  ".repeat(depthOf(file, end)) };
}

/** How many brackets are open; below 0 where one closes that is not.
 * @param {ts.SourceFile} file
 * @param {number} end
 */
function depthOf(file, end) {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true, file.languageVariant, file.text.slice(0, end));
  /** @type {ts.SyntaxKind[]} */
  const open = [];
  let closed = 0;
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    const {
      TemplateHead,
      TemplateMiddle,
      OpenBraceToken,
      OpenParenToken,
      OpenBracketToken,
      CloseBraceToken,
      CloseParenToken,
      CloseBracketToken,
    } = ts.SyntaxKind;
    if (token === CloseBraceToken && open.at(-1) === TemplateHead) {
      // The rest of a template, up to the next value in it.
      if (scanner.reScanTemplateToken(false) !== TemplateMiddle) open.pop();
      continue;
    }
    if ([OpenBraceToken, OpenParenToken, OpenBracketToken, TemplateHead].includes(token)) open.push(token);
    if ([CloseBraceToken, CloseParenToken, CloseBracketToken].includes(token) && open.pop() === undefined) closed += 1;
  }
  return closed > 0 ? -closed : open.length;
}
