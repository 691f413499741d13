import { seededRandom } from "./seeded-random.js";
import type { Picture } from "../vision/picture.js";
import type { Scene, SceneObject } from "./scenes.js";

const inks: Readonly<Record<SceneObject["colour"], readonly [number, number, number]>> = {
  red: [214, 40, 40],
  green: [46, 160, 67],
  blue: [38, 92, 214],
  yellow: [240, 200, 30],
  purple: [140, 60, 180],
  orange: [240, 130, 30],
};
/** Each pixel is the mean of 4 × 4 points, so that edges are smooth. */
const points = 4;

/** Draws a scene: shapes on a light, slightly grainy ground. */
export function drawScene({ side, objects, seed }: Scene): Picture {
  const random = seededRandom(seed);
  const data = new Uint8Array(side * side * 3);
  const ground = 205 + random.number() * 35;
  const shades = objects.map(({ colour }) => inks[colour].map((value) => value + (random.number() - 0.5) * 24));
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      const grain = (random.number() - 0.5) * 14;
      let colour = [ground + grain, ground + grain, ground + grain];
      objects.forEach((object, i) => {
        const share = coverage(object, x, y);
        if (share > 0) colour = colour.map((value, c) => value + ((shades[i]?.[c] ?? 0) + grain / 2 - value) * share);
      });
      colour.forEach((value, c) => (data[(y * side + x) * 3 + c] = Math.min(255, Math.max(0, Math.round(value)))));
    }
  }
  return { width: side, height: side, data };
}

/** The share of a pixel that an object covers. */
function coverage(object: SceneObject, x: number, y: number): number {
  if (Math.max(Math.abs(x + 0.5 - object.x), Math.abs(y + 0.5 - object.y)) > object.radius + 1) return 0;
  let inside = 0;
  for (let i = 0; i < points; i += 1) {
    for (let j = 0; j < points; j += 1) {
      const dx = (x + (i + 0.5) / points - object.x) / object.radius;
      const dy = (y + (j + 0.5) / points - object.y) / object.radius;
      if (isInside(object.shape, dx, dy)) inside += 1;
    }
  }
  return inside / points ** 2;
}

/** Whether a point lies in a shape that reaches from −1 to 1. */
function isInside(shape: SceneObject["shape"], dx: number, dy: number): boolean {
  switch (shape) {
    case "circle":
      return dx * dx + dy * dy <= 1;
    case "square":
      return Math.max(Math.abs(dx), Math.abs(dy)) <= 1;
    case "triangle":
      return dy <= 1 && dy >= 2 * Math.abs(dx) - 1;
    default:
      return Math.min(Math.abs(dx), Math.abs(dy)) <= 0.33 && Math.max(Math.abs(dx), Math.abs(dy)) <= 1;
  }
}
