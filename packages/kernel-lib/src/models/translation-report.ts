import type { SentencePair } from "../data/read-pairs.js";
import { alignmentErrorRate, type AlignmentLink, type AlignmentScore } from "../metrics/alignment.js";
import { bleu, exactMatch, type BleuScore } from "../metrics/bleu.js";

/** How well held-out sentences are translated. */
export interface TranslationReport {
  readonly sentences: number;
  /** The share of translations that equal their reference, token for token. */
  readonly exactMatch: number;
  /** BLEU of the tokens as they are (`tokenize: "none"`). */
  readonly bleu: BleuScore;
  /** Attention against the known alignment, with the reference translations told; only where all pairs have one. */
  readonly alignment?: AlignmentScore;
  /** The same, by the number of source tokens: from, to (inclusive). */
  readonly byLength: readonly {
    readonly from: number;
    readonly to: number;
    readonly sentences: number;
    readonly exactMatch: number;
    readonly bleu: number;
  }[];
  readonly translations: readonly (readonly string[])[];
}

const lengthStep = 5;

/** Judges translations of pairs, in the order of the pairs. */
export function evaluateTranslations(
  pairs: readonly SentencePair[],
  translations: readonly (readonly string[])[],
  links?: readonly (readonly AlignmentLink[])[],
): TranslationReport {
  if (pairs.length === 0) throw new RangeError("evaluate: expected at least one pair; got none");
  const known = pairs.flatMap(({ alignment }) => (alignment ? [alignment] : []));
  const alignment = links && known.length === pairs.length ? alignmentErrorRate(links, known) : undefined;
  return { ...judge(pairs, translations), ...(alignment && { alignment }), byLength: curve(pairs, translations), translations };
}

const textOf = (tokens: readonly string[]): string => tokens.join(" ");

function judge(
  pairs: readonly SentencePair[],
  translations: readonly (readonly string[])[],
): Pick<TranslationReport, "sentences" | "exactMatch" | "bleu"> {
  const references = pairs.map(({ target }) => target);
  return {
    sentences: pairs.length,
    exactMatch: exactMatch(translations, references),
    bleu: bleu(translations.map(textOf), references.map(textOf), { tokenize: "none" }),
  };
}

function curve(pairs: readonly SentencePair[], translations: readonly (readonly string[])[]): TranslationReport["byLength"] {
  const groups = new Map<number, number[]>();
  pairs.forEach(({ source }, i) => {
    const group = Math.ceil(source.length / lengthStep);
    groups.set(group, [...(groups.get(group) ?? []), i]);
  });
  return [...groups]
    .sort(([a], [b]) => a - b)
    .map(([group, members]) => {
      const {
        sentences,
        exactMatch: exact,
        bleu: score,
      } = judge(
        members.map((i) => pairs[i] as SentencePair),
        members.map((i) => translations[i] ?? []),
      );
      return { from: (group - 1) * lengthStep + 1, to: group * lengthStep, sentences, exactMatch: exact, bleu: score.score };
    });
}
