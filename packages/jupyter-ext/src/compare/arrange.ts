import type { Figure } from "../view/figure.js";

/** Cells may shrink to this part of their size, or to these pixels, before pictures are put below each other. */
const leastPart = 0.6;
const smallestCell = 13;

/**
 * How many of three pictures stand beside each other: all, or two and the third below them, or each below the one before.
 *
 * @param drawnAt draws them for a width of each
 */
export function besideEachOther<Figures extends { readonly a: Figure }>(
  width: number,
  gap: number,
  drawnAt: (width: number) => Figures,
): { readonly across: number; readonly drawn: Figures } {
  const below = drawnAt(width);
  const enough = Math.min(smallestCell, leastPart * below.a.geometry.cell.width);
  for (const across of [3, 2]) {
    const each = Math.floor((width - (across - 1) * gap) / across);
    const drawn = drawnAt(each);
    if (drawn.a.geometry.width <= each && drawn.a.geometry.cell.width >= enough) return { across, drawn };
  }
  return { across: 1, drawn: below };
}
