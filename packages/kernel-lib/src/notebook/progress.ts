import { findHost } from "#host";
import type { Language, Wording } from "../note/index.js";
import { displayInPlace } from "./show.js";

/** Work under way, as {@link progress} shows it. */
export interface Progress {
  /** How much is done. */
  readonly done: number;
  /**
   * Says that `count` more (1 unless given) is done. Await it: it lets the notebook breathe, and rejects when the person has
   * interrupted the cell, so that the work ends.
   *
   * @param detail what else to tell, for example a loss
   */
  step(count?: number, detail?: string): Promise<void>;
  /** Says that the work is over, also before `total`; reaching `total` does so by itself. */
  end(detail?: string): void;
}

/** How often the line is drawn and the event loop let go, in ms: often enough to look alive, seldom enough to cost nothing. */
const interval = 100;
const width = 20;

const remaining: Wording = { en: "left", "zh-CN": "剩余" };

let last = 0;

/**
 * Shows how far work is, in one line that changes in place: in a notebook as the cell's output, in a terminal on standard error.
 *
 * @param label what is being done
 * @param total how many steps there are; leave it out where nobody knows
 * @example
 * ```ts
 * import { progress } from "heed";
 * const training = progress("Training", 3);
 * for (let epoch = 1; epoch <= 3; epoch += 1) {
 *   await training.step(1, `loss ${(1 / epoch).toFixed(2)}`);
 *   console.log(epoch, "of 3");
 * }
 * // 3 of 3
 * ```
 */
export function progress(label: string, total?: number): Progress {
  if (total !== undefined && !(total >= 0)) throw new RangeError(`progress: expected a total ≥ 0; got ${total}`);
  const host = findHost();
  const { signal } = host;
  const displayId = `heed-progress-${(last += 1)}`;
  const start = performance.now();
  let done = 0;
  let drawn = Number.NEGATIVE_INFINITY;
  let ended = false;
  let detail: string | undefined;

  const draw = (isLast: boolean): void => {
    drawn = performance.now();
    const text = line({ label, done, total, detail, elapsed: drawn - start, language: host.language, isLast });
    if (host.writeLine) host.writeLine(text, isLast);
    else displayInPlace(host, displayId, { "text/plain": text });
  };
  const end = (last = detail): void => {
    if (ended) return;
    ended = true;
    detail = last;
    draw(true);
  };
  draw(false);
  return {
    get done() {
      return done;
    },
    step: async (count = 1, news = detail) => {
      signal?.throwIfAborted();
      done += count;
      detail = news;
      if (total !== undefined && done >= total) return end();
      if (performance.now() - drawn < interval) return;
      draw(false);
      await new Promise((resolve) => setTimeout(resolve));
      signal?.throwIfAborted();
    },
    end,
  };
}

interface State {
  readonly label: string;
  readonly done: number;
  readonly total: number | undefined;
  readonly detail: string | undefined;
  readonly elapsed: number;
  readonly language: Language;
  readonly isLast: boolean;
}

/** For example `Training ██████████░░░░░░░░░░ 50% 500/1000 · 3.2 s, 3.2 s left · loss 0.12`. */
function line({ label, done, total, detail, elapsed, language, isLast }: State): string {
  const part = total === undefined ? undefined : total === 0 ? 1 : Math.min(1, done / total);
  const filled = Math.round((part ?? 0) * width);
  const bar = part === undefined ? [] : [`${"█".repeat(filled)}${"░".repeat(width - filled)}`, `${Math.floor(part * 100)}%`];
  const count = total === undefined ? `${done}` : `${done}/${total}`;
  const left = part === undefined || part === 0 || isLast ? undefined : (elapsed * (1 - part)) / part;
  const time = left === undefined ? duration(elapsed) : `${duration(elapsed)}, ${leftIn(language, duration(left))}`;
  return [[label, ...bar, count].join(" "), time, ...(detail === undefined ? [] : [detail])].join(" · ");
}

const leftIn = (language: Language, time: string): string =>
  language === "en" ? `${time} ${remaining.en}` : `${remaining[language]} ${time}`;

/** Milliseconds as a reader says them: `3.2 s`, `2 min 05 s`, `1 h 12 min`. */
function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(Math.floor(seconds % 60)).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}
