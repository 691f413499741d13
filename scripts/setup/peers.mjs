/** The Python libraries that benchmarks compare with, in an environment of their own: `.venv-peers`. */
import { join } from "node:path";
import { inEnvironment, libraryFolder, root } from "./places.mjs";
import { makeEnvironment } from "./python.mjs";
import { say } from "./words.mjs";

/** Installs them where they are missing and returns their Python. */
export async function installPeers() {
  const folder = join(root, ".venv-peers");
  const requirements = join(libraryFolder, "bench/requirements.txt");
  // PyTorch by itself first: its CPU build has a version of its own that a frozen list cannot name for every system.
  const calls = [
    ["torch==2.13.0", "-c", requirements],
    ["--no-deps", "-r", requirements],
  ];
  await makeEnvironment(say("Python peers (1 GB)", "用于对比的 Python 库(1 GB)"), folder, calls, [requirements], 11);
  return inEnvironment("python", folder);
}
