/** Node: the one this runs on starts the set-up; the project's own, from the npm packages, runs everything else. */
import { existsSync } from "node:fs";
import { projectNode } from "./places.mjs";
import { Problem } from "./problem.mjs";
import { attempt } from "./run.mjs";
import { say } from "./words.mjs";

/** jax-js and vitest need it. */
const least = { major: 22, minor: 12 };

/** @param {string} version for example "v24.21.0" */
function isRecent(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, "").split(".").map(Number);
  return major > least.major || (major === least.major && minor >= least.minor);
}

/** The Node that runs the project: its own where npm has one for this machine, else the one this runs on if it is recent enough. */
export async function findNode() {
  if (existsSync(projectNode)) {
    const { code, output } = await attempt(projectNode, ["--version"]);
    if (code === 0 && isRecent(output.trim())) return projectNode;
  }
  if (isRecent(process.version)) return process.execPath;
  throw new Problem(
    say(
      `no Node ${least.major}.${least.minor} or later for ${process.platform}-${process.arch}; this is ${process.version}`,
      `${process.platform}-${process.arch} 上没有 Node ${least.major}.${least.minor} 或更新版本;当前为 ${process.version}`,
    ),
    say("Install Node 24 from nodejs.org and run the command again.", "请从 nodejs.org 安装 Node 24,然后重新运行。"),
  );
}
