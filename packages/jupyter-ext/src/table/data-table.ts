import "../../style/box.css";
import "../../style/table.css";
import { Clipboard } from "@jupyterlab/apputils";
import { placeOfMatrix, type Note } from "heed/note";
import { columnNames, rowNames } from "../derivation/names.js";
import type { Tool, ToolContext } from "../tools/tool.js";
import { cellsOf, type Cells } from "../view/cells.js";
import { element } from "../view/element.js";
import { toCsv } from "../export/table.js";
import { visibleToken } from "../view/labels.js";
import type { Phrases } from "../view/options.js";
import type { Selection } from "../view/selection.js";
import { axisName, kindName, precise } from "../view/wording.js";
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
  #cells: Cells | undefined;
  #read: { readonly note: Note; readonly head: number } | undefined;
  #cell: Selection["cell"];
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
      if (event.key === "Escape") context.close();
      // arrow keys scroll the table, not the notebook
      if (event.key === "Escape" || event.key.startsWith("Arrow")) event.stopPropagation();
    });
  }

  get isDisposed(): boolean {
    return this.#isDisposed;
  }

  update(): void {
    const { note, selection } = this.#context.figure;
    if (!note) return;
    const isRead = note === this.#read?.note && selection.head === this.#read.head;
    // a head in a file beside the notebook may have been read since
    if (!isRead || note.weights.encoding === "external") {
      this.#read = { note, head: selection.head };
      this.#cells = cellsOf(note, selection.head, [Infinity, Infinity]);
    }
    const { cell } = selection;
    if (cell && cell !== this.#cell && this.#cells) {
      const { shape, block } = this.#cells;
      this.#rows.turn(pageWith(shape[0], pageSize.rows, Math.floor(cell.row / block[0])));
      this.#columns.turn(pageWith(shape[1], pageSize.columns, Math.floor(cell.column / block[1])));
    }
    this.#cell = cell;
    this.#write();
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.node.remove();
  }

  #write(): void {
    const { phrases } = this.#context.surroundings;
    const [cells, read] = [this.#cells, this.#read];
    if (!cells || !read) return;
    const { note } = read;
    const name = tableName(note, read.head, cells, phrases);
    this.node.setAttribute("aria-label", phrases.__("Data table"));
    this.#title.textContent = phrases.__("Data table");
    this.#copy.textContent = phrases.__("Copy as CSV");
    this.#close.setAttribute("aria-label", phrases.__("Close"));
    this.#scroller.setAttribute("aria-label", name);
    this.#rows.write(cells.shape[0], axisName(note.axes.rows.name, phrases), phrases);
    this.#columns.write(cells.shape[1], axisName(note.axes.columns.name, phrases), phrases);
    this.#scroller.replaceChildren(this.#table(note, cells, name, phrases));
  }

  #table(note: Note, cells: Cells, name: string, phrases: Phrases): HTMLTableElement {
    const rows = pageOf(cells.shape[0], pageSize.rows, this.#rows.number);
    const columns = pageOf(cells.shape[1], pageSize.columns, this.#columns.number);
    const [rowTexts, columnTexts] = [rowNames(note, phrases), columnNames(note, phrases)];
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
      head.append(heading(label(columnTexts, column, cells.block[1]), "col"));
    }
    const body = table.createTBody();
    const chosen = this.#cell && {
      row: Math.floor(this.#cell.row / cells.block[0]),
      column: Math.floor(this.#cell.column / cells.block[1]),
    };
    for (let row = rows.start; row < rows.end; row++) {
      const line = body.insertRow();
      line.append(heading(label(rowTexts, row, cells.block[0]), "row"));
      for (let column = columns.start; column < columns.end; column++) {
        const value = cells.values[row * cells.shape[1] + column] ?? Number.NaN;
        const cell = line.insertCell();
        if (row === chosen?.row && column === chosen.column) cell.className = "jp-mod-chosen";
        if (Number.isNaN(value)) cell.append(maskedMark(phrases));
        else cell.textContent = fixed(value);
      }
    }
    return table;
  }

  #copyCsv(): void {
    const { figure, surroundings, announce } = this.#context;
    if (!figure.note) return;
    Clipboard.copyToSystem(toCsv(figure.note, figure.selection));
    announce(surroundings.phrases.__("Copied."));
    this.#copy.textContent = surroundings.phrases.__("Copied.");
  }
}

/** What the table holds, in a sentence that stands above it. */
function tableName(note: Note, head: number, { block }: Cells, phrases: Phrases): string {
  const { layer, head: name } = placeOfMatrix(note, head);
  const [down, across] = block;
  return [
    note.title ?? kindName(note, phrases),
    layer !== undefined && phrases.__("layer %1", layer),
    name !== undefined && phrases.__("head %1", name),
    down > 1 || across > 1
      ? phrases.__("overview: each cell is the largest of %1 × %2 weights", down, across)
      : phrases.__("weights; each row looks at the columns"),
  ]
    .filter((part) => part !== false)
    .join(" · ");
}

/** A token and its number, which keeps repeated tokens apart; of a block, its first and its last number. */
function label(tokens: readonly string[], place: number, block: number): HTMLElement {
  if (block > 1) return element("span", "", `${place * block + 1}–${Math.min(tokens.length, (place + 1) * block)}`);
  const [text, number] = [tokens[place] ?? "", String(place + 1)];
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

/** Four decimals, so that numbers below each other line up; what would vanish keeps its digits. */
function fixed(value: number): string {
  return value !== 0 && Math.abs(value) < 5e-5 ? precise(value) : value.toFixed(4);
}

function maskedMark(phrases: Phrases): HTMLElement {
  const node = element("span", "jp-HeedTable-masked", "–");
  const words = phrases.__("masked");
  node.title = words;
  node.setAttribute("role", "img");
  node.setAttribute("aria-label", words);
  return node;
}
