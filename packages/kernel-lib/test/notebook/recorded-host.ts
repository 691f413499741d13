/** Stands where the kernel puts its host, and keeps what is displayed. */
import { kernelHostSymbol, type Bundle, type DisplayOptions, type KernelHost } from "../../src/notebook/host.js";

export interface Displayed {
  readonly bundle: Bundle;
  readonly options: DisplayOptions;
}

/** Runs `work` as the code of one cell; `controller` is what an interrupt aborts. */
export async function inCell(
  work: (displayed: readonly Displayed[]) => unknown,
  controller: AbortController = new AbortController(),
  id = "cell",
): Promise<readonly Displayed[]> {
  const displayed: Displayed[] = [];
  const cell = { id, count: 1, signal: controller.signal };
  const host: KernelHost = { version: 1, cell, display: (bundle, options = {}) => void displayed.push({ bundle, options }) };
  const place = globalThis as { [kernelHostSymbol]?: KernelHost };
  place[kernelHostSymbol] = host;
  try {
    await work(displayed);
  } finally {
    delete place[kernelHostSymbol];
  }
  return displayed;
}
