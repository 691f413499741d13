/** The set-up repairs what is broken and says what a person can do about the rest. */
import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inEnvironment, kernelFolder, root } from "../../scripts/setup/places.mjs";
import { makeEnvironment } from "../../scripts/setup/python.mjs";

const folder = mkdtempSync(join(tmpdir(), "heed 设置 "));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The address of a module of the set-up, as JavaScript writes it. */
const steps = (name: string): string => JSON.stringify(pathToFileURL(join(root, "scripts/setup", name)).href);

/** Runs a step of the set-up in a process of its own, as npm start does, and returns what it said. */
function runStep(code: string, env: NodeJS.ProcessEnv = {}): { code: number | null; said: string } {
  const script = `
    const { report } = await import(${steps("problem.mjs")});
    try { ${code.replaceAll(/step\("(.*?)"\)/g, (_, name: string) => `(await import(${steps(name)}))`)} }
    catch (error) { report(error); process.exitCode = 1; }`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
    encoding: "utf8",
    env: { ...process.env, LC_ALL: "C.UTF-8", PYTHON: "", ...env },
  });
  return { code: status, said: stdout + stderr };
}

/** A folder of programs that is all of the PATH. */
function onlyPrograms(name: string, programs: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const bin = join(folder, name);
  mkdirSync(bin, { recursive: true });
  for (const [program, script] of Object.entries(programs)) {
    writeFileSync(join(bin, program), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, program), 0o755);
  }
  return { PATH: bin };
}

describe("a virtual environment", () => {
  const place = join(folder, "venv");
  const requirements = join(folder, "requirements.txt");
  const make = (): Promise<void> => makeEnvironment("test", place, [["--no-deps", "-r", requirements]], [requirements]);
  const mark = join(place, "mark");

  beforeAll(async () => {
    writeFileSync(requirements, "six==1.17.0\n");
    await make();
  });

  test("is made once", async () => {
    writeFileSync(mark, "");
    await make();
    expect(existsSync(mark)).toBe(true);
  });

  test.each([
    ["its Python is gone", () => rmSync(inEnvironment("python", place))],
    ["a package is gone", () => rmSync(join(place, "lib"), { recursive: true })],
    ["it was interrupted half-way", () => rmSync(join(place, "heed.json"))],
    ["its record is broken", () => writeFileSync(join(place, "heed.json"), "{")],
    ["the requirements have changed", () => writeFileSync(requirements, "six==1.17.0\n# changed\n")],
  ])("is made anew when %s", async (_, harm) => {
    writeFileSync(mark, "");
    harm();
    await make();
    expect(existsSync(mark)).toBe(false);
    const { stdout } = spawnSync(inEnvironment("python", place), ["-c", "import six; print(six.__version__)"], {
      encoding: "utf8",
    });
    expect(stdout.trim()).toBe("1.17.0");
  });
});

describe("what is wrong outside the project is told with its cure", () => {
  const make = `await step("python.mjs").makeEnvironment("Python packages", ${JSON.stringify(join(folder, "other"))}, [["no-such-package-of-ours==1"]], []);`;

  test("no Python", () => {
    const { code, said } = runStep(make, onlyPrograms("none", {}));
    expect(code).toBe(1);
    expect(said).toContain("Error: Python was not found\nCure: Install Python 3.10 or later");
  });

  test("an old Python", () => {
    const { said } = runStep(make, onlyPrograms("old", { python3: 'echo "3 8 10 /usr/bin/python3"' }));
    expect(said).toContain("Error: Python is too old: python3 3.8.10; 3.10 or later is needed");
  });

  test("a Python without venv", () => {
    const script = 'case "$1" in -c) echo "3 12 1 /usr/bin/python3";; *) echo "No module named venv" >&2; exit 1;; esac';
    const { said } = runStep(make, onlyPrograms("bare", { python3: script }));
    expect(said).toContain(
      "Error: Python packages: this Python has no venv module\nCure: On Debian or Ubuntu: apt install python3-venv",
    );
  });

  test("no network", () => {
    const { said } = runStep(make, {
      PIP_INDEX_URL: "http://127.0.0.1:9/simple",
      PIP_RETRIES: "1",
      PIP_CONFIG_FILE: "/dev/null",
      PIP_FIND_LINKS: "",
    });
    expect(said).toContain("Error: Python packages: the package registry cannot be reached\nCure: Check the network");
  });

  test("in Chinese for Chinese readers", () => {
    const { said } = runStep(make, { ...onlyPrograms("none", {}), LC_ALL: "zh_CN.UTF-8" });
    expect(said).toContain("错误: 找不到 Python\n解决办法: 请安装 Python 3.10");
  });

  test.each([
    ["npm error code ENOSPC\nnpm error nospc no space left on device, write", "the disk is full"],
    ["OSError: [Errno 28] No space left on device", "the disk is full"],
    ["npm error code EACCES\nnpm error Error: EACCES: permission denied, mkdir", "may not be written"],
    ["npm error network request to https://… failed, reason: getaddrinfo ENOTFOUND", "cannot be reached"],
  ])("%s", (output, message) => {
    const { said } = runStep(`throw step("problem.mjs").diagnose("npm packages", ${JSON.stringify(output)});`);
    expect(said).toContain(message);
    expect(said).toContain("Cure: ");
  });

  test("what nobody foresaw is shown as the program said it", () => {
    const { said } = runStep(`throw step("problem.mjs").diagnose("npm packages", "something odd");`);
    expect(said).toContain("│ something odd");
  });

  test("an old Node", () => {
    const { code, said } = runStep(
      `Object.defineProperty(process, "versions", { value: { node: "18.19.0" } }); step("first.mjs").requireNode();`,
    );
    expect(code).toBe(1);
    expect(said).toContain("Error: Node 20 or later is needed");
    expect(said).toContain("Cure: install Node 24 from nodejs.org");
  });
});

describe("npm packages", () => {
  test("are whole when every package of the lock is there at its version", () => {
    const place = join(folder, "kernel");
    mkdirSync(place, { recursive: true });
    for (const name of ["package.json", "package-lock.json"])
      writeFileSync(join(place, name), readFileSync(join(kernelFolder, name)));
    const isInstalled = (): string =>
      runStep(`console.log(step("npm.mjs").isInstalled(${JSON.stringify(place)}));`).said.trim();
    expect(isInstalled()).toBe("false");
    symlinkSync(join(kernelFolder, "node_modules"), join(place, "node_modules"), "junction");
    expect(isInstalled()).toBe("true");
    const lock = readFileSync(join(place, "package-lock.json"), "utf8");
    writeFileSync(join(place, "package-lock.json"), lock.replace('"version": "1.0.22"', '"version": "1.0.21"'));
    expect(isInstalled()).toBe("false");
  });

  test.each([".", "packages/kernel-lib/kernel"])("the lock of %s has what every system needs", (place) => {
    const { packages } = JSON.parse(readFileSync(join(root, place, "package-lock.json"), "utf8")) as {
      packages: Record<string, { optionalDependencies?: Record<string, string>; integrity?: string; link?: boolean }>;
    };
    /** Whether a package sees another, as Node looks: in its own folder, then in each above it. */
    const sees = (from: string, name: string): boolean =>
      `${join(place, from)}/node_modules/`.split("node_modules/").some((_, depth, parts) => {
        const above = parts.slice(0, parts.length - 1 - depth).join("node_modules/");
        const path = `${above.replace(/\/$/, "")}/node_modules/${name}`
          .replace(/^\//, "")
          .replace(`${place}/`, "")
          .replace(/^\.\//, "");
        return packages[path] !== undefined;
      });
    // An incomplete registry drops what it lacks from the lock without a word, and npm ci then fails.
    const missing = Object.entries(packages).flatMap(([from, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies)
        .filter((name) => !sees(from, name))
        .map((name) => `${from} → ${name}`),
    );
    expect(missing).toEqual([]);
  });
});

test("every Python package is pinned", () => {
  for (const file of ["requirements.txt", "packages/kernel-lib/bench/requirements.txt"]) {
    const lines = readFileSync(join(root, file), "utf8")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"));
    expect(lines.filter((line) => !/^[a-z0-9-]+==[\w.]+( ; .+)?$/.test(line))).toEqual([]);
    expect(lines.length).toBeGreaterThan(30);
  }
});

test("the virtual environment's packages fit each other", () => {
  const { stdout, stderr, status } = spawnSync(inEnvironment("python"), ["-m", "pip", "check"], { encoding: "utf8" });
  expect(`${stdout}${stderr}`).toContain("No broken requirements found");
  expect(status).toBe(0);
});
