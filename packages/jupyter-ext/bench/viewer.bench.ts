/**
 * The viewer beside BertViz and CircuitsVis: the same attention, the same machine, one run. What it weighs in a notebook, how long
 * it takes to make, to draw and to answer the pointer. A peer's page is made and drawn once, in a browser of its own; one that is
 * not drawn in time is reported with that time, so its ratio is the least there can be.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { show } from "heed";
import type { DisplayBundle, PlainTensor } from "heed/note";
import type { Browser } from "playwright-core";
import { extensionFolder } from "../../../scripts/setup/places.mjs";
import { openBrowser } from "../../../test/support/browser.ts";
import { makeNotebook, startLab } from "../../../test/support/lab.ts";
import type { Bench } from "../../kernel-lib/bench/harness.ts";
import { timed } from "../../kernel-lib/bench/harness.ts";
import type { PythonPeer } from "../../kernel-lib/bench/python-peer.ts";
import { sizesOf } from "../scripts/sizes.mjs";
import { diagonal, hover } from "./hover.ts";
import { arrive, noise, notebookOf, openIdle, windowSize, wordsOf } from "./lab-page.ts";
import { scroll } from "./scroll.ts";
import { openPeer, servePages } from "./viewer-peers.ts";

/** How long a peer may take to draw, in ms. */
const patience = 120_000;

interface Size {
  readonly name: string;
  readonly shape: readonly [layers: number, heads: number, rows: number, columns: number];
  /** Limits: megabytes in the notebook, and milliseconds. */
  readonly stored: number;
  readonly made?: number;
  readonly drawn?: number;
  readonly peers: readonly Viewer[];
  /** Samples of what is made and drawn; fewer where each takes seconds. */
  readonly samples?: number;
}

/** A peer's way to show attention, and what is on its page when it is drawn. */
interface Viewer {
  readonly name: string;
  readonly viewer: string;
  readonly content: string;
  /** What the pointer is moved over. */
  readonly hovered?: string;
}

const headView: Viewer = {
  name: "BertViz 1.4.1, head view",
  viewer: "bertviz head view",
  content: "#attention line",
  hovered: "#left .background",
};
const modelView: Viewer = { name: "BertViz 1.4.1, model view", viewer: "bertviz model view", content: "svg line" };
const circuitsVis: Viewer = { name: "CircuitsVis 1.43.3", viewer: "circuitsvis", content: "canvas", hovered: "canvas" };

/** Peers at 144 × 512 take 8 GB of memory to make 1.7 GB, which no browser opened in minutes: only where it is asked for. */
const hugePeers = process.env["HEED_BENCH_HUGE"] === "1";

/** HEED_CASES="scrolling" measures only those whose name begins so. */
const chosen = process.env["HEED_CASES"] ?? "";
const isChosen = (name: string): boolean => name.startsWith(chosen);

const sizes: readonly Size[] = [
  { name: "12 heads × 128", shape: [1, 12, 128, 128], stored: 0.3, drawn: 400, peers: [headView, circuitsVis] },
  { name: "1 head × 512", shape: [1, 1, 512, 512], stored: 0.5, drawn: 400, peers: [headView, circuitsVis] },
  { name: "144 heads × 32", shape: [12, 12, 32, 32], stored: 0.25, peers: [modelView, circuitsVis] },
  {
    name: "144 heads × 128",
    shape: [12, 12, 128, 128],
    stored: 3.2,
    made: 300,
    drawn: 800,
    peers: [modelView, circuitsVis],
  },
  {
    name: "144 heads × 512",
    shape: [12, 12, 512, 512],
    stored: 5,
    drawn: 1000,
    peers: hugePeers ? [modelView, circuitsVis] : [],
    samples: 3,
  },
  { name: "12 heads × 4,096", shape: [1, 12, 4096, 4096], stored: 5, drawn: 1500, peers: [], samples: 1 },
];

/** What the kernel lets a cell display; the bench stands in its place. */
const kernelHost: unique symbol = Symbol.for("heed.host") as never;

/** The display that `show` makes of attention in a cell of a notebook: large weights go to a file in the notebook's folder. */
function displayOf({ shape, data }: PlainTensor, notebook: string): DisplayBundle {
  const [layers = 1, heads = 1, ...matrix] = shape;
  const leading = layers > 1 ? [layers, heads] : heads > 1 ? [heads] : [];
  const words = wordsOf(shape.at(-1) ?? 1);
  let shown: DisplayBundle | undefined;
  const cell = { id: "bench", count: 1, signal: new AbortController().signal };
  const display = (bundle: DisplayBundle): void => {
    shown = bundle;
  };
  Object.assign(globalThis, { [kernelHost]: { version: 1, cell, display } });
  process.env["JPY_SESSION_NAME"] = notebook;
  show({ shape: [...leading, ...matrix], data }, { rows: words, columns: words, language: "en" });
  if (!shown) throw new Error("viewer bench: show displayed nothing");
  return shown;
}

/** What a peer made of attention. */
interface PeerPage {
  readonly name: string;
  readonly made: number;
  readonly megabytes: number;
  readonly drawn: number | undefined;
  readonly hover: number | undefined;
}

/** Makes and opens a peer's page, once. */
async function measurePeer(
  { name, viewer, content, hovered }: Viewer,
  { shape, data }: PlainTensor,
  python: PythonPeer,
  pages: { readonly folder: string; readonly url: string },
): Promise<PeerPage> {
  const weights = join(pages.folder, "weights.f32");
  const file = join(pages.folder, "page.html");
  writeFileSync(weights, new Uint8Array(Float32Array.from(data).buffer));
  const tokens = wordsOf(shape.at(-1) ?? 1);
  const made = await python.sample("page", { viewer, shape, weights, tokens, file })();
  const megabytes = await python.sample("megabytes", { file })();
  const browser = await openBrowser();
  try {
    const { page, drawn } = await openPeer(browser, `${pages.url}page.html`, content, patience);
    if (drawn === undefined || hovered === undefined) return { name, made, megabytes, drawn, hover: undefined };
    const boxes = await page.locator(hovered).evaluateAll((elements) =>
      elements
        .map((element) => element.getBoundingClientRect())
        .map(({ x, y, width, height }) => ({ x, y, width, height: Math.min(height, innerHeight - y) }))
        .filter(({ width, height }) => width > 0 && height > 0),
    );
    // one large picture, or a list of things
    const largest = boxes.toSorted((a, b) => b.width * b.height - a.width * a.height)[0];
    const step = Math.max(1, Math.floor(boxes.length / 15));
    const places =
      hovered === "canvas" && largest
        ? diagonal(largest)
        : boxes.filter((_, i) => i % step === 0).map(({ x, y, width, height }) => [x + width / 2, y + height / 2] as const);
    return { name, made, megabytes, drawn, hover: await hover(page, places) };
  } finally {
    await browser.close();
  }
}

/** A peer as the harness wants it; what never ended is as long as it was waited for. */
function peerOf(page: PeerPage, value: number | undefined): { name: string; sample: () => number } {
  return value === undefined
    ? { name: `${page.name}, not drawn in ${patience / 1000} s`, sample: () => patience }
    : { name: page.name, sample: () => value };
}

/** What an empty page takes to answer the pointer: the browser's own share. */
async function hoverEmpty(browser: Browser): Promise<number> {
  const context = await browser.newContext({ viewport: windowSize });
  const page = await context.newPage();
  const time = await hover(page, diagonal({ x: 100, y: 100, width: 800, height: 800 }));
  await context.close();
  return time;
}

/** What the pointer is moved over: whichever view the note opens with. */
const cells = ".jp-HeedFigure-stage [role=application]";

export default async function bench(bench: Bench): Promise<void> {
  for (const [part, limit] of [
    ["first", 60],
    ["lazy", 600],
  ] as const) {
    const kilobytes = sizesOf(join(extensionFolder, "jupyterlab_heed/labextension/static"))[part];
    const name = part === "first" ? "what every page loads, gzip" : "what pages with notes load, gzip";
    if (!isChosen(name)) continue;
    await bench.compare({ name, unit: "kB", ours: () => kilobytes, limit, samples: 1, warmUp: 0 });
  }

  const folder = mkdtempSync(join(tmpdir(), "heed-viewer-"));
  bench.onEnd(() => rmSync(folder, { recursive: true }));
  const server = await servePages(folder);
  bench.onEnd(() => server.stop());
  const python = bench.python("viewers.py");

  const empty = "empty.ipynb";
  const many = "many.ipynb";
  const plain = "plain.ipynb";
  const lab = await startLab({
    [empty]: makeNotebook([{ code: "" }]),
    [many]: notebookOf(Array.from({ length: 100 }, () => displayOf(noise([1, 12, 32, 32]), join(folder, empty)))),
    // JupyterLab's own share: about as large as a note
    [plain]: notebookOf(
      Array.from({ length: 100 }, () => ({ "text/plain": Array<string>(55).fill("the cat 我 ".repeat(9)).join("\n") })),
    ),
  });
  bench.onEnd(() => lab.stop());
  const browser = await openBrowser();
  bench.onEnd(() => browser.close());

  const none = await hoverEmpty(browser);
  for (const size of sizes.filter(({ name }) => isChosen(name))) {
    const attention = noise(size.shape);
    const notebook = join(lab.folder, empty);
    const bundle = displayOf(attention, notebook);
    const page = await openIdle(browser, lab, empty);
    const theirs: (PeerPage | undefined)[] = [];
    for (const viewer of size.peers) {
      theirs.push(await measurePeer(viewer, attention, python, { folder, url: server.url }));
    }
    for (const other of theirs.length > 0 ? theirs : [undefined]) {
      const { name, samples = 7 } = size;
      await bench.compare({
        name: `${name}: in the notebook`,
        unit: "MB",
        ours: () => new TextEncoder().encode(JSON.stringify(bundle)).length / 1e6,
        ...(other && { peer: { name: other.name, sample: () => other.megabytes } }),
        limit: size.stored,
        samples: 1,
        warmUp: 0,
      });
      await bench.compare({
        name: `${name}: made`,
        unit: "ms",
        ours: timed(() => displayOf(attention, notebook)),
        ...(other && { peer: { name: other.name, sample: () => other.made } }),
        ...(size.made !== undefined && { limit: size.made }),
        samples,
        warmUp: 1,
      });
      await bench.compare({
        name: `${name}: drawn`,
        unit: "ms",
        ours: () => page.evaluate(arrive, bundle),
        ...(other && { peer: peerOf(other, other.drawn) }),
        ...(size.drawn !== undefined && { limit: size.drawn }),
        samples: Math.max(3, samples),
        warmUp: 1,
      });
      const box = await page.locator(cells).first().boundingBox();
      if (!box) throw new Error("viewer bench: the picture has no cells to point at");
      const seen = { ...box, height: Math.min(box.height, windowSize.height - 60 - box.y) };
      await bench.compare({
        name: `${name}: hover to paint, beyond an empty page's`,
        unit: "ms",
        ours: async () => Math.max(0, (await hover(page, diagonal(seen))) - none),
        ...(other?.hover !== undefined && { peer: { name: other.name, sample: () => Math.max(0, (other.hover ?? 0) - none) } }),
        limit: 50,
        samples: 3,
        warmUp: 1,
      });
    }
    await page.context().close();
  }

  const scrolling = "scrolling 100 notes of 12 heads × 32";
  if (!isChosen(scrolling)) return;
  await bench.compare({
    name: scrolling,
    unit: "frames/s",
    ours: () => scroll(browser, lab, many, 90),
    peer: { name: "JupyterLab, 100 outputs of text as large", sample: () => scroll(browser, lab, plain) },
    limit: 50,
    better: "higher",
    samples: 3,
    warmUp: 0,
  });
}
