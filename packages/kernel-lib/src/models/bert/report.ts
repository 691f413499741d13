/** How well hidden tokens of held-out texts are predicted. */
export interface PretrainingReport {
  readonly texts: number;
  /** How many tokens were hidden. */
  readonly hidden: number;
  /** Mean cross-entropy of hidden tokens, in nats, and e to its power. */
  readonly loss: number;
  readonly perplexity: number;
  /** The share of hidden tokens for which the most probable token is right. */
  readonly accuracy: number;
  /** The same for the hidden tokens of first texts, and of second ones where there are any. */
  readonly segments: readonly { readonly hidden: number; readonly accuracy: number }[];
}

/** What was said about one hidden token. */
export interface Guess {
  /** 0 in a first text, 1 in a second. */
  readonly segment: number;
  readonly isRight: boolean;
  /** Of the token that was hidden. */
  readonly probability: number;
}

/** Judges the guesses at the hidden tokens of so many texts. */
export function reportPretraining(texts: number, guesses: readonly Guess[]): PretrainingReport {
  const accuracyOf = (some: readonly Guess[]): number => some.filter(({ isRight }) => isRight).length / some.length;
  const loss = guesses.reduce((sum, { probability }) => sum - Math.log(Math.max(probability, 1e-30)), 0) / guesses.length;
  const segments = [0, 1].map((wanted) => guesses.filter(({ segment }) => segment === wanted));
  return {
    texts,
    hidden: guesses.length,
    loss,
    perplexity: Math.exp(loss),
    accuracy: accuracyOf(guesses),
    segments: segments.filter((some) => some.length > 0).map((some) => ({ hidden: some.length, accuracy: accuracyOf(some) })),
  };
}
