/** npm run bench -- [NAME…] [--json]: measures; see packages/kernel-lib/bench/README.md. */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, existsSync } from "node:fs";
import { basename, join } from "node:path";
import { setUp } from "./setup/index.mjs";
import { findNode } from "./setup/node.mjs";
import { installPeers } from "./setup/peers.mjs";
import { extensionFolder, libraryFolder, root } from "./setup/places.mjs";
import { Problem, report } from "./setup/problem.mjs";
import { say } from "./setup/words.mjs";

const options = process.argv.slice(2).filter((word) => word.startsWith("--"));
const names = process.argv.slice(2).filter((word) => !word.startsWith("--"));

function benchFiles() {
  const folders = [libraryFolder, extensionFolder]
    .map((folder) => join(folder, "bench"))
    .filter((folder) => existsSync(folder));
  return folders
    .flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    .filter((file) => /\.bench\.(ts|mjs)$/.test(file))
    .filter((file) => names.length === 0 || names.some((name) => basename(file).startsWith(name)));
}

/**
 * @param {string} node
 * @param {string} file
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<number>}
 */
function measure(node, file, env) {
  const main = join(libraryFolder, "bench/main.ts");
  return new Promise((resolve) => {
    const child = spawn(node, ["--expose-gc", main, file, ...options], { cwd: root, env, stdio: "inherit" });
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

try {
  const files = benchFiles();
  if (files.length === 0) {
    throw new Problem(
      say(`no benchmark is called ${names.join(", ")}`, `没有名为 ${names.join("、")} 的基准测试`),
      say("Leave the name out to run all.", "不写名称即可运行全部。"),
    );
  }
  await setUp();
  const node = await findNode();
  const needPeers = files.some((file) => readFileSync(file, "utf8").includes(".python("));
  const env = { ...process.env, ...(needPeers && { HEED_PEERS_PYTHON: await installPeers() }) };
  for (const file of files) {
    if (!options.includes("--json")) console.log(`\n${basename(file)}`);
    process.exitCode = (await measure(node, file, env)) || process.exitCode;
  }
} catch (error) {
  report(error);
  process.exitCode = 1;
}
