/** Names that compiled cells have and their authors do not know. Needs no TypeScript: errors are told while it still loads. */

/** In compiled cells: what a cell is given by the kernel; see {@link import("./run-cell.mjs")}. */
export const cellName = "$cell";
/** @param {string} name */
export const boxName = (name) => `${cellName}_${name}`;
/** What V8 says of a name goes back to how it was written: "(0 , $cell_f.f) is not a function". */
const traces =
  /\(0 , \$cell_([\p{ID_Continue}$\u200c\u200d]+)\.\1\)|\$cell_([\p{ID_Continue}$\u200c\u200d]+)\.\2(?![\p{ID_Continue}$])/gu;

/**
 * A message of V8 as if the code had run as it was written.
 * @param {string} text
 */
export const plainNames = (text) =>
  text.includes("$cell_") ? text.replace(traces, (_, called, used) => called ?? used) : text;
