/** Finds the line of a cell that a line of its compiled code comes from. */

/**
 * @typedef {{ line: number, column: number }} Place from 0
 * @typedef {{ count: number, source: string, original: (place: Place) => Place | undefined }} CellCode
 */

/** Older cells' errors are shown without their lines. */
const kept = 500;

export class Places {
  /** @type {Map<string, CellCode>} */
  #cells = new Map();
  #last = 0;

  /** The name under which V8 shall know the code of the next cell. */
  nextName() {
    return `heed-cell-${(this.#last += 1)}`;
  }

  /**
   * @param {string} name
   * @param {CellCode} cell
   */
  add(name, cell) {
    this.#cells.set(name, cell);
    this.#cells.delete(`heed-cell-${this.#last - kept}`);
  }

  /**
   * The cell and the line, from 1, of a place in compiled code. `isCall`: it is the kernel's own, around the cell's code.
   * @param {string} name
   * @param {number} line from 1
   * @param {number} column from 1
   * @returns {{ cell: number, line: number | undefined, column: number | undefined, source: string, isCall: boolean } | undefined}
   */
  find(name, line, column) {
    const cell = this.#cells.get(name);
    if (cell === undefined) return undefined;
    const place = cell.original({ line: line - 1, column: column - 1 });
    return {
      cell: cell.count,
      line: place && place.line + 1,
      column: place && place.column + 1,
      source: cell.source,
      isCall: place === undefined,
    };
  }
}
