/** One target token that stands for one source token, by position. */
export interface AlignmentLink {
  readonly source: number;
  readonly target: number;
}

/**
 * What a person (or a grammar) says about a pair of sentences: `sure` links are certain; `possible` links may be drawn or not,
 * as for articles and particles. Each sure link counts as possible too. A word without links stands for nothing (null).
 */
export interface Alignment {
  readonly sure: readonly AlignmentLink[];
  readonly possible: readonly AlignmentLink[];
}

export interface AlignmentScore {
  /** 1 − (|A ∩ S| + |A ∩ P|) / (|A| + |S|); 0 is best. */
  readonly errorRate: number;
  /** |A ∩ P| / |A| */
  readonly precision: number;
  /** |A ∩ S| / |S| */
  readonly recall: number;
  readonly predicted: number;
  readonly sure: number;
}

/**
 * Alignment error rate of predicted links A against sure links S and possible links P ⊇ S, counted over a whole corpus:
 *
 *     AER = 1 − (|A ∩ S| + |A ∩ P|) / (|A| + |S|)
 *
 * @throws RangeError when the numbers of sentences differ, or there is no link at all to compare
 * @see Och and Ney 2003, "A systematic comparison of various statistical alignment models", section 5
 * @example
 * ```ts
 * import { alignmentErrorRate } from "heed/metrics";
 * const link = { source: 0, target: 0 };
 * const { errorRate } = alignmentErrorRate([[link]], [{ sure: [link], possible: [] }]);
 * console.log(errorRate); // 0
 * ```
 */
export function alignmentErrorRate(
  predicted: readonly (readonly AlignmentLink[])[],
  known: readonly Alignment[],
): AlignmentScore {
  if (predicted.length !== known.length) {
    throw new RangeError(
      `alignmentErrorRate: expected links for each of the ${known.length} known alignments; got ${predicted.length}`,
    );
  }
  let links = 0;
  let sureLinks = 0;
  let inSure = 0;
  let inPossible = 0;
  known.forEach((alignment, i) => {
    const drawn = new Set((predicted[i] ?? []).map(linkName));
    const sure = new Set(alignment.sure.map(linkName));
    const possible = new Set([...sure, ...alignment.possible.map(linkName)]);
    links += drawn.size;
    sureLinks += sure.size;
    for (const name of drawn) {
      if (sure.has(name)) inSure += 1;
      if (possible.has(name)) inPossible += 1;
    }
  });
  if (links + sureLinks === 0) throw new RangeError("alignmentErrorRate: expected at least one link; got none");
  return {
    errorRate: 1 - (inSure + inPossible) / (links + sureLinks),
    precision: links === 0 ? 1 : inPossible / links,
    recall: sureLinks === 0 ? 1 : inSure / sureLinks,
    predicted: links,
    sure: sureLinks,
  };
}

function linkName({ source, target }: AlignmentLink): string {
  return `${source}-${target}`;
}

/**
 * The links that attention draws: each target token to the source token with the largest weight. A target token whose largest
 * weight lies beyond the source's own tokens (on an end-of-sentence mark) stands for nothing.
 *
 * @param weights one row for each target token, one column for each source position
 * @param sourceLength the number of source tokens; columns from there on are marks
 */
export function linksFromAttention(weights: readonly ArrayLike<number>[], sourceLength: number): AlignmentLink[] {
  const links: AlignmentLink[] = [];
  weights.forEach((row, target) => {
    let source = 0;
    for (let column = 1; column < row.length; column += 1) {
      if ((row[column] ?? 0) > (row[source] ?? 0)) source = column;
    }
    if (source < sourceLength) links.push({ source, target });
  });
  return links;
}

/**
 * Reads links in Pharaoh's notation, `0-0 1-2?`: source-target, counted from 0; `?` marks a possible link.
 *
 * @throws SyntaxError for anything else, RangeError for a position beyond the sentences
 */
export function parseAlignment(text: string, sourceLength: number, targetLength: number): Alignment {
  const sure: AlignmentLink[] = [];
  const possible: AlignmentLink[] = [];
  for (const part of text.split(/\s+/u).filter((piece) => piece !== "")) {
    const match = /^(\d{1,9})-(\d{1,9})(\??)$/u.exec(part);
    if (!match) throw new SyntaxError(`parseAlignment: expected links such as 0-1 or 0-1?; got ${JSON.stringify(part)}`);
    const link = { source: Number(match[1]), target: Number(match[2]) };
    if (link.source >= sourceLength || link.target >= targetLength) {
      throw new RangeError(
        `parseAlignment: link ${part} points beyond ${sourceLength} source and ${targetLength} target tokens (counted from 0)`,
      );
    }
    (match[3] === "?" ? possible : sure).push(link);
  }
  return { sure, possible };
}

/** The links in Pharaoh's notation, possible ones with `?`; the inverse of {@link parseAlignment}. */
export function formatAlignment({ sure, possible }: Alignment): string {
  return [...sure.map(linkName), ...possible.map((link) => `${linkName(link)}?`)].join(" ");
}
