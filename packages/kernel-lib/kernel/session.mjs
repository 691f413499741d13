/** The cells of one notebook: compiled with TypeScript, run in one scope. */
import Module from "node:module";
import { compileCell } from "./execution/compile-cell.mjs";
import { Modules } from "./execution/modules.mjs";
import { runCell } from "./execution/run-cell.mjs";
import { Scope } from "./execution/scope.mjs";
import { Language } from "./language/language.mjs";
import { Places } from "./places.mjs";
import { installStackFrames } from "./stack-frames.mjs";

/** @typedef {<Result>(work: () => Result) => Result} Protect does work that an interrupt must not end half-way */

export class Session {
  /** The names that all cells share. */
  scope = new Scope();
  /** Where lines of compiled cells come from. */
  places = new Places();
  language;
  modules;
  #protect;
  /** Ends what the last cell began, where that did not end by itself. */
  #settle = () => {};

  /**
   * @param {string} folder where the notebook is
   * @param {Protect} protect
   */
  constructor(folder, protect) {
    this.#protect = protect;
    protectLoading(protect);
    this.language = protect(() => new Language(folder));
    const { files, compileModule } = this.language;
    this.modules = new Modules(files.cell, {
      findOwn: (specifier, from) => files.findOwn(specifier, from),
      stampOf: files.stampOf,
      compile: (path) => compileModule(path),
    });
    installStackFrames(this.places, this.modules.sources);
    protect(() => this.#warmUp());
  }

  /** Reads the types of the library and of Node, and compiles something, before the first cell waits for it. */
  #warmUp() {
    const text = "const warm: number = 1; warm";
    const checked = this.language.check(text);
    compileCell(checked, text, this.language.files.options, () => false);
  }

  /**
   * Runs a cell; rejects with what is wrong with it or what it throws.
   * @param {string} text
   * @param {number} count the number shown beside the cell
   * @param {<Value>(value: Promise<Value>) => Promise<Value>} wait an interrupt ends it
   * @returns {Promise<unknown>} the value of its last expression
   */
  async execute(text, count, wait) {
    this.#settle();
    if (this.#protect(() => this.language.declareModule(text))) return undefined;
    const { language, scope, modules, places } = this;
    const { compiled, retract } = this.#protect(() => {
      const checked = language.check(text);
      const isShared = (/** @type {string} */ name) => scope.has(name) && language.names.get(name)?.value?.isAmbient !== true;
      const name = places.nextName();
      const compiled = { name, ...compileCell(checked, text, language.files.options, isShared) };
      places.add(name, { count, source: text, original: compiled.original });
      for (const { module } of compiled.imports) if (!/^[./]/.test(module)) language.files.keep(module);
      return { compiled, retract: language.declare(checked, text) };
    });
    /** @type {ReadonlySet<string>} */
    let given = new Set();
    const { kinds, imports } = compiled;
    const bound = new Set(imports.flatMap(({ names }) => names.map(({ local }) => local)));
    // Types have no value, nor have names that are imported for their type alone.
    const valued = new Set([...kinds].filter(([name, kind]) => kind !== "import" || bound.has(name)).map(([name]) => name));
    const settle = (this.#settle = () => {
      retract((name) => given.has(name) || !valued.has(name));
      this.#settle = () => {};
    });
    try {
      return await runCell(compiled, { scope, modules, path: language.files.cell, wait }, (names) => (given = names));
    } finally {
      settle();
    }
  }
}

/**
 * Lets modules load to their end: one that is left half-way stays so for the rest of the kernel's life.
 * @param {Protect} protect
 */
function protectLoading(protect) {
  /** @type {{ _load: (...request: unknown[]) => unknown }} */
  const loader = /** @type {any} */ (Module);
  const load = loader._load;
  loader._load = (...request) => protect(() => load.apply(loader, request));
}
