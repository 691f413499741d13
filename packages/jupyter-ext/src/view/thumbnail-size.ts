/** Cells of a thumbnail along its longer side; larger heads are drawn as the maxima of blocks. */
export const thumbnailCells = 48;

/** Width and height of a thumbnail that fits a square of `side` pixels without becoming a hairline. */
export function thumbnailSize([rows, columns]: readonly [number, number], side: number): { width: number; height: number } {
  const longer = Math.max(rows, columns, 1);
  const least = side / 5;
  return { width: Math.max(least, (side * columns) / longer), height: Math.max(least, (side * rows) / longer) };
}
