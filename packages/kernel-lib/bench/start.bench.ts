/** What a person waits for before the first cell: the kernel, its first answer, the first import of the library. */
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../../scripts/jupyter/server.mjs";
import { kernelFolder, notebookFolder } from "../../../scripts/setup/places.mjs";
import type * as Zmq from "../kernel/node_modules/zeromq/lib/index.js";
import { readMessage, writeMessage } from "../kernel/wire.mjs";
import type { Bench, Row } from "./harness.ts";
import type { Sample } from "./sample.ts";
import { quantile } from "./steadiness.ts";

const zmq: typeof Zmq = createRequire(join(kernelFolder, "package.json"))("zeromq");

const flags = JSON.parse(readFileSync(join(kernelFolder, "node-flags.json"), "utf8")) as string[];
const ours = [...flags, join(kernelFolder, "launcher.mjs")];
const tslab = [join(kernelFolder, "node_modules/tslab/bin/tslab"), "kernel"];

/** A kernel started for one sample, spoken to without Jupyter, whose own waiting would be measured with it. */
class Kernel {
  readonly #folder = mkdtempSync(join(tmpdir(), "heed-start-"));
  readonly #key = randomUUID();
  readonly #shell = new zmq.Dealer();
  readonly #process;
  readonly #started = performance.now();

  private constructor(command: readonly string[], ports: readonly number[]) {
    const [shell_port, iopub_port, stdin_port, control_port, hb_port] = ports;
    const file = join(this.#folder, "connection.json");
    const connection = { transport: "tcp", ip: "127.0.0.1", key: this.#key, signature_scheme: "hmac-sha256" };
    writeFileSync(file, JSON.stringify({ ...connection, shell_port, iopub_port, stdin_port, control_port, hb_port }));
    this.#shell.connect(`tcp://127.0.0.1:${shell_port}`);
    this.#process = spawn(process.execPath, [...command, "--config-path", file], { cwd: notebookFolder, stdio: "ignore" });
  }

  static async start(command: readonly string[]): Promise<Kernel> {
    const ports: number[] = [];
    while (ports.length < 5) {
      const port = await freePort();
      if (!ports.includes(port)) ports.push(port);
    }
    return new Kernel(command, ports);
  }

  /** Asks and returns how long after the start of the process the reply came, in ms. */
  async ask(type: string, content: object = {}): Promise<number> {
    await this.#shell.send(writeMessage(this.#key, type, content, undefined, []));
    const { content: reply } = readMessage(this.#key, await this.#shell.receive());
    if (reply["status"] === "error") throw new Error(`start: ${type} failed: ${JSON.stringify(reply)}`);
    return performance.now() - this.#started;
  }

  run(code: string): Promise<number> {
    return this.ask("execute_request", { code, silent: false });
  }

  async stop(): Promise<void> {
    this.#shell.close();
    this.#process.kill("SIGKILL");
    await once(this.#process, "exit");
    rmSync(this.#folder, { recursive: true });
  }
}

/** A sample of one measurement with a fresh kernel. */
const withKernel =
  (command: readonly string[], measure: (kernel: Kernel) => Promise<number>): Sample =>
  async () => {
    const kernel = await Kernel.start(command);
    try {
      return await measure(kernel);
    } finally {
      await kernel.stop();
    }
  };

/** What a cell with definitions costs whose number is given: the median of five, in ms. Each uses what the one before declared. */
async function costOf(kernel: Kernel, number: number): Promise<number> {
  const times: number[] = [];
  let before = await kernel.run('import { attention } from "heed"; const size0 = 1;');
  for (let cell = 1; cell < number + 3; cell += 1) {
    const time = await kernel.run(
      `const size${cell} = size${cell - 1} + 1; function grow${cell}(n: number) { return n + size${cell}; }`,
    );
    if (cell > number - 3) times.push(time - before);
    before = time;
  }
  return quantile(times, 0.5);
}

export default async function bench(bench: Bench): Promise<void> {
  const compare = (name: string, measure: (kernel: Kernel) => Promise<number>, options = {}): Promise<Row> =>
    bench.compare({
      name,
      unit: "ms",
      ours: withKernel(ours, measure),
      peer: { name: "tslab", sample: withKernel(tslab, measure) },
      limit: 1500,
      samples: 7,
      warmUp: 1,
      ...options,
    });
  await compare("kernel answers", (kernel) => kernel.ask("kernel_info_request"));
  await compare("kernel has run its first cell", async (kernel) => {
    await kernel.ask("kernel_info_request");
    return kernel.run("1 + 1");
  });
  await compare('first import "heed"', async (kernel) => {
    const before = await kernel.run("1 + 1");
    return (await kernel.run('import { attention } from "heed";')) - before;
  });
  const tenth = await compare("a definition in cell 10", (kernel) => costOf(kernel, 10), { limit: 60 });
  await bench.compare({
    name: "a definition in cell 1,000",
    unit: "ms",
    ours: withKernel(ours, (kernel) => costOf(kernel, 1000)),
    // A long notebook is as quick as a short one.
    limit: 2 * tenth.ours,
    samples: 3,
    warmUp: 0,
  });
}
