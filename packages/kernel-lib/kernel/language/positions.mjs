/** Jupyter counts a cursor's place in code points; JavaScript in UTF-16 units. */

/** @param {string} code @param {number} points */
export function unitsOf(code, points) {
  let units = 0;
  for (const character of code) {
    if (points <= 0) break;
    points -= 1;
    units += character.length;
  }
  return units;
}

/** @param {string} code @param {number} units */
export const pointsOf = (code, units) => Array.from(code.slice(0, units)).length;
