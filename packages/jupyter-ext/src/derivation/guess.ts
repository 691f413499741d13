/**
 * A weight as a reader types it: `0.6`, `.6`, `60%`, `3/5`, also with full-width signs of a Chinese keyboard.
 *
 * @returns undefined unless it is a number from 0 to 1
 */
export function parseGuess(text: string): number | undefined {
  // NFKC makes ６０％ and 。 of a Chinese keyboard plain; a comma may stand for the point
  const plain = text.normalize("NFKC").trim().replace(/[。,]/, ".");
  const match = /^(\d{0,9}(?:\.\d{0,9})?)\s*(%|\/\s*(\d{1,9}(?:\.\d{1,9})?))?$/.exec(plain);
  if (!match || !/\d/.test(match[1] ?? "")) return undefined;
  const divisor = match[2] === "%" ? 100 : match[3] === undefined ? 1 : Number(match[3]);
  const value = Number(match[1]) / divisor;
  return value >= 0 && value <= 1 ? value : undefined;
}
