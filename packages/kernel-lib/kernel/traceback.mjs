/** Errors as Jupyter shows them: a name, a message, and where in which cell. */
import { inspect } from "node:util";
import { plainNames } from "./execution/names.mjs";
import { hintFor } from "./hints.mjs";
import { Interrupted } from "./interruption.mjs";
import { innermostLine } from "./stack-frames.mjs";

/**
 * @typedef {{ ename: string, evalue: string, traceback: string[] }} ErrorContent
 * @typedef {{ offset: number, line: number, character: number }} Position from 0
 * @typedef {{ start: Position, end: Position, code: number, messageText: string, fileName?: string }} Diagnostic
 */

/** @param {string} text */
const red = (text) => `\u001b[31m${text}\u001b[39m`;
/** @param {string} text */
const grey = (text) => `\u001b[90m${text}\u001b[39m`;

/** What TypeScript finds wrong with a cell. */
export class CompileError extends Error {
  /**
   * @param {readonly Diagnostic[]} diagnostics
   * @param {string} source
   */
  constructor(diagnostics, source) {
    super(diagnostics.map((one) => `${placeOf(one)} - ${one.messageText}`).join("\n"));
    this.name = diagnostics.some(({ code }) => code >= 1000 && code < 2000) ? "SyntaxError" : "TypeScriptError";
    this.diagnostics = diagnostics;
    this.source = source;
  }
}

/** @param {Diagnostic} diagnostic */
const placeOf = ({ fileName, start }) => `${fileName ? `${fileName} ` : ""}${start.line + 1}:${start.character + 1}`;

/**
 * Lines of a cell around one of them, which is marked.
 * @param {string} source
 * @param {number} line from 1
 * @param {{ from: number, to: number }} [columns] what to underline, from 0
 */
function excerpt(source, line, columns) {
  const lines = source.split("\n");
  const width = String(line + 1).length;
  return lines.slice(Math.max(0, line - 3), line + 1).flatMap((text, index) => {
    const number = Math.max(0, line - 3) + index + 1;
    const here = number === line;
    const shown = `${here ? red("→") : " "} ${grey(String(number).padStart(width))} ${text}`;
    if (!here || !columns) return [shown];
    const marks = "~".repeat(Math.max(1, Math.min(columns.to, text.length) - columns.from));
    return [shown, `  ${" ".repeat(width)} ${text.slice(0, columns.from).replace(/\S/g, " ")}${red(marks)}`];
  });
}

/** @param {CompileError} error
 * @returns {string[]}
 */
function describeDiagnostics({ diagnostics, source }) {
  const hint = hintFor(source);
  return [
    ...(hint === undefined ? [] : [hint, ""]),
    ...diagnostics.flatMap((one, index) => {
      const before = diagnostics[index - 1];
      const isDetail = before?.start.offset === one.start.offset && before.end.offset === one.end.offset;
      const text = String(one.messageText);
      if (isDetail) return [`  ${text}`];
      const to = one.end.line === one.start.line ? one.end.character : Number.POSITIVE_INFINITY;
      const lines = one.fileName ? [] : excerpt(source, one.start.line + 1, { from: one.start.character, to });
      return [...(index > 0 ? [""] : []), `${grey(placeOf(one))} ${red(`TS${one.code}`)}: ${text}`, ...lines];
    }),
  ];
}

/**
 * The frames of an error; see stack-frames.mjs.
 * @param {Error} error
 */
const framesOf = (error) =>
  String(error.stack)
    .split("\n")
    .filter((line) => /^\s+at /.test(line));

/**
 * @param {unknown} thrown
 * @param {number} [depth] of causes
 * @returns {ErrorContent}
 */
export function describeError(thrown, depth = 0) {
  if (!(thrown instanceof Error)) {
    const evalue = inspect(thrown);
    return { ename: "Uncaught", evalue, traceback: [`${red("Uncaught")}: ${evalue}`] };
  }
  const ename = String(thrown.name || "Error");
  const evalue = plainNames(String(thrown.message));
  if (thrown instanceof Interrupted || evalue.includes("interrupted by `SIGINT`")) {
    const { name, message } = new Interrupted();
    return { ename: name, evalue: message, traceback: [`${red(name)}: ${message}`] };
  }
  if (thrown instanceof CompileError) return { ename, evalue, traceback: describeDiagnostics(thrown) };
  const innermost = innermostLine(thrown);
  const traceback = [
    `${red(ename)}: ${evalue}`,
    ...(innermost ? excerpt(innermost.source, innermost.line) : []),
    ...framesOf(thrown).map(grey),
  ];
  const others = thrown instanceof AggregateError ? thrown.errors : thrown.cause === undefined ? [] : [thrown.cause];
  if (depth < 5) {
    for (const other of others) traceback.push("", "caused by", ...describeError(other, depth + 1).traceback);
  }
  return { ename, evalue, traceback };
}
