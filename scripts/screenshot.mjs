/**
 * npm run screenshot: makes the pictures of the README, docs/screenshot-light.png and docs/screenshot-dark.png: a notebook of the
 * project, run in real JupyterLab and photographed in a real browser. It needs the project's Node, so run `npm start` once before.
 */
import { copyFileSync, mkdirSync, statSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { installBrowser } from "./setup/browser.mjs";
import { setUp } from "./setup/index.mjs";
import { modelFolder, notebookFolder, root } from "./setup/places.mjs";
import { Problem, report } from "./setup/problem.mjs";
import { step } from "./setup/progress.mjs";
import { say } from "./setup/words.mjs";

const notebook = "02-the-first-layer-of-a-real-model.ipynb";
/** The head to look at, and the cell that the pointer rests on: [query, key], counted from 0. */
const shown = { head: 5, query: 10, key: 9 };
/** High enough for the whole picture of a sentence of 16 tokens. */
const size = /** @type {const} */ ([1180, 980]);
const themes = /** @type {const} */ (["light", "dark"]);
/** The most that one picture may weigh, in bytes: the README is also read on slow lines. */
const limit = 300_000;

/** @param {string} theme */
const pictureOf = (theme) => join(root, "docs", `screenshot-${theme}.png`);

async function photograph() {
  const { startLab } = await import("../test/support/lab.ts");
  const browsing = await import("../test/support/browser.ts");
  const { hoverCell, openBrowser, openPage, readFigures, runCommand, setTheme, whenIdle } = browsing;
  const lab = await startLab();
  const browser = await openBrowser();
  try {
    // notebooks/ and models/ side by side, as the notebook expects them
    mkdirSync(join(lab.folder, "notebooks"));
    copyFileSync(join(notebookFolder, notebook), join(lab.folder, "notebooks", notebook));
    symlinkSync(dirname(modelFolder), join(lab.folder, "models"), "junction");

    const { page } = await openPage(browser, lab, `notebooks/${notebook}`, { size, alone: true });
    await runCommand(page, "notebook:run-all-cells");
    const cell = page.locator(".jp-CodeCell:has(.jp-HeedFigure)").first();
    const figure = cell.locator(".jp-HeedFigure");
    await figure.waitFor({ timeout: 240_000 });
    await whenIdle(page);
    await runCommand(page, "docmanager:save");
    await runCommand(page, "heed:show-panel");
    for (const theme of themes) {
      await setTheme(page, theme);
      await figure.locator(".jp-HeedPicker-choice").nth(shown.head).click();
      // last: a click may scroll
      await cell.evaluate((node) => node.scrollIntoView({ block: "start" }));
      const [{ rows, columns } = { rows: [], columns: [] }] = await readFigures(cell);
      await hoverCell(figure, shown.query, shown.key, [rows.length, columns.length]);
      mkdirSync(dirname(pictureOf(theme)), { recursive: true });
      await page.screenshot({ path: pictureOf(theme), animations: "disabled" });
    }
  } finally {
    await browser.close();
    await lab.stop();
  }
}

function weigh() {
  for (const file of themes.map(pictureOf)) {
    const weight = statSync(file).size;
    if (weight <= limit) continue;
    throw new Problem(
      say(`${file} weighs ${weight} bytes; at most ${limit} are wanted`, `${file} 有 ${weight} 字节,上限为 ${limit}`),
      say("Make the window in scripts/screenshot.mjs smaller.", "请缩小 scripts/screenshot.mjs 中的窗口。"),
    );
  }
}

try {
  await setUp();
  await installBrowser();
  await step(say("README's pictures", "README 的图片"), photograph);
  weigh();
} catch (error) {
  report(error);
  process.exitCode = 1;
}
