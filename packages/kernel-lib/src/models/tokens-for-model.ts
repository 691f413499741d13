import { shown } from "../storage/shown.js";
import { segmentByCounts } from "../text/segment-by-counts.js";
import type { Vocabulary } from "../text/vocabulary.js";

/**
 * The tokens of what a model is asked: tokens as they are, or a text cut into the words of the model's vocabulary.
 *
 * @throws RangeError for a text without tokens, or a token the model does not know
 */
export function tokensForModel(caller: string, input: string | readonly string[], vocabulary: Vocabulary): string[] {
  const tokens = typeof input === "string" ? segmentByCounts(input, countsOf(vocabulary)) : [...input];
  if (tokens.length === 0) throw new RangeError(`${caller}: expected a text with at least one token; got ${shown(input)}`);
  const unknown = tokens.find((token) => !isOrdinary(vocabulary, token));
  if (unknown === undefined) return tokens;
  const learned = vocabulary.tokens.slice(vocabulary.specialCount, vocabulary.specialCount + 5);
  const examples = learned.map((token) => token.slice(0, 40)).join(", ");
  throw new RangeError(
    `${caller}: the token ${shown(unknown)} is not among the ${vocabulary.size - vocabulary.specialCount} the model has learned (${examples}, …)`,
  );
}

function isOrdinary(vocabulary: Vocabulary, token: string): boolean {
  return vocabulary.has(token) && vocabulary.id(token) >= vocabulary.specialCount;
}

const counted = new WeakMap<Vocabulary, ReadonlyMap<string, number>>();

function countsOf(vocabulary: Vocabulary): ReadonlyMap<string, number> {
  const known = counted.get(vocabulary);
  if (known) return known;
  const counts = new Map(vocabulary.tokens.slice(vocabulary.specialCount).map((token) => [token, vocabulary.count(token)]));
  counted.set(vocabulary, counts);
  return counts;
}
