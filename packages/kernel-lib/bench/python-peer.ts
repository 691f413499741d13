/** A peer in Python: a process that prepares work and measures it itself, so that talking to it is not part of the number. */
import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Sample } from "./sample.ts";

interface Answer {
  readonly id: number;
  readonly value?: number;
  readonly error?: string;
}

const folder = join(import.meta.dirname, "peers");

/** Speaks JSON lines with `peers/peer.py`. */
export class PythonPeer {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, { resolve: (value: number) => void; reject: (error: Error) => void }>();
  #last = 0;

  constructor(script: string) {
    const python = process.env["HEED_PEERS_PYTHON"];
    if (python === undefined) throw new Error("PythonPeer: start benchmarks with npm run bench, which installs the peers");
    const child = spawn(python, [join(folder, script)], { stdio: ["pipe", "pipe", "inherit"], cwd: folder });
    this.#process = child;
    if (child.stdout) createInterface(child.stdout).on("line", (line) => this.#hear(line));
    child.on("exit", (code) => this.#fail(new Error(`${script}: the peer ended with code ${code}`)));
    child.on("error", (error) => this.#fail(error));
  }

  /** Work that the script calls `name`, prepared with `args` at the first sample. */
  sample(name: string, args: Readonly<Record<string, unknown>> = {}): Sample {
    let prepared: Promise<number> | undefined;
    return async () => {
      prepared ??= this.#ask({ prepare: name, args });
      return this.#ask({ sample: await prepared });
    };
  }

  stop(): void {
    this.#process.kill();
  }

  #ask(question: object): Promise<number> {
    const id = (this.#last += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#process.stdin?.write(`${JSON.stringify({ id, ...question })}\n`);
    });
  }

  #hear(line: string): void {
    const answer = JSON.parse(line) as Answer;
    const waiter = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.value !== undefined) waiter?.resolve(answer.value);
    else waiter?.reject(new Error(`peer: ${answer.error}`));
  }

  #fail(error: Error): void {
    for (const waiter of this.#waiting.values()) waiter.reject(error);
    this.#waiting.clear();
  }
}
