/** What TypeScript knows of the cells: their types, what is wrong with them, what their code means. */
import ts from "typescript";
import { CompileError } from "../traceback.mjs";
import { cellStem, parseCell, tailOf } from "./cell-source.mjs";
import { Files } from "./files.mjs";

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

/** Errors that say nothing of whether a cell can run: a package without types. */
const forgiven = new Set([7016]);

const missingModule = new Set([2307, 2792, 2882]);

export class Language {
  /** @type {Map<string, Meaning>} where each name of the shared scope is declared now */
  names = new Map();
  /** @type {Map<string, ReadonlySet<string>>} files that change global declarations, with the names they declare */
  #ambient = new Map();
  #count = 0;
  files;
  service;

  /** @param {string} folder where the notebook is */
  constructor(folder) {
    this.files = new Files(folder);
    this.service = ts.createLanguageService(this.files, ts.createDocumentRegistry());
  }

  /**
   * Lets the language service look at a cell.
   * @param {string} text
   * @returns {ParsedCell}
   */
  open(text) {
    this.files.refresh();
    const parsed = parseCell(text);
    this.files.setText(this.files.cell, text + tailOf(parsed, this.names, this.#ambient.keys()), parsed.scriptKind);
    return parsed;
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
    ].filter(({ category, code }) => category === ts.DiagnosticCategory.Error && !forgiven.has(code));
    if (found.some(({ code }) => missingModule.has(code))) this.files.forget();
    if (found.length > 0) throw new CompileError(describeAll(found, text, file), text);
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
    /** @type {string | undefined} */
    let declarations;
    program.emit(file, (_, emitted) => (declarations = emitted), undefined, true);
    if (declarations !== undefined) {
      this.files.setText(this.files.pathOf(stem, ts.Extension.Dts), declarations);
    } else {
      // Types that cannot be written down, as of a class expression with private members: the cell itself tells them.
      const extension = parsed.scriptKind === ts.ScriptKind.TSX ? ts.Extension.Tsx : ts.Extension.Ts;
      this.files.setText(
        this.files.pathOf(stem, extension),
        text + tailOf(parsed, this.names, this.#ambient.keys()),
        parsed.scriptKind,
      );
    }
    if (parsed.isAmbient) this.#declareAmbient(parsed, stem);
    /** @type {Map<string, Meaning | undefined>} */
    const before = new Map();
    for (const [name, { kind, hasValue, hasType, isAmbient }] of parsed.declared) {
      const origin = { file: stem, kind, isAmbient };
      const previous = this.names.get(name);
      before.set(name, previous);
      this.names.set(name, { ...previous, ...(hasValue && { value: origin }), ...(hasType && { type: origin }) });
    }
    return (isReady) => {
      for (const [name, previous] of before) {
        const now = this.names.get(name);
        if (now?.value?.file !== stem || isReady(name)) continue;
        if (previous) this.names.set(name, previous);
        else this.names.delete(name);
      }
    };
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

/**
 * @param {readonly ts.Diagnostic[]} diagnostics
 * @param {string} text of the cell
 * @param {ts.SourceFile} [cell] the file that stands for it
 */
function describeAll(diagnostics, text, cell) {
  const described = diagnostics.map((one) => {
    const file = one.file ?? cell;
    const isCell = file === undefined || cell === undefined || file === cell;
    const start = one.start ?? 0;
    const end = start + (one.length ?? 0);
    const position = (/** @type {number} */ offset) => {
      if (!isCell && file) return { offset, ...file.getLineAndCharacterOfPosition(offset) };
      const within = Math.min(offset, text.length);
      const before = text.slice(0, within).split(/\r\n|[\n\r\u2028\u2029]/);
      return { offset: within, line: before.length - 1, character: before.at(-1)?.length ?? 0 };
    };
    return {
      category: one.category,
      code: one.code,
      messageText: plainTypes(ts.flattenDiagnosticMessageText(one.messageText, "\n")),
      start: position(start),
      end: position(end),
      ...(!isCell && file && { fileName: ts.sys.resolvePath(file.fileName) }),
    };
  });
  return described;
}

const keptIn = new RegExp(`(typeof )?import\\("[^"]*${cellStem}\\d*"\\)\\.`, "g");

/** A type's text without where the kernel keeps it.
 * @param {string} text
 */
export const plainTypes = (text) => text.replace(keptIn, "$1");
