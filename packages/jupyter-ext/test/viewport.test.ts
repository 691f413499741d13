// @vitest-environment happy-dom
/** What is told of figures while a notebook of them is scrolled, laid out here by a rule: one above the other, each 1,000 high. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { unwatchViewport, watchViewport, type Nearness } from "../src/view/viewport.js";

const count = 60;
const height = 1000;

let scroller: HTMLElement;
let figures: HTMLElement[];
/** How often each was asked for its place. */
let asked: number;
let moved = 0;

beforeAll(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterAll(() => void vi.useRealTimers());
beforeEach(() => {
  moved = 0;
  asked = 0;
  scroller = document.createElement("div");
  figures = Array.from({ length: count }, (_, i) => {
    const figure = document.createElement("div");
    figure.getBoundingClientRect = () => {
      asked++;
      return new DOMRect(0, i * height + moved - scroller.scrollTop, 700, height);
    };
    return figure;
  });
  scroller.append(...figures);
  document.body.append(scroller);
});
afterEach(() => {
  for (const figure of figures) unwatchViewport(figure);
  scroller.remove();
  vi.advanceTimersByTime(1000);
});

/** Scrolls as a wheel does, a step in each frame. */
function scrollBy(pixels: number, frames: number): void {
  for (let frame = 0; frame < frames; frame++) {
    scroller.scrollTop += pixels;
    scroller.dispatchEvent(new Event("scroll"));
    vi.advanceTimersByTime(16);
  }
}

function watchAll(): Nearness[][] {
  return figures.map((figure) => {
    const told: Nearness[] = [];
    watchViewport(figure, (nearness) => told.push(nearness));
    return told;
  });
}

test("each figure comes closer, is near, and goes away, in this order; those far away are hardly asked", () => {
  const told = watchAll();
  scrollBy(80, 12);
  asked = 0;
  scrollBy(80, 600);
  for (const moments of told.slice(10, 40)) expect(moments).toEqual(["far", "ahead", "near", "ahead", "far"]);
  // a look every 100 ms at all of them would be 96 times as many
  expect(asked).toBeLessThan(96 * count * 0.4);
});

test("what moved between two scrolls is found by the next", () => {
  const told = watchAll();
  scrollBy(80, 12);
  expect(told[30]?.at(-1)).toBe("far");
  vi.advanceTimersByTime(1000);
  // all above was folded away
  moved = -30 * height + scroller.scrollTop;
  scrollBy(8, 12);
  expect(told[30]?.at(-1)).toBe("near");
});
