/** Pages of BertViz and CircuitsVis in Chromium: a server for them, with what they would fetch from a CDN, and when they are drawn. */
import { execFile } from "node:child_process";
import { createReadStream, existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Browser, Page } from "playwright-core";
import { windowSize } from "./lab-page.ts";

const peers = join(import.meta.dirname, "peers");

/** What BertViz's pages ask their CDN for. */
const fetched: readonly (readonly [RegExp, string])[] = [
  [/\/require\.min\.js$/, "requirejs/require.js"],
  [/\/d3\.min\.js$/, "d3/dist/d3.min.js"],
  [/\/jquery\.min\.js$/, "jquery/dist/jquery.min.js"],
];

const isElsewhere = ({ hostname }: URL): boolean => hostname !== "127.0.0.1";

/** Serves the pages in a folder to the browser of this machine. */
export async function servePages(folder: string): Promise<{ url: string; stop(): void }> {
  if (!existsSync(join(peers, "node_modules"))) {
    const shell = process.platform === "win32";
    await promisify(execFile)("npm", ["ci", "--ignore-scripts"], { cwd: peers, shell });
  }
  const server = createServer((request, response) => {
    const name = /^\/([\w-]+\.html)$/.exec(request.url ?? "")?.[1];
    response.setHeader("content-type", "text/html; charset=utf-8");
    if (name === undefined) response.writeHead(404).end();
    else createReadStream(join(folder, name)).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

declare const pageChanges: { painted: number };

/** Runs in the page before its scripts: when the frame that followed the last change of the page was painted. */
function noteChanges(): void {
  const changes = { painted: 0 };
  Object.assign(globalThis, { pageChanges: changes });
  const observer = new MutationObserver(() => {
    requestAnimationFrame(() => setTimeout(() => (changes.painted = performance.now())));
  });
  observer.observe(document, { childList: true, subtree: true, attributes: true, characterData: true });
}

/** A page without a change for this many ms is drawn. */
const quiet = 1500;

/**
 * Opens a page and waits until it holds `content` and changes no more.
 * @returns the ms from navigation to the last frame, or undefined where there is none within `timeout` ms
 */
export async function openPeer(
  browser: Browser,
  address: string,
  content: string,
  timeout: number,
): Promise<{ page: Page; drawn: number | undefined }> {
  const context = await browser.newContext({ viewport: windowSize });
  await context.route(isElsewhere, async (route) => {
    const file = fetched.find(([pattern]) => pattern.test(route.request().url()))?.[1];
    if (file === undefined) await route.abort();
    else await route.fulfill({ path: join(peers, "node_modules", file), contentType: "text/javascript" });
  });
  await context.addInitScript(noteChanges);
  const page = await context.newPage();
  try {
    const end = Date.now() + timeout;
    await page.goto(address, { timeout, waitUntil: "commit" });
    await page.waitForFunction(
      ([selector, pause]) =>
        document.querySelector(selector) !== null && performance.now() - pageChanges.painted > pause && pageChanges.painted > 0,
      [content, quiet] as const,
      { timeout: Math.max(1, end + quiet - Date.now()), polling: 100 },
    );
    return { page, drawn: await page.evaluate(() => pageChanges.painted) };
  } catch (error) {
    // a page that draws for minutes answers nothing, and one of more than 500 MB ends its process
    if (/Timeout|crash|closed|ERR_/i.test(String(error))) return { page, drawn: undefined };
    throw error;
  }
}
