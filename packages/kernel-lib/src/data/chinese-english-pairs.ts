import { readOptions } from "../checks/read-options.js";
import { joinedSentence, simpleSentence } from "./chinese-english/sentence.js";
import { inOrder, toPair, word } from "./chinese-english/phrase.js";
import type { SentencePair } from "./read-pairs.js";
import { seededRandom } from "./seeded-random.js";

export interface ChineseEnglishOptions {
  /** How many different sentences. */
  readonly count: number;
  readonly seed: number;
  /** The share of sentences with one clause, two clauses, three …; `[1]` unless said. */
  readonly clauses?: readonly number[];
  /** The most tokens on either side; longer sentences are not taken. */
  readonly maxLength?: number;
}

/**
 * A parallel corpus of Chinese and English from a small grammar: as many different sentences as asked for, always the same for the
 * same seed. Each Chinese sentence has one English translation, and no English sentence comes twice.
 *
 * What the languages do differently is in it: questions (吗), time and place before the verb, 的 before its noun, 把, measure words,
 * 不 and 没有, 是, 比, 有, 了 for the past, clauses that change places. The first sentence is 我是中国人 → I am Chinese.
 *
 * Alignment: a word is linked `sure` to the word it translates, and `possible` to words of the same phrase that decide its form or go
 * with it: articles to the words of their noun phrase, prepositions to their noun, auxiliaries and `to` to the words of their verb group
 * (不, 了 and 吗 included), forms of be to the adjective and what stands with it (很, 比, 不), a measure word to its numeral, 的 to the word
 * before it, 's to its neighbours, 把 to the verb, "there" to the place, 比 and its adjective to each other, 所以 and 但是 after a comma to the
 * comma.
 *
 * @throws RangeError when the grammar yields too few different sentences of that length
 * @example
 * ```ts
 * import { chineseEnglishPairs } from "heed/data";
 * const [first] = chineseEnglishPairs({ count: 10, seed: 1 });
 * console.log(first?.source.join(" "), "→", first?.target.join(" ")); // 我 是 中国人 → I am Chinese
 * ```
 */
export function chineseEnglishPairs(options: ChineseEnglishOptions): SentencePair[] {
  const {
    count,
    seed,
    clauses = [1],
    maxLength = Infinity,
  } = readOptions("chineseEnglishPairs", options, { count: true, seed: true, clauses: true, maxLength: true });
  if (!Number.isInteger(count) || count < 1) throw new RangeError(`chineseEnglishPairs: expected a count ≥ 1; got ${count}`);
  const total = clauses.reduce((sum, share) => sum + share, 0);
  if (!(total > 0) || clauses.some((share) => !(share >= 0))) {
    throw new RangeError(`chineseEnglishPairs: expected shares ≥ 0 of one clause, two, …; got [${clauses.join(", ")}]`);
  }
  const random = seededRandom(seed);
  const first = toPair(inOrder(word("我", "I"), word("是", "am"), word("中国人", "Chinese")));
  const pairs: SentencePair[] = [first];
  const seen = new Set([first.source.join(" "), first.target.join(" ")]);
  for (let misses = 0; pairs.length < count; misses += 1) {
    if (misses > mostMisses) {
      throw new RangeError(
        `chineseEnglishPairs: found only ${pairs.length} different sentences of at most ${maxLength} tokens`,
      );
    }
    const size = chooseSize(random.number() * total, clauses);
    const pair = toPair(size === 1 ? simpleSentence(random) : joinedSentence(random, size));
    const [chinese, english] = [pair.source.join(" "), pair.target.join(" ")];
    if (pair.source.length > maxLength || pair.target.length > maxLength || seen.has(chinese) || seen.has(english)) continue;
    seen.add(chinese).add(english);
    pairs.push(pair);
    misses = 0;
  }
  return pairs;
}

/** So many sentences in a row that are known already or too long mean that there are hardly any others. */
const mostMisses = 2000;

function chooseSize(point: number, shares: readonly number[]): number {
  let end = 0;
  const index = shares.findIndex((share) => point < (end += share));
  return index < 0 ? shares.length : index + 1;
}
