/** npm packages, exactly as the lock files say: of the project, and of the kernel, which has a lock of its own. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { kernelFolder, oldestNodeFolder, root } from "./places.mjs";
import { Problem } from "./problem.mjs";
import { step } from "./progress.mjs";
import { attempt, run } from "./run.mjs";
import { say } from "./words.mjs";

/** @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean, peer?: boolean }} Locked */

/** @param {string} file
 * @returns {Record<string, Locked>}
 */
const lockedIn = (file) => JSON.parse(readFileSync(file, "utf8")).packages ?? {};

/**
 * Whether every package of the lock is there at its version. npm writes `node_modules/.package-lock.json` last, so an interrupted
 * installation has none; optional packages are those of other systems.
 * @param {string} folder
 */
export function isInstalled(folder) {
  const record = join(folder, "node_modules/.package-lock.json");
  if (!existsSync(record)) return false;
  const installed = lockedIn(record);
  return Object.entries(lockedIn(join(folder, "package-lock.json"))).every(([path, locked]) => {
    if (!path.includes("node_modules/")) return true;
    const found = installed[path];
    if (!found) return locked.optional === true || locked.devOptional === true || locked.peer === true;
    return (
      found.version === locked.version && found.integrity === locked.integrity && existsSync(join(folder, path, "package.json"))
    );
  });
}

/** The command line of npm: the one that runs this script, or the one beside this Node. It never runs on the Node it replaces. */
async function findNpm() {
  const node = process.env["npm_node_execpath"] ?? process.execPath;
  const beside = dirname(node);
  const candidates = [
    process.env["npm_execpath"] ?? "",
    join(beside, "node_modules/npm/bin/npm-cli.js"),
    join(beside, "../lib/node_modules/npm/bin/npm-cli.js"),
    "/usr/share/nodejs/npm/bin/npm-cli.js",
  ];
  const cli = candidates.find((file) => file.endsWith("npm-cli.js") && existsSync(file));
  if (cli) return [node, cli];
  if (process.platform !== "win32" && (await attempt("npm", ["--version"])).code === 0) return ["npm"];
  throw new Problem(
    say("npm was not found", "找不到 npm"),
    say("Install Node with npm from nodejs.org.", "请从 nodejs.org 安装带有 npm 的 Node。"),
  );
}

/** The environment for npm, without what an outer `npm start` says of the outer project. */
function cleanEnvironment() {
  const inner = Object.entries(process.env).filter(
    ([name]) => !/^npm_(package|lifecycle|config_local_prefix|config_prefix|config_global)/.test(name),
  );
  return Object.fromEntries(inner);
}

/**
 * @param {string} name
 * @param {string} folder
 */
async function install(name, folder) {
  if (isInstalled(folder)) return;
  await step(name, async (detail) => {
    const [program = "npm", ...first] = await findNpm();
    await run(name, program, [...first, "ci", "--no-audit", "--no-fund", "--prefix", folder], {
      cwd: folder,
      env: cleanEnvironment(),
      onLine: detail,
    });
    if (!isInstalled(folder)) {
      throw new Problem(
        say(`${name}: npm ci ended, but packages are missing`, `${name}:npm ci 已结束,但缺少软件包`),
        say(
          `Delete ${join(folder, "node_modules")} and run the command again.`,
          `请删除 ${join(folder, "node_modules")},然后重新运行。`,
        ),
      );
    }
  });
}

export async function installNpmPackages() {
  await install(say("npm packages", "npm 软件包"), root);
  await install(say("TypeScript kernel", "TypeScript 内核"), kernelFolder);
}

/** Node 22, for tests that run on both. */
export const installOldestNode = () => install("Node 22", oldestNodeFolder);
