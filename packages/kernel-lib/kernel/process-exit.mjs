/** `process.exit()` in a cell: ends the cell, and keeps the kernel with all that the notebook holds. */
import { Ending } from "./interruption.mjs";

const end = process.exit.bind(process);

/** Ends the kernel. @param {number} code */
export const exitKernel = (code) => end(code);

/** What a cell that called `process.exit()` ends with. */
class ProcessExit extends Ending {
  /** @param {number | string | null | undefined} code */
  constructor(code) {
    super(
      `process.exit(${code ?? ""}) ended the cell; the kernel goes on, with all its variables. To end the kernel, shut it down from the Kernel menu`,
    );
    this.name = "ProcessExit";
  }
}

/** @param {(reason: Ending) => void} endCell */
export function keepFromExiting(endCell) {
  process.exit = (code) => {
    const reason = new ProcessExit(code ?? process.exitCode);
    endCell(reason);
    throw reason;
  };
}
