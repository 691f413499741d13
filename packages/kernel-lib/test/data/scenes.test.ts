import { describe, expect, test } from "vitest";
import { chanceOfPointing, pointsAt } from "../../src/metrics/pointing.js";
import { partBox } from "../../src/vision/parts.js";
import { captionOf, sceneCaptions } from "../../src/data/scene-captions.js";
import { boxOf, sceneColours, sceneShapes, type Scene, type SceneObject } from "../../src/data/scenes.js";

const examples = sceneCaptions({ count: 150, seed: 1 });
const object = (parts: Partial<SceneObject>): SceneObject => ({
  shape: "circle",
  colour: "red",
  size: "small",
  x: 32,
  y: 32,
  radius: 7,
  ...parts,
});
const captionIn = (language: "en" | "zh", ...objects: SceneObject[]): string =>
  captionOf({ side: 64, objects, seed: 1 }, language).tokens.join(" ");

describe("captions", () => {
  test("say what lies where, in both languages", () => {
    expect(captionIn("en", object({ x: 10, y: 10 }))).toBe("a small red circle at the top left");
    expect(captionIn("zh", object({ x: 50, y: 32 }))).toBe("一 个 小 的 红色 圆形 在 右边");
    expect(captionIn("en", object({}))).toBe("a small red circle at the centre");
    const two = [object({ y: 10 }), object({ shape: "cross", colour: "blue", size: "big", y: 50, x: 36 })];
    expect(captionIn("en", ...two)).toBe("a small red circle above a big blue cross");
    expect(captionIn("zh", ...two)).toBe("一 个 小 的 红色 圆形 在 一 个 大 的 蓝色 十字形 上面");
    const three = [object({ x: 8 }), object({ x: 30, shape: "square" }), object({ x: 50, shape: "triangle" })];
    expect(captionIn("en", ...three)).toBe("a small red circle , a small red square and a small red triangle");
  });

  test.each(["en", "zh"] as const)("nouns point at their objects (%s)", (language) => {
    const words: Record<string, string> = { circle: "圆形", square: "方形", triangle: "三角形", cross: "十字形" };
    for (const { scene } of examples) {
      const { tokens, nouns } = captionOf(scene, language);
      expect(nouns.map((noun) => noun.object)).toEqual(scene.objects.map((_, i) => i));
      for (const { token, object: index } of nouns) {
        const shape = scene.objects[index]?.shape ?? "";
        expect(tokens[token]).toBe(language === "en" ? shape : words[shape]);
      }
    }
  });

  test("the seed decides; bad options are refused", () => {
    const again = sceneCaptions({ count: 5, seed: 1 });
    expect(again).toEqual(examples.slice(0, 5));
    expect(sceneCaptions({ count: 5, seed: 2 })[0]?.picture).not.toEqual(again[0]?.picture);
    expect(() => sceneCaptions({ count: 0, seed: 1 })).toThrow(RangeError);
    expect(() => sceneCaptions({ count: 1, seed: 1, objects: [0, 0, 0] })).toThrow(RangeError);
    expect(new Set(sceneCaptions({ count: 20, seed: 3, objects: [0, 1, 0] }).map(({ boxes }) => boxes.length))).toEqual(
      new Set([2]),
    );
  });
});

describe("scenes", () => {
  test("objects lie inside the picture and apart; every shape and colour occurs", () => {
    const all = examples.flatMap(({ scene }) => scene.objects);
    expect(new Set(all.map(({ shape }) => shape)).size).toBe(sceneShapes.length);
    expect(new Set(all.map(({ colour }) => colour)).size).toBe(sceneColours.length);
    for (const { scene } of examples) {
      for (const [i, first] of scene.objects.entries()) {
        const { left, top, right, bottom } = boxOf(first);
        expect(Math.min(left, top, 64 - right, 64 - bottom)).toBeGreaterThanOrEqual(0);
        for (const second of scene.objects.slice(i + 1)) {
          expect(Math.hypot(first.x - second.x, first.y - second.y)).toBeGreaterThan(first.radius + second.radius);
        }
      }
    }
  });

  test("colour is where the boxes are and nowhere else", () => {
    let strays = 0;
    for (const { picture, boxes } of examples.slice(0, 30)) {
      for (let y = 0; y < 64; y += 1) {
        for (let x = 0; x < 64; x += 1) {
          const [r = 0, g = 0, b = 0] = picture.data.subarray((y * 64 + x) * 3, (y * 64 + x) * 3 + 3);
          const isInBox = boxes.some((box) => x + 1 > box.left && x < box.right && y + 1 > box.top && y < box.bottom);
          if (!isInBox && Math.max(r, g, b) > Math.min(r, g, b)) strays += 1;
        }
      }
      for (const box of boxes) {
        const [x, y] = [Math.floor((box.left + box.right) / 2), Math.floor((box.top + box.bottom) / 2)];
        const ink = picture.data.subarray((y * 64 + x) * 3, (y * 64 + x) * 3 + 3);
        expect(Math.max(...ink) - Math.min(...ink)).toBeGreaterThan(60);
      }
    }
    expect(strays).toBe(0);
  });
});

describe("parts", () => {
  const scene: Scene = { side: 64, objects: [object({ x: 20, y: 36, radius: 8 })], seed: 1 };
  const [box] = scene.objects.map(boxOf);
  test("a part is a rectangle of the grid", () => {
    expect(partBox(0, [3, 5], 50, 30)).toEqual({ left: 0, top: 0, right: 10, bottom: 10 });
    expect(partBox(13, [3, 5], 50, 30)).toEqual({ left: 30, top: 20, right: 40, bottom: 30 });
    expect(() => partBox(15, [3, 5], 50, 30)).toThrow(RangeError);
  });
  test("the pointing game counts parts whose middle lies in the box", () => {
    // the box covers 12–28 × 28–44; middles at 4, 12, 20, 28, 36 …: columns 1–2, rows 3–4 (36 and 28 but not 44)
    const hits = Array.from({ length: 64 }, (_, part) => part).filter((part) => box && pointsAt(part, [8, 8], 64, 64, box));
    expect(hits).toEqual([25, 26, 33, 34]);
    expect(box && chanceOfPointing([8, 8], 64, 64, box)).toBeCloseTo(4 / 64, 12);
  });
});
