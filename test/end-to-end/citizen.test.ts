/** The extension as a part of JupyterLab: it can be read by everyone, follows settings, loses nothing and leaves nothing behind. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { makeNote, writeDocument } from "heed/note";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { notebookFolder } from "../../scripts/setup/places.mjs";
import { figuresIn, openBrowser, openPage, readFigures, runCommand, setTheme, type Visit } from "../support/browser.js";
import { findings } from "../support/findings.js";
import { startLab, type Lab } from "../support/lab.js";
import { countPage, probe, type PageCounts } from "../support/page-probe.js";

const lesson = "00-notes-on-attention.ipynb";

const files = {
  [lesson]: readFileSync(join(notebookFolder, lesson), "utf8"),
  "table.csv": "x,y\n0.25,0.75\n0.5,0.5\n",
  "one.heed.json": writeDocument([
    makeNote({ title: "one", weights: [[[0.25, 0.75]], [[0.5, 0.5]]], columns: ["x", "y"], heads: ["1", "2"] }),
  ]),
};

let lab: Lab;
let browser: Browser;
beforeAll(async () => {
  [lab, browser] = await Promise.all([startLab(files), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await lab?.stop();
});

const open = (path: string, theme?: "light" | "dark"): Promise<Visit> =>
  openPage(browser, lab, path, { kernel: false, ...(theme && { theme }) });

declare const jupyterapp: {
  readonly commands: {
    readonly keyBindings: readonly { command: string; keys: readonly string[]; selector: string }[];
    listCommands(): string[];
    label(id: string, args: object): string;
    describedBy(id: string): Promise<{ args: object | null }>;
  };
  readonly shell: {
    readonly currentWidget: {
      close(): void;
      readonly id: string;
      readonly context: {
        readonly model: { readonly dirty: boolean; toJSON(): object; readonly sharedModel: { toJSON(): object } };
      };
      readonly content: {
        readonly widgets: readonly { readonly model: { readonly outputs: { add(output: object): void } } }[];
      };
    };
  };
};

describe.each(["light", "dark"] as const)("axe finds nothing serious in the %s theme", (theme) => {
  test("in figures and the panel of a notebook", async () => {
    const visit = await open(lesson, theme);
    await readFigures(visit.page, 1);
    await runCommand(visit.page, "heed:show-panel");
    await visit.page.locator(".jp-HeedPanel-button").first().waitFor();
    expect(await findings(visit.page, ".jp-HeedPanel")).toEqual([]);
    expect(await findings(visit.page, ".jp-HeedFigure")).toEqual([]);
    await visit.close();
  });

  test("in a document", async () => {
    const visit = await open("one.heed.json", theme);
    await readFigures(visit.page, 1);
    expect(await findings(visit.page, ".jp-HeedDocument")).toEqual([]);
    await visit.close();
  });
});

test("fifty documents opened and closed leave no figure behind, and no more than JupyterLab's own viewer does", async () => {
  const visit = await open("one.heed.json");
  const { page } = visit;
  const session = await probe(page);
  const cycle = async (path: string, shown: string): Promise<void> => {
    await runCommand(page, "docmanager:open", { path });
    await page.locator(shown).waitFor();
    await page.evaluate(() => jupyterapp.shell.currentWidget.close());
    await page.locator(shown).waitFor({ state: "detached" });
  };
  /** What fifty documents leave, after a few that fill caches. */
  const growth = async (path: string, shown: string): Promise<PageCounts> => {
    for (let i = 0; i < 10; i++) await cycle(path, shown);
    const before = await countPage(session, "jp-HeedFigure");
    for (let i = 0; i < 50; i++) await cycle(path, shown);
    const { lost, ...after } = await countPage(session, "jp-HeedFigure");
    return {
      lost,
      nodes: after.nodes - before.nodes,
      listeners: after.listeners - before.listeners,
      heap: after.heap - before.heap,
    };
  };
  const ours = await growth("one.heed.json", '.jp-HeedDocument .jp-HeedFigure[data-heed-state="drawn"]');
  const theirs = await growth("table.csv", ".jp-CSVViewer");
  // the last figure may be held by what was focused last
  expect(ours.lost).toBeLessThanOrEqual(1);
  // JupyterLab keeps the frame and the toolbar of every document that it closes, whoever shows it
  expect(ours.nodes).toBeLessThan(theirs.nodes * 1.2);
  expect(ours.listeners).toBeLessThan(theirs.listeners * 1.2 + 50);
  expect(ours.heap).toBeLessThan(theirs.heap * 1.2);
  expect(visit.errors).toEqual([]);
  await visit.close();
});

test("reading changes nothing in the notebook, and so nothing for those who share it", async () => {
  const visit = await open(lesson);
  const { page } = visit;
  const read = (): Promise<{ dirty: boolean; text: string }> =>
    page.evaluate(() => {
      const { model } = jupyterapp.shell.currentWidget.context;
      return { dirty: model.dirty, text: JSON.stringify([model.toJSON(), model.sharedModel.toJSON()]) };
    });
  await readFigures(page, 1);
  const before = await read();
  expect(before.dirty).toBe(false);
  const figure = figuresIn(page).first();
  await figure.hover();
  await figure.locator('[role="application"]').first().focus();
  for (const key of ["ArrowRight", "ArrowDown", "Enter", "Escape"]) await page.keyboard.press(key);
  for (const choice of await figure.locator('[role="radio"]').all()) await choice.click();
  await setTheme(page, "dark");
  await runCommand(page, "heed:show-panel");
  await runCommand(page, "heed:set-colour-scale", { scale: "magma" });
  await readFigures(page, 1);
  expect(await read()).toEqual(before);
  await runCommand(page, "heed:set-colour-scale", { scale: "blue" });
  await visit.close();
});

test("the launcher's card opens pictures that need no kernel, and asks for none", async () => {
  const visit = await open("one.heed.json");
  const { page } = visit;
  await runCommand(page, "launcher:create");
  await page.locator(".jp-LauncherCard", { hasText: "Attention notes" }).click();
  await readFigures(page.locator(".jp-NotebookPanel"), 1);
  await page.locator("#jp-main-statusbar", { hasText: "No Kernel" }).waitFor();
  expect(await page.locator(".jp-Dialog").count()).toBe(0);
  expect(visit.errors).toEqual([]);
  await visit.close();
});

test("forced colours leave the pictures theirs, and the high contrast theme gives them its own", async () => {
  const visit = await open("one.heed.json");
  const { page } = visit;
  await setTheme(page, "light"); // a test before may have left another: the server keeps it
  await readFigures(page, 1);
  const textColour = (): Promise<string> =>
    page
      .locator(".jp-HeedFigure .ytick text")
      .first()
      .evaluate((label) => getComputedStyle(label).fill);
  await page.emulateMedia({ forcedColors: "active" });
  expect(await findings(page, ".jp-HeedDocument")).toEqual([]);
  await page.emulateMedia({ forcedColors: "none" });
  const before = await textColour();
  await runCommand(page, "apputils:change-theme", { theme: "JupyterLab Dark High Contrast" });
  await page.waitForSelector("#jupyterlab-splash", { state: "detached" });
  await expect.poll(textColour).not.toBe(before);
  expect(await findings(page, ".jp-HeedDocument")).toEqual([]);
  await visit.close();
});

test("in Chinese the palette finds commands by their words, and a shortcut opens the list of notes", async () => {
  const translation = "@jupyterlab/translation-extension:plugin";
  await lab.set(translation, { locale: "zh_CN" });
  const visit = await open(lesson);
  const { page } = visit;
  await runCommand(page, "apputils:activate-command-palette");
  await page.locator(".lm-CommandPalette-input").fill("笔记列表");
  const found = page.locator(".lm-CommandPalette-itemLabel");
  await expect.poll(() => found.allTextContents()).toEqual(["在笔记列表中显示"]);
  await page.keyboard.press("Escape");
  await page.keyboard.press("ControlOrMeta+Shift+Y");
  await page.locator(".jp-HeedPanel", { hasText: /\d+ 则注意力笔记/ }).waitFor();
  await visit.close();
  await lab.set(translation, { locale: "default" });
});

test("settings take effect at once", async () => {
  const visit = await open("one.heed.json");
  const { page } = visit;
  const [before] = await readFigures(page, 1);
  const set = (name: string, value: unknown): Promise<void> =>
    runCommand(page, "heed:set-numbers", { numbers: value }).then(() => void name);
  await set("numbers", "never");
  await expect.poll(async () => (await readFigures(page, 1))[0]?.numbers).toEqual([]);
  await set("numbers", "auto");
  await expect.poll(async () => (await readFigures(page, 1))[0]?.numbers).toEqual(before?.numbers);
  await visit.close();
});

test("every command has a label and says what it takes, and no shortcut is taken twice", async () => {
  const visit = await open("one.heed.json");
  const commands = await visit.page.evaluate(() =>
    Promise.all(
      jupyterapp.commands
        .listCommands()
        .filter((id) => id.startsWith("heed:"))
        .map(async (id) => ({
          id,
          label: jupyterapp.commands.label(id, {}),
          args: (await jupyterapp.commands.describedBy(id)).args,
        })),
    ),
  );
  expect(commands.length).toBeGreaterThan(8);
  for (const { id, label, args } of commands) {
    expect(label, id).not.toBe("");
    expect(args, id).toMatchObject({ type: "object" });
  }
  const bindings = await visit.page.evaluate(() =>
    jupyterapp.commands.keyBindings.map(({ command, keys, selector }) => ({ command, keys: keys.join(" "), selector })),
  );
  const ours = bindings.filter(({ command }) => command.startsWith("heed:"));
  expect(ours.length).toBeGreaterThan(0);
  for (const { keys, command } of ours) {
    expect(bindings.filter((other) => other.keys === keys && other.command !== command)).toEqual([]);
  }
  await visit.close();
});
