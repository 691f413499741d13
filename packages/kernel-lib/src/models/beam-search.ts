/** One sentence that a search has found. */
export interface Hypothesis {
  /** Token ids, without start and end marks. */
  readonly ids: readonly number[];
  /** Σ ln p of its tokens and, if it was reached, the end mark. */
  readonly logProbability: number;
  /** Whether the end mark was reached. */
  readonly isFinished: boolean;
}

/** A decoder as the search sees it: it holds a state for each of `rows` sentences that are being written. */
export interface Decoder {
  /** Tells the last token of each row; returns ln p of every next token, [rows, vocabulary]. */
  step(tokens: readonly number[]): Promise<Float32Array>;
  /** Row i continues what row `from[i]` was. */
  reorder(from: readonly number[]): void;
}

export interface BeamSearchOptions {
  /** Sentences kept at each step; 1 is greedy search. */
  readonly beams: number;
  readonly start: number;
  readonly end: number;
  /** The most tokens written. */
  readonly maxLength: number;
  readonly vocabularySize: number;
  /** α of the length penalty ((5 + length) / 6)^α (Wu et al. 2016, eq. 14); 0.6 unless said, without effect for one beam. */
  readonly lengthPenalty?: number;
  /** Ids that are never written, such as padding. */
  readonly forbidden?: readonly number[];
}

type Open = Omit<Hypothesis, "isFinished">;

/**
 * Beam search over one source: the most probable sentences, best first by ln p / ((5 + length) / 6)^α. Every step keeps the `beams` best
 * beginnings; one of the best that takes the end mark is done and leaves its place to the next best. It ends when no open beginning can
 * still beat the worst of `beams` finished sentences; with one beam, at the first end mark.
 *
 * @see Sutskever et al. 2014, §3.2; Wu et al. 2016, §7 (length penalty)
 */
export async function beamSearch(decoder: Decoder, options: BeamSearchOptions): Promise<Hypothesis[]> {
  const { beams, start, end, maxLength, vocabularySize, lengthPenalty = 0.6, forbidden = [] } = options;
  const scoreOf = ({ logProbability, ids }: Open): number => logProbability / ((6 + ids.length) / 6) ** lengthPenalty;
  const finished: Hypothesis[] = [];
  let open: Open[] = [{ ids: [], logProbability: 0 }];
  for (let length = 0; length <= maxLength && open.length > 0; length += 1) {
    const logProbabilities = await decoder.step(Array.from({ length: beams }, (_, row) => open[row]?.ids.at(-1) ?? start));
    const candidates = open.flatMap((beginning, from) => {
      const row = logProbabilities.subarray(from * vocabularySize, (from + 1) * vocabularySize);
      const best = largest(row, beams + 1, forbidden); // one of them may be the end mark
      return best.map((id) => ({ from, id, beginning, logProbability: beginning.logProbability + (row[id] ?? 0) }));
    });
    candidates.sort((a, b) => b.logProbability - a.logProbability);
    const going: typeof candidates = [];
    for (const candidate of candidates.slice(0, beams)) {
      const { id, beginning, logProbability } = candidate;
      if (id === end) finished.push({ ids: beginning.ids, logProbability, isFinished: true });
    }
    for (const candidate of candidates) if (candidate.id !== end && going.length < beams) going.push(candidate);
    if (length === maxLength) finished.push(...open.map((cut) => ({ ...cut, isFinished: false })));
    finished.sort((a, b) => Number(b.isFinished) - Number(a.isFinished) || scoreOf(b) - scoreOf(a));
    const worst = finished[beams - 1];
    // ln p only falls, and the longest sentence is divided by most
    const hope = Math.max(...going.map(({ logProbability }) => logProbability)) / ((6 + maxLength) / 6) ** lengthPenalty;
    if (worst?.isFinished === true && (beams === 1 || scoreOf(worst) >= hope)) break;
    open = going.map(({ beginning, id, logProbability }) => ({ ids: [...beginning.ids, id], logProbability }));
    decoder.reorder(Array.from({ length: beams }, (_, row) => going[row]?.from ?? 0));
  }
  return finished.slice(0, beams);
}

/** The positions of the `count` largest values, largest first. */
function largest(values: Float32Array, count: number, forbidden: readonly number[]): number[] {
  const found: number[] = [];
  for (let id = 0; id < values.length; id += 1) {
    if (forbidden.includes(id)) continue;
    const value = values[id] ?? -Infinity;
    if (found.length === count && value <= (values[found[count - 1] ?? 0] ?? -Infinity)) continue;
    let place = found.length;
    while (place > 0 && value > (values[found[place - 1] ?? 0] ?? -Infinity)) place -= 1;
    found.splice(place, 0, id);
    if (found.length > count) found.pop();
  }
  return found;
}
