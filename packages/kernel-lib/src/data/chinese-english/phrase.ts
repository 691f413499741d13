/**
 * A phrase in two languages at once: the same words, each side in its own order, with what stands for what.
 *
 * Rules build phrases out of phrases and state both orders; the links come along by identity.
 */
import type { SentencePair } from "../read-pairs.js";
import type { AlignmentLink } from "../../metrics/alignment.js";

/** A word of the Chinese side; two equal words of a sentence are two objects. */
export interface ChineseWord {
  readonly text: string;
}

/** A word of the English side and the Chinese words it stands for. */
export interface EnglishWord {
  readonly text: string;
  readonly sure: readonly ChineseWord[];
  /** Words that an article, an auxiliary or a preposition goes with, though it translates none of them. */
  readonly possible: readonly ChineseWord[];
}

export interface Phrase {
  readonly chinese: readonly ChineseWord[];
  readonly english: readonly EnglishWord[];
}

/** What is not said in either language. */
export const nothing: Phrase = { chinese: [], english: [] };

/** A Chinese word and the English word or words (between spaces) that translate it, if any. */
export function word(chinese: string, english = ""): Phrase {
  const made = { text: chinese };
  const words = english === "" ? [] : english.split(" ");
  return { chinese: [made], english: words.map((text) => ({ text, sure: [made], possible: [] })) };
}

/** English words that Chinese does not say; they go with the words of `phrases`. */
export function unsaid(english: string, ...phrases: readonly Phrase[]): Phrase {
  const possible = phrases.flatMap((phrase) => phrase.chinese);
  return { chinese: [], english: english.split(" ").map((text) => ({ text, sure: [], possible })) };
}

/** A phrase whose English words go with further Chinese words as well. */
export function alongside(phrase: Phrase, ...others: readonly Phrase[]): Phrase {
  const more = others.flatMap((other) => other.chinese);
  return {
    chinese: phrase.chinese,
    english: phrase.english.map(({ text, sure, possible }) => ({ text, sure, possible: [...possible, ...more] })),
  };
}

/** One phrase out of several: their order in Chinese, and their order in English. */
export function arrange(chinese: readonly Phrase[], english: readonly Phrase[]): Phrase {
  return {
    chinese: chinese.flatMap((phrase) => phrase.chinese),
    english: english.flatMap((phrase) => phrase.english),
  };
}

/** Phrases that follow one another in the same order in both languages. */
export function inOrder(...phrases: readonly Phrase[]): Phrase {
  return arrange(phrases, phrases);
}

/** The tokens of both sides and their alignment. */
export function toPair({ chinese, english }: Phrase): SentencePair {
  const position = new Map(chinese.map((made, i) => [made, i]));
  const links = (target: number, words: readonly ChineseWord[]): AlignmentLink[] =>
    [...new Set(words)].flatMap((made) => {
      const source = position.get(made);
      return source === undefined ? [] : [{ source, target }];
    });
  return {
    source: chinese.map(({ text }) => text),
    target: english.map(({ text }) => text),
    alignment: {
      sure: english.flatMap(({ sure }, target) => links(target, sure)),
      possible: english.flatMap(({ possible }, target) => links(target, possible)),
    },
  };
}
