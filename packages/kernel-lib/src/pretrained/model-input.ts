import { describeValue } from "../checks/describe-value.js";
import type { Tensor } from "../engine/index.js";
import {
  noteImageOf,
  picturePixels,
  readImagePreparation,
  type FamilyModel,
  type ImagePreparation,
  type PictureInput,
} from "./families/index.js";
import type { Axis, NoteImage } from "../note/index.js";
import type { ModelText } from "./model-text.js";

/** What a model can be asked about. */
export type ModelInput =
  | string
  /** Ids of tokens, special ones included. */
  | readonly number[]
  /** A text, a pair of texts, or for an encoder–decoder a text and what is written of it. */
  | { readonly text: string; readonly pair?: string; readonly target?: string }
  | { readonly ids: readonly number[]; readonly types?: readonly number[]; readonly targetIds?: readonly number[] }
  /** A picture, or the bytes of a PNG file. */
  | { readonly picture: PictureInput }
  /** An image as the model reads it: float32 [channels, height, width]. */
  | { readonly pixels: Tensor };

export interface TruncateOption {
  /** How pictures become numbers. */
  readonly preparation?: ImagePreparation | undefined;
  /** Whether a text longer than the model reads is cut at its end; otherwise it is an error. */
  readonly truncate?: boolean | undefined;
}

/** What matters of a model for reading an input. */
export type ReadingModel = Pick<FamilyModel, "kind" | "vocabulary" | "longest" | "image" | "start">;

/** One example as the model reads it. */
export interface EncodedInput {
  readonly ids?: readonly number[];
  readonly types?: readonly number[];
  readonly targetIds?: readonly number[];
  readonly pixels?: Tensor;
  /** The picture, for notes. */
  readonly image?: NoteImage;
  /** The tokens, as an axis of a note. */
  readonly axis: Axis;
  readonly targetAxis?: Axis;
  /** How many tokens were cut off. */
  readonly truncated: number;
}

/** @throws TypeError for what is no input of any model; `hint` says what to do instead */
export function requireInput(input: unknown, hint = ""): void {
  const isInput =
    typeof input === "string" ||
    Array.isArray(input) ||
    (typeof input === "object" && input !== null && inputNames.some((name) => name in input));
  if (isInput) return;
  throw new TypeError(
    `attend: expected a text, a list of ids, or an object with ${inputNames.join(", ")}; got ${describeValue(input)}${hint}`,
  );
}
const inputNames = ["text", "ids", "picture", "pixels"] as const;

/**
 * One example as the model reads it.
 *
 * @throws TypeError for an input of the wrong kind; RangeError for an empty text, ids outside the vocabulary, too many tokens, a lone
 *   surrogate
 */
export function encodeInput(
  input: ModelInput,
  model: ReadingModel,
  texts: ModelText | undefined,
  options: TruncateOption = {},
): EncodedInput {
  requireInput(input);
  if (typeof input === "object" && "picture" in input) return encodePicture(input.picture, model, options.preparation);
  if (typeof input === "object" && "pixels" in input) return encodeImage(input.pixels, model);
  if (model.kind === "image")
    throw new TypeError("attend: expected an image, { picture } or { pixels: [channels, height, width] }; got a text");
  if (typeof input === "string") return encodeTexts({ text: input }, model, texts, options);
  if ("text" in input) return encodeTexts(input, model, texts, options);
  const { ids, types, targetIds } = "ids" in input ? input : { ids: input, types: undefined, targetIds: undefined };
  checkIds("ids", ids, model.vocabulary);
  if (targetIds) checkIds("targetIds", targetIds, model.vocabulary);
  if (types && types.length !== ids.length) {
    throw new RangeError(`attend: expected a type for each of the ${ids.length} ids; got ${types.length}`);
  }
  const fitted = fit(ids.length, model, options);
  return {
    ids: ids.slice(0, fitted),
    ...(types && { types: types.slice(0, fitted) }),
    ...(targetIds && { targetIds, targetAxis: axisOfIds(targetIds, texts) }),
    axis: axisOfIds(ids.slice(0, fitted), texts),
    truncated: ids.length - fitted,
  };
}

function encodePicture(
  picture: PictureInput,
  model: ReadingModel,
  preparation: ImagePreparation = readImagePreparation(undefined),
): EncodedInput {
  const { image, kind } = model;
  if (image === undefined) throw new TypeError(`attend: expected a text; the model is of kind ${kind}, which reads no images`);
  return { ...encodeImage(picturePixels(picture, image, preparation), model), image: noteImageOf(picture, image) };
}

function encodeImage(pixels: Tensor, { image, kind }: ReadingModel): EncodedInput {
  if (image === undefined) throw new TypeError(`attend: expected a text; the model is of kind ${kind}, which reads no images`);
  const { channels, height, width, patch } = image;
  if (pixels.shape.join() !== [channels, height, width].join() || pixels.dtype !== "float32") {
    throw new TypeError(
      `attend: expected pixels float32 [channels=${channels}, height=${height}, width=${width}]; got ${pixels.dtype} [${pixels.shape.join(", ")}]`,
    );
  }
  const [rows, columns] = [Math.floor(height / patch[0]), Math.floor(width / patch[1])];
  const parts = Array.from({ length: rows * columns }, (_, part) => `${Math.floor(part / columns)},${part % columns}`);
  return { pixels, axis: { tokens: ["[CLS]", ...parts], special: [0] }, truncated: 0 };
}

function encodeTexts(
  { text, pair, target }: { readonly text: string; readonly pair?: string; readonly target?: string },
  model: ReadingModel,
  texts: ModelText | undefined,
  options: TruncateOption,
): EncodedInput {
  if (texts === undefined) {
    throw new TypeError(
      "attend: expected the ids of tokens; the model's folder has no tokenizer.json to make them from a text",
    );
  }
  const { tokenizer } = texts;
  for (const one of [text, pair, target]) if (one !== undefined) checkText(one);
  if (target !== undefined && model.kind !== "encoder-decoder") {
    throw new TypeError(`attend: a target belongs to an encoder–decoder; the model is of kind ${model.kind}`);
  }
  const whole = tokenizer.encode(text, { ...(pair !== undefined && { pair }) });
  if (whole.special.length === whole.tokens.length) {
    throw new RangeError(`attend: expected a text with at least one token; got ${JSON.stringify(text)}`);
  }
  const maxTokens = fit(whole.ids.length, model, options);
  const source =
    maxTokens < whole.ids.length ? tokenizer.encode(text, { ...(pair !== undefined && { pair }), maxTokens }) : whole;
  const ids = [...source.ids];
  checkIds("ids", ids, model.vocabulary);
  return {
    ids,
    types: [...source.types],
    axis: source.axis,
    ...(target !== undefined && encodeTarget(target, texts, model)),
    truncated: source.dropped,
  };
}

/** What a decoder reads of a target: the token it starts from, then the target without the token that ends it. */
function encodeTarget(
  target: string,
  { tokenizer }: ModelText,
  model: ReadingModel,
): Pick<EncodedInput, "targetIds" | "targetAxis"> {
  const { ids, axis, special } = tokenizer.encode(target);
  const length = special.includes(ids.length - 1) ? ids.length - 1 : ids.length;
  const start = model.start ?? 0;
  const targetIds = [start, ...ids.slice(0, length)];
  checkIds("targetIds", targetIds, model.vocabulary);
  return {
    targetIds,
    targetAxis: {
      ...axis,
      tokens: [tokenizer.token(start) ?? `${start}`, ...axis.tokens.slice(0, length)],
      offsets: [[0, 0], ...axis.offsets.slice(0, length)],
      words: [-1, ...axis.words.slice(0, length)],
      special: [0, ...axis.special.filter((token) => token < length).map((token) => token + 1)],
    },
  };
}

/** Tokens of ids, without a text. */
export function axisOfIds(ids: readonly number[], texts: ModelText | undefined): Axis {
  if (texts === undefined) return { tokens: ids.map(String) };
  const special = ids.flatMap((id, i) => (texts.specialIds.has(id) ? [i] : []));
  return { tokens: ids.map((id) => texts.tokenizer.token(id) ?? `${id}`), ...(special.length > 0 && { special }) };
}

/** How many tokens are read. */
function fit(
  tokens: number,
  { longest = Number.POSITIVE_INFINITY }: ReadingModel,
  { truncate = false }: TruncateOption,
): number {
  if (tokens <= longest) return tokens;
  if (truncate) return longest;
  throw new RangeError(
    `attend: expected at most ${longest} tokens; the text has ${tokens}. Split it, or pass truncate: true to read its beginning`,
  );
}

function checkIds(name: string, ids: readonly number[], vocabulary: number): void {
  if (ids.length === 0) throw new RangeError(`attend: expected at least one of ${name}; got none`);
  const wrong = ids.find((id) => !Number.isInteger(id) || id < 0 || id >= vocabulary);
  if (wrong !== undefined) throw new RangeError(`attend: expected ${name} from 0 to ${vocabulary - 1}; got ${wrong}`);
}

/** A half of a surrogate pair stands for no character, and no tokenizer knows it. */
function checkText(text: string): void {
  if (typeof text !== "string") throw new TypeError(`attend: expected a text; got ${typeof text}`);
  if (text.isWellFormed()) return;
  const at = text.search(/\p{Surrogate}/u);
  throw new RangeError(`attend: expected well-formed text; it has a lone surrogate at ${at}. text.toWellFormed() replaces it`);
}
