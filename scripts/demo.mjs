/**
 * npm run demo [-- --serve]: JupyterLab as a static page (JupyterLite) with the extension and the notebooks that need no kernel, in the folder
 * `demo`. Their notes are drawn and can be changed. Any web server can serve it.
 */
import { createReadStream, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { setUp } from "./setup/index.mjs";
import { extensionFolder, inEnvironment, notebookFolder, root } from "./setup/places.mjs";
import { report } from "./setup/problem.mjs";
import { step } from "./setup/progress.mjs";
import { makeEnvironment, pip } from "./setup/python.mjs";
import { run } from "./setup/run.mjs";
import { say } from "./setup/words.mjs";

const environment = join(root, ".venv-demo");
const requirements = join(import.meta.dirname, "demo/requirements.txt");

/**
 * Builds the demo anew.
 * @param {string} folder
 */
export async function buildDemo(folder) {
  await setUp();
  await makeEnvironment("JupyterLite", environment, [["--no-deps", "-r", requirements]], [requirements]);
  const name = say("static demo", "静态演示");
  await step(name, async (detail) => {
    const workshop = join(root, "node_modules/.cache/heed-demo");
    const contents = join(workshop, "contents");
    rmSync(workshop, { recursive: true, force: true });
    mkdirSync(contents, { recursive: true });
    for (const [name, notebook] of notebooksWithoutCode()) {
      // JupyterLab would ask which kernel to choose; the one of the page starts at once and has nothing to do
      notebook.metadata.kernelspec = { name: "javascript", display_name: "JavaScript", language: "javascript" };
      writeFileSync(join(contents, name), JSON.stringify(notebook));
    }
    // the environment of the build has the backend, the demo's has only what the demo needs
    const build = `import hatchling.build as b; print(b.build_wheel(${JSON.stringify(workshop)}))`;
    const said = await run(name, inEnvironment("python"), ["-c", build], { cwd: extensionFolder });
    const wheel = join(workshop, said.trim().split(/\s/).at(-1) ?? "");
    await pip(name, ["--no-deps", "--no-index", "--force-reinstall", wheel], detail, environment);
    rmSync(folder, { recursive: true, force: true });
    const lite = ["-m", "jupyter", "lite", "build", "--lite-dir", workshop, "--contents", contents, "--output-dir", folder];
    await run(name, inEnvironment("python", environment), lite, { cwd: workshop, onLine: detail });
  });
}

/** @typedef {{ metadata: { kernelspec?: object }, cells: { cell_type: string }[] }} Notebook */

/** @returns {[string, Notebook][]} */
function notebooksWithoutCode() {
  return readdirSync(notebookFolder)
    .filter((name) => name.endsWith(".ipynb"))
    .map((name) => /** @type {[string, Notebook]} */ ([name, JSON.parse(readFileSync(join(notebookFolder, name), "utf8"))]))
    .filter(([, { cells }]) => cells.every(({ cell_type }) => cell_type !== "code"));
}

const types = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".css": "text/css",
  ".json": "application/json",
  ".ipynb": "application/json",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/**
 * Serves the demo on this machine.
 * @param {string} folder
 * @param {number} [port]
 * @returns {Promise<{ url: string, stop(): void }>}
 */
export async function serveDemo(folder, port = 0) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const asked = normalize(join(folder, decodeURIComponent(pathname)));
    const isFolder = statSync(asked, { throwIfNoEntry: false })?.isDirectory();
    const file = isFolder ? join(asked, "index.html") : asked;
    const isFile = statSync(file, { throwIfNoEntry: false })?.isFile();
    if (!isFile || !file.startsWith(folder + sep)) return void response.writeHead(404).end();
    const type = types[/** @type {keyof typeof types} */ (extname(file))] ?? "application/octet-stream";
    response.setHeader("content-type", type);
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(undefined)));
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  const stop = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://127.0.0.1:${address.port}/`, stop };
}

if (process.argv[1] === import.meta.filename) {
  try {
    const folder = join(root, "demo");
    await buildDemo(folder);
    if (process.argv.includes("--serve")) {
      const { url } = await serveDemo(folder, 8000);
      console.log(`${url}lab/index.html?path=00-notes-on-attention.ipynb`);
    } else {
      console.log(
        say(`The demo is in ${folder}; any web server can serve it.`, `演示在 ${folder};任何网页服务器都可以提供它。`),
      );
    }
  } catch (error) {
    report(error);
    process.exitCode = 1;
  }
}
