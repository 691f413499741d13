/**
 * Loads what cells import: Node's own loader, taught TypeScript and to load files anew that a person has edited.
 *
 * A module of the notebook's folder (or beside it) has its version in its address, `file:///…/b.ts?heed=2`. When a file is found
 * changed, it and everything that imports it get a new version, so the next import loads them anew; what does not depend on it stays.
 */
import { readFileSync } from "node:fs";
import { createRequire, registerHooks } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { isProvided, providedFrom, tslabDisplay } from "../language/files.mjs";
import ts from "typescript";
import { bind, localsOf, parseModule } from "../language/parse.mjs";
import { interruptible } from "./waits.mjs";

/**
 * @typedef {object} Compiler
 * @property {(specifier: string, from: string) => string | undefined} findOwn the file of a module that a person may be writing
 * @property {(path: string) => string} stampOf what changes when the file does
 * @property {(path: string) => string} compile TypeScript to JavaScript with its source map
 *
 * @typedef {{ version: number, stamp: string, uses: Set<string>, failed: boolean }} Own
 */

/** Addresses of modules as cells ask for them. */
const fromCell = "heed-cell-import:";
const tag = "heed";

export class Modules {
  /** @type {Map<string, Own>} by path */
  #own = new Map();
  #compiler;
  #cell;
  #require;
  /** @type {Map<string, string>} the JavaScript of modules in TypeScript, by address, for errors' lines */
  sources = new Map();

  /**
   * @param {string} cell the path of the file that cells stand for
   * @param {Compiler} compiler
   */
  constructor(cell, compiler) {
    this.#cell = cell;
    this.#compiler = compiler;
    this.#require = createRequire(cell);
    registerHooks({ resolve: this.#resolve, load: this.#load });
  }

  get require() {
    return this.#require;
  }

  /**
   * Imports as a cell does.
   * @param {string} specifier
   * @param {object} [options] `import`'s second argument
   * @returns {Promise<any>}
   */
  async import(specifier, options) {
    this.#renew();
    const address = /^(node|data|https?):/.test(specifier) ? specifier : fromCell + encodeURIComponent(specifier);
    try {
      return await import(address, /** @type {any} */ (options));
    } catch (error) {
      // It may go well next time: a server that was down, a file that was not yet there.
      for (const own of this.#own.values()) own.failed = true;
      throw error;
    }
  }

  /** Gives a new version to what was edited, to what failed, and to all that imports such. */
  #renew() {
    /** @type {Set<string>} */
    const changed = new Set();
    for (const [path, own] of this.#own) if (own.failed || own.stamp !== this.#compiler.stampOf(path)) changed.add(path);
    for (let size = -1; size !== changed.size;) {
      size = changed.size;
      for (const [path, { uses }] of this.#own) if ([...uses].some((one) => changed.has(one))) changed.add(path);
    }
    for (const path of changed) {
      const version = (this.#own.get(path)?.version ?? 0) + 1;
      this.#own.set(path, { version, stamp: this.#compiler.stampOf(path), uses: new Set(), failed: false });
      delete this.#require.cache[path];
    }
  }

  /** @param {string} path */
  #addressOf(path) {
    let own = this.#own.get(path);
    if (own === undefined)
      this.#own.set(path, (own = { version: 1, stamp: this.#compiler.stampOf(path), uses: new Set(), failed: false }));
    return `${pathToFileURL(path).href}?${tag}=${own.version}`;
  }

  /** @type {import("node:module").ResolveHookSync} */
  #resolve = (given, context, next) => {
    const isCells = given.startsWith(fromCell);
    const parent = isCells ? this.#cell : pathOf(context.parentURL);
    if (parent === undefined) return next(given, context);
    const specifier = isCells ? decodeURIComponent(given.slice(fromCell.length)) : given;
    if (specifier === "tslab") return { url: pathToFileURL(tslabDisplay).href, shortCircuit: true };
    const path = this.#compiler.findOwn(specifier.startsWith("file:") ? fileURLToPath(specifier) : specifier, parent);
    if (path !== undefined) {
      if (!isCells) this.#own.get(parent)?.uses.add(path);
      return { url: this.#addressOf(path), shortCircuit: true, importAttributes: {} };
    }
    const parentURL = pathToFileURL(parent).href;
    try {
      return next(specifier, { ...context, parentURL });
    } catch (error) {
      if (!isProvided(specifier) || !isMissing(error)) throw error;
      return next(specifier, { ...context, parentURL: pathToFileURL(providedFrom).href });
    }
  };

  /** @type {import("node:module").LoadHookSync} */
  #load = (url, context, next) => {
    const path = pathOf(url);
    if (path === undefined) return next(url, context);
    if (path.endsWith(".json"))
      return { format: "module", source: moduleOfJson(readFileSync(path, "utf8")), shortCircuit: true };
    if (!/\.([mc]?tsx?|jsx)$/.test(path)) return next(url, context);
    const source = interruptible(withNodeVariables(this.#compiler.compile(path)));
    this.sources.set(url, source);
    return { format: "module", source, shortCircuit: true };
  };
}

/** The path of a module that has a version in its address.
 * @param {string | undefined} url
 */
function pathOf(url) {
  const [address, query] = url?.split("?") ?? [];
  return address?.startsWith("file:") && query?.startsWith(`${tag}=`) ? fileURLToPath(address) : undefined;
}

/** @param {unknown} error */
const isMissing = (error) =>
  error instanceof Error && "code" in error && (error.code === "ERR_MODULE_NOT_FOUND" || error.code === "MODULE_NOT_FOUND");

/** A JSON file as a module whose names may be imported one by one.
 * @param {string} text
 */
function moduleOfJson(text) {
  const value = JSON.parse(text);
  const names = Object(value) === value ? Object.keys(value).filter((name) => /^[A-Za-z_$][\w$]*$/.test(name)) : [];
  const exported = names.map(
    (name, index) => `const v${index} = data[${JSON.stringify(name)}]; export { v${index} as ${name} };`,
  );
  return `const data = ${text};\nexport default data;\n${exported.filter((line) => !line.endsWith(" as default };")).join("\n")}`;
}

const nodeVariables = {
  __dirname: "const __dirname = import.meta.dirname; ",
  __filename: "const __filename = import.meta.filename; ",
  require: `import { createRequire as $createRequire } from "node:module"; const require = $createRequire(import.meta.url); `,
};

/** Modules in TypeScript often count on what only CommonJS has.
 * @param {string} code
 */
function withNodeVariables(code) {
  if (!/\b(__dirname|__filename|require)\b/.test(code)) return code;
  const file = parseModule(code, ts.ScriptKind.JS);
  bind(file);
  /** @type {Set<string>} */
  const used = new Set();
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isIdentifier(node)) used.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  let head = "";
  for (const [name, text] of Object.entries(nodeVariables)) if (used.has(name) && !localsOf(file)?.has(name)) head += text;
  return head + code;
}
