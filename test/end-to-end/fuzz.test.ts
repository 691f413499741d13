/** Notes changed at random places in a real notebook: each is drawn or refused, nothing hangs, fails unheard or asks another machine. */
import * as fc from "fast-check";
import { displayBundle, makeNote, noteMimeType } from "heed/note";
import type { Browser, CDPSession, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { mutatedNotes } from "../../packages/kernel-lib/test/note/mutated.js";
import { openBrowser, openPage } from "../support/browser.js";
import { makeNotebook, startLab, type Lab } from "../support/lab.js";

let lab: Lab;
let browser: Browser;
beforeAll(async () => {
  [lab, browser] = await Promise.all([startLab({ "fuzz.ipynb": makeNotebook([{ code: "" }]) }), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await lab?.stop();
});

interface Outputs {
  add(output: object): void;
  clear(): void;
}
declare const jupyterapp: {
  readonly shell: {
    readonly currentWidget: {
      readonly content: { readonly widgets: readonly { readonly model: { readonly outputs: Outputs } }[] };
    };
  };
};

/** Puts an output in place of the one before and waits until its note is drawn, refused or failed. */
function show(page: Page, data: object): Promise<string> {
  return page.evaluate(async (text) => {
    const { outputs } = jupyterapp.shell.currentWidget.content.widgets[0]?.model ?? {};
    if (!outputs) return "no cell yet";
    outputs.clear();
    outputs.add({ output_type: "display_data", data: JSON.parse(text) as object, metadata: {} });
    for (let frame = 0; frame < 600; frame++) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      const state = document.querySelector(".jp-HeedFigure")?.getAttribute("data-heed-state");
      if (state === "drawn" || state === "failed") return state;
      if (document.querySelector(".jp-OutputArea .jp-HeedProblem")) return "refused";
    }
    return `undecided: ${document.querySelector(".jp-OutputArea")?.innerHTML}`;
  }, JSON.stringify(data));
}

/** Seconds of computing that the page has used so far: of its own, whatever else the machine does. */
async function secondsUsed(devTools: CDPSession): Promise<number> {
  const { metrics } = await devTools.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN;
}

test("changed notes are drawn or refused", async () => {
  const visit = await openPage(browser, lab, "fuzz.ipynb", { kernel: false });
  const { page } = visit;
  const devTools = await page.context().newCDPSession(page);
  await devTools.send("Performance.enable", { timeDomain: "threadTicks" });
  const sound = displayBundle(makeNote({ weights: [[0.25, 0.75]] }));
  // the first figure loads what draws it
  await expect.poll(() => show(page, sound)).toBe("drawn");
  const counts = { drawn: 0, refused: 0 };
  const wrong: string[] = [];
  let before = await secondsUsed(devTools);
  for (const json of fc.sample(mutatedNotes, { numRuns: 240, seed: 7 })) {
    const state = await show(page, { [noteMimeType]: json, "text/plain": "words" });
    const now = await secondsUsed(devTools);
    if (state === "drawn" || state === "refused") counts[state]++;
    if (!(state in counts) || !(now - before < 1))
      wrong.push(`${state}, ${now - before} s: ${JSON.stringify(json).slice(0, 600)}`);
    before = now;
  }
  expect(wrong).toEqual([]);
  expect(Math.min(counts.drawn, counts.refused)).toBeGreaterThan(30);
  // a good note after all of them is drawn as ever
  expect(await show(page, sound)).toBe("drawn");
  expect(await page.evaluate(() => "hacked" in globalThis)).toBe(false);
  expect(visit.foreignRequests).toEqual([]);
  // a file that is not there is a request that fails, and the browser says so
  expect(visit.errors.filter((error) => !error.includes("404"))).toEqual([]);
  await visit.close();
});
