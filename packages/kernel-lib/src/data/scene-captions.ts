import { readOptions } from "../checks/read-options.js";
import { seededRandom, type SeededRandom } from "./seeded-random.js";
import { drawScene } from "./draw-scene.js";
import { boxOf, randomScene, relationOf, thirdOf, type Scene, type SceneObject } from "./scenes.js";
import type { Box, Picture } from "../vision/picture.js";

/** A word of a caption that names an object of the scene. */
export interface CaptionNoun {
  /** Position among the caption's tokens. */
  readonly token: number;
  /** Position among the scene's objects. */
  readonly object: number;
}

export interface CaptionedPicture {
  readonly picture: Picture;
  readonly caption: readonly string[];
  readonly nouns: readonly CaptionNoun[];
  /** The rectangle around each object. */
  readonly boxes: readonly Box[];
  readonly scene: Scene;
}

export interface SceneCaptionOptions {
  readonly count: number;
  readonly seed: number;
  readonly language?: "en" | "zh";
  /** The shares of scenes with one, two and three objects; equal unless said. */
  readonly objects?: readonly [number, number, number];
}

/**
 * Pictures of coloured shapes with captions from a grammar; which word names which object, and where it is, is known.
 *
 *     one object     a small red circle at the top left
 *     two objects    a big blue square above a small green cross  (or: to the left of)
 *     three objects  a big red circle , a small blue square and a big green cross  (from left to right)
 *
 * @example
 * ```ts
 * import { sceneCaptions } from "heed/data";
 * const [scene] = sceneCaptions({ count: 1, seed: 7 });
 * console.log(scene?.caption.join(" ")); // a small orange circle , a big blue circle and a big yellow triangle
 * console.log(scene?.boxes[0]); // { left: 7.41, top: 2.29, right: 20.87, bottom: 15.74 }
 * ```
 */
export function sceneCaptions(options: SceneCaptionOptions): CaptionedPicture[] {
  const {
    count,
    seed,
    language = "en",
    objects = [1, 1, 1],
  } = readOptions("sceneCaptions", options, { count: true, seed: true, language: true, objects: true });
  if (!Number.isInteger(count) || count < 1) throw new RangeError(`sceneCaptions: expected a count ≥ 1; got ${count}`);
  const total = objects.reduce((sum, share) => sum + share, 0);
  if (!(total > 0) || objects.some((share) => !(share >= 0))) {
    throw new RangeError(`sceneCaptions: expected shares ≥ 0 of one, two and three objects; got [${objects.join(", ")}]`);
  }
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => captioned(randomScene(random, chooseCount(random, objects, total)), language));
}

function chooseCount(random: SeededRandom, shares: readonly number[], total: number): number {
  const point = random.number() * total;
  let end = 0;
  return 1 + shares.findIndex((share) => point < (end += share));
}

function captioned(scene: Scene, language: "en" | "zh"): CaptionedPicture {
  const { tokens, nouns } = captionOf(scene, language);
  return { picture: drawScene(scene), caption: tokens, nouns, boxes: scene.objects.map(boxOf), scene };
}

/** The caption of a scene, and which of its words name objects. */
export function captionOf({ objects }: Scene, language: "en" | "zh"): { tokens: string[]; nouns: CaptionNoun[] } {
  const pieces = language === "zh" ? chinese(objects) : english(objects);
  const tokens: string[] = [];
  const nouns: CaptionNoun[] = [];
  for (const piece of pieces) {
    if (typeof piece === "string") tokens.push(...piece.split(" "));
    else {
      tokens.push(...describe(piece, language));
      nouns.push({ token: tokens.length - 1, object: objects.indexOf(piece) });
    }
  }
  return { tokens, nouns };
}

const chineseWords: Readonly<Record<string, string>> = {
  small: "小",
  big: "大",
  red: "红色",
  green: "绿色",
  blue: "蓝色",
  yellow: "黄色",
  purple: "紫色",
  orange: "橙色",
  circle: "圆形",
  square: "方形",
  triangle: "三角形",
  cross: "十字形",
};

/** a small red circle; 一 个 小 的 红色 圆形. The noun comes last. */
function describe({ size, colour, shape }: SceneObject, language: "en" | "zh"): string[] {
  if (language === "en") return ["a", size, colour, shape];
  return ["一", "个", chineseWords[size] ?? size, "的", chineseWords[colour] ?? colour, chineseWords[shape] ?? shape];
}

function english(objects: readonly SceneObject[]): (string | SceneObject)[] {
  const [first, second, third] = objects;
  if (first === undefined) return [];
  if (second === undefined) return [first, `at the ${placeName(first, ["top", "bottom"], ["left", "right"], "centre")}`];
  if (third === undefined) return [first, relationOf(first, second) === "above" ? "above" : "to the left of", second];
  return [first, ",", second, "and", third];
}

function chinese(objects: readonly SceneObject[]): (string | SceneObject)[] {
  const [first, second, third] = objects;
  if (first === undefined) return [];
  if (second === undefined) return [first, "在", chinesePlace(first)];
  if (third === undefined) return [first, "在", second, relationOf(first, second) === "above" ? "上面" : "左边"];
  return [first, "，", second, "和", third];
}

function placeName(
  { x, y }: SceneObject,
  vertical: readonly [string, string],
  horizontal: readonly [string, string],
  centre: string,
): string {
  const words = [vertical[(thirdOf(y) + 1) / 2], horizontal[(thirdOf(x) + 1) / 2]].filter((word) => word !== undefined);
  return words.join(" ") || centre;
}

function chinesePlace({ x, y }: SceneObject): string {
  const horizontal = ["左", "", "右"][thirdOf(x) + 1] ?? "";
  const vertical = ["上", "", "下"][thirdOf(y) + 1] ?? "";
  if (horizontal !== "" && vertical !== "") return `${horizontal}${vertical}角`;
  return horizontal + vertical === "" ? "中间" : `${horizontal}${vertical}边`;
}
