import "../../style/box.css";
import "../../style/table.css";
import { Clipboard } from "@jupyterlab/apputils";
import { columnNames, rowNames } from "../derivation/names.js";
import type { Tool, ToolContext } from "../tools/tool.js";
import { element } from "../view/element.js";
import { errorsOf, knownDecimals } from "../export/known-digits.js";
import { toCsv } from "../export/table.js";
import { visibleToken } from "../view/labels.js";
import { cellWith, lookAt, tokenAt, tokensAt, type Look, type ReadAxis } from "../view/look.js";
import type { Phrases } from "../view/options.js";
import type { Selection } from "../view/selection.js";
import { axisName, factsOf, headName, kindName, precise } from "../view/wording.js";
import { Pager } from "./pager.js";
import { pageOf, pageWith } from "./page-of.js";

/** Rows and columns on a page: what is on the page at once stays small, however large the note is. */
const pageSize = { rows: 40, columns: 24 } as const;

/** The numbers behind the picture as a table, whatever the view; of the head that is chosen. */
export class DataTable implements Tool {
  readonly node = element("section", "jp-HeedBox jp-HeedTable");
  readonly #context: ToolContext;
  readonly #title = element("div", "jp-HeedBox-title");
  readonly #copy = element("button", "jp-HeedButton");
  readonly #close = element("button", "jp-HeedBox-close", "×");
  readonly #scroller = element("div", "jp-HeedTable-scroller");
  readonly #rows: Pager;
  readonly #columns: Pager;
  #look: Look | undefined;
  /** What the table was read for. */
  #selection: Selection | undefined;
  #isDisposed = false;

  constructor(context: ToolContext) {
    this.#context = context;
    this.node.setAttribute("role", "region");
    this.#copy.type = "button";
    this.#copy.addEventListener("click", () => this.#copyCsv());
    this.#close.type = "button";
    this.#close.addEventListener("click", () => context.close());
    this.#rows = new Pager(pageSize.rows, () => this.#write());
    this.#columns = new Pager(pageSize.columns, () => this.#write());
    // a region that scrolls can be scrolled by keyboard
    this.#scroller.tabIndex = 0;
    this.#scroller.setAttribute("role", "group");
    const head = element("div", "jp-HeedBox-head");
    head.append(this.#title, this.#copy, this.#close);
    const pagers = element("div", "jp-HeedTable-pagers");
    pagers.append(this.#rows.node, this.#columns.node);
    this.node.append(head, pagers, this.#scroller);
    this.node.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      context.close();
    });
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  update(): void {
    const { note, selection } = this.#context.figure;
    if (!note) return;
    const before = this.#selection;
    // a head in a file beside the notebook may have been read since
    if (!before || note !== this.#look?.note || note.weights.encoding === "external" || !isReadAlike(before, selection)) {
      this.#look = lookAt(note, selection);
    }
    this.#selection = selection;
    const at = selection.cell && selection.cell !== before?.cell ? cellWith(this.#look, selection.cell) : undefined;
    if (at) {
      const { shape } = this.#look.cells;
      this.#rows.turn(pageWith(shape[0], pageSize.rows, at.row));
      this.#columns.turn(pageWith(shape[1], pageSize.columns, at.column));
    }
    this.#write();
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.node.remove();
  }

  #write(): void {
    const { phrases } = this.#context.surroundings;
    const [look, selection] = [this.#look, this.#selection];
    if (!look || !selection) return;
    const { note, cells } = look;
    const name = [tableName(look, selection.head, phrases), factsOf(look, phrases)].filter((part) => part !== "").join(" · ");
    this.node.setAttribute("aria-label", phrases.__("Table"));
    this.#title.textContent = phrases.__("Table");
    this.#copy.textContent = phrases.__("Copy as CSV");
    this.#close.setAttribute("aria-label", phrases.__("Close"));
    this.#scroller.setAttribute("aria-label", name);
    this.#rows.write(cells.shape[0], axisName(note.axes.rows.name, phrases), phrases);
    this.#columns.write(cells.shape[1], axisName(note.axes.columns.name, phrases), phrases);
    this.#scroller.replaceChildren(this.#table(look, selection, name, phrases));
  }

  #table(look: Look, selection: Selection, name: string, phrases: Phrases): HTMLTableElement {
    const { note, cells } = look;
    const rows = pageOf(cells.shape[0], pageSize.rows, this.#rows.number);
    const columns = pageOf(cells.shape[1], pageSize.columns, this.#columns.number);
    const [down, across] = cells.block;
    const names = { rows: rowNames(note, phrases), columns: columnNames(note, phrases) };
    const hides = this.#context.surroundings.prediction.hidden(note, selection.head);
    const table = element("table", "");
    table.createCaption().textContent = name;
    const head = table.createTHead().insertRow();
    const corner = element(
      "td",
      "",
      `${axisName(note.axes.rows.name, phrases)} \\ ${axisName(note.axes.columns.name, phrases)}`,
    );
    head.append(corner);
    for (let column = columns.start; column < columns.end; column++) {
      head.append(heading(label(look.columns, names.columns, column, across), "col"));
    }
    const body = table.createTBody();
    const chosen = selection.cell && cellWith(look, selection.cell);
    const errors = errorsOf(look, selection.head);
    for (let row = rows.start; row < rows.end; row++) {
      const line = body.insertRow();
      line.append(heading(label(look.rows, names.rows, row, down), "row"));
      for (let column = columns.start; column < columns.end; column++) {
        const value = cells.values[row * cells.shape[1] + column] ?? Number.NaN;
        const cell = line.insertCell();
        if (row === chosen?.row && column === chosen.column) cell.className = "jp-mod-chosen";
        const place = tokensAt(look, row, column);
        if (Number.isNaN(value)) cell.append(mark("–", phrases.__("masked")));
        else if (hides?.(place) === true) cell.append(mark("?", phrases.__("to be guessed")));
        else cell.textContent = fixed(value, knownDecimals(errors(row, value)) ?? 4);
      }
    }
    return table;
  }

  #copyCsv(): void {
    const { figure, surroundings, announce } = this.#context;
    if (!figure.note) return;
    const hides = surroundings.prediction.hidden(figure.note, figure.selection.head);
    Clipboard.copyToSystem(toCsv(figure.note, figure.selection, surroundings.phrases, hides));
    announce(surroundings.phrases.__("Copied."));
    this.#copy.textContent = surroundings.phrases.__("Copied.");
  }
}

/** Whether two selections are read as the same cells. */
const isReadAlike = (a: Selection, b: Selection): boolean =>
  a.head === b.head && a.joinsWords === b.joinsWords && a.hidesSpecial === b.hidesSpecial;

/** What the table holds, in a sentence that stands above it. */
function tableName({ note, cells: { block } }: Look, head: number, phrases: Phrases): string {
  const [down, across] = block;
  return [
    note.title ?? kindName(note, phrases),
    headName(note, head, phrases) || false,
    // of an overview the facts tell what a cell is
    down === 1 && across === 1 && phrases.__("weights; each row looks at the columns"),
  ]
    .filter((part) => part !== false)
    .join(" · ");
}

/**
 * A token or joined word and the number of its (first) token, which keeps repeated ones apart; of a block, its first and its last number.
 *
 * @param names of the note's own tokens
 */
function label(axis: ReadAxis, names: readonly string[], place: number, block: number): HTMLElement {
  const { tokens, groups } = axis;
  if (block > 1) return element("span", "", `${place * block + 1}–${Math.min(tokens.length, (place + 1) * block)}`);
  const [text, number] = [(groups ? tokens : names)[place] ?? "", String(tokenAt(axis, place) + 1)];
  const node = element("span", "");
  node.append(element("bdi", "", visibleToken(text)));
  // axes without labels have numbers already
  if (text !== number) node.append(" ", element("small", "", number));
  return node;
}

function heading(content: Node, scope: "row" | "col"): HTMLElement {
  const node = element("th", "");
  node.scope = scope;
  node.append(content);
  return node;
}

/** Four decimals, or as many as are known, so that numbers below each other line up; what would vanish keeps its digits. */
function fixed(value: number, known: number): string {
  return known >= 4 && value !== 0 && Math.abs(value) < 5e-5 ? precise(value) : value.toFixed(Math.min(4, known));
}

/** A sign in place of a number, and what it says. */
function mark(sign: string, words: string): HTMLElement {
  const node = element("span", "jp-HeedTable-mark", sign);
  node.title = words;
  node.setAttribute("role", "img");
  node.setAttribute("aria-label", words);
  return node;
}
