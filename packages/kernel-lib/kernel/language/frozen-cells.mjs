/**
 * What earlier cells declared, as the files that later cells import it from: their types written out, so that nothing of their code
 * is read again.
 */
import ts from "typescript";
import { bind, localsOf, parseModule } from "./parse.mjs";

/**
 * @import { Meaning, ParsedCell } from "./cell-source.mjs"
 * @import { Files } from "./files.mjs"
 */

/**
 * The types of a checked cell, written out; `undefined` if they cannot be, as those of a class expression with private members.
 * @param {ts.Program} program
 * @param {ts.SourceFile} file
 */
export function declarationsOf(program, file) {
  /** @type {string | undefined} */
  let declarations;
  program.emit(file, (_, text) => (declarations = text), undefined, true);
  return declarations;
}

export class FrozenCells {
  /** @type {Map<string, { parsed: ParsedCell, text: string, frozen: string }>} */
  cells = new Map();
  #files;
  #again = 0;

  /** @param {Files} files */
  constructor(files) {
    this.#files = files;
  }

  /**
   * @param {string} stem
   * @param {ParsedCell} parsed
   * @param {string} text
   * @param {string | undefined} declarations
   * @param {string} tail
   */
  freeze(stem, parsed, text, declarations, tail) {
    // Types that cannot be written out are told by the cell itself.
    const extension = parsed.scriptKind === ts.ScriptKind.TSX ? ts.Extension.Tsx : ts.Extension.Ts;
    if (declarations === undefined) this.#files.setText(this.#files.pathOf(stem, extension), text + tail, parsed.scriptKind);
    else this.#files.setText(this.#files.pathOf(stem, ts.Extension.Dts), declarations);
    this.cells.set(stem, { parsed, text, frozen: declarations ?? text });
  }

  /**
   * Writes a cell down once more beside what it was.
   * @param {string} stem
   * @param {ParsedCell} parsed
   * @param {string} text
   * @param {string} declarations
   * @returns {string} the name of the new file
   */
  freezeAgain(stem, parsed, text, declarations) {
    this.#again += 1;
    const name = `${stem}_${this.#again}`;
    this.freeze(name, parsed, text, declarations, "");
    return name;
  }

  /**
   * Replaces the types of a cell.
   * @param {string} stem
   * @param {string | undefined} declarations
   * @param {string[]} names
   * @returns {string[]} those of the names that have another type now
   */
  renew(stem, declarations, names) {
    const cell = this.cells.get(stem);
    const path = this.#files.pathOf(stem, ts.Extension.Dts);
    if (cell === undefined || declarations === undefined || declarations === cell.frozen || !this.#files.fileExists(path))
      return [];
    const [before, after] = [signaturesIn(cell.frozen), signaturesIn(declarations)];
    cell.frozen = declarations;
    this.#files.setText(path, declarations);
    return names.filter((name) => before(name) !== after(name));
  }

  /** Takes note of how things are.
   * @returns {() => void} brings them back
   */
  save() {
    const before = [...this.cells].map(([stem, cell]) => ({ stem, cell, frozen: cell.frozen }));
    return () => {
      this.cells = new Map(before.map(({ stem, cell }) => [stem, cell]));
      for (const { stem, cell, frozen } of before) {
        if (cell.frozen === frozen) continue;
        cell.frozen = frozen;
        this.#files.setText(this.#files.pathOf(stem, ts.Extension.Dts), frozen);
      }
    };
  }

  /**
   * Whether a cell declares a name otherwise than it was declared before.
   * @param {string} name
   * @param {Meaning | undefined} previous
   * @param {string} stem
   */
  differs(name, previous, stem) {
    const before = (previous?.value ?? previous?.type)?.file;
    if (before === undefined) return false;
    const [old, now] = [this.cells.get(before), this.cells.get(stem)];
    return old === undefined || now === undefined || signaturesIn(old.frozen)(name) !== signaturesIn(now.frozen)(name);
  }
}

/**
 * How each name is declared in a text.
 * @param {string} text
 */
export function signaturesIn(text) {
  const file = parseModule(text, ts.ScriptKind.TS);
  bind(file);
  return (/** @type {string} */ name) => {
    const symbol = localsOf(file)?.get(name);
    return (symbol?.exportSymbol ?? symbol)?.declarations
      ?.map((one) => (ts.isImportSpecifier(one) ? one.parent.parent.parent : one).getText(file))
      .join("\n");
  };
}
