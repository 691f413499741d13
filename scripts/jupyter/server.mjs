/** A JupyterLab server of this project: started, waited for, and ended with its kernels. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { environment, inEnvironment } from "../setup/places.mjs";
import { Problem, diagnose } from "../setup/problem.mjs";
import { jupyterEnvironment } from "../setup/settings.mjs";
import { say } from "../setup/words.mjs";

/**
 * @typedef {object} ServerOptions
 * @property {string} folder what the server shows
 * @property {number} [port] default: any free one
 * @property {string} [state] the folder in which Jupyter remembers settings and workspaces; default: the project's `.jupyter`
 * @property {string[]} [args] further arguments of `jupyter lab`
 * @property {Readonly<Record<string, string>>} [env] further environment variables
 * @property {(text: string) => void} [onLog] is given what the server prints
 *
 * @typedef {object} Server
 * @property {string} url ends in a slash
 * @property {string} token
 * @property {string} address opens JupyterLab in a browser
 * @property {Promise<number>} ended the exit code, when the server has ended
 * @property {() => Promise<void>} stop ends the server and its kernels
 */

/**
 * A port that nobody listens on: `port` itself, or any.
 * @param {number} [port]
 * @returns {Promise<number>}
 */
export function freePort(port = 0) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(port, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : port));
    });
  });
}

/**
 * Starts JupyterLab and waits until it answers.
 * @param {ServerOptions} options
 * @returns {Promise<Server>}
 */
export async function startServer({ folder, port, state, args = [], env = {}, onLog }) {
  const token = randomBytes(24).toString("hex");
  const chosen = port ?? (await freePort());
  const url = `http://127.0.0.1:${chosen}/`;
  const child = spawn(
    inEnvironment("python"),
    [
      "-m",
      "jupyterlab",
      "--no-browser",
      "--ServerApp.ip=127.0.0.1",
      `--ServerApp.port=${chosen}`,
      "--ServerApp.port_retries=0",
      `--ServerApp.root_dir=${folder}`,
      "--ServerApp.allow_root=True",
      ...args,
    ],
    {
      cwd: folder,
      env: { ...jupyterEnvironment(state), ...env, JUPYTER_TOKEN: token },
      stdio: ["ignore", "pipe", "pipe"],
      // In a group of its own, so that Ctrl-C in a terminal reaches only us and we end the server in order.
      detached: process.platform !== "win32",
      windowsHide: true,
    },
  );
  let log = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
      log = (log + text).slice(-10_000);
      onLog?.(text);
    });
  }
  /** @type {Promise<number>} */
  const ended = new Promise((resolve) => {
    child.once("error", (error) => {
      log += error.message;
      resolve(1);
    });
    child.once("exit", (code) => resolve(code ?? 1));
  });
  const running = () => child.exitCode === null && child.signalCode === null && child.pid !== undefined;

  const stop = async () => {
    if (!running()) return;
    await fetch(`${url}api/shutdown`, { method: "POST", headers: { Authorization: `token ${token}` } }).catch(() =>
      child.kill(),
    );
    const late = Symbol("late");
    if ((await Promise.race([ended, sleep(10_000, late, { ref: false })])) === late) child.kill("SIGKILL");
    await ended;
  };

  const patience = Date.now() + 120_000;
  while (running()) {
    const answer = await fetch(`${url}api`).catch(() => undefined);
    if (answer?.ok) return { url, token, address: `${url}lab?token=${token}`, ended, stop };
    if (Date.now() > patience) {
      child.kill("SIGKILL");
      throw new Problem(
        say("JupyterLab does not answer after two minutes", "JupyterLab 两分钟后仍无响应"),
        say(`Run the command again; if it stays so, delete ${environment}.`, `请重新运行;若仍如此,请删除 ${environment}。`),
        log,
      );
    }
    await sleep(50);
  }
  throw diagnose("JupyterLab", log);
}
