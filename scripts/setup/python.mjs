/** Python: the virtual environment `.venv` with the packages of requirements.txt, and nothing outside it. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { environment, inEnvironment, root } from "./places.mjs";
import { Problem } from "./problem.mjs";
import { step } from "./progress.mjs";
import { attempt, run } from "./run.mjs";
import { hashOf } from "./stamp.mjs";
import { say } from "./words.mjs";

const versions = Array.from({ length: 8 }, (_, index) => `python3.${17 - index}`);

/** @type {string[][]} command lines to try, in order */
const candidates = [
  ...(process.env["PYTHON"] ? [[process.env["PYTHON"]]] : []),
  ["python3"],
  ["python"],
  ...(process.platform === "win32" ? [["py", "-3"]] : versions.map((name) => [name])),
];

/**
 * The command line of a Python 3 that is recent enough.
 * @param {number} leastMinor
 */
async function findPython(leastMinor) {
  const old = [];
  for (const [program = "", ...args] of candidates) {
    const { code, output } = await attempt(program, [
      ...args,
      "-c",
      "import sys; print(*sys.version_info[:3], sys.executable)",
    ]);
    const [, major, minor, patch] = output.match(/^(\d+) (\d+) (\d+) /) ?? [];
    if (code !== 0 || major === undefined) continue;
    if (major === "3" && Number(minor) >= leastMinor) return [program, ...args];
    old.push(`${program} ${major}.${minor}.${patch}`);
  }
  throw new Problem(
    old.length === 0
      ? say("Python was not found", "找不到 Python")
      : say(
          `Python is too old: ${old.join(", ")}; 3.${leastMinor} or later is needed`,
          `Python 版本过旧:${old.join("、")};需要 3.${leastMinor} 或更新版本`,
        ),
    say(
      `Install Python 3.${leastMinor} or later (Debian or Ubuntu: apt install python3 python3-venv; macOS: brew install python; Windows: python.org). One in an unusual place: PYTHON=/path/to/python npm start`,
      `请安装 Python 3.${leastMinor} 或更新版本(Debian 或 Ubuntu:apt install python3 python3-venv;macOS:brew install python;Windows:python.org)。安装在特殊位置时:PYTHON=/路径/python npm start`,
    ),
  );
}

/** @param {string} folder */
function sitePackages(folder) {
  if (process.platform === "win32") return join(folder, "Lib/site-packages");
  const lib = join(folder, "lib");
  const python = existsSync(lib) ? readdirSync(lib).find((name) => /^python3\.\d+$/.test(name)) : undefined;
  return join(lib, python ?? "python3", "site-packages");
}

/** The packages of an environment, as the names of their records.
 * @param {string} folder
 */
function packagesIn(folder) {
  const site = sitePackages(folder);
  if (!existsSync(site)) return [];
  return readdirSync(site).filter((name) => name.endsWith(".dist-info") && existsSync(join(site, name, "RECORD")));
}

/** What was installed and from which requirements; written last.
 * @param {string} folder
 */
const recordOf = (folder) => join(folder, "heed.json");

/**
 * Whether the environment is whole: made here, from these requirements, its Python still there, no package gone.
 * @param {string} folder
 * @param {string} hash
 */
function isWhole(folder, hash) {
  if (!existsSync(recordOf(folder)) || !existsSync(inEnvironment("python", folder))) return false;
  try {
    const record = JSON.parse(readFileSync(recordOf(folder), "utf8"));
    const present = new Set(packagesIn(folder));
    return record.hash === hash && record.packages.every((/** @type {string} */ name) => present.has(name));
  } catch {
    return false;
  }
}

/**
 * Makes a virtual environment and installs requirements into it, unless it is there and whole. A broken one is made anew.
 * @param {string} name of the step
 * @param {string} folder
 * @param {string[][]} requirements arguments of `pip install`, one list for each call
 * @param {string[]} files the files those arguments name
 * @param {number} [leastMinor] Python 3's least minor version
 */
export async function makeEnvironment(name, folder, requirements, files, leastMinor = 10) {
  const hash = hashOf(files, [folder, JSON.stringify(requirements)]);
  if (isWhole(folder, hash)) return;
  await step(name, async (detail) => {
    const [python = "", ...args] = await findPython(leastMinor);
    detail(say("virtual environment", "虚拟环境"));
    rmSync(folder, { recursive: true, force: true });
    await run(name, python, [...args, "-m", "venv", folder]);
    for (const list of requirements) await pip(name, list, detail, folder);
    writeFileSync(recordOf(folder), JSON.stringify({ hash, packages: packagesIn(folder) }, null, 2));
  });
}

/**
 * @param {string} name of the step
 * @param {string[]} args
 * @param {(line: string) => void} [onLine]
 * @param {string} [folder]
 */
export const pip = (name, args, onLine, folder = environment) =>
  run(name, inEnvironment("python", folder), ["-m", "pip", "install", "--no-input", "--disable-pip-version-check", ...args], {
    ...(onLine && { onLine }),
  });

/** JupyterLab and what belongs to it, every version frozen. */
export async function installPythonPackages() {
  const requirements = join(root, "requirements.txt");
  await makeEnvironment(say("JupyterLab", "JupyterLab"), environment, [["--no-deps", "-r", requirements]], [requirements]);
}
