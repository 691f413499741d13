/** A cell as TypeScript reads it: a module that takes what it uses of earlier cells and gives what it declares to later ones. */
import ts from "typescript";
import { bind, exportsOf, localsOf, parseModule, syntaxErrorsOf } from "./parse.mjs";

/**
 * @import { Kind } from "../execution/scope.mjs"
 *
 * @typedef {object} Declared what a cell says of a name
 * @property {Kind | "type"} kind
 * @property {boolean} hasValue whether it is a value
 * @property {boolean} hasType whether it is a type or a namespace
 * @property {boolean} isAmbient it only tells what is there at run time (`declare const`)
 *
 * @typedef {{ file: string, kind: Kind | "type", isAmbient: boolean }} Origin the file that declares a name
 * @typedef {{ value?: Origin, type?: Origin }} Meaning where a name's value and its type come from
 *
 * @typedef {object} ParsedCell
 * @property {ts.SourceFile} file the cell's text alone
 * @property {ts.ScriptKind} scriptKind
 * @property {ReadonlyMap<string, Declared>} declared
 * @property {ReadonlySet<string>} used every word of the code
 * @property {readonly ts.Diagnostic[]} syntaxErrors
 * @property {boolean} isAmbient whether it changes global declarations
 */

/** Every cell, while it is looked at, has this name; frozen cells have a number in it. */
export const cellStem = "__heed_cell__";

/**
 * Reads a cell; one that only JSX makes sense of is read as that.
 * @param {string} text
 * @param {readonly string[]} [factories] what JSX may be compiled to calls of
 * @returns {ParsedCell}
 */
export function parseCell(text, factories = ["React"]) {
  let scriptKind = ts.ScriptKind.TS;
  let file = parseModule(text, scriptKind);
  if (syntaxErrorsOf(file).length > 0) {
    const other = parseModule(text, ts.ScriptKind.TSX);
    if (syntaxErrorsOf(other).length === 0) [file, scriptKind] = [other, ts.ScriptKind.TSX];
  }
  bind(file);
  /** @type {Map<string, Declared>} */
  const declared = new Map();
  for (const [name, symbol] of localsOf(file) ?? []) {
    // `declare global`, `declare module "…"`
    const isAugmentation = symbol.declarations?.every((one) => ts.isModuleDeclaration(one) && isGlobal(one));
    if (!isAugmentation) declared.set(name, describe(symbol.exportSymbol ?? symbol));
  }
  /** @type {Set<string>} */
  const used = new Set();
  if (scriptKind === ts.ScriptKind.TSX) {
    for (const name of factories) used.add(name);
    for (const [, name] of text.matchAll(/@jsx(?:Frag)?\s+([\w$]+)/g)) if (name) used.add(name);
  }
  /** @param {ts.Node} node */
  const visit = (node) => {
    if (ts.isIdentifier(node)) used.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  const isAmbient = file.statements.some((one) => ts.isModuleDeclaration(one) && isGlobal(one));
  return { file, scriptKind, declared, used, syntaxErrors: syntaxErrorsOf(file), isAmbient };
}

/** Whether a declaration adds to what every file sees.
 * @param {ts.ModuleDeclaration} node
 */
const isGlobal = (node) => ts.isStringLiteral(node.name) || (node.flags & ts.NodeFlags.GlobalAugmentation) !== 0;

const flagsOf = ts.SymbolFlags;

/** @param {ts.Symbol} symbol @returns {Declared} */
function describe(symbol) {
  const { flags, declarations = [] } = symbol;
  const values = declarations.filter((one) => !ts.isInterfaceDeclaration(one) && !ts.isTypeAliasDeclaration(one));
  return {
    kind: kindOf(symbol),
    hasValue: (flags & (flagsOf.Value | flagsOf.Alias)) !== 0,
    hasType: (flags & (flagsOf.Type | flagsOf.Namespace | flagsOf.Alias)) !== 0,
    isAmbient: values.length > 0 && values.every((one) => (ts.getCombinedModifierFlags(one) & ts.ModifierFlags.Ambient) !== 0),
  };
}

/** @param {ts.Symbol} symbol @returns {Kind | "type"} */
function kindOf({ flags, declarations }) {
  if (flags & flagsOf.Alias) return "import";
  if (flags & flagsOf.Class) return "class";
  if (flags & flagsOf.Function) return "function";
  if (flags & flagsOf.Enum) return "enum";
  if (flags & flagsOf.FunctionScopedVariable) return "var";
  if (flags & flagsOf.BlockScopedVariable) {
    const variable = declarations?.find((one) => ts.getCombinedNodeFlags(one) & ts.NodeFlags.BlockScoped);
    const block = variable ? ts.getCombinedNodeFlags(variable) & ts.NodeFlags.BlockScoped : 0;
    return block === ts.NodeFlags.Let ? "let" : "const";
  }
  return flags & flagsOf.ValueModule ? "namespace" : "type";
}

/**
 * What a cell takes of earlier ones, as text.
 * @param {ParsedCell} cell
 * @param {ReadonlyMap<string, Meaning>} known
 * @param {Iterable<string>} ambient files whose global declarations every cell sees
 */
export function needsOf({ declared, used }, known, ambient) {
  /** @type {Map<string, string[]>} */
  const imports = new Map();
  /** @param {string} from @param {string} name */
  const take = (from, name) => imports.set(from, [...(imports.get(from) ?? []), name]);
  let text = "";
  for (const name of used) {
    const meaning = known.get(name);
    const own = declared.get(name);
    if (meaning === undefined || own?.kind === "import") continue;
    const value = own?.hasValue ? undefined : meaning.value;
    const type = own?.hasType ? undefined : meaning.type;
    const isSplit = type !== undefined && value !== undefined && type.file !== value.file;
    const kind = value?.kind === "let" || value?.kind === "var" ? value.kind : "const";
    const isVariable = kind !== "const" || value?.kind === "const";
    if (value && (own || isSplit || (isVariable && !type))) {
      text += `declare ${kind} ${name}: typeof import("./${value.file}").${name};\n`;
      if (type) take(type.file, name);
    } else if (value ?? type) {
      take((value ?? type)?.file ?? "", name);
    }
  }
  for (const [from, names] of imports) text += `import { ${names.join(", ")} } from "./${from}";\n`;
  for (const from of ambient) text += `import "./${from}";\n`;
  return text;
}

/**
 * What a cell gives to later ones, as text.
 * @param {ParsedCell} cell
 */
export function giftsOf({ file, declared }) {
  const exported = exportsOf(file);
  return `export { ${[...declared.keys()].filter((name) => !exported?.has(name)).join(", ")} };\n`;
}
