/** The files that TypeScript sees: the cell that is looked at, what earlier cells declared, and what they import. */
import { readFileSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join, sep } from "node:path";
import ts from "typescript";
import { cellStem } from "./cell-source.mjs";
import { readConfiguration } from "./options.mjs";

const kernelFolder = dirname(import.meta.dirname);
const libraryFolder = dirname(kernelFolder);

/** Whether the kernel has a package where a notebook's folder has none. */
export const isProvided = (/** @type {string} */ name) => /^heed(\/|$)/.test(name);
/** A file from which what the kernel provides is found. */
export const providedFrom = join(libraryFolder, "cell.ts");
/** The names under which the library is imported.
 * @returns {string[]}
 */
export function providedEntries() {
  const { name, exports } = JSON.parse(readFileSync(join(libraryFolder, "package.json"), "utf8"));
  return Object.keys(exports)
    .filter((one) => !one.endsWith(".json") && !one.includes("*"))
    .map((one) => name + one.slice(1));
}
/** What stands for tslab's public module. */
export const tslabDisplay = join(kernelFolder, "tslab-display.mjs");

const nodeTypes = /[\\/]kernel[\\/]node_modules[\\/]@types[\\/]node[\\/]/;

const resolvedTslab = {
  resolvedFileName: tslabDisplay.replaceAll(sep, "/"),
  extension: ts.Extension.Mjs,
  isExternalLibraryImport: false,
};

/** @typedef {{ version: string, snapshot: ts.IScriptSnapshot, scriptKind?: ts.ScriptKind }} KnownFile */

/** @implements {ts.LanguageServiceHost} */
export class Files {
  /** @type {Map<string, KnownFile>} */
  #virtual = new Map();
  /** @type {Map<string, KnownFile>} */
  #read = new Map();
  /** @type {Map<string, ts.ResolvedModuleWithFailedLookupLocations>} what packages import, which does not change */
  #resolved = new Map();
  /** @type {Map<string, ts.ResolvedTypeReferenceDirectiveWithFailedLookupLocations>} */
  #resolvedTypes = new Map();
  /** What is known of package.json files. */
  #packages;
  /** Whether what the folder's own modules import has still to be looked for. */
  #isStale = false;
  #configuration;
  #configurationVersion = "";
  #version = 0;
  #folder;
  /** @type {Set<string>} packages that cells have imported */
  #kept = new Set();

  /** @param {string} folder where the notebook is */
  constructor(folder) {
    this.#folder = ts.sys.resolvePath(folder).replaceAll("\\", "/");
    this.cell = `${this.#folder}/${cellStem}.ts`;
    this.#keep = `${this.#folder}/${cellStem}kept.ts`;
    this.#configuration = readConfiguration(folder);
    this.#configurationVersion = versionOf(this.#configuration.path);
    this.#packages = this.#newCache();
    this.setText(this.cell, "export {};");
    this.setText(this.#keep, "export {};");
  }

  #keep;

  get options() {
    return this.#configuration.options;
  }

  /** Where an earlier cell's declarations are.
   * @param {string} name
   * @param {ts.Extension} extension
   */
  pathOf(name, extension) {
    return `${this.#folder}/${name}${extension}`;
  }

  /**
   * @param {string} path
   * @param {string} text
   * @param {ts.ScriptKind} [scriptKind]
   */
  setText(path, text, scriptKind) {
    this.#version += 1;
    const file = {
      version: `v${this.#version}`,
      snapshot: ts.ScriptSnapshot.fromString(text),
      ...(scriptKind && { scriptKind }),
    };
    this.#virtual.set(path, file);
  }

  /** @param {string} path */
  remove(path) {
    this.#virtual.delete(path);
  }

  /** Keeps a package's types at hand, whether or not the next cell uses them.
   * @param {string} name
   */
  keep(name) {
    if (this.#kept.has(name)) return;
    this.#kept.add(name);
    this.setText(this.#keep, [...this.#kept].map((one) => `import ${JSON.stringify(one)};`).join("\n"));
  }

  /** Looks whether files that a person may be writing have changed. */
  refresh() {
    for (const [path] of this.#read)
      if (!isSettled(path) && this.#read.get(path)?.version !== versionOf(path)) this.#read.delete(path);
    this.#isStale = true;
    const { path } = this.#configuration;
    const found = ts.findConfigFile(this.#folder, ts.sys.fileExists);
    if (found === path && versionOf(path) === this.#configurationVersion) return;
    this.#configuration = readConfiguration(this.#folder);
    this.#configurationVersion = versionOf(this.#configuration.path);
    this.forget();
  }

  /** Forgets where packages are: one may have been installed. */
  forget() {
    this.#resolved.clear();
    this.#resolvedTypes.clear();
    this.#packages = this.#newCache();
  }

  #newCache() {
    return ts.createModuleResolutionCache(this.#folder, (path) => path, this.options);
  }

  /** What was looked for has been found or not. */
  settle() {
    this.#isStale = false;
  }

  /** Whether a file is a module that a person may be writing, as a file or in a cell: it is read anew when it changes.
   * @param {string} path
   */
  isOwn(path) {
    return !isSettled(path) && !path.includes(cellStem);
  }

  /** What changes when a file does.
   * @param {string} path
   */
  stampOf = (path) => this.#virtual.get(path)?.version ?? versionOf(path);

  /** @param {string} path */
  #find(path) {
    const known = this.#virtual.get(path) ?? this.#read.get(path);
    if (known) return known;
    const text = ts.sys.readFile(path);
    if (text === undefined) return undefined;
    // Node's types without their comments, whose parsing costs a third of the time.
    const kept = nodeTypes.test(path) ? text.replace(/\/\*\*[\s\S]*?\*\//g, "") : text;
    const file = { version: isSettled(path) ? "1" : versionOf(path), snapshot: ts.ScriptSnapshot.fromString(kept) };
    this.#read.set(path, file);
    return file;
  }

  getCompilationSettings = () => this.options;
  getScriptFileNames = () => [this.cell, this.#keep, ...this.#configuration.declarations];
  getScriptVersion = (/** @type {string} */ path) => this.#find(path)?.version ?? "";
  getScriptSnapshot = (/** @type {string} */ path) => this.#find(path)?.snapshot;
  getScriptKind = (/** @type {string} */ path) => this.#virtual.get(path)?.scriptKind ?? kindOf(path);
  getCurrentDirectory = () => this.#folder;
  getDefaultLibFileName = (/** @type {ts.CompilerOptions} */ options) => ts.getDefaultLibFilePath(options);
  useCaseSensitiveFileNames = () => ts.sys.useCaseSensitiveFileNames;
  fileExists = (/** @type {string} */ path) => this.#virtual.has(path) || ts.sys.fileExists(path);
  readFile = (/** @type {string} */ path) => {
    const snapshot = this.#virtual.get(path)?.snapshot;
    return snapshot ? snapshot.getText(0, snapshot.getLength()) : ts.sys.readFile(path);
  };
  directoryExists = ts.sys.directoryExists;
  getDirectories = ts.sys.getDirectories;
  readDirectory = ts.sys.readDirectory;
  realpath = (/** @type {string} */ path) => (this.#virtual.has(path) ? path : (ts.sys.realpath?.(path) ?? path));

  /** What was not found may be there now.
   * @param {string} path
   */
  hasInvalidatedResolutions = (path) => this.#isStale && this.isOwn(path);
  getModuleResolutionCache = () => this.#packages;

  /** @type {NonNullable<ts.LanguageServiceHost["resolveModuleNameLiterals"]>} */
  resolveModuleNameLiterals = (literals, from, redirected, options, file) =>
    literals.map((literal) => this.#resolve(literal.text, from, options, ts.getModeForUsageLocation(file, literal, options)));

  /**
   * @param {string} name
   * @param {string} from
   * @param {ts.CompilerOptions} options
   * @param {ts.ResolutionMode} mode
   * @returns {ts.ResolvedModuleWithFailedLookupLocations}
   */
  #resolve(name, from, options, mode) {
    if (name.startsWith(`./${cellStem}`)) return { resolvedModule: this.#frozen(name.slice(2)) };
    if (name === "tslab") return { resolvedModule: resolvedTslab };
    // Declared by Node's types, wherever a package of this name is.
    if (isBuiltin(name)) return { resolvedModule: undefined };
    const key = `${mode} ${dirname(from)} ${name}`;
    const known = this.#resolved.get(key);
    if (known) return known;
    const isLasting = isSettled(from);
    let found = ts.resolveModuleName(name, from, options, this, isLasting ? this.#packages : undefined, undefined, mode);
    if (!found.resolvedModule && isProvided(name)) {
      found = ts.resolveModuleName(name, providedFrom, options, this, undefined, undefined, mode);
    }
    if (isLasting) this.#resolved.set(key, found);
    return found;
  }

  /** @type {NonNullable<ts.LanguageServiceHost["resolveTypeReferenceDirectiveReferences"]>} */
  resolveTypeReferenceDirectiveReferences = (references, from, redirected, options, file) =>
    references.map((reference) => {
      const name = typeof reference === "string" ? reference : reference.fileName;
      const mode = typeof reference === "string" ? undefined : ts.getModeForFileReference(reference, file?.impliedNodeFormat);
      const key = `${mode} ${dirname(from)} ${name}`;
      let found = this.#resolvedTypes.get(key);
      found ??= ts.resolveTypeReferenceDirective(name, from, options, this, redirected, undefined, mode);
      this.#resolvedTypes.set(key, found);
      return found;
    });

  /** @param {string} name @returns {ts.ResolvedModuleFull | undefined} */
  #frozen(name) {
    for (const extension of [ts.Extension.Dts, ts.Extension.Ts, ts.Extension.Tsx]) {
      const resolvedFileName = this.pathOf(name, extension);
      if (this.#virtual.has(resolvedFileName)) return { resolvedFileName, extension, isExternalLibraryImport: false };
    }
    return undefined;
  }

  /** Where the types of one of heed's entry points are.
   * @param {string} name
   */
  pathOfProvided(name) {
    return this.#resolve(name, this.cell, this.options, ts.ModuleKind.ESNext).resolvedModule?.resolvedFileName;
  }

  /**
   * Where the module is that a cell imports by a path or by one of tsconfig.json's, if a person may be writing it.
   * @param {string} name
   * @param {string} from
   */
  findOwn(name, from) {
    const { resolvedModule } = ts.resolveModuleName(name, from, this.options, this, undefined, undefined, ts.ModuleKind.ESNext);
    if (!resolvedModule || resolvedModule.isExternalLibraryImport || isSettled(resolvedModule.resolvedFileName))
      return undefined;
    return /\.d\.[cm]?ts$/.test(resolvedModule.resolvedFileName) ? undefined : resolvedModule.resolvedFileName;
  }
}

/** @param {string | undefined} path */
function versionOf(path) {
  const stats = path === undefined ? undefined : statSync(path, { throwIfNoEntry: false });
  return stats ? `${stats.mtimeMs} ${stats.size}` : "";
}

/** Whether a file is a package's, TypeScript's own or the library's: it does not change while a kernel runs.
 * @param {string} path
 */
function isSettled(path) {
  const known = settled.get(path);
  if (known !== undefined) return known;
  const result = belongsToPackage(path);
  settled.set(path, result);
  return result;
}

/** @type {Map<string, boolean>} */
const settled = new Map();

/** @param {string} path */
function belongsToPackage(path) {
  const native = path.replaceAll("/", sep);
  const isOurs = native.startsWith(join(libraryFolder, "dist") + sep) || native.startsWith(kernelFolder + sep);
  return isOurs || native.includes(`${sep}node_modules${sep}`);
}

/** @param {string} path */
function kindOf(path) {
  if (path.endsWith(".tsx")) return ts.ScriptKind.TSX;
  if (path.endsWith(".jsx")) return ts.ScriptKind.JSX;
  if (path.endsWith(".json")) return ts.ScriptKind.JSON;
  return /\.[cm]?js$/.test(path) ? ts.ScriptKind.JS : ts.ScriptKind.TS;
}
