/** How smoothly a long notebook scrolls. */
import type { Browser } from "playwright-core";
import type { Lab } from "../../../test/support/lab.ts";
import { openIdle } from "./lab-page.ts";

/** Pixels for each frame of 1/60 s: a page of the window in a fifth of a second, as fast as a wheel is turned. */
const speed = 80;

/** Frames in a second while a notebook is scrolled from its first to its last cell. */
export async function scroll(browser: Browser, lab: Lab, path: string): Promise<number> {
  const page = await openIdle(browser, lab, path);
  const { frames, drawn } = await page.evaluate(scrollThrough, speed);
  await page.context().close();
  if (drawn < 10) throw new Error(`scroll: only ${drawn} notes were drawn on the way`);
  return frames;
}

/** Runs in the page. */
async function scrollThrough(pixels: number): Promise<{ frames: number; drawn: number }> {
  // oxlint-disable-next-line unicorn/consistent-function-scoping -- the page knows nothing outside of this function
  const frame = (): Promise<number> => new Promise((resolve) => requestAnimationFrame(resolve));
  const scroller = [...document.querySelectorAll(".jp-WindowedPanel-outer, .jp-Notebook")].find(
    ({ scrollHeight, clientHeight }) => scrollHeight > clientHeight + 10,
  );
  if (!scroller) throw new Error("scroll: the notebook has nothing to scroll");
  const seen = new Set<Element>();
  const start = await frame();
  let frames = 0;
  let now = start;
  while (scroller.scrollTop + scroller.clientHeight < scroller.scrollHeight - 2 && now - start < 60_000) {
    // as far as a wheel would have come by now, however long the last frame took
    const before = now;
    now = await frame();
    scroller.scrollTop += (pixels * 60 * (now - before)) / 1000;
    frames++;
    for (const figure of document.querySelectorAll('.jp-HeedFigure[data-heed-state="drawn"]')) seen.add(figure);
  }
  return { frames: (frames * 1000) / (now - start), drawn: seen.size };
}
