import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { interruption, progress } from "../../src/notebook/index.js";
import { inCell, type Displayed } from "./recorded-host.js";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance", "setTimeout"] }));
afterEach(() => void vi.useRealTimers());

const textsOf = (displayed: readonly Displayed[]): unknown[] => displayed.map(({ bundle }) => bundle["text/plain"]);

/** Does `count` steps, `milliseconds` apart. */
async function work(bar: ReturnType<typeof progress>, count: number, milliseconds: number, detail?: string): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    vi.advanceTimersByTime(milliseconds);
    const step = bar.step(1, detail);
    await vi.advanceTimersByTimeAsync(0);
    await step;
  }
}

test("tells part, time and what is left, in one display that changes in place", async () => {
  const displayed = await inCell(async () => {
    const bar = progress("Training", 7);
    await work(bar, 7, 1000, "loss 0.5");
  });
  const texts = textsOf(displayed);
  expect(texts).toHaveLength(8);
  expect(texts[0]).toBe("Training ░░░░░░░░░░░░░░░░░░░░ 0% 0/7 · 0.0 s");
  expect(texts[2]).toMatch(/^Training ██████░{14} 28% 2\/7 · 2.0 s, (5.0 s left|剩余 5.0 s) · loss 0.5$/);
  expect(texts[7]).toBe("Training ████████████████████ 100% 7/7 · 7.0 s · loss 0.5");
  const [first, ...others] = displayed.map(({ options }) => options);
  expect(first).toEqual({ displayId: expect.stringMatching(/^heed-progress-\d+$/), update: false });
  expect(others.every((options) => options.update === true && options.displayId === first?.displayId)).toBe(true);
});

test("draws a thousand quick steps ten times a second", async () => {
  const displayed = await inCell(async () => {
    const bar = progress("Reading", 1009);
    await work(bar, 1009, 1);
  });
  // At the start, each 100 ms of the 1,009, and at the end.
  expect(displayed).toHaveLength(1 + 10 + 1);
});

test("counts where nobody knows the total, until it is told the end", async () => {
  const displayed = await inCell(async () => {
    const bar = progress("Downloading");
    await work(bar, 3, 61_000);
    bar.end("saved");
    bar.end("again");
  });
  expect(textsOf(displayed).at(-1)).toBe("Downloading 3 · 3 min 03 s · saved");
  expect(displayed).toHaveLength(5);
});

test("an interrupt ends the work", async () => {
  const controller = new AbortController();
  await inCell(async () => {
    expect(interruption()).toBe(controller.signal);
    const bar = progress("Training", 5);
    await work(bar, 2, 1000);
    controller.abort(new Error("interrupted"));
    await expect(bar.step()).rejects.toThrow("interrupted");
    expect(bar.done).toBe(2);
  }, controller);
});

test("outside a notebook nothing can interrupt, and the line goes to standard error", async () => {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    expect(interruption()).toBeUndefined();
    await work(progress("Training", 2), 2, 1000);
    expect(write.mock.calls.map(([text]) => text).join("")).toContain("100% 2/2");
  } finally {
    write.mockRestore();
  }
});

test("refuses a total that is no number of steps", () => {
  expect(() => progress("x", Number.NaN)).toThrow(new RangeError("progress: expected a total ≥ 0; got NaN"));
  expect(() => progress("x", -1)).toThrow(RangeError);
});
