/** npm start as a person runs it: an address, a notebook's kernel behind it, and a tidy end. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { freePort } from "../../scripts/jupyter/server.mjs";
import { root } from "../../scripts/setup/places.mjs";

const script = join(root, "scripts/start.mjs");
const env = { ...process.env, LC_ALL: "C.UTF-8" };

let child: ChildProcess | undefined;
afterEach(() => void child?.kill("SIGKILL"));

/** Starts it and waits for a line of its output. */
function startUntil(args: readonly string[], line: RegExp): Promise<{ match: RegExpMatchArray; output: () => string }> {
  const started = spawn(process.execPath, [script, ...args], { env, stdio: ["ignore", "pipe", "pipe"] });
  child = started;
  let output = "";
  return new Promise((resolve, reject) => {
    for (const stream of [started.stdout, started.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        const match = output.match(line);
        if (match) resolve({ match, output: () => output });
      });
    }
    started.once("exit", (code) => reject(new Error(`npm start ended with code ${code}:\n${output}`)));
  });
}

/** The command lines of all processes. */
const processes = (): string => spawnSync("ps", ["-eo", "args"], { encoding: "utf8" }).stdout;

test("gives an address, runs kernels, and ends with them on Ctrl-C", async () => {
  const port = await freePort();
  const { match, output } = await startUntil(["--no-browser", "--port", String(port)], /JupyterLab: (http\S+)/);
  const address = new URL(match[1] ?? "");
  expect(address.port).toBe(String(port));
  expect((await fetch(address)).status).toBe(200);

  const token = address.searchParams.get("token");
  const headers = { Authorization: `token ${token}` };
  const specs = (await (await fetch(new URL("/api/kernelspecs", address), { headers })).json()) as { default: string };
  expect(specs.default).toBe("heed");
  const made = await fetch(new URL("/api/kernels", address), {
    method: "POST",
    headers,
    body: JSON.stringify({ name: "heed" }),
  });
  const { id } = (await made.json()) as { id: string };
  await expect.poll(processes).toContain(`kernel-${id}.json`);

  const ended = new Promise<number | null>((resolve) => child?.once("exit", resolve));
  child?.kill("SIGINT");
  expect(await ended).toBe(0);
  expect(output()).toContain("Ending JupyterLab and its kernels");
  expect(processes()).not.toContain(`kernel-${id}.json`);
  await expect(fetch(address)).rejects.toThrow("fetch failed");
});

test("a busy port is told with the cure", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const { status, stderr } = spawnSync(process.execPath, [script, "--port", String(port)], { env, encoding: "utf8" });
  server.close();
  expect(status).toBe(1);
  expect(stderr).toContain(
    `Error: port ${port} is in use by another program\nCure: Choose another one (npm start -- --port 8899)`,
  );
});

test.each([[["--port", "many"]], [["--port", "70000"]], [["--hurry"]], [["somewhere"]]])(
  "%j is told with the usage",
  (args) => {
    const { status, stderr } = spawnSync(process.execPath, [script, ...args], { env, encoding: "utf8" });
    expect(status).toBe(1);
    expect(stderr).toContain("npm start -- --no-browser");
  },
);

test("--help says what there is, in both languages", () => {
  for (const [locale, words] of [
    ["C.UTF-8", "listen on port N"],
    ["zh_CN.UTF-8", "使用端口 N"],
  ] as const) {
    const { stdout } = spawnSync(process.execPath, [script, "--help"], { env: { ...env, LC_ALL: locale }, encoding: "utf8" });
    expect(stdout).toContain(words);
  }
});
