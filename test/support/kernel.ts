/** A real kernel behind Jupyter's own client (jupyter_client), for tests and benchmarks. */
import { spawn, type ChildProcess } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { inEnvironment, notebookFolder } from "../../scripts/setup/places.mjs";
import { jupyterEnvironment } from "../../scripts/setup/settings.mjs";

/** A message of the kernel. */
export interface KernelMessage {
  readonly channel: "iopub" | "shell" | "control" | "stdin";
  readonly type: string;
  readonly parent: string | undefined;
  // The content of each type of message is what the Jupyter protocol says; tests look at parts of it.
  readonly content: Readonly<Record<string, never>>;
  /** Binary data, in base64. */
  readonly buffers: readonly string[];
  /** When it arrived, in ms. */
  readonly time: number;
}

/** What became of one run of a cell. */
export interface Run {
  readonly reply: Readonly<Record<string, unknown>>;
  /** What the kernel published for it, from busy to idle. */
  readonly messages: readonly KernelMessage[];
  /** From sending to the last message, in ms. */
  readonly duration: number;
}

interface Waiter {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

interface Pending {
  readonly messages: KernelMessage[];
  readonly sent: number;
  reply?: Readonly<Record<string, unknown>>;
  idle?: boolean;
  finish?: (run: Run) => void;
}

const driver = join(import.meta.dirname, "kernel-driver.py");

/** Starts a kernel by the name of its kernelspec. */
export async function startKernel(
  name = "heed",
  { cwd = notebookFolder, env = {} }: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Kernel> {
  const kernel = new Kernel(name, cwd, { ...jupyterEnvironment(), ...env });
  await kernel.ready;
  return kernel;
}

/** A running kernel. */
export class Kernel {
  /** How long it took until the kernel had answered, in ms. */
  readonly ready: Promise<number>;
  /** Everything the kernel sent so far. */
  readonly messages: KernelMessage[] = [];
  pid = 0;
  #connection = "";
  readonly #process: ChildProcess;
  readonly #waiters = new Map<number, Waiter>();
  readonly #pending = new Map<string, Pending>();
  #last = 0;
  #log = "";

  constructor(name: string, cwd: string, env: NodeJS.ProcessEnv) {
    const child = spawn(inEnvironment("python"), [driver, name], { cwd, env, stdio: ["pipe", "pipe", "pipe"] });
    this.#process = child;
    child.stderr.setEncoding("utf8").on("data", (text: string) => (this.#log += text));
    this.ready = new Promise((resolve, reject) => {
      createInterface(child.stdout).on("line", (line) => {
        const event = JSON.parse(line);
        if (event.event === "ready") {
          this.pid = event.pid;
          this.#connection = event.connection;
          resolve(event.time - event.begin);
        } else this.#hear(event);
      });
      child.once("exit", (code) => {
        const error = new Error(`kernel driver ended with code ${code}:\n${this.#log}`);
        reject(error);
        for (const waiter of this.#waiters.values()) waiter.reject(error);
      });
    });
  }

  /** Runs a cell and waits until all of it has arrived. */
  async run(code: string, options: { cellId?: string; content?: object } = {}): Promise<Run> {
    return (await this.send(code, options)).done;
  }

  /** Sends a cell without waiting for its end. */
  async send(
    code: string,
    { cellId, content = {} }: { cellId?: string; content?: object } = {},
  ): Promise<{ id: string; done: Promise<Run> }> {
    const full = { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false, ...content };
    return this.request("execute_request", full, { metadata: cellId === undefined ? {} : { cellId } });
  }

  /** Sends any request. Its end is the reply and, on shell, the status idle. */
  async request(
    type: string,
    content: object,
    {
      channel = "shell",
      metadata = {},
      buffers = [],
    }: { channel?: "shell" | "control"; metadata?: object; buffers?: readonly string[] } = {},
  ): Promise<{ id: string; done: Promise<Run> }> {
    const { message, time } = await this.#command<{ message: string; time: number }>({
      do: "request",
      type,
      content,
      channel,
      metadata,
      buffers,
    });
    const pending: Pending = { messages: this.messages.filter((one) => one.parent === message), sent: time };
    this.#pending.set(message, pending);
    const done = new Promise<Run>((resolve) => (pending.finish = resolve));
    for (const one of pending.messages) this.#settle(message, pending, one);
    return { id: message, done };
  }

  /** Answers a question of the kernel, as the person does who types into the cell's box. */
  async answer(value: string): Promise<void> {
    await this.#command({ do: "input", value });
  }

  /** Interrupts as the notebook's stop button does. */
  async interrupt(): Promise<void> {
    await this.#command({ do: "interrupt" });
  }

  async isAlive(): Promise<boolean> {
    return (await this.#command<{ value: boolean }>({ do: "alive" })).value;
  }

  async isBeating(): Promise<boolean> {
    return (await this.#command<{ value: boolean }>({ do: "heartbeat" })).value;
  }

  /** Ends the kernel; returns how many seconds it took. */
  async stop({ now = false } = {}): Promise<number> {
    const { value } = await this.#command<{ value: number }>({ do: "stop", now });
    this.#process.stdin?.end();
    await new Promise((resolve) => (this.#process.exitCode === null ? this.#process.once("exit", resolve) : resolve(0)));
    return value;
  }

  /** Ends Jupyter's side without a word to the kernel, as when a server is killed. */
  kill(): void {
    this.#process.kill("SIGKILL");
    rmSync(this.#connection, { force: true });
  }

  #command<Answer>(command: object): Promise<Answer> {
    const id = (this.#last += 1);
    return new Promise((resolve, reject) => {
      this.#waiters.set(id, { resolve, reject });
      this.#process.stdin?.write(`${JSON.stringify({ id, ...command })}\n`);
    });
  }

  #hear(event: { id?: number } & KernelMessage): void {
    if (event.id !== undefined) {
      this.#waiters.get(event.id)?.resolve(event as never);
      this.#waiters.delete(event.id);
      return;
    }
    this.messages.push(event);
    const pending = event.parent === undefined ? undefined : this.#pending.get(event.parent);
    if (pending && event.parent !== undefined) {
      pending.messages.push(event);
      this.#settle(event.parent, pending, event);
    }
  }

  #settle(id: string, pending: Pending, { channel, type, content, time }: KernelMessage): void {
    if (channel === "stdin") return;
    if (channel !== "iopub") pending.reply = content;
    else if (type === "status" && content["execution_state"] === "idle") pending.idle = true;
    const needsIdle = pending.messages.some((one) => one.channel === "iopub") || channel === "shell";
    if (!pending.reply || (needsIdle && !pending.idle)) return;
    pending.finish?.({ reply: pending.reply, messages: pending.messages, duration: time - pending.sent });
    this.#pending.delete(id);
  }
}

/** The text a run wrote, all of one stream. */
export const textOf = (run: Run, name: "stdout" | "stderr" = "stdout"): string =>
  run.messages
    .filter((one) => one.type === "stream" && one.content["name"] === name)
    .map((one) => String(one.content["text"]))
    .join("");

/** The contents of a run's messages of one type. */
export const contentsOf = (run: Run, type: string): Record<string, unknown>[] =>
  run.messages.filter((one) => one.type === type).map((one) => one.content as Record<string, unknown>);

/** A run's messages as a list of types, statuses with their state. */
export const typesOf = (run: Run): string[] =>
  run.messages
    .filter((one) => one.channel === "iopub")
    .map((one) => (one.type === "status" ? `status ${String(one.content["execution_state"])}` : one.type));
