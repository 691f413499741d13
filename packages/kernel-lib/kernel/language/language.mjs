/** What TypeScript knows of the cells: their types, what is wrong with them, what their code means. */
import ts from "typescript";
import { CompileError } from "../traceback.mjs";
import { cellStem, parseCell, tailOf } from "./cell-source.mjs";
import { describeAll, isError, missing } from "./diagnostics.mjs";
import { Files } from "./files.mjs";
import { declarationsOf, FrozenCells } from "./frozen-cells.mjs";

/**
 * @import { Meaning, ParsedCell } from "./cell-source.mjs"
 *
 * @typedef {object} CheckedCell
 * @property {ParsedCell} parsed
 * @property {ts.SourceFile} file the cell with its tail
 * @property {string} stem the name of the file that later cells take its names from
 * @property {ts.Program} program
 * @property {ts.TypeChecker} checker
 */

/** How many cells at most are looked at again when a name gets another type. */
const mostFollowers = 40;

export class Language {
  /** @type {Map<string, Meaning>} where each name of the shared scope is declared now */
  names = new Map();
  /** @type {Map<string, ReadonlySet<string>>} files that change global declarations, with the names they declare */
  #ambient = new Map();
  #count = 0;
  #frozen;
  files;
  service;

  /** @param {string} folder where the notebook is */
  constructor(folder) {
    this.files = new Files(folder);
    this.#frozen = new FrozenCells(this.files);
    this.service = ts.createLanguageService(this.files, ts.createDocumentRegistry());
  }

  /**
   * Lets the language service look at a cell.
   * @param {string} text
   * @returns {ParsedCell}
   */
  open(text) {
    this.files.refresh();
    const { jsxFactory, jsxFragmentFactory, reactNamespace = "React" } = this.files.options;
    const factories = [jsxFactory, jsxFragmentFactory, reactNamespace].flatMap((one) => one?.split(".")[0] ?? []);
    const parsed = parseCell(text, factories);
    this.files.setText(this.files.cell, text + this.#tailOf(parsed), parsed.scriptKind);
    return parsed;
  }

  /** @param {ParsedCell} parsed */
  #tailOf(parsed) {
    return tailOf(parsed, this.names, this.#ambient.keys());
  }

  /**
   * Checks a cell; throws what is wrong with it.
   * @param {string} text
   * @returns {CheckedCell}
   */
  check(text) {
    const parsed = this.open(text);
    if (parsed.syntaxErrors.length > 0) throw new CompileError(describeAll(parsed.syntaxErrors, text), text);
    const program = this.service.getProgram();
    this.files.settle();
    const file = program?.getSourceFile(this.files.cell);
    if (!program || !file) throw new Error("language: TypeScript has lost the cell");
    const found = [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
      ...this.#wrongModules(program),
    ].filter((one) => isError(one) && !(one.file === file && (one.start ?? 0) >= text.length && text.trim() !== ""));
    if (found.some(({ code }) => missing.has(code))) this.files.forget();
    if (found.length > 0)
      throw new CompileError(
        describeAll(found, text, file, (name) => this.names.get(name)?.value?.kind),
        text,
      );
    this.#count += 1;
    return { parsed, program, file, stem: `${cellStem}${this.#count}`, checker: program.getTypeChecker() };
  }

  /**
   * A module of the folder as JavaScript, with its source map.
   * @param {string} path
   */
  compileModule = (path) => {
    const isKnown = this.service.getProgram()?.getSourceFile(path);
    const output = isKnown && this.service.getEmitOutput(path).outputFiles.find(({ name }) => /\.[cm]?js$/.test(name));
    if (output) return output.text;
    const text = this.files.readFile(path) ?? "";
    return ts.transpileModule(text, { fileName: path, compilerOptions: { ...this.files.options, isolatedModules: true } })
      .outputText;
  };

  /** @type {Map<string, string>} modules of the folder that were found right, by their version */
  #right = new Map();

  /**
   * What is wrong with the folder's own modules that the cell imports.
   * @param {ts.Program} program
   */
  *#wrongModules(program) {
    for (const file of program.getSourceFiles()) {
      const path = file.fileName;
      if (!this.files.isOwn(path) || file.isDeclarationFile || !/\.[cm]?tsx?$/.test(path)) continue;
      const version = this.files.getScriptVersion(path);
      if (this.#right.get(path) === version) continue;
      const wrong = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
      if (wrong.length === 0) this.#right.set(path, version);
      yield* wrong;
    }
  }

  /**
   * A cell that begins with `/** @module name *\/` is a module that others import as `./name`, as in tslab; throws what is wrong with it.
   * @param {string} text
   * @returns {boolean} whether it is one
   */
  declareModule(text) {
    const name = text.match(/^\s*\/\*\*[\s*]*@module\s+([\w-]+)/)?.[1];
    if (name === undefined) return false;
    const path = this.files.pathOf(name, /@jsx/.test(text) ? ts.Extension.Tsx : ts.Extension.Ts);
    this.files.setText(path, text);
    try {
      this.check(`import ${JSON.stringify(`./${name}`)};`);
      return true;
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      this.files.remove(path);
      const own = error.diagnostics.map(({ fileName, ...one }) =>
        fileName === undefined || ts.sys.resolvePath(path) === fileName ? one : { ...one, fileName },
      );
      throw new CompileError(own, text);
    }
  }

  /**
   * Makes what a checked cell declares known to later cells.
   * @param {CheckedCell} cell
   * @param {string} text
   * @returns {(isReady: (name: string) => boolean) => void} takes the names back that never got a value
   */
  declare({ parsed, program, file, stem }, text) {
    this.#frozen.freeze(stem, parsed, text, declarationsOf(program, file), this.#tailOf(parsed));
    if (parsed.isAmbient) this.#declareAmbient(parsed, stem);
    /** @type {Map<string, Meaning | undefined>} */
    const before = new Map();
    for (const [name, { kind, hasValue, hasType, isAmbient }] of parsed.declared) {
      const origin = { file: stem, kind, isAmbient };
      const previous = this.names.get(name);
      before.set(name, previous);
      this.names.set(name, { ...previous, ...(hasValue && { value: origin }), ...(hasType && { type: origin }) });
    }
    this.#follow([...before].filter(([name, previous]) => this.#frozen.differs(name, previous, stem)).map(([name]) => name));
    return (isReady) => {
      for (const [name, previous] of before) {
        const now = this.names.get(name);
        if (now?.value?.file !== stem || isReady(name)) continue;
        if (previous) this.names.set(name, previous);
        else this.names.delete(name);
      }
    };
  }

  /**
   * Infers anew what earlier cells declare with names that have another type now: what a function returns that calls one of them.
   * @param {string[]} names
   */
  #follow(names) {
    const changed = new Set(names);
    let left = mostFollowers;
    for (const [stem, { parsed, text }] of changed.size > 0 ? this.#frozen.cells : []) {
      const isCurrent = (/** @type {string} */ name) =>
        this.names.get(name)?.value?.file === stem || this.names.get(name)?.type?.file === stem;
      const own = [...parsed.declared.keys()].filter(isCurrent);
      if (own.length === 0 || ![...parsed.used].some((name) => changed.has(name) && !parsed.declared.has(name))) continue;
      if (left-- === 0) break;
      this.files.setText(this.files.cell, text + this.#tailOf(parsed), parsed.scriptKind);
      const program = this.service.getProgram();
      const file = program?.getSourceFile(this.files.cell);
      // What is wrong now keeps the types that it had.
      if (!program || !file || program.getSemanticDiagnostics(file).some(isError)) continue;
      for (const name of this.#frozen.renew(stem, declarationsOf(program, file), own)) changed.add(name);
    }
  }

  /** @param {ParsedCell} parsed @param {string} stem */
  #declareAmbient({ file }, stem) {
    /** @type {Set<string>} */
    const names = new Set();
    for (const statement of file.statements) {
      if (!ts.isModuleDeclaration(statement) || !statement.body || !ts.isModuleBlock(statement.body)) continue;
      for (const one of statement.body.statements)
        names.add(
          one
            .getText(file)
            .replace(/[{=:(][\s\S]*/, "")
            .trim(),
        );
    }
    // A cell that is run again replaces what it declared before.
    for (const [other, its] of this.#ambient) if ([...its].every((name) => names.has(name))) this.#ambient.delete(other);
    this.#ambient.set(stem, names);
  }
}
