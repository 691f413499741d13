/** Figures that leave the page, read back: the pixels of pictures, the page without a network, the sheet that is printed, the clipboard. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { makeNote, writeDocument } from "heed/note";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, openContext, openPage, readFigures, runCommand, type Visit } from "../support/browser.js";
import { startLab, type Lab } from "../support/lab.js";

const folder = mkdtempSync(join(tmpdir(), "heed-export-"));
const shares = [0, 0.25, 0.5, 1];
const note = makeNote({
  title: "一 & <b>",
  weights: [shares],
  normalised: false,
  rows: ["h1"],
  columns: ["我", "<i>", "\u4e2d\u56fd", "s4"],
  view: { numbers: false },
});

let lab: Lab;
let browser: Browser;
let visit: Visit;
beforeAll(async () => {
  [lab, browser] = await Promise.all([startLab({ "one.heed.json": writeDocument([note]) }), openBrowser()]);
  visit = await openPage(browser, lab, "one.heed.json", { kernel: false });
  await readFigures(visit.page, 1);
});
afterAll(async () => {
  await visit?.close();
  await browser?.close();
  await lab?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Chooses an entry of the figure's own menu and returns the file it saves. */
async function save(label: string): Promise<string> {
  const { page } = visit;
  await page.locator(".jp-HeedMenuButton").first().click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.locator(".lm-Menu-item", { hasText: label }).first().click(),
  ]);
  const file = join(folder, download.suggestedFilename());
  await download.saveAs(file);
  return file;
}

/** Width and height of a picture in CSS pixels, and the colours at the middle of each of four cells. */
async function readPicture(source: string, cells: { x: number; y: number; width: number; height: number }) {
  const page = await (await openContext(browser)).newPage();
  try {
    return await page.evaluate(
      async ([address, { x, y, width, height }]) => {
        const image = new Image();
        image.src = address;
        await image.decode();
        const canvas = document.createElement("canvas");
        [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
        const context = canvas.getContext("2d");
        context?.drawImage(image, 0, 0, canvas.width, canvas.height);
        const colours = [0, 1, 2, 3].map((i) => {
          const [left, top] = [(x + (width * (i + 0.5)) / 4) * canvas.width, (y + height / 2) * canvas.height];
          return [...(context?.getImageData(Math.round(left), Math.round(top), 1, 1).data ?? [])].slice(0, 3);
        });
        return { size: [canvas.width, canvas.height], colours };
      },
      [source, cells] as const,
    );
  } finally {
    await page.close();
  }
}

/** Where the cells of a saved SVG are, as shares of its size. */
function cellsOf(svg: string): { x: number; y: number; width: number; height: number } {
  const number = (pattern: RegExp): number[] => (pattern.exec(svg) ?? []).slice(1).map(Number);
  const [fullWidth = 1, fullHeight = 1] = number(/viewBox="0 0 ([\d.]+) ([\d.]+)"/);
  const [left = 0, top = 0] = number(/<g transform="translate\(([\d.]+) ([\d.]+)\)">/);
  const [x = 0, y = 0, width = 0, height = 0] = number(
    /<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)" class="heed-cells"/,
  );
  return {
    x: (left + x) / fullWidth,
    y: (top + y) / fullHeight,
    width: width / fullWidth,
    height: height / fullHeight,
  };
}

const millimetres = (svg: string): number[] => (/ width="([\d.]+)mm" height="([\d.]+)mm"/.exec(svg) ?? []).slice(1).map(Number);

let svg = "";

/** Each weight has a colour of its own in the SVG, and a rasterised picture has the same, up to the rounding of each channel. */
function expectColours(colours: readonly (readonly number[])[]): void {
  const fills = [...svg.matchAll(/<path fill="#(\w{6})"/g)].map(([, fill = ""]) => fill);
  expect(new Set(fills).size).toBe(shares.length);
  for (const [i, fill] of fills.entries()) {
    const wanted = [0, 2, 4].map((at) => Number.parseInt(fill.slice(at, at + 2), 16));
    for (const [channel, value] of wanted.entries()) expect(Math.abs((colours[i]?.[channel] ?? -9) - value)).toBeLessThan(4);
  }
}

test("the SVG has the size in millimetres and the colours of the weights", async () => {
  const file = await save("Save as SVG");
  expect(file).toMatch(/一-&-b\.svg$/);
  svg = readFileSync(file, "utf8");
  const { size, colours } = await readPicture(`data:image/svg+xml,${encodeURIComponent(svg)}`, cellsOf(svg));
  for (const [i, length] of millimetres(svg).entries()) expect((size[i] ?? 0) / (length * (96 / 25.4))).toBeCloseTo(1, 1);
  expectColours(colours);
});

test("the PNG is the same picture with twice the pixels", async () => {
  const bytes = readFileSync(await save("Save as PNG"));
  const { size, colours } = await readPicture(`data:image/png;base64,${bytes.toString("base64")}`, cellsOf(svg));
  for (const [i, length] of millimetres(svg).entries())
    expect(Math.abs((size[i] ?? 0) - length * (192 / 25.4))).toBeLessThan(3);
  expectColours(colours);
});

test("the web page works without a network, tells the cell under the pointer, and prints as the figure alone", async () => {
  const file = await save("Save as web page");
  const context = await openContext(browser, { offline: true });
  const page = await context.newPage();
  const problems: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  const box = await page.locator(".heed-cells").boundingBox();
  if (!box) throw new Error("the page has no cells");
  await page.mouse.move(box.x + box.width * 0.625, box.y + box.height / 2);
  expect(await page.locator("#tip").textContent()).toBe("h1 → 中国: 0.5");
  expect(await page.locator("h1").textContent()).toBe("一 & <b>");
  await page.locator("summary").click();
  expect(await page.locator("td").allTextContents()).toEqual(["", "0", "0.25", "0.5", "1"]);
  const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
  const [, width, height] = /\/MediaBox ?\[0 0 ([\d.]+) ([\d.]+)\]/.exec(pdf) ?? [];
  const [wide = 0, high = 0] = millimetres(svg);
  // a printer's sheet is rounded to a part of a point
  expect(Math.abs(Number(width) - (wide * 72) / 25.4)).toBeLessThan(1);
  expect(Math.abs(Number(height) - (high * 72) / 25.4)).toBeLessThan(1);
  expect(problems).toEqual([]);
  expect(requests.filter((url) => !url.startsWith("file:") && !url.startsWith("data:"))).toEqual([]);
  await context.close();
});

const clipboard = (page: Page): Promise<Record<string, string>> =>
  page.evaluate(async () => {
    const [item] = await navigator.clipboard.read();
    const entries = await Promise.all(
      (item?.types ?? []).map(async (type) => {
        const blob = await item?.getType(type);
        return [type, type.startsWith("text/") ? ((await blob?.text()) ?? "") : `${blob?.size}`] as const;
      }),
    );
    return Object.fromEntries(entries);
  });

test("the clipboard takes the picture, and the numbers as text, CSV and LaTeX", async () => {
  const { page } = visit;
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.locator(".jp-HeedMenuButton").first().focus();
  await runCommand(page, "heed:copy-image");
  expect(Number((await clipboard(page))["image/png"])).toBeGreaterThan(1000);
  await runCommand(page, "heed:copy-text");
  expect((await clipboard(page))["text/plain"]).toContain("h1\t0\t0.25\t0.5\t1");
  await runCommand(page, "heed:copy-csv");
  expect((await clipboard(page))["text/plain"]).toBe(",我,<i>,中国,s4\r\nh1,0,0.25,0.5,1");
  await runCommand(page, "heed:copy-latex");
  expect((await clipboard(page))["text/plain"]).toContain("{h1} & 0.000 & 0.250 & 0.500 & \\textbf{1.000} \\\\");
  expect(visit.errors).toEqual([]);
});

test("the figure is printed alone, from a frame that asks no one for anything", async () => {
  const { page } = visit;
  // what would open the print dialogue tells what it was to print
  await page.evaluate(() => Object.assign(globalThis, { printed: [] }));
  await page.addInitScript(() => {
    const told = parent as unknown as { printed?: string[] };
    globalThis.print = () => void told.printed?.push(document.documentElement.outerHTML);
  });
  await page.locator(".jp-HeedMenuButton").first().focus();
  await runCommand(page, "heed:print");
  const printed = await page.evaluate(() => (globalThis as unknown as { printed: string[] }).printed);
  expect(printed).toHaveLength(1);
  expect(printed[0]).toContain(svg.slice(svg.indexOf("viewBox"), svg.indexOf("font-family")).trim());
  expect(visit.foreignRequests).toEqual([]);
});
