/** What TypeScript knows of the cells: their types, what is wrong with them, what their code means. */
import ts from "typescript";
import { CompileError } from "../traceback.mjs";
import { cellStem, giftsOf, needsOf, parseCell } from "./cell-source.mjs";
import { describeAll, installHint, isError, missing, unknownName } from "./diagnostics.mjs";
import { Files, providedEntries } from "./files.mjs";
import { follow } from "./followers.mjs";
import { declarationsOf, FrozenCells } from "./frozen-cells.mjs";

/**
 * @import { Meaning, ParsedCell } from "./cell-source.mjs"
 *
 * @typedef {object} CheckedCell
 * @property {ParsedCell} parsed
 * @property {ts.SourceFile} file the cell with its tail
 * @property {string} stem the name of the file that later cells take its names from
 * @property {ReadonlyMap<string, Meaning>} before what names meant before
 * @property {ts.Program} program
 * @property {ts.TypeChecker} checker
 */

/** How imports are written that TypeScript proposes. @type {ts.UserPreferences} */
export const importPreferences = { importModuleSpecifierPreference: "non-relative", quotePreference: "double" };

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
    return this.#show(text);
  }

  /** @param {string} text */
  #show(text) {
    const parsed = this.#parse(text);
    this.files.setText(this.files.cell, text + this.#tailOf(parsed), parsed.scriptKind);
    return parsed;
  }

  /** @param {string} text */
  #parse(text) {
    const { jsxFactory, jsxFragmentFactory, reactNamespace = "React" } = this.files.options;
    return parseCell(
      text,
      [jsxFactory, jsxFragmentFactory, reactNamespace].flatMap((one) => one?.split(".")[0] ?? []),
    );
  }

  /**
   * The declarations of a cell with what the names that it uses mean now; `undefined` if it is wrong now or they cannot be written out.
   * @param {string} text
   * @returns {{ parsed: ParsedCell, declarations: string } | undefined}
   */
  infer(text) {
    const parsed = this.#show(text);
    const program = this.service.getProgram();
    const file = program?.getSourceFile(this.files.cell);
    if (!program || !file || program.getSemanticDiagnostics(file).some(isError)) return undefined;
    const declarations = declarationsOf(program, file);
    return declarations === undefined ? undefined : { parsed, declarations };
  }

  /** The text that follows a cell's own.
   * @param {ParsedCell} parsed
   */
  #tailOf(parsed) {
    return `\n${needsOf(parsed, this.names, this.#ambient.keys())}${giftsOf(parsed)}`;
  }

  /**
   * Lets the language service look at code that is being written, and may be broken at its end.
   * @param {string} text
   * @returns {number} where it begins in the cell's file
   */
  openDraft(text) {
    this.files.refresh();
    const parsed = this.#parse(text);
    const head = `export {};\n${needsOf(parsed, this.names, this.#ambient.keys())}`;
    this.files.setText(this.files.cell, head + text, parsed.scriptKind);
    return head.length;
  }

  /**
   * Checks a cell; throws what is wrong with it.
   * @param {string} text
   * @returns {CheckedCell}
   */
  check(text) {
    const parsed = this.open(text);
    if (parsed.syntaxErrors.length > 0) throw new CompileError(describeAll(parsed.syntaxErrors, text), text);
    const first = this.#checkShown(parsed, text);
    const before = new Map(this.names);
    const { program, file, found } = first.found.length > 0 ? (this.#checkFollowed(first, parsed, text) ?? first) : first;
    if (found.some(({ code }) => missing.has(code))) this.files.forget();
    if (found.length > 0) throw new CompileError(describeAll(found, text, file, this.#about), text);
    this.#count += 1;
    return { parsed, before, program, file, stem: `${cellStem}${this.#count}`, checker: program.getTypeChecker() };
  }

  /**
   * What is wrong with the cell that the language service looks at.
   * @param {ParsedCell} parsed
   * @param {string} text
   */
  #checkShown(parsed, text) {
    const program = this.service.getProgram();
    this.files.settle();
    const file = program?.getSourceFile(this.files.cell);
    if (!program || !file) throw new Error("language: TypeScript has lost the cell");
    // What follows the cell's own text is the kernel's.
    const isOurs = (/** @type {ts.Diagnostic} */ one) =>
      one.file === file && (one.start ?? 0) >= text.length && text.trim() !== "";
    const found = [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
      ...this.#wrongModules(program),
    ].filter((one) => isError(one) && !isOurs(one));
    return { program, file, found };
  }

  /**
   * Checks a cell once more with what earlier cells return now that it gives names other types; `undefined` if that does not help.
   * @param {{ program: ts.Program, file: ts.SourceFile }} first
   * @param {ParsedCell} parsed
   * @param {string} text
   */
  #checkFollowed({ program, file }, parsed, text) {
    const again = [...parsed.declared].filter(([name, { hasValue }]) => hasValue && this.names.get(name)?.value);
    const declarations = again.length > 0 ? declarationsOf(program, file) : undefined;
    if (declarations === undefined) return undefined;
    const names = new Map(this.names);
    const restore = this.#frozen.save();
    this.#count += 1;
    const stem = `${cellStem}${this.#count}`;
    this.#frozen.freeze(stem, parsed, text, declarations, "");
    const changed = again.filter(([name]) => this.#frozen.differs(name, this.names.get(name), stem));
    for (const [name, { kind, isAmbient }] of changed) this.names.set(name, { value: { file: stem, kind, isAmbient } });
    follow(
      this,
      this.#frozen,
      changed.map(([name]) => name),
    );
    this.#show(text);
    const second = this.#checkShown(parsed, text);
    if (second.found.length === 0) return second;
    restore();
    this.names = names;
    this.#show(text);
    return undefined;
  }

  /**
   * How a name is imported; heed's own files by the entry point that gives the name.
   * @param {string} name
   * @param {string} source the module as TypeScript proposes it
   */
  importOf(name, source) {
    return `import { ${name} } from ${JSON.stringify((source.startsWith(".") && this.#entryOf(name)) || source)};`;
  }

  /** The entry point of heed that exports a name, of those that cells have imported.
   * @param {string} name
   */
  #entryOf(name) {
    const program = this.service.getProgram();
    const checker = program?.getTypeChecker();
    return providedEntries().find((entry) => {
      const path = this.files.pathOfProvided(entry);
      const file = path === undefined ? undefined : program?.getSourceFile(path);
      const symbol = file && checker?.getSymbolAtLocation(file);
      return symbol && checker?.getExportsOfModule(symbol).some((one) => one.name === name);
    });
  }

  #about = {
    kindOf: (/** @type {string} */ name) => this.names.get(name)?.value?.kind,
    hintFor: (/** @type {ts.Diagnostic} */ one) => this.#hintFor(one),
  };

  /**
   * What helps with an error: an import that is missing, or what to install.
   * @param {ts.Diagnostic} diagnostic
   * @returns {string | undefined}
   */
  #hintFor({ code, start = 0, length = 0, messageText }) {
    if (missing.has(code)) return installHint(ts.flattenDiagnosticMessageText(messageText, "\n"));
    if (!unknownName.has(code)) return undefined;
    const fixes = this.service.getCodeFixesAtPosition(this.files.cell, start, start + length, [code], {}, importPreferences);
    const texts = fixes
      .filter(({ fixName }) => fixName === "import")
      .map(({ changes }) => changes[0]?.textChanges[0]?.newText.trim() ?? "")
      .filter((text) => text.startsWith("import ") && !text.includes(cellStem))
      .map((text) => text.replace(/^import \{ ([\w$]+) \} from "(\..*)";$/, (_, name, source) => this.importOf(name, source)));
    const imports = [...new Set(texts)];
    return imports.length === 0 ? undefined : `An import may be missing: ${imports.slice(0, 3).join(" or ")}`;
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
  declare({ parsed, before: meant, program, file, stem }, text) {
    this.#frozen.freeze(stem, parsed, text, declarationsOf(program, file), this.#tailOf(parsed));
    if (parsed.isAmbient) this.#declareAmbient(parsed, stem);
    /** @type {Map<string, Meaning | undefined>} */
    const before = new Map();
    for (const [name, { kind, hasValue, hasType, isAmbient }] of parsed.declared) {
      const origin = { file: stem, kind, isAmbient };
      const previous = meant.get(name);
      before.set(name, previous);
      this.names.set(name, { ...previous, ...(hasValue && { value: origin }), ...(hasType && { type: origin }) });
    }
    follow(
      this,
      this.#frozen,
      [...before].filter(([name, previous]) => this.#frozen.differs(name, previous, stem)).map(([name]) => name),
    );
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
