/** The kernel in real JupyterLab: what its answers look like to the person who runs, stops, types, drags and saves. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { installAddition } from "../support/addition.js";
import { openBrowser, openPage, runCommand, whenIdle } from "../support/browser.js";
import { makeNotebook, startLab, type Lab } from "../support/lab.js";

/** A slider of ipywidgets, driven from TypeScript: three models, each a comm of its own. */
const slider = `
import { openComm, type Comm } from "heed";
const metadata = { version: "2.1.0" };
const model = (module: string, version: string, name: string, state: object = {}): Comm =>
  openComm("jupyter.widget", {
    state: { _model_module: module, _model_module_version: version, _model_name: name, ...state },
    buffer_paths: [],
  }, { metadata });
const layout = model("@jupyter-widgets/base", "2.0.0", "LayoutModel");
const style = model("@jupyter-widgets/controls", "2.0.0", "SliderStyleModel");
const slider = model("@jupyter-widgets/controls", "2.0.0", "IntSliderModel", {
  _view_module: "@jupyter-widgets/controls", _view_module_version: "2.0.0", _view_name: "IntSliderView",
  layout: "IPY_MODEL_" + layout.id, style: "IPY_MODEL_" + style.id, value: 3, min: 0, max: 10, step: 1,
  description: "Heads", readout: true, readout_format: "d", orientation: "horizontal", continuous_update: true,
});
let value = 3;
slider.onMessage = ({ data }) => {
  if (data.method !== "update" || data.state.value === undefined) return;
  value = data.state.value;
  slider.send({ method: "update", state: { description: "Heads " + value }, buffer_paths: [] });
};
globalThis[Symbol.for("heed.host")].display({
  "application/vnd.jupyter.widget-view+json": { version_major: 2, version_minor: 0, model_id: slider.id },
  "text/plain": "IntSlider",
});`;

const notebooks = {
  "stopped.ipynb": makeNotebook([{ code: "1" }, { code: "throw new Error('here')" }, { code: "3" }, { code: "4" }]),
  "endless.ipynb": makeNotebook([
    { code: "for (;;) { try { await new Promise(r => setTimeout(r, 50)) } catch {} }" },
    { code: "'after'" },
  ]),
  "question.ipynb": makeNotebook([{ code: "const name = prompt('Your name?'); '<' + name + '>'" }]),
  "emoji.ipynb": makeNotebook([{ code: "console.log('we like 😀'.slice(0, 9))" }]),
  "widget.ipynb": makeNotebook([{ code: slider }, { code: "value" }]),
};

let lab: Lab;
let browser: Browser;
beforeAll(async () => {
  const env = await installAddition("widgets");
  [lab, browser] = await Promise.all([startLab(notebooks, { env }), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await lab?.stop();
});

const codeCells = (page: Page): Locator => page.locator(".jp-CodeCell");
const brackets = async (page: Page): Promise<string[]> => {
  const texts = await codeCells(page).locator(".jp-InputPrompt").allInnerTexts();
  return texts.map((text) => text.trim());
};

test("after an error in Run All, cells that never ran keep their empty brackets; then they run", async () => {
  const { page, close } = await openPage(browser, lab, "stopped.ipynb");
  await runCommand(page, "notebook:run-all-cells");
  await expect.poll(() => brackets(page)).toEqual(["[1]:", "[2]:", "[ ]:", "[ ]:"]);
  await expect.poll(() => codeCells(page).nth(1).locator(".jp-OutputArea-output").innerText()).toContain("Error: here");
  await runCommand(page, "docmanager:save");
  await expect
    .poll(() => {
      const { cells } = JSON.parse(readFileSync(join(lab.folder, "stopped.ipynb"), "utf8"));
      return cells.map(({ execution_count: count }: { execution_count: number | null }) => count);
    })
    .toEqual([1, 2, null, null]);
  await codeCells(page).nth(2).click();
  await runCommand(page, "notebook:run-cell");
  await expect.poll(() => brackets(page)).toEqual(["[1]:", "[2]:", "[3]:", "[ ]:"]);
  await close();
});

test("the stop button ends a loop that catches; what was behind it did not run", async () => {
  const { page, close } = await openPage(browser, lab, "endless.ipynb");
  const running = runCommand(page, "notebook:run-all-cells");
  await expect.poll(() => brackets(page)).toEqual(["[*]:", "[*]:"]);
  await runCommand(page, "notebook:interrupt-kernel");
  await expect.poll(() => brackets(page)).toEqual(["[1]:", "[ ]:"]);
  expect(await codeCells(page).nth(0).locator(".jp-OutputArea-output").innerText()).toContain(
    "Interrupted: the cell was interrupted",
  );
  await running;
  await close();
});

test("a question is typed into the cell", async () => {
  const { page, close } = await openPage(browser, lab, "question.ipynb");
  const running = runCommand(page, "notebook:run-all-cells");
  const box = page.locator(".jp-Stdin-input");
  await box.waitFor();
  expect(await page.locator(".jp-Stdin-prompt").innerText()).toContain("Your name?");
  await box.fill("小明");
  await box.press("Enter");
  await expect.poll(() => codeCells(page).locator(".jp-OutputArea-executeResult").innerText()).toContain("'<小明>'");
  await running;
  await close();
});

test("a notebook with half an emoji can be saved", async () => {
  const { page, close } = await openPage(browser, lab, "emoji.ipynb");
  await runCommand(page, "notebook:run-all-cells");
  await expect
    .poll(() => codeCells(page).locator(".jp-OutputArea-output").allInnerTexts())
    .toEqual([expect.stringContaining("we like \uFFFD")]);
  await runCommand(page, "docmanager:save");
  await expect.poll(() => readFileSync(join(lab.folder, "emoji.ipynb"), "utf8")).toContain("we like \uFFFD");
  await close();
});

test("a widget's value goes to the kernel and comes back", async () => {
  const { page, close } = await openPage(browser, lab, "widget.ipynb");
  await codeCells(page).nth(0).click();
  await runCommand(page, "notebook:run-cell");
  const handle = page.locator(".widget-slider .noUi-handle");
  await handle.waitFor();
  const readout = page.locator(".widget-readout");
  expect(await readout.innerText()).toBe("3");
  await handle.focus();
  for (let i = 0; i < 4; i++) await handle.press("ArrowRight");
  await expect.poll(() => readout.innerText()).toBe("7");
  // The kernel heard each step, and answered with a new description.
  await expect.poll(() => page.locator(".widget-slider .widget-label").innerText()).toBe("Heads 7");
  await codeCells(page).nth(1).click();
  await runCommand(page, "notebook:run-cell");
  await expect.poll(() => codeCells(page).nth(1).locator(".jp-OutputArea-executeResult").innerText()).toContain("7");
  await whenIdle(page);
  await close();
});
