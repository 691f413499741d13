import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { tensor } from "../../src/engine/index.js";
import { multiply, type Traced } from "../../src/engine/ops.js";
import { liveTraining } from "../../src/notebook/index.js";
import { describeCurve, drawCurve, type LossCurve } from "../../src/notebook/loss-curve.js";
import { meanSquaredError, train, type Model } from "../../src/training/index.js";
import { checkpointFile } from "../../src/storage/index.js";
import { inCell } from "./recorded-host.js";

const line: Model<{ slope: Traced }, { x: Traced; y: Traced }> = {
  parameters: { slope: tensor([0]) },
  loss: ({ slope }, { x, y }) => meanSquaredError(multiply(x, slope), y),
};
const points = { x: tensor([1, 2, 3]), y: tensor([2, 4, 6]) };

const curve: LossCurve = {
  title: "A <line> & 直线",
  training: { steps: [1, 2, 3], losses: [4, 2, 1] },
  validation: { steps: [2, 3], losses: [2.5, 1.25] },
  lastStep: 1000,
  reason: undefined,
};

describe("the curve", () => {
  test("is told in a sentence in both languages", () => {
    expect(describeCurve(curve, "en")).toBe("A <line> & 直线: step 3/1,000, loss 4 → 1, lowest in validation 1.25 at step 3");
    expect(describeCurve({ ...curve, reason: "interrupted" }, "zh-CN")).toBe(
      "A <line> & 直线：第 3/1,000 步，损失 4 → 1，验证最低 1.25（第 3 步），已中断",
    );
    const empty = { steps: [], losses: [] };
    expect(describeCurve({ ...curve, training: empty, validation: empty }, "en")).toBe("A <line> & 直线: preparing");
  });

  test("is drawn where it should be, with text escaped", () => {
    const svg = drawCurve(curve, "en");
    expect(svg).toContain("<title>A &lt;line&gt; &amp; 直线</title>");
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    // losses 4, 2, 1 on a scale from 0 to 4 over the 198 units from y = 40 to 238
    const heights = [...svg.matchAll(/d="M([^"]*)"/g)].map(([, path = ""]) =>
      path.split("L").map((point) => Number(point.split(" ")[1])),
    );
    expect(heights[0]).toEqual([40, 139, 188.5]);
    expect(heights.at(-1)).toEqual([114.3, 176.1]);
    expect([...svg.matchAll(/<circle/g)]).toHaveLength(2);
  });

  test("of a hundred thousand steps has only as many points as can be seen", () => {
    const steps = Array.from({ length: 100_000 }, (_, i) => i + 1);
    const svg = drawCurve({ ...curve, training: { steps, losses: steps.map((step) => 1 / step) } }, "en");
    expect(svg.length).toBeLessThan(20_000);
  });

  test("of one step, equal losses or losses that are not finite is still a picture", () => {
    for (const losses of [[2], [2, 2], [Number.NaN, 1], [Number.POSITIVE_INFINITY]]) {
      const training = { steps: losses.map((_, i) => i + 1), losses };
      const svg = drawCurve({ ...curve, training, validation: { steps: [], losses: [] }, lastStep: undefined }, "zh-CN");
      expect(svg).toMatch(/^<svg .*<\/svg>$/);
      expect(svg).not.toMatch(/(x|y|d|cx|cy)="[^"]*(NaN|Infinity)/);
    }
  });
});

describe("in a cell", () => {
  test("a training is one display that changes in place and ends with its reason", async () => {
    const displayed = await inCell(async () => {
      await train(line, [points], { steps: 30, learningRate: 0.1, ...liveTraining({ title: "A line", language: "en" }) });
    });
    expect(displayed.length).toBeGreaterThanOrEqual(2);
    const [first, ...others] = displayed.map(({ options }) => options);
    expect(first?.update).toBe(false);
    expect(others.every(({ update, displayId }) => update === true && displayId === first?.displayId)).toBe(true);
    expect(displayed[0]?.bundle["text/plain"]).toBe("A line: preparing");
    expect(displayed.at(-1)?.bundle["text/plain"]).toMatch(/^A line: step 30\/30, loss 18.7 → \S+, finished$/);
    expect(displayed.at(-1)?.bundle["image/svg+xml"]).toMatch(/^<svg /);
  });

  test("an interrupt ends it, and nothing is lost", async () => {
    const controller = new AbortController();
    await inCell(async (displayed) => {
      const live = liveTraining({ language: "en" });
      const { reason, steps, parameters } = await train(line, [points], {
        steps: 1000,
        learningRate: 0.1,
        ...live,
        report: (event) => {
          live.report(event);
          if (event.step === 5) controller.abort();
        },
      });
      expect([reason, steps.length]).toEqual(["interrupted", 5]);
      expect(parameters.slope.data[0]).toBeGreaterThan(0);
      expect(displayed.at(-1)?.bundle["text/plain"]).toContain("interrupted");
    }, controller);
  });
});

describe("a checkpoint file", () => {
  const folder = mkdtempSync(join(tmpdir(), "heed-checkpoint-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("carries a training over to another run, bit for bit", async () => {
    const path = join(folder, "line.safetensors");
    const whole = await train(line, [points], { steps: 9, learningRate: 0.1 });
    const store = checkpointFile(path);
    expect(await store.load()).toBeUndefined();
    await train(line, [points], { steps: 4, learningRate: 0.1, checkpoint: { store, interval: 2 } });
    expect(readFileSync(path).includes("heed-checkpoint-1")).toBe(true);
    const resumed = await train(line, [points], { steps: 9, learningRate: 0.1, checkpoint: { store: checkpointFile(path) } });
    expect(resumed.steps.map(({ step }) => step)).toEqual([5, 6, 7, 8, 9]);
    expect(resumed.steps.map(({ loss }) => loss)).toEqual(whole.steps.slice(4).map(({ loss }) => loss));
    expect(resumed.parameters).toEqual(whole.parameters);
  });
});
