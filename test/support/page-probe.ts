/** What a page of JupyterLab holds on to, asked of Chromium itself. */
import type { CDPSession, Page } from "playwright-core";

/** Counts after a garbage collection. */
export interface PageCounts {
  readonly listeners: number;
  readonly nodes: number;
  /** Bytes of JavaScript objects. */
  readonly heap: number;
  /** Elements of a class that are not on the page but still held. */
  readonly lost: number;
}

/** Collects garbage and counts what is left; `lostClass` is the class of elements that should be gone. */
export async function countPage(session: CDPSession, lostClass: string): Promise<PageCounts> {
  // what is freed by one collection may free more
  for (let i = 0; i < 3; i++) await session.send("HeapProfiler.collectGarbage");
  await session.send("Performance.enable");
  const { metrics } = await session.send("Performance.getMetrics");
  const value = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
  const { result: prototype } = await session.send("Runtime.evaluate", { expression: "HTMLDivElement.prototype" });
  if (prototype.objectId === undefined) throw new Error("countPage: the page has no elements");
  const { objects } = await session.send("Runtime.queryObjects", { prototypeObjectId: prototype.objectId });
  const { result } = await session.send("Runtime.callFunctionOn", {
    ...(objects.objectId !== undefined && { objectId: objects.objectId }),
    functionDeclaration:
      "function (name) { return this.filter((element) => !element.isConnected && element.classList.contains(name)).length; }",
    arguments: [{ value: lostClass }],
    returnByValue: true,
  });
  for (const { objectId } of [prototype, objects]) {
    if (objectId !== undefined) await session.send("Runtime.releaseObject", { objectId });
  }
  return {
    listeners: value("JSEventListeners"),
    nodes: value("Nodes"),
    heap: value("JSHeapUsedSize"),
    lost: Number(result.value),
  };
}

export const probe = (page: Page): Promise<CDPSession> => page.context().newCDPSession(page);
