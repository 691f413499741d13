/** JupyterLab for a person: on a port of their choice, in their browser, until Ctrl-C. */
import { spawn } from "node:child_process";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { setUp } from "../setup/index.mjs";
import { inEnvironment, notebookFolder, root } from "../setup/places.mjs";
import { Problem, report } from "../setup/problem.mjs";
import { say } from "../setup/words.mjs";
import { freePort, startServer } from "./server.mjs";

const help = say(
  `npm start                      set up what is missing, then open JupyterLab on notebooks/
npm start -- --no-browser      print the address, open no browser
npm start -- --port N          listen on port N (default: the first free one from 8888)
npm start -- --help            this text

Everything is kept inside the project's folder; Ctrl-C ends JupyterLab and its kernels.`,
  `npm start                      安装缺少的部分,然后在 notebooks/ 上打开 JupyterLab
npm start -- --no-browser      只显示地址,不打开浏览器
npm start -- --port N          使用端口 N(默认:从 8888 起第一个空闲端口)
npm start -- --help            显示本说明

所有内容都保存在项目文件夹内;按 Ctrl-C 结束 JupyterLab 及其内核。`,
);

/** @param {string[]} words */
function readOptions(words) {
  try {
    const { values } = parseArgs({
      args: words,
      options: { port: { type: "string" }, "no-browser": { type: "boolean" }, help: { type: "boolean", short: "h" } },
    });
    const port = values.port === undefined ? undefined : Number(values.port);
    if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
      throw new TypeError(
        say(
          `--port: expected a number from 1 to 65535; got ${values.port}`,
          `--port:应为 1 到 65535 的整数,实际为 ${values.port}`,
        ),
      );
    }
    return { port, opensBrowser: values["no-browser"] !== true, help: values.help === true };
  } catch (error) {
    throw new Problem(error instanceof Error ? error.message : String(error), `\n${help}`);
  }
}

/**
 * The port asked for, or the first free one from 8888.
 * @param {number | undefined} port
 */
async function choosePort(port) {
  if (port === undefined) {
    for (let candidate = 8888; candidate < 8988; candidate += 1) {
      const isFree = await freePort(candidate).then(
        () => true,
        () => false,
      );
      if (isFree) return candidate;
    }
    return undefined;
  }
  try {
    return await freePort(port);
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    throw new Problem(
      code === "EADDRINUSE"
        ? say(`port ${port} is in use by another program`, `端口 ${port} 已被其他程序占用`)
        : say(`port ${port} may not be used (${code})`, `无法使用端口 ${port}(${code})`),
      say(
        "Choose another one (npm start -- --port 8899), or none: then the first free port is taken.",
        "请另选一个端口(npm start -- --port 8899),或不指定端口:将使用第一个空闲端口。",
      ),
    );
  }
}

/** @param {string} address */
function openBrowser(address) {
  // Python knows the browsers of every system.
  spawn(inEnvironment("python"), ["-m", "webbrowser", "-t", address], { stdio: "ignore", windowsHide: true }).on(
    "error",
    () => {},
  );
}

/** @param {string[]} words of the command line */
async function run(words) {
  const options = readOptions(words);
  if (options.help) return void console.log(help);
  const port = await choosePort(options.port);
  await setUp();
  const log = join(root, ".jupyter/server.log");
  mkdirSync(dirname(log), { recursive: true });
  writeFileSync(log, "");
  const server = await startServer({
    folder: notebookFolder,
    onLog: (text) => appendFileSync(log, text),
    ...(port !== undefined && { port }),
  });
  console.log(`\nJupyterLab: ${server.address}`);
  console.log(say(`Ctrl-C ends it. Its log: ${log}`, `按 Ctrl-C 结束。日志:${log}`));
  if (options.opensBrowser) openBrowser(server.address);
  const stop = () => {
    console.log(say("\nEnding JupyterLab and its kernels …", "\n正在结束 JupyterLab 及其内核……"));
    void server.stop();
  };
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) process.once(signal, stop);
  const code = await server.ended;
  if (code !== 0)
    throw new Problem(
      say(`JupyterLab ended with code ${code}`, `JupyterLab 以代码 ${code} 结束`),
      say(`See ${log}.`, `请查看 ${log}。`),
    );
}

/** @param {string[]} words of the command line */
export async function start(words) {
  try {
    await run(words);
  } catch (error) {
    report(error);
    process.exitCode = 1;
  }
}
