/** What a misspelt word was probably meant to be. */

/** The choice that differs least from a word, if it differs little: by a third of its letters, of which a change of case is none. */
export function nearest(word: string, choices: readonly string[]): string | undefined {
  if (word.length > 30) return undefined;
  // what differs much in length differs much
  const close = (choice: string): boolean => Math.abs(choice.length - word.length) <= word.length / 3 + 1;
  const distances = choices.map((choice) => (close(choice) ? distance(word.toLowerCase(), choice.toLowerCase()) : Infinity));
  const best = Math.min(...distances);
  return best <= Math.max(1, Math.floor(word.length / 3)) && best < word.length ? choices[distances.indexOf(best)] : undefined;
}

/** How many letters must be put in, taken out, replaced or swapped with the next. */
function distance(from: string, to: string): number {
  const rows = Array.from({ length: from.length + 1 }, (_, i) => [i, ...Array.from({ length: to.length }, () => 0)]);
  rows[0] = Array.from({ length: to.length + 1 }, (_, j) => j);
  const at = (i: number, j: number): number => rows[i]?.[j] ?? 0;
  for (let i = 1; i <= from.length; i++) {
    for (let j = 1; j <= to.length; j++) {
      const change = at(i - 1, j - 1) + Number(from[i - 1] !== to[j - 1]);
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const row = rows[i];
      if (row) row[j] = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, change, swapped ? at(i - 2, j - 2) + 1 : Infinity);
    }
  }
  return at(from.length, to.length);
}
