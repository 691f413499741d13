/** Unicode makes at most 18 characters of one; what real files put in besides is some characters for each word. */
const mostGrowth = 64;
const mostAdded = 100_000;

/**
 * A text on its way through normalisation that remembers, for each of its UTF-16 units, which part of the source it came from. This is
 * what makes the offsets of tokens exact; the rules are those of Hugging Face's tokenizers.
 */
export class AlignedText {
  readonly text: string;
  /** How many units it may come to have: a file that doubles a text again and again would fill the memory. */
  readonly limit: number;
  /** Origins of each unit, beginning at `#first`: pieces of a text share those of the whole. */
  readonly #starts: readonly number[];
  readonly #ends: readonly number[];
  readonly #first: number;

  /** @param origins the part of the source that each unit came from */
  constructor(
    text: string,
    origins: { readonly starts: readonly number[]; readonly ends: readonly number[] },
    first: number,
    limit: number,
  ) {
    this.text = text;
    this.limit = limit;
    this.#starts = origins.starts;
    this.#ends = origins.ends;
    this.#first = first;
  }

  /** A source as it is; lone surrogates, which no encoding can hold, count as U+FFFD. */
  static of(source: string): AlignedText {
    const text = source.toWellFormed();
    const starts: number[] = [];
    const ends: number[] = [];
    let at = 0;
    for (const character of text) {
      const end = at + character.length;
      for (let unit = 0; unit < character.length; unit++) {
        starts.push(at);
        ends.push(end);
      }
      at = end;
    }
    return new AlignedText(text, { starts, ends }, 0, mostGrowth * text.length + mostAdded);
  }

  get length(): number {
    return this.text.length;
  }

  /** Units `start` ≤ i < `end`. */
  slice(start: number, end: number): AlignedText {
    const origins = { starts: this.#starts, ends: this.#ends };
    return new AlignedText(this.text.slice(start, end), origins, this.#first + start, this.limit);
  }

  /** The part of the source that units `start` ≤ i < `end` came from. Marks that changed places may have come from outside their ends. */
  origin(start: number, end: number): [number, number] {
    let [first, last] = [this.startOf(start), this.endOf(end - 1)];
    for (let unit = start; unit < end; unit++) {
      first = Math.min(first, this.startOf(unit));
      last = Math.max(last, this.endOf(unit));
    }
    return [first, last];
  }

  /** Where the part of the source that a unit came from begins; 0 before the first unit. */
  startOf(unit: number): number {
    return unit < 0 ? 0 : (this.#starts[this.#first + unit] ?? 0);
  }

  /** Where the part of the source that a unit came from ends; 0 before the first unit. */
  endOf(unit: number): number {
    return unit < 0 ? 0 : (this.#ends[this.#first + unit] ?? 0);
  }

  /**
   * The text with each character replaced by what `map` returns, which comes from where the character came from. An empty string
   * removes it.
   */
  mapCharacters(map: (character: string) => string): AlignedText {
    const made = new AlignedTextBuilder(this);
    let at = 0;
    for (const character of this.text) {
      made.add(map(character), at);
      at += character.length;
    }
    return made.build();
  }

  /** The text with each match replaced; the replacement comes from where the last character of the match came from. */
  replaceMatches(matches: Iterable<readonly [start: number, end: number]>, replacement: string): AlignedText {
    const made = new AlignedTextBuilder(this);
    let done = 0;
    for (const [start, end] of matches) {
      made.copy(done, start);
      made.add(replacement, end - 1);
      done = end;
    }
    made.copy(done, this.length);
    return made.build();
  }

  /** The text with something put before it that comes from where its first character came from. An empty text stays empty. */
  prepend(addition: string): AlignedText {
    if (this.length === 0) return this;
    const made = new AlignedTextBuilder(this);
    made.add(addition, 0);
    made.copy(0, this.length);
    return made.build();
  }
}

/** Puts an aligned text together from pieces of another. */
export class AlignedTextBuilder {
  readonly #from: AlignedText;
  #text = "";
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];

  constructor(from: AlignedText) {
    this.#from = from;
  }

  /** Adds text that comes from where the unit at a position came from; before the first unit, from nowhere. */
  add(text: string, position: number): void {
    this.addFrom(text, position, position);
  }

  /** Adds text that comes from where the units at two positions, and all between them, came from. */
  addFrom(text: string, first: number, last: number): void {
    const start = this.#from.startOf(first);
    const end = this.#from.endOf(last);
    if (this.#text.length + text.length > this.#from.limit)
      throw new RangeError(
        `tokenizer: expected normalisation to make at most ${this.#from.limit} characters of this text; it makes more`,
      );
    this.#text += text;
    for (let unit = 0; unit < text.length; unit++) {
      this.#starts.push(start);
      this.#ends.push(end);
    }
  }

  /** Adds units `start` ≤ i < `end` as they are. */
  copy(start: number, end: number): void {
    this.#text += this.#from.text.slice(start, end);
    for (let at = start; at < end; at++) {
      this.#starts.push(this.#from.startOf(at));
      this.#ends.push(this.#from.endOf(at));
    }
  }

  build(): AlignedText {
    return new AlignedText(this.#text, { starts: this.#starts, ends: this.#ends }, 0, this.#from.limit);
  }
}
