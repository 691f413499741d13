/** A temporary folder for one run of tests: what tests leave in it, they would leave in the system's. */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Node's own and tsx's, named by the user's number: what is compiled once is compiled for all. */
const cache = /^(node-compile-cache|tsx-\d+)$/;

/**
 * Runs something whose temporary files go into a folder of its own, which is removed afterwards.
 * @template Result
 * @param {(env: NodeJS.ProcessEnv) => Promise<Result>} work gets the environment to start processes in
 * @returns {Promise<{ result: Result, left: string[] }>} what is still there at the end
 */
export async function inOwnTemporaryFolder(work) {
  // A short name: sockets in it may have about 100 characters.
  const folder = mkdtempSync(join(tmpdir(), "heed-"));
  try {
    const result = await work({ ...process.env, TMPDIR: folder, TMP: folder, TEMP: folder });
    return { result, left: readdirSync(folder).filter((name) => !cache.test(name)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
