/** The extension as users get it: a wheel, and an sdist that becomes one, both without Node. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { environment, extensionFolder, inEnvironment } from "../../scripts/setup/places.mjs";
import { jupyterEnvironment } from "../../scripts/setup/settings.mjs";

const folder = mkdtempSync(join(tmpdir(), "heed-package-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const python = inEnvironment("python");
/** Programs of the system and of the virtual environment, but neither Node nor npm. */
const path = [dirname(python), ...(process.platform === "win32" ? [] : [join(folder, "bin")])].join(delimiter);

function run(args: readonly string[], cwd = folder): string {
  const { status, stdout, stderr } = spawnSync(python, args, {
    cwd,
    encoding: "utf8",
    env: { ...process.env, PATH: path, PYTHONUTF8: "1" },
  });
  expect(status, stdout + stderr).toBe(0);
  return stdout + stderr;
}

/** Names of the files in an archive. */
const listed = (archive: string): string[] => {
  const script = `import sys, tarfile, zipfile
file = sys.argv[1]
names = zipfile.ZipFile(file).namelist() if file.endswith(".whl") else tarfile.open(file).getnames()
print("\\n".join(names))`;
  return run(["-c", script, archive]).trim().split(/\r?\n/);
};

/** What JupyterLab needs of the extension, below some folder of the archive. */
const needed = [
  "labextensions/jupyterlab-heed/package.json",
  "labextensions/jupyterlab-heed/install.json",
  "labextensions/jupyterlab-heed/schemas/jupyterlab-heed/plugin.json",
  "jupyterlab_heed/locale/zh_CN/LC_MESSAGES/jupyterlab_heed.json",
];

let sdist = "";
let wheel = "";
beforeAll(() => {
  // hatchling itself, as `python -m build --no-isolation` calls it: the environment has what it asks for
  const build = (kind: string, from: string): string =>
    run(["-c", `import hatchling.build as b; print("built", b.build_${kind}(${JSON.stringify(folder)}))`], from)
      .match(/^built (\S+)/m)
      ?.at(1) ?? "";
  sdist = build("sdist", extensionFolder);
  run(["-c", "import sys, tarfile; tarfile.open(sys.argv[1]).extractall(filter='data')", sdist]);
  const unpacked = readdirSync(folder).find((name) => name.startsWith("jupyterlab_heed-") && !name.endsWith(".gz"));
  wheel = build("wheel", join(folder, unpacked ?? ""));
});

test("an sdist carries the built extension, so a wheel is made of it without Node", () => {
  expect(sdist).toMatch(/\.tar\.gz$/);
  const names = listed(join(folder, sdist)).join("\n");
  expect(names).toMatch(/jupyterlab_heed\/labextension\/static\/remoteEntry\.\w+\.js/);
  expect(names).not.toContain("node_modules");
});

test("the wheel has what JupyterLab needs and nothing of the sources", () => {
  const names = listed(join(folder, wheel));
  for (const file of needed)
    expect(
      names.some((name) => name.endsWith(file)),
      file,
    ).toBe(true);
  expect(names.filter((name) => /\.(ts|map|mjs)$/.test(name))).toEqual([]);
  expect(wheel).toMatch(/-py3-none-any\.whl$/);
});

test("the wheel installs into an empty environment without Node, and brings its Chinese along", () => {
  const place = join(folder, "venv");
  run(["-m", "venv", "--without-pip", place]);
  run(["-m", "pip", "--python", inEnvironment("python", place), "install", "--no-index", "--no-deps", join(folder, wheel)]);
  const installed = join(place, "share/jupyter/labextensions/jupyterlab-heed");
  const { name, version } = JSON.parse(readFileSync(join(extensionFolder, "package.json"), "utf8")) as Record<string, string>;
  expect(JSON.parse(readFileSync(join(installed, "package.json"), "utf8"))).toMatchObject({ name, version });
  const { status, stdout } = spawnSync(
    inEnvironment("python", place),
    ["-c", "from importlib.metadata import entry_points as e; print([p.value for p in e(group='jupyterlab.locale')])"],
    { encoding: "utf8" },
  );
  expect([status, stdout.trim()]).toEqual([0, "['jupyterlab_heed']"]);
});

test("JupyterLab lists the extension as enabled and sound", () => {
  const { stdout, stderr } = spawnSync(python, ["-m", "jupyter", "labextension", "list"], {
    encoding: "utf8",
    env: jupyterEnvironment(join(folder, "jupyter")),
  });
  const line = `${stdout}${stderr}`.split("\n").find((text) => text.includes("jupyterlab-heed"));
  expect(line).toMatch(/enabled.*OK/);
  expect(`${stdout}${stderr}`).toContain(environment);
});

/** Versions of packages inside JupyterLab 4.2.0, as its static/package.json names them: the oldest that the extension was tried in. */
const oldest: Readonly<Record<string, string>> = {
  "@jupyterlab/application": "4.2.0",
  "@jupyterlab/apputils": "4.3.0",
  "@jupyterlab/coreutils": "6.2.0",
  "@jupyterlab/notebook": "4.2.0",
  "@jupyterlab/rendermime": "4.2.0",
  "@jupyterlab/rendermime-interfaces": "3.10.0",
  "@jupyterlab/services": "7.2.0",
  "@lumino/coreutils": "2.1.2",
  "@lumino/dragdrop": "2.1.4",
  "@lumino/widgets": "2.3.2",
};

test("JupyterLab 4.2 takes the extension, and pip says so where an older one is there", () => {
  const { dependencies } = JSON.parse(readFileSync(join(extensionFolder, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  // JupyterLab's own test of ranges, with which it refuses extensions
  const script = `import json, sys
from jupyter_builder.jupyterlab_semver import satisfies
print([name for name, version, range in json.loads(sys.argv[1]) if not satisfies(version, range, False)])`;
  const asked = Object.entries(oldest).map(([name, version]) => [name, version, dependencies[name]]);
  expect(run(["-c", script, JSON.stringify(asked)]).trim()).toBe("[]");
  const metadata = run([
    "-c",
    "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.read(next(n for n in z.namelist() if n.endswith('/METADATA'))).decode())",
    join(folder, wheel),
  ]);
  expect(metadata.match(/^Requires-Dist: .*/gm)).toEqual(["Requires-Dist: jupyterlab<5,>=4.2; extra == 'jupyterlab'"]);
});
