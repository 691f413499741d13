/** How long the pointer waits: from its movement to the frame that shows what came of it. */
import type { Page } from "playwright-core";

declare const pageHovers: number[];

/** Runs in the page: from each movement of the pointer until the frame after it was painted. */
function noteHovers(): void {
  const hovers: number[] = [];
  Object.assign(globalThis, { pageHovers: hovers });
  const note = (event: Event): void => {
    requestAnimationFrame(() => {
      // a message waits until the frame is done, and a timer's least delay would be added to it
      const { port1, port2 } = new MessageChannel();
      port1.addEventListener("message", () => hovers.push(performance.now() - event.timeStamp), { once: true });
      port1.start();
      port2.postMessage(undefined);
    });
  };
  addEventListener("pointermove", note, { capture: true, passive: true });
}

/** The median ms of moving the pointer to each of some places, [x, y] in pixels. */
export async function hover(page: Page, places: readonly (readonly [number, number])[]): Promise<number> {
  await page.evaluate(noteHovers);
  for (const [i, [x, y]] of places.entries()) {
    await page.mouse.move(x, y);
    await page.waitForFunction((count) => pageHovers.length >= count, i + 1, { timeout: 120_000 });
  }
  const sorted = (await page.evaluate(() => pageHovers)).toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** Places on a diagonal of a rectangle, so that each is in a row and a column of its own. */
export function diagonal(
  box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  count = 15,
): [number, number][] {
  return Array.from({ length: count }, (_, i) => [
    box.x + (box.width * (i + 0.5)) / count,
    box.y + (box.height * (i + 0.5)) / count,
  ]);
}
