/** The ground of every end-to-end test: JupyterLab starts with this project's kernel and runs a cell of TypeScript. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBrowser, openPage, runCommand, whenIdle } from "../support/browser.js";
import { makeNotebook, startLab, type Lab } from "../support/lab.js";

let lab: Lab;
let browser: Browser;
beforeAll(async () => {
  [lab, browser] = await Promise.all([
    startLab({
      "第一个 notebook.ipynb": makeNotebook([{ code: "const words: string[] = ['我', '是', '中国人'];\nwords.join('/')" }]),
    }),
    openBrowser(),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await lab?.stop();
});

test("a cell of TypeScript runs in JupyterLab and its value is shown", async () => {
  const { page } = await openPage(browser, lab, "第一个 notebook.ipynb");
  await runCommand(page, "notebook:run-all-cells");
  await whenIdle(page);
  expect(await page.locator(".jp-OutputArea-output").innerText()).toContain("我/是/中国人");
  expect(await page.locator(".jp-toast-announcement, .Toastify__toast").count()).toBe(0);
});
