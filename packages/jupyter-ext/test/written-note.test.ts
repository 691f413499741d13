// @vitest-environment happy-dom
import type { ISignal } from "@lumino/signaling";
import type { IRenderMime } from "@jupyterlab/rendermime-interfaces";
import type { Language } from "heed/note";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { IFigures } from "../src/figures.js";
import type { FileServices } from "../src/files/beside.js";
import type { OpenSide } from "../src/view/side-weights.js";
import type * as evaluation from "../src/notes/evaluate.js";
import { drawFences } from "../src/notes/fences.js";
import { WrittenNote } from "../src/notes/written-note.js";
import { Prediction } from "../src/tools/prediction.js";
import { NoteFigure } from "../src/view/note-figure.js";
import { defaultSettings } from "../src/view/options.js";
import { english } from "./drawing-options.js";

// JupyterLab's web components ask a page for style sheets that it does not have here; of them only an icon is used
vi.mock("@jupyterlab/ui-components", () => ({
  LabIcon: class {
    element(): void {}
  },
}));

/** The evaluator itself, but late where the text says so. */
vi.mock("../src/notes/evaluate.js", async (original) => {
  const { evaluate } = await original<typeof evaluation>();
  return {
    evaluate: async (text: string, language: Language) => {
      if (text.includes("slow")) await new Promise((resolve) => setTimeout(resolve, 40));
      return evaluate(text, language);
    },
  };
});

/** Figures as the extension makes them, without JupyterLab. Nothing is near the viewport here, so nothing is drawn. */
class TestFigures implements IFigures {
  readonly settings = defaultSettings;
  readonly phrases = english;
  readonly prediction = new Prediction();
  readonly writer = undefined;
  readonly current = undefined;
  readonly all = new Set<NoteFigure>();
  readonly currentChanged = { connect: () => true, disconnect: () => true } as unknown as ISignal<IFigures, undefined>;
  language: Language = "en";
  readonly #callbacks = new Set<() => void>();

  create(): NoteFigure {
    const figure = new NoteFigure(this);
    this.all.add(figure);
    figure.disposed.connect(() => void this.all.delete(figure));
    return figure;
  }

  find(): undefined {}

  async set(): Promise<void> {}

  readonly services = {} as FileServices;

  beside(): OpenSide {
    return () => Promise.reject(new Error("a written note has no files"));
  }

  onChange(callback: () => void): () => void {
    this.#callbacks.add(callback);
    return () => void this.#callbacks.delete(callback);
  }

  speak(language: Language): void {
    this.language = language;
    for (const callback of this.#callbacks) callback();
  }

  get followers(): number {
    return this.#callbacks.size;
  }
}

const good = "title: first\nweights: [[0.25, 0.75]]";
const better = "title: second\nweights: [[0.5, 0.5]]";
const bad = "title: third\nweights: [[0.25, 0.75], [1]]";

let figures: TestFigures;
beforeEach(() => {
  figures = new TestFigures();
});
afterEach(() => document.body.replaceChildren());

const titles = (root: Element): (string | null)[] =>
  [...root.querySelectorAll(".jp-HeedFigure-title")].map((title) => title.textContent);
const message = (root: Element): string | null | undefined => root.querySelector(".jp-HeedProblem:not([hidden])")?.textContent;

function sourceOf(text: string): HTMLElement {
  const pre = document.createElement("pre");
  pre.append(document.createElement("code"));
  pre.firstElementChild?.append(text);
  return pre;
}

test("a good text becomes a picture in place of its source", async () => {
  const note = new WrittenNote(figures);
  const source = sourceOf(good);
  note.node.append(source);
  note.update(good, source);
  await expect.poll(() => titles(note.node)).toEqual(["first"]);
  expect(note.node.contains(source)).toBe(false);
  expect(message(note.node)).toBeUndefined();
  expect(note.node.querySelector(".jp-HeedFigure-caption")?.textContent).toBe("“1” looks most at “2” (75%).");
});

test("a wrong text keeps its source and says what is wrong, where, in the language of the interface", async () => {
  const note = new WrittenNote(figures);
  const source = sourceOf(bad);
  note.update(bad, source);
  await expect.poll(() => message(note.node)).toMatch(/^Line 2, column 25 /);
  expect(note.node.firstElementChild).toBe(source);
  expect(figures.all.size).toBe(0);
  figures.speak("zh-CN");
  await expect.poll(() => message(note.node)).toMatch(/行/);
});

test("while the text is wrong the last good picture stays, dimmed, above the message", async () => {
  const note = new WrittenNote(figures);
  note.update(good);
  await expect.poll(() => titles(note.node)).toEqual(["first"]);
  const [figure] = figures.all;
  note.update(bad);
  await expect.poll(() => message(note.node)).toBeDefined();
  expect(note.node.firstElementChild).toBe(figure?.node);
  expect(figure?.node.classList.contains("jp-mod-outdated")).toBe(true);
  note.update(better);
  await expect.poll(() => titles(note.node)).toEqual(["second"]);
  expect(figure?.node.classList.contains("jp-mod-outdated")).toBe(false);
  expect(message(note.node)).toBeUndefined();
  expect([...figures.all]).toEqual([figure]);
});

test.each([
  ["good", "title: slow\nweights: [[1]]"],
  ["wrong", "title: slow\nweights: [[2]]"],
])("what was typed last is shown, also where a %s text before it is evaluated later", async (_, slow) => {
  const note = new WrittenNote(figures);
  note.update(slow);
  note.update(better);
  await expect.poll(() => titles(note.node)).toEqual(["second"]);
  await new Promise((resolve) => setTimeout(resolve, 80));
  expect(titles(note.node)).toEqual(["second"]);
  expect(message(note.node)).toBeUndefined();
});

test("a disposed note leaves nothing behind", async () => {
  const note = new WrittenNote(figures);
  note.update(good);
  await expect.poll(() => figures.all.size).toBe(1);
  note.dispose();
  expect(figures.all.size).toBe(0);
  expect(figures.followers).toBe(0);
});

/** A Markdown renderer like JupyterLab's: it replaces its content, waits, and is done. */
function markdownRenderer(): { render: (html: string) => Promise<void>; node: HTMLElement; dispose: () => void } {
  const node = document.createElement("div");
  document.body.append(node);
  const onDispose: (() => void)[] = [];
  const renderer = {
    node,
    disposed: { connect: (slot: () => void) => onDispose.push(slot) },
    renderModel: async (model: { html: string }) => {
      await Promise.resolve();
      node.innerHTML = model.html;
      await new Promise((resolve) => setTimeout(resolve, 5));
    },
  };
  let factory = {
    safe: true,
    mimeTypes: ["text/markdown"],
    createRenderer: () => renderer,
  } as unknown as IRenderMime.IRendererFactory;
  const registry = {
    getFactory: () => factory,
    getRank: () => 60,
    addFactory: (decorated: IRenderMime.IRendererFactory) => (factory = decorated),
  };
  drawFences(registry as never, figures);
  const decorated = factory.createRenderer({} as never);
  return {
    node,
    render: (html) => decorated.renderModel({ html } as never),
    dispose: () => onDispose.forEach((slot) => slot()),
  };
}

const fence = (text: string): string => `<pre><code class="language-attention">${text}\n</code></pre>`;

test("fences in rendered Markdown become pictures; other code stays", async () => {
  const { render, node } = markdownRenderer();
  await render(
    `<p>a</p>${fence(good)}<blockquote>${fence(better)}</blockquote><pre><code class="language-python">x</code></pre>`,
  );
  await expect.poll(() => titles(node)).toEqual(["first", "second"]);
  expect(node.querySelectorAll("pre")).toHaveLength(1);
  expect(node.querySelector("blockquote .jp-HeedFigure")).not.toBeNull();
});

test("a picture whose text did not change keeps its node, one whose text changed follows in its node, others go", async () => {
  const { render, node, dispose } = markdownRenderer();
  await render(fence(good) + fence(better));
  await expect.poll(() => titles(node)).toEqual(["first", "second"]);
  const [first, second] = node.querySelectorAll(".jp-HeedFigure");
  const third = "title: third\nweights: [[1]]";
  await render(`<p>new</p>${fence(third)}${fence(better)}`);
  await expect.poll(() => titles(node)).toEqual(["third", "second"]);
  expect([...node.querySelectorAll(".jp-HeedFigure")]).toEqual([first, second]);
  await render(fence(better));
  expect([...node.querySelectorAll(".jp-HeedFigure")]).toEqual([second]);
  expect(figures.all.size).toBe(1);
  dispose();
  expect(figures.all.size).toBe(0);
});

test("the picture is in place before the renderer has finished, so no frame shows the source", async () => {
  const { render, node } = markdownRenderer();
  await render(fence(good));
  await expect.poll(() => titles(node)).toEqual(["first"]);
  const rendering = render(`<p>changed</p>${fence(good)}`);
  await new Promise((resolve) => setTimeout(resolve, 1));
  expect(node.textContent).toContain("changed");
  expect(node.querySelector("pre")).toBeNull();
  expect(titles(node)).toEqual(["first"]);
  await rendering;
});
