/**
 * Firefox with `privacy.resistFingerprinting`, as in Tor Browser and LibreWolf: whoever reads a canvas back gets noise. Pictures are drawn
 * without, and a PNG, which cannot be, is refused with the reason.
 */
import { decode } from "fast-png";
import { makeNote } from "heed/note";
import { launch, type Browser, type Page } from "puppeteer-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findFirefox } from "../../scripts/setup/browser.mjs";
import { makeNotebook, startLab, type Lab } from "../support/lab.js";
import { limits, patience } from "../../scripts/testing/limits.mjs";

const executablePath = findFirefox();

const weights = [
  [1, 0, 0],
  [0, 0.5, 0.5],
  [0.25, 0.25, 0.5],
];
const many = 600;
const diagonal = {
  shape: [many, many],
  data: Float32Array.from({ length: many * many }, (_, at) => Number(at % (many + 1) === 0)),
};
const names = Array.from({ length: many }, (_, i) => `t${i}`);

/** The ends and the middle of the scale of blues on a light page. */
const [none, half, all] = [
  [0xf0, 0xf4, 0xf9],
  [0x6f, 0xa4, 0xd3],
  [0x0d, 0x34, 0x6e],
] as const;

/** Colours that differ by no more than rounding does. */
const expectColours = (found: number[][], wanted: readonly (readonly number[])[]): void => {
  expect(found.map((colour, i) => colour.map((part, k) => Math.abs(part - (wanted[i]?.[k] ?? 0)) <= 3))).toEqual(
    wanted.map(() => [true, true, true]),
  );
};

/** In the upper left of a cell of three by three, beside its number. */
const at = (row: number, column: number): readonly [number, number] => [(column + 0.15) / 3, (row + 0.15) / 3];

describe.skipIf(executablePath === undefined)("where canvases give noise back", () => {
  let lab: Lab;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    const notes = [
      makeNote({ title: "matrix", weights: [weights, weights], rows: ["a", "b", "c"], columns: ["x", "y", "z"] }),
      makeNote({ title: "map", weights: diagonal, rows: names, columns: names }),
    ];
    [lab, browser] = await Promise.all([
      startLab({ "notes.ipynb": makeNotebook(notes.map((note) => ({ note }))) }),
      launch({
        browser: "firefox",
        executablePath: executablePath ?? "",
        extraPrefsFirefox: { "privacy.resistFingerprinting": true },
      }),
    ]);
    page = await browser.newPage();
    page.setDefaultTimeout(patience(limits.whole));
    await page.setViewport({ width: 1200, height: 1600 });
    await page.goto(`${lab.url}lab/workspaces/firefox/tree/notes.ipynb?token=${lab.token}`);
    await page.waitForFunction(() => document.querySelectorAll('.jp-HeedFigure[data-heed-state="drawn"]').length === 2);
  });
  afterAll(async () => {
    await browser?.close();
    await lab?.stop();
  });

  /** Colours on the screen, at places of an element from 0 to 1, [across, down]. */
  async function coloursOf(selector: string, places: readonly (readonly [number, number])[]): Promise<number[][]> {
    const box = await page.$eval(selector, (node) => {
      node.scrollIntoView({ block: "center" });
      const { left, top, width, height } = node.getBoundingClientRect();
      return { left, top, width, height };
    });
    const shot = decode(await page.screenshot());
    const scale = shot.width / 1200;
    return places.map(([across, down]) => {
      const x = Math.floor((box.left + across * box.width) * scale);
      const y = Math.floor((box.top + down * box.height) * scale);
      const at = (y * shot.width + x) * shot.channels;
      return Array.from(shot.data.slice(at, at + 3));
    });
  }

  test("a canvas that is read back is not what was painted", async () => {
    const read = await page.evaluate(() => {
      const context = document.createElement("canvas").getContext("2d");
      if (!context) return "no canvas";
      context.fillStyle = "#123456";
      context.fillRect(0, 0, 8, 8);
      return Array.from(context.getImageData(0, 0, 8, 8).data).join();
    });
    expect(read).not.toBe(Array.from({ length: 64 }, () => "18,52,86,255").join());
  });

  test("cells have the colours of their weights", async () => {
    const found = await coloursOf(".heatmaplayer image", [at(0, 0), at(0, 1), at(1, 1), at(2, 2)]);
    expectColours(found, [all, none, half, half]);
  });

  test("thumbnails and maps have, too", async () => {
    const thumbnail = await coloursOf(".jp-HeedPicker-thumbnail", [
      [1 / 6, 1 / 6],
      [5 / 6, 1 / 6],
    ]);
    expectColours(thumbnail, [all, none]);
    const map = await coloursOf(".jp-HeedMap-cells", [[0.75, 0.25]]);
    expectColours(map, [none]);
  });

  test("a PNG is not saved as noise: the reason is told", async () => {
    await page.click(".jp-HeedFigure-title");
    await page.click(".jp-HeedMenuButton");
    await page.waitForSelector('.lm-Menu [data-command="heed:save"]');
    const entries = await page.$$('.lm-Menu [data-command="heed:save"]');
    for (const entry of entries) {
      if ((await entry.evaluate((node) => node.textContent)).includes("PNG")) {
        await entry.click();
        break;
      }
    }
    const dialog = await page.waitForSelector(".jp-Dialog");
    expect(await dialog?.evaluate((node) => node.textContent)).toContain("privacy.resistFingerprinting");
  });
});
