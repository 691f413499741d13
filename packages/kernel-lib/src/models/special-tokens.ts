import type { Tensor } from "../engine/index.js";
import type { Vocabulary } from "../text/vocabulary.js";
import { padded } from "../training/index.js";

const marks = ["<pad>", "<unk>", "<s>", "</s>"] as const;

/** The marks that a vocabulary lacks of those that a decoder writes with. */
export function missingSpecialTokens(vocabulary: Vocabulary): string[] {
  return marks.filter((mark) => !vocabulary.has(mark));
}

/** What a search must know of the vocabulary it writes with: where to start and to end, and what it may not write. */
export function searchTokens(vocabulary: Vocabulary): {
  start: number;
  end: number;
  vocabularySize: number;
  forbidden: number[];
} {
  const [padding = 0, unknown = 0, start = 0, end = 0] = marks.map((mark) => vocabulary.id(mark));
  return { start, end, vocabularySize: vocabulary.size, forbidden: [start, padding, unknown] };
}

/** Texts as a decoder learns them by teacher forcing: given the start mark and the tokens, it is to write the tokens and the end mark. */
export function teacherForcingArrays(
  texts: readonly (readonly number[])[],
  vocabulary: Vocabulary,
  options: { readonly length?: number } = {},
): { readonly decoderInput: Tensor; readonly labels: Tensor; readonly mask: Tensor } {
  const [padding = 0, , start = 0, end = 0] = marks.map((mark) => vocabulary.id(mark));
  const decoderInput = padded(
    texts.map((ids) => [start, ...ids]),
    { padding, ...options },
  );
  const labels = padded(
    texts.map((ids) => [...ids, end]),
    { padding, ...options },
  );
  return { decoderInput: decoderInput.ids, labels: labels.ids, mask: labels.mask };
}
