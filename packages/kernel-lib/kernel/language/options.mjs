/** How TypeScript reads cells and the modules they import: as the folder's tsconfig.json says, where that is a matter of taste. */
import { dirname, join } from "node:path";
import ts from "typescript";

const kernelFolder = dirname(import.meta.dirname);
/** What cells find besides what Node has. */
const globals = join(import.meta.dirname, "globals.d.ts");

/** What holds without a tsconfig.json: as forgiving as a notebook's author expects. */
const defaults = {
  lib: ["lib.esnext.d.ts"],
  strict: false,
  jsx: ts.JsxEmit.ReactJSX,
};

/** What the kernel needs, whatever a tsconfig.json says of how a project is built. */
const fixed = {
  // The newest for which TypeScript still compiles decorators and `using`.
  target: ts.ScriptTarget.ES2025,
  module: ts.ModuleKind.Preserve,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  customConditions: ["node"],
  esModuleInterop: true,
  allowJs: true,
  checkJs: false,
  resolveJsonModule: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  declaration: true,
  inlineSourceMap: true,
  noUnusedLocals: false,
  noUnusedParameters: false,
  allowUnreachableCode: true,
  allowUnusedLabels: true,
  ignoreDeprecations: "6.0",
};

/** Of a tsconfig.json: how it is built and where that goes. */
const unused = new Set(
  `outDir outFile rootDir rootDirs declarationDir declarationMap sourceMap sourceRoot mapRoot inlineSources incremental composite
  tsBuildInfoFile noEmit emitDeclarationOnly noEmitOnError isolatedModules isolatedDeclarations verbatimModuleSyntax
  erasableSyntaxOnly importHelpers noEmitHelpers removeComments stripInternal noLib noResolve preserveConstEnums
  moduleSuffixes rewriteRelativeImportExtensions plugins`.split(/\s+/),
);

/**
 * @typedef {object} Configuration
 * @property {ts.CompilerOptions} options
 * @property {string[]} declarations files of global declarations: the kernel's, and those that the tsconfig.json includes
 * @property {string | undefined} path the tsconfig.json
 */

/** Where TypeScript looks for global types.
 * @param {string} folder
 * @returns {string[]}
 */
function typeRootsAbove(folder) {
  const above = dirname(folder);
  return [join(folder, "node_modules/@types"), ...(above === folder ? [] : typeRootsAbove(above))];
}

/**
 * Reads the tsconfig.json of a folder or of one above it.
 * @param {string} folder
 * @returns {Configuration}
 */
export function readConfiguration(folder) {
  const path = ts.findConfigFile(folder, ts.sys.fileExists);
  const typeRoots = [join(kernelFolder, "node_modules/@types"), ...typeRootsAbove(folder)];
  const base = { ...defaults, ...fixed, types: ["node"], typeRoots };
  if (path === undefined) return { options: base, declarations: [globals], path };
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} };
  const { options = {}, fileNames = [] } = ts.getParsedCommandLineOfConfigFile(path, {}, host) ?? {};
  const kept = Object.fromEntries(Object.entries(options).filter(([name]) => !unused.has(name)));
  return {
    options: {
      ...base,
      ...kept,
      ...fixed,
      lib: options.lib ?? defaults.lib,
      jsx: options.jsx === undefined || options.jsx === ts.JsxEmit.Preserve ? defaults.jsx : options.jsx,
      types: [...new Set(["node", ...(options.types ?? []).filter((one) => one !== "*")])],
      typeRoots: options.typeRoots ? [...options.typeRoots, ...typeRoots] : typeRoots,
    },
    declarations: [globals, ...fileNames.filter((name) => /\.d\.[cm]?ts$/.test(name))],
    path,
  };
}
