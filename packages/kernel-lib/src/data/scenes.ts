/** Scenes of coloured shapes, made at random: what pictures show, before they are drawn. */
import type { SeededRandom } from "./seeded-random.js";
import type { Box } from "../vision/picture.js";

export const sceneShapes = ["circle", "square", "triangle", "cross"] as const;
export const sceneColours = ["red", "green", "blue", "yellow", "purple", "orange"] as const;
export const sceneSizes = ["small", "big"] as const;

export interface SceneObject {
  readonly shape: (typeof sceneShapes)[number];
  readonly colour: (typeof sceneColours)[number];
  readonly size: (typeof sceneSizes)[number];
  /** The centre, in pixels from the top left. */
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

export interface Scene {
  /** Width and height of the picture. */
  readonly side: number;
  /** In the order in which a caption names them. */
  readonly objects: readonly SceneObject[];
  /** Decides the grain of the background. */
  readonly seed: number;
}

export const sceneSide = 64;
const radii = { small: [6.5, 8], big: [10.5, 12] } as const;

/** The rectangle around an object. */
export function boxOf({ x, y, radius }: SceneObject): Box {
  return { left: x - radius, top: y - radius, right: x + radius, bottom: y + radius };
}

/** A scene of one to three objects that do not touch. What a caption says of their places is never a close call. */
export function randomScene(random: SeededRandom, count: number): Scene {
  if (!Number.isInteger(count) || count < 1 || count > 3) {
    throw new RangeError(`randomScene: expected 1, 2 or 3 objects; got ${count}`);
  }
  for (;;) {
    const objects = Array.from({ length: count }, () => randomObject(random));
    const ordered = inCaptionOrder(objects);
    if (ordered) return { side: sceneSide, objects: ordered, seed: random.integer(2 ** 31) };
  }
}

function randomObject(random: SeededRandom): SceneObject {
  const size = random.choose(sceneSizes);
  const [least, most] = radii[size];
  const radius = least + random.number() * (most - least);
  const place = (): number => radius + 1 + random.number() * (sceneSide - 2 * radius - 2);
  return { shape: random.choose(sceneShapes), colour: random.choose(sceneColours), size, x: place(), y: place(), radius };
}

/** How the second object lies to the first: the caption's relation. */
export type SceneRelation = "above" | "left";

/** The relation of two objects in caption order: the upper before the lower, or the left before the right. */
export function relationOf(first: SceneObject, second: SceneObject): SceneRelation {
  return Math.abs(second.y - first.y) > Math.abs(second.x - first.x) ? "above" : "left";
}

const clearGap = 8;

/** The objects as a caption names them; undefined where they touch or their order is a close call. */
function inCaptionOrder(objects: readonly SceneObject[]): SceneObject[] | undefined {
  for (const [i, first] of objects.entries()) {
    for (const second of objects.slice(i + 1)) {
      if (Math.hypot(first.x - second.x, first.y - second.y) < first.radius + second.radius + 3) return undefined;
    }
  }
  const [first, second, third] = objects;
  if (first === undefined || second === undefined) return isClearlyPlaced(first) ? [...objects] : undefined;
  if (third === undefined) {
    const [dx, dy] = [Math.abs(first.x - second.x), Math.abs(first.y - second.y)];
    if (Math.abs(dx - dy) < clearGap) return undefined;
    return [first, second].sort((a, b) => (dy > dx ? a.y - b.y : a.x - b.x));
  }
  const ordered = [first, second, third].sort((a, b) => a.x - b.x);
  const isClear = ordered.every((object, i) => i === 0 || object.x - (ordered[i - 1]?.x ?? 0) >= clearGap);
  return isClear ? ordered : undefined;
}

/** Where a single object lies: −1, 0 or 1 for left or top, middle, right or bottom. */
export function thirdOf(position: number): -1 | 0 | 1 {
  return position < sceneSide / 3 ? -1 : position < (2 * sceneSide) / 3 ? 0 : 1;
}

function isClearlyPlaced(object: SceneObject | undefined): boolean {
  if (object === undefined) return false;
  const lines = [sceneSide / 3, (2 * sceneSide) / 3];
  return lines.every((line) => Math.min(Math.abs(object.x - line), Math.abs(object.y - line)) >= 2);
}
