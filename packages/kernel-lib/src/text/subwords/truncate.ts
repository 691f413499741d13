/** Leaving tokens out of texts that are too long, exactly as Hugging Face's tokenizers do. */

const strategies = ["longest_first", "only_first", "only_second"] as const;
/** Which text of a pair gives tokens up: the longer one, the first alone, or the second alone. */
export type TruncationStrategy = (typeof strategies)[number];

/**
 * One or two sequences with at most `room` tokens together.
 *
 * @throws RangeError for a strategy or direction that is not known, or where the text it names is too short to give up so many tokens
 * @see https://github.com/huggingface/tokenizers, tokenizers/src/utils/truncation.rs
 */
export function truncate<Token>(
  sequences: readonly (readonly Token[])[],
  room: number,
  strategy: TruncationStrategy,
  direction: "left" | "right",
): Token[][] {
  if (!strategies.includes(strategy))
    throw new RangeError(`tokenizer: expected a strategy out of ${strategies.join(", ")}; got ${String(strategy)}`);
  if (direction !== "left" && direction !== "right")
    throw new RangeError(`tokenizer: expected the direction left or right; got ${String(direction)}`);
  const lengths = lengthsOf(
    sequences.map((tokens) => tokens.length),
    room,
    strategy,
  );
  return sequences.map((tokens, i) => {
    const length = lengths[i] ?? 0;
    return direction === "left" ? tokens.slice(tokens.length - length) : tokens.slice(0, length);
  });
}

/** How many tokens each sequence keeps. */
function lengthsOf(lengths: readonly number[], room: number, strategy: TruncationStrategy): number[] {
  const [first = 0, second] = lengths;
  const excess = first + (second ?? 0) - room;
  if (excess <= 0) return [...lengths];
  if (room === 0) return lengths.map(() => 0);
  if (strategy === "longest_first") {
    if (second === undefined) return [room];
    const [short, long] = shareOut(Math.min(first, second), room);
    return first > second ? [long, short] : [short, long];
  }
  const [name, at, given] = strategy === "only_first" ? ["first", 0, first] : ["second", 1, second];
  if (given === undefined || given <= excess) {
    throw new RangeError(
      `tokenizer: expected a ${name} text of more than ${excess} tokens, which are too many; got ${given ?? "no text"}. Use "longest_first"`,
    );
  }
  return lengths.map((length, i) => (i === at ? length - excess : length));
}

/** The shorter text stays whole as long as the longer one keeps as many; else both are halved, the odd token going to the longer. */
function shareOut(shorter: number, room: number): [shorter: number, longer: number] {
  const longer = shorter > room ? shorter : Math.max(shorter, room - shorter);
  if (shorter + longer <= room) return [shorter, longer];
  const half = Math.floor(room / 2);
  return [half, room - half];
}
