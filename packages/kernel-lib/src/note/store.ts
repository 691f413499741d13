import type { Axis, Note, StoredNote } from "./schema.js";

/** The form of a note that goes into a file: tokens that look at themselves are written once. */
export function storeNote(note: Note): StoredNote {
  const { rows, columns } = note.axes;
  if (!isSame(rows, columns)) return note;
  return {
    ...note,
    axes: { ...note.axes, columns: { ...(columns.name !== undefined && { name: columns.name }), as: "rows" } },
  };
}

function isSame(rows: Axis, columns: Axis): boolean {
  const { name: _, ...ofRows } = rows;
  const { name: __, ...ofColumns } = columns;
  return rows.tokens.length === columns.tokens.length && JSON.stringify(ofRows) === JSON.stringify(ofColumns);
}
