/** How smoothly a long notebook scrolls. While it passes by this fast, a note that was not drawn before shows its cells alone. */
import type { Browser } from "playwright-core";
import type { Lab } from "../../../test/support/lab.ts";
import { openIdle } from "./lab-page.ts";

/** Pixels for each frame of 1/60 s: a page of the window in a fifth of a second, as fast as a wheel is turned. */
const speed = 80;

/**
 * Frames in a second while a notebook is scrolled from its first to its last cell.
 *
 * @param notes how many must have shown their weights when they passed by
 */
export async function scroll(browser: Browser, lab: Lab, path: string, notes = 0): Promise<number> {
  const page = await openIdle(browser, lab, path);
  const { frames, shown } = await page.evaluate(scrollThrough, speed);
  await page.context().close();
  if (shown < notes) throw new Error(`scroll: expected ${notes} notes to show their weights on the way, got ${shown}`);
  return frames;
}

/** Runs in the page. */
async function scrollThrough(pixels: number): Promise<{ frames: number; shown: number }> {
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
    for (const figure of document.querySelectorAll(".jp-HeedFigure:is([data-heed-state=drawn], [data-heed-state=sketched])")) {
      seen.add(figure);
    }
  }
  return { frames: (frames * 1000) / (now - start), shown: seen.size };
}
