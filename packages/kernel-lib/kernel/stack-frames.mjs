/**
 * Errors say where they come from in the words of who wrote the notebook: lines of cells and of TypeScript files, without the kernel's and Node's
 * own frames. It is said in `error.stack` itself, so that it holds for errors that code prints, returns or logs as well.
 */
import { SourceMap } from "node:module";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { plainNames } from "./execution/names.mjs";

/** @import { Places } from "./places.mjs" */
/** @typedef {{ source: string, line: number }} Line of a cell, from 1 */

const here = import.meta.dirname;
const hereUrl = new URL(".", import.meta.url).href;

/** The innermost line of a cell in an error's frames. @type {WeakMap<object, Line>} */
const innermostLines = new WeakMap();

/**
 * The innermost line of a cell from which an error comes.
 * @param {Error} error
 */
export function innermostLine(error) {
  // Frames are put into words when someone asks for them.
  void error.stack;
  return innermostLines.get(error);
}

/** Frames of the kernel itself tell a reader nothing.
 * @param {string} file
 */
const isOwn = (file) =>
  file.startsWith("node:") || file.startsWith(here) || file.startsWith(hereUrl) || file.startsWith("evalmachine");

/**
 * @param {Places} places of cells
 * @param {ReadonlyMap<string, string>} sources the JavaScript of modules in TypeScript, by address, with its source map
 */
export function installStackFrames(places, sources) {
  /** @type {Map<string, SourceMap | undefined>} */
  const maps = new Map();
  const mapOf = (/** @type {string} */ url) => {
    if (!maps.has(url)) maps.set(url, sourceMapIn(sources.get(url)));
    return maps.get(url);
  };

  /**
   * @param {NodeJS.CallSite} site
   * @param {object} error
   * @returns {string[]} the frame, or nothing where there is nothing to say
   */
  const describe = (site, error) => {
    const file = site.getFileName() ?? "";
    const [line, column] = [site.getLineNumber() ?? 0, site.getColumnNumber() ?? 0];
    if (isOwn(file)) return [];
    const text = String(site);
    const at = (/** @type {string} */ where) => [text.replace(`${file}:${line}:${column}`, where)];
    const place = places.find(file, line, column);
    if (place) {
      if (place.isCall) return [];
      if (place.line === undefined) return at(`cell [${place.cell}]`);
      if (!innermostLines.has(error)) innermostLines.set(error, { source: place.source, line: place.line });
      return at(`cell [${place.cell}], line ${place.line}`);
    }
    if (!file.startsWith("file:")) return [text];
    const path = pathFrom(file);
    /** @type {any} as Node documents it, numbers from 1; its types have it otherwise */
    const found = sources.has(file) ? mapOf(file)?.findOrigin(line, column) : undefined;
    return at(found?.lineNumber ? `${path}:${found.lineNumber}:${found.columnNumber}` : `${path}:${line}:${column}`);
  };

  Error.prepareStackTrace = (error, sites) =>
    [headOf(error), ...sites.flatMap((site) => describe(site, error)).map((frame) => `    at ${frame}`)].join("\n");
}

/** An error's name and message; code may have made either fail.
 * @param {unknown} error
 */
function headOf(error) {
  try {
    return plainNames(String(error));
  } catch {
    return "Error";
  }
}

/** A module's file, as seen from the notebook. @param {string} url */
function pathFrom(url) {
  const path = fileURLToPath(url.replace(/[?#].*$/, ""));
  const near = relative(process.cwd(), path);
  return near.length < path.length ? near : path;
}

/** @param {string | undefined} code */
function sourceMapIn(code) {
  const [, data] = /\/\/# sourceMappingURL=data:application\/json;base64,([\w+/=]+)\s*$/.exec(code ?? "") ?? [];
  return data === undefined ? undefined : new SourceMap(JSON.parse(Buffer.from(data, "base64").toString()));
}
