import { closestHop, coveredTokens, entropyOf, nearlySame, overlapOf, ownShare, penaltyOf, rowOf } from "heed/note";
import { matrixOf } from "./cells.js";
import type { Look } from "./look.js";

/** What is known of one hop of a summary. */
export interface HopFacts {
  /** Bits. */
  readonly entropy: number;
  /** 2 to the entropy: over how many tokens it would spread if it were even. */
  readonly spread: number;
  /** The hop it is most like. */
  readonly closest?: { readonly hop: number; readonly cosine: number; readonly isNearlySame: boolean };
  /** ‖AAᵀ − I‖² of the other hops. */
  readonly penaltyWithout: number;
  /** Tokens to which some other hop gives more than an even share. */
  readonly coveredWithout: number;
  /** The share of its vector in C that the other hops' vectors cannot make; where the note holds C. */
  readonly ownShare?: number;
}

/** What is known of a summary's hops together and of each. */
export interface SummaryFacts {
  readonly penalty: number;
  readonly covered: number;
  readonly tokens: number;
  readonly hops: readonly HopFacts[];
}

/** More hops than this are not compared with all others. */
export const mostComparedHops = 64;

export function summaryFacts({ note, cells }: Look, head: number): SummaryFacts {
  const [hops, tokens] = cells.shape;
  const weights = cells.values.map((value) => value || 0);
  const overlap = overlapOf(weights, hops);
  const vectors = matrixOf(note.output, head);
  const facts = Array.from({ length: Math.min(hops, mostComparedHops) }, (_, hop): HopFacts => {
    const closest = closestHop(overlap, hops, hop);
    const entropy = entropyOf(rowOf(weights, tokens, hop));
    return {
      entropy,
      spread: 2 ** entropy,
      ...(closest && { closest: { ...closest, isNearlySame: closest.cosine >= nearlySame } }),
      penaltyWithout: penaltyOf(overlap.matrix, hops, hop),
      coveredWithout: coveredTokens(weights, hops, hop),
      ...(vectors && { ownShare: ownShare(vectors, hops, hop) }),
    };
  });
  return { penalty: overlap.penalty, covered: coveredTokens(weights, hops), tokens, hops: facts };
}
