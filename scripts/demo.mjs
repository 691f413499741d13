/**
 * npm run demo [-- --serve]: JupyterLab as a static page (JupyterLite) with the extension and the notebooks, in the folder `demo`. Notes
 * that are written in Markdown are drawn and can be changed; there is no kernel. Any web server can serve it.
 */
import { createReadStream, mkdirSync, rmSync, statSync } from "node:fs";
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
export const demoFolder = join(root, "demo");

/** Builds the demo anew. */
export async function buildDemo() {
  await setUp();
  await makeEnvironment("JupyterLite", environment, [["--no-deps", "-r", requirements]], [requirements]);
  const name = say("static demo", "静态演示");
  await step(name, async (detail) => {
    const wheels = join(root, "node_modules/.cache/heed-demo");
    rmSync(wheels, { recursive: true, force: true });
    mkdirSync(wheels, { recursive: true });
    // the environment of the build has the backend, the demo's has only what the demo needs
    const build = `import hatchling.build as b; print(b.build_wheel(${JSON.stringify(wheels)}))`;
    const wheel = (await run(name, inEnvironment("python"), ["-c", build], { cwd: extensionFolder })).trim().split(/\s/).at(-1);
    await pip(name, ["--no-deps", "--no-index", "--force-reinstall", join(wheels, wheel ?? "")], detail, environment);
    rmSync(demoFolder, { recursive: true, force: true });
    const lite = ["-m", "jupyter", "lite", "build", "--contents", notebookFolder, "--output-dir", demoFolder];
    await run(name, inEnvironment("python", environment), [...lite, "--lite-dir", wheels], { onLine: detail });
  });
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

/** Serves the demo on this machine; the server says at which address. */
export function serveDemo(port = 0) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    let file = normalize(join(demoFolder, decodeURIComponent(pathname)));
    const found = statSync(file, { throwIfNoEntry: false });
    if (found?.isDirectory()) file = join(file, "index.html");
    const isFile = statSync(file, { throwIfNoEntry: false })?.isFile();
    if (!isFile || !file.startsWith(demoFolder + sep)) return void response.writeHead(404).end();
    const type = types[/** @type {keyof typeof types} */ (extname(file))] ?? "application/octet-stream";
    response.setHeader("content-type", type);
    createReadStream(file).pipe(response);
  });
  return new Promise((resolve) => server.listen(port, "127.0.0.1", () => resolve(server)));
}

if (process.argv[1] === import.meta.filename) {
  try {
    await buildDemo();
    if (process.argv.includes("--serve")) {
      const server = await serveDemo(8000);
      console.log(`http://127.0.0.1:${server.address().port}/lab/index.html?path=00-notes-on-attention.ipynb`);
    } else {
      console.log(
        say(`The demo is in ${demoFolder}; any web server can serve it.`, `演示在 ${demoFolder};任何网页服务器都可以提供它。`),
      );
    }
  } catch (error) {
    report(error);
    process.exitCode = 1;
  }
}
