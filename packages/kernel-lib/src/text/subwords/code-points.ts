/** Sets of code points as lists of ranges. */

export type PointRange = readonly [first: number, last: number];

/** Reads "skip,length skip,length …", hexadecimal: how far a range begins after the end of the one before it, and how long it is. */
export function parseRanges(text: string): PointRange[] {
  let end = 0;
  return text.split(" ").map((pair): PointRange => {
    const [skip = 0, length = 0] = pair.split(",").map((number) => Number.parseInt(number, 16));
    const first = end + skip;
    end = first + length;
    return [first, end - 1];
  });
}

const point = (code: number): string => String.raw`\u{${code.toString(16)}}`;

/** A set of code points, from ranges in order. */
export class CodePoints {
  readonly #ranges: readonly PointRange[];

  constructor(ranges: readonly PointRange[]) {
    this.#ranges = ranges;
  }

  /** Whether a code point is in the set, by bisection. */
  has(code: number): boolean {
    let [low, high] = [0, this.#ranges.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const [first = 0, last = 0] = this.#ranges[middle] ?? [];
      if (code < first) high = middle - 1;
      else if (code > last) low = middle + 1;
      else return true;
    }
    return false;
  }

  /** Matches one character of the set, anywhere in a text. */
  toRegExp(): RegExp {
    return new RegExp(`[${this.#ranges.map(([first, last]) => `${point(first)}-${point(last)}`).join("")}]`, "gu");
  }
}
