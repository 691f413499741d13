/** Runs a compiled cell in the shared scope. */
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { Script, constants } from "node:vm";
import { moduleNames } from "./rewrite.mjs";

/**
 * @import { Kind, Scope } from "./scope.mjs"
 * @import { Modules } from "./modules.mjs"
 * @import { Rewritten } from "./rewrite.mjs"
 *
 * @typedef {object} CellImport what one import statement binds
 * @property {string} module
 * @property {object | undefined} attributes
 * @property {{ local: string, exported: string | undefined }[]} names `exported` undefined: the whole module
 *
 * @typedef {object} CompiledCell
 * @property {string} name under which V8 knows its code
 * @property {Rewritten} rewritten
 * @property {CellImport[]} imports
 * @property {ReadonlyMap<string, Kind>} kinds how the cell declares its names
 */

/** What compiled code of a cell finds as `$cell`. */
class CellValues {
  #scope;
  #kinds;
  #path;
  /** @type {Set<string>} names that this run has given a value */
  given = new Set();
  /** @type {unknown} the value of the last expression */
  value = undefined;
  /** @type {Record<string, unknown>} what TypeScript itself imports */
  added = {};

  /**
   * @param {Scope} scope
   * @param {ReadonlyMap<string, Kind>} kinds
   * @param {string} path of the file that the cell stands for
   * @param {(specifier: string, options?: object) => Promise<unknown>} load
   */
  constructor(scope, kinds, path, load) {
    this.#scope = scope;
    this.#kinds = kinds;
    this.#path = path;
    this.import = load;
  }

  /** A declaration has run.
   * @param {string} name
   * @param {unknown} value
   */
  set(name, value) {
    this.given.add(name);
    this.#scope.define(name, value, this.#kinds.get(name) !== "const");
  }

  /** A name whose declaration gives it no value: a `var` keeps what it has, enums and namespaces begin anew.
   * @param {string} name
   */
  hoist(name) {
    this.given.add(name);
    if (this.#kinds.get(name) !== "var" || !this.#scope.isReady(name)) this.#scope.define(name, undefined, true);
  }

  /** `export default` has no meaning in a cell; its value is the cell's.
   * @param {unknown} value
   */
  set default(value) {
    this.value = value;
  }

  get meta() {
    const url = pathToFileURL(this.#path).href;
    const resolve = (/** @type {string} */ specifier) => new URL(specifier, url).href;
    return { url, filename: this.#path, dirname: dirname(this.#path), resolve, main: false };
  }
}

/**
 * @param {CompiledCell} cell
 * @param {{ scope: Scope, modules: Modules, path: string, wait: <Value>(value: Promise<Value>) => Promise<Value> }} session
 * @param {(given: ReadonlySet<string>) => void} onBegin told which names have a value, a set that grows
 * @returns {Promise<unknown>} the value of the last expression
 */
export async function runCell({ name, rewritten, imports, kinds }, { scope, modules, path, wait }, onBegin) {
  const values = new CellValues(scope, kinds, path, (specifier, options) => modules.import(specifier, options));
  onBegin(values.given);
  const script = new Script(`${rewritten.code}\n//# sourceURL=${name}`, {
    filename: name,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  for (const { module, attributes, names } of imports) {
    const found = await wait(modules.import(module, attributes && { with: attributes }));
    for (const [index, get] of gettersOf(names, found).entries()) {
      const local = names[index]?.local ?? "";
      scope.link(local, get);
      values.given.add(local);
    }
  }
  for (const { module, names } of rewritten.added) {
    const found = await modules.import(module);
    for (const [exported, local] of names) values.added[local] = found[exported];
  }
  const { require } = modules;
  const own = { exports: {} };
  /** @type {Record<string, unknown>} */
  const variables = { require, module: own, exports: own.exports, __filename: path, __dirname: dirname(path) };
  const boxes = rewritten.boxes.map((one) => scope.box(one));
  await startInterruptibly(script.runInThisContext()(values, ...moduleNames.map((one) => variables[one]), ...boxes));
  return values.value;
}

/**
 * Functions that read what a module exports now. Each is code of its own, so that V8 reads the export as directly as in a module.
 * @param {CellImport["names"]} names
 * @param {object} found the module
 * @returns {(() => unknown)[]}
 */
function gettersOf(names, found) {
  const getters = names.map(({ exported }) => `() => module${exported === undefined ? "" : `[${JSON.stringify(exported)}]`}`);
  return new Script(`(module) => [${getters.join(", ")}]`).runInThisContext()(found);
}

const starterName = "__heedStart";
const starterScript = new Script(`${starterName}()`);

/**
 * Calls a function so that the signal SIGINT ends a loop in it: that can be done only with what `vm` itself runs.
 * @param {() => Promise<void>} start
 * @returns {Promise<void>}
 */
function startInterruptibly(start) {
  Object.defineProperty(globalThis, starterName, { value: start, configurable: true });
  return starterScript.runInThisContext({ breakOnSigint: true });
}
