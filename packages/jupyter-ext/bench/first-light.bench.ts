/**
 * What a person waits for: the first picture of a notebook, and the pictures of large notes, in real JupyterLab and a real browser
 * with an empty cache. A time ends with the first frame in which the picture is there.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { displayBundle, makeNote, type DisplayBundle } from "heed/note";
import { notebookFolder } from "../../../scripts/setup/places.mjs";
import { openBrowser } from "../../../test/support/browser.ts";
import { makeNotebook, startLab } from "../../../test/support/lab.ts";
import type { Bench } from "../../kernel-lib/bench/harness.ts";
import type { Sample } from "../../kernel-lib/bench/sample.ts";
import { arrive, firstPicture, noise, notebookOf, openIdle, wordsOf } from "./lab-page.ts";

const lesson = "00-notes-on-attention.ipynb";
const computed = "computed.ipynb";
const empty = "empty.ipynb";

/** The display of a note of H × T × T weights. */
function display(heads: number, tokens: number): DisplayBundle {
  const words = wordsOf(tokens);
  return displayBundle(makeNote({ weights: noise([heads, tokens, tokens]), rows: words, columns: words }));
}

export default async function bench(bench: Bench): Promise<void> {
  const heads = display(12, 128);
  const large = display(1, 512);
  const files = {
    [lesson]: readFileSync(join(notebookFolder, lesson), "utf8"),
    [computed]: notebookOf([heads]),
    [empty]: makeNotebook([{ code: "" }]),
  };
  const lab = await startLab(files);
  bench.onEnd(() => lab.stop());
  const browser = await openBrowser();
  bench.onEnd(() => browser.close());

  const rounds = { samples: 7, warmUp: 1 };
  const wait = (name: string, ours: Sample, limit: number): Promise<unknown> =>
    bench.compare({ name, unit: "ms", ours, limit, ...rounds });

  await wait("first picture, written notes", () => firstPicture(browser, lab, lesson), 1000);
  await wait("first picture, 12 heads × 128 computed earlier", () => firstPicture(browser, lab, computed), 1000);

  const first =
    (bundle: DisplayBundle): Sample =>
    async () => {
      const page = await openIdle(browser, lab, empty);
      const time = await page.evaluate(arrive, bundle);
      await page.context().close();
      return time;
    };
  await wait("12 heads × 128 drawn, Plotly not loaded yet", first(heads), 500);

  const page = await openIdle(browser, lab, empty);
  await wait("12 heads × 128 drawn", () => page.evaluate(arrive, heads), 500);
  await wait("1 head × 512 drawn", () => page.evaluate(arrive, large), 500);
}
