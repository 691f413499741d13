/** From a picture to what a vision model reads, as its `preprocessor_config.json` says, and to what a note shows. */
import { sizeOf, type Tensor } from "../../engine/index.js";
import type { NoteImage } from "../../note/index.js";
import { checkPicture, cropPicture, resizePicture, type Picture } from "../../vision/picture.js";
import { decodePng, encodePng } from "../../vision/png.js";
import { configReader } from "./config.js";
import type { FamilyModel } from "./family.js";
import { shown } from "../../storage/shown.js";

/** A picture: its pixels, or the bytes of a PNG file. */
export type PictureInput = Picture | Uint8Array;

/** How pixels become numbers: (value · scale − mean) / deviation, for each channel. */
export interface ImagePreparation {
  readonly scale: number;
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/**
 * Reads `preprocessor_config.json`; where there is none, pixels become numbers from −1 to 1, as ViT's do.
 *
 * @throws TypeError when a field is no number
 */
export function readImagePreparation(json: unknown): ImagePreparation {
  if (json === undefined) return { scale: 1 / 255, mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] };
  const config = configReader(json, "preprocessor_config.json");
  const channels = (name: string): number[] => {
    const value = (json as Record<string, unknown>)[name] ?? [0.5, 0.5, 0.5];
    if (Array.isArray(value) && value.length > 0 && value.every((x) => typeof x === "number" && Number.isFinite(x))) {
      const numbers = value as number[];
      if (name !== "image_std" || !numbers.includes(0)) return numbers;
      throw new RangeError(`preprocessor_config.json: expected "image_std" without 0; got ${shown(numbers)}`);
    }
    throw new TypeError(`preprocessor_config.json: expected "${name}" to be a list of numbers; got ${shown(value)}`);
  };
  const isNormalised = config.flag("do_normalize", true);
  return {
    scale: config.flag("do_rescale", true) ? config.number("rescale_factor", 1 / 255) : 1,
    mean: isNormalised ? channels("image_mean") : [0],
    deviation: isNormalised ? channels("image_std") : [1],
  };
}

/** A picture at the model's size as float32 [channels, height, width]; a model with one channel reads the mean of the colours. */
export function picturePixels(
  given: PictureInput,
  { channels, height, width }: NonNullable<FamilyModel["image"]>,
  { scale, mean, deviation }: ImagePreparation,
): Tensor {
  const picture = toPicture(given);
  const { data } = picture.width === width && picture.height === height ? picture : resizePicture(picture, width, height);
  const pixels = height * width;
  const numbers = new Float32Array(sizeOf([channels, height, width]));
  for (let pixel = 0; pixel < pixels; pixel++) {
    const colours = [data[pixel * 3] ?? 0, data[pixel * 3 + 1] ?? 0, data[pixel * 3 + 2] ?? 0];
    const values = channels === 1 ? [colours.reduce((sum, x) => sum + x, 0) / 3] : colours;
    for (let channel = 0; channel < channels; channel++) {
      const value = (values[channel] ?? 0) * scale - (mean[channel] ?? mean[0] ?? 0);
      numbers[channel * pixels + pixel] = value / (deviation[channel] ?? deviation[0] ?? 1);
    }
  }
  return { shape: [channels, height, width], dtype: "float32", data: numbers };
}

/** The picture as a note keeps it, with the grid of patches the model sees; what belongs to no patch is left out. */
export function noteImageOf(given: PictureInput, { height, width, patch }: NonNullable<FamilyModel["image"]>): NoteImage {
  const whole = toPicture(given);
  const [rows, columns] = [Math.floor(height / patch[0]), Math.floor(width / patch[1])];
  const picture = cropPicture(
    whole,
    seen(whole.width, (columns * patch[1]) / width),
    seen(whole.height, (rows * patch[0]) / height),
  );
  const png = encodePng(picture);
  let binary = "";
  for (const byte of png) binary += String.fromCharCode(byte);
  return {
    mediaType: "image/png",
    data: btoa(binary),
    width: picture.width,
    height: picture.height,
    grid: [rows, columns],
  };
}

/** How many pixels of a side are covered by patches that cover `share` of it. */
const seen = (size: number, share: number): number => Math.max(1, Math.round(size * share));

function toPicture(given: PictureInput): Picture {
  const picture = given instanceof Uint8Array ? decodePng(given) : given;
  checkPicture("attend", picture);
  return picture;
}
