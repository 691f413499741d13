/**
 * The harness of `npm run bench`: measures our work and a peer's in turns within one run, so that both meet the same machine, and
 * reports medians. What a bench module looks like stands in README.md.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { PythonPeer } from "./python-peer.ts";
import type { Sample } from "./sample.ts";
import { isSteady, quantile } from "./steadiness.ts";

/** Something to measure. */
export interface Case {
  /** What is measured, with its sizes: "attention 12 × 512 × 64". */
  readonly name: string;
  /** The unit of the numbers: "ms", "MB", … */
  readonly unit: string;
  readonly ours: Sample;
  readonly peer?: { readonly name: string; readonly sample: Sample };
  /** The number ours must not pass; with `better: "higher"`, must reach. */
  readonly limit?: number;
  /** Which number is the better one; default "lower". */
  readonly better?: "lower" | "higher";
  /** How many samples of each are counted; default 15. */
  readonly samples?: number;
  /** How many come before and are not counted; default 2. */
  readonly warmUp?: number;
}

/**
 * A case measured. `ratio` is above 1 where we are better than the peer, or, without one, within the limit; null where a side was unsteady
 * however often it was measured.
 */
export interface Row {
  readonly case: string;
  readonly ours: number;
  readonly peer: number | null;
  readonly peerName: string | null;
  readonly unit: string;
  readonly ratio: number | null;
  readonly limit: number | null;
  /** Whether ours is on the wrong side of the limit. */
  readonly missed: boolean;
  /** The quartiles of our samples, and of the peer's: how steady the numbers are. */
  readonly quartiles: readonly [number, number];
  readonly peerQuartiles: readonly [number, number] | null;
  /** Whose samples were too far apart for a ratio, in the last of the attempts. */
  readonly unsteady: "ours" | "peer" | "both" | null;
  /** How often the case was measured: again where a side was unsteady. */
  readonly attempts: number;
}

/** How often a case is measured at most until both sides are steady. */
const mostAttempts = 3;

/** Makes a sample of work: how long one call takes, in ms. `repeat` calls share one sample where a call is shorter than about 1 ms. */
export function timed(work: () => unknown, { repeat = 1 }: { repeat?: number } = {}): Sample {
  return async () => {
    const start = performance.now();
    for (let index = 0; index < repeat; index += 1) await work();
    return (performance.now() - start) / repeat;
  };
}

/** How long the threads of what ran last are given to stop waiting actively for more, in ms: ONNX Runtime's wait for 40 unless told otherwise. */
const rest = 60;

/** A sample that meets a machine at rest. */
export async function rested(sample: Sample): Promise<number> {
  await sleep(rest);
  return sample();
}

/** What a bench module is given. */
export class Bench {
  readonly #report: (row: Row) => void;
  readonly #peers: PythonPeer[] = [];
  readonly #closers: (() => unknown)[] = [];

  constructor(report: (row: Row) => void) {
    this.#report = report;
  }

  /** Measures a case, again where its numbers are unsteady, and reports its row. */
  async compare(entry: Case): Promise<Row> {
    let attempts = 1;
    let row = rowOf(entry, await this.#measure(entry), attempts);
    while (row.unsteady !== null && attempts < mostAttempts) {
      attempts += 1;
      row = rowOf(entry, await this.#measure(entry), attempts);
    }
    this.#report(row);
    return row;
  }

  async #measure({ ours, peer, samples = 15, warmUp = 2 }: Case): Promise<Measured> {
    const mine: number[] = [];
    const theirs: number[] = [];
    for (let round = -warmUp; round < samples; round += 1) {
      const own = await rested(ours);
      const other = peer && (await rested(peer.sample));
      if (round < 0) continue;
      mine.push(own);
      if (other !== undefined) theirs.push(other);
    }
    return { mine, theirs };
  }

  /** Starts a Python peer: a script in `packages/kernel-lib/bench/peers`, run by the Python of `.venv-peers`. */
  python(script: string): PythonPeer {
    const peer = new PythonPeer(script);
    this.#peers.push(peer);
    return peer;
  }

  /** Runs `close` when the bench has ended, also after an error. */
  onEnd(close: () => unknown): void {
    this.#closers.push(close);
  }

  /** Ends what the bench started. */
  async end(): Promise<void> {
    for (const peer of this.#peers) peer.stop();
    for (const close of this.#closers.toReversed()) await close();
  }
}

interface Measured {
  readonly mine: readonly number[];
  readonly theirs: readonly number[];
}

/** The row of a case: medians, and their ratio where both sides are steady. */
export function rowOf(entry: Case, { mine, theirs }: Measured, attempts = 1): Row {
  const { peer, better = "lower" } = entry;
  const own = quantile(mine, 0.5);
  const other = peer ? quantile(theirs, 0.5) : null;
  const reference = other ?? entry.limit;
  const [steady, peerSteady] = [isSteady(mine), !peer || isSteady(theirs)];
  const unsteady = steady && peerSteady ? null : !steady && !peerSteady ? "both" : steady ? "peer" : "ours";
  const ratio = reference === undefined ? null : better === "lower" ? reference / own : own / reference;
  return {
    case: entry.name,
    ours: own,
    peer: other,
    peerName: peer?.name ?? null,
    unit: entry.unit,
    ratio: unsteady === null ? ratio : null,
    limit: entry.limit ?? null,
    missed: entry.limit !== undefined && (better === "lower" ? own > entry.limit : own < entry.limit),
    quartiles: quartilesOf(mine),
    peerQuartiles: peer ? quartilesOf(theirs) : null,
    unsteady,
    attempts,
  };
}

const quartilesOf = (samples: readonly number[]): [number, number] => [quantile(samples, 0.25), quantile(samples, 0.75)];
