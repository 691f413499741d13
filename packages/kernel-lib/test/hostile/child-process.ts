/** Reads hostile files in another process, so that one which takes it down fails one test and not the run. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { rolldown } from "rolldown";

/** What came of reading a file. */
export interface Outcome {
  /** What was thrown; undefined where the file could be read. */
  readonly error?: { readonly name: string; readonly message: string; readonly stack?: string };
  /** The time of the processor, which does not depend on what else runs. */
  readonly seconds: number;
  /** The files that were opened, without links. */
  readonly opened: readonly string[];
  /** The most memory the process ever had. */
  readonly gigabytes: number;
}

/** The processor's time that a file may take: three times the 5 s that someone may wait, for processors differ. */
export const mostSeconds = 15;

/** When a process counts as hanging, in ms: far beyond what any file may take, for the machine may be busy. */
const longest = 60_000;
const heap = "--max-old-space-size=1024"; // MB

/** A process that reads one file after another; a new one takes its place where it dies or hangs. */
export class ReadingProcess {
  readonly #folder: string;
  #child: ChildProcess | undefined;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Bundles the readers from their sources, with what the library depends on left outside. */
  static async start(): Promise<ReadingProcess> {
    const results = join(import.meta.dirname, "../../../../test-results"); // from where packages are found
    await mkdir(results, { recursive: true });
    const folder = await mkdtemp(join(results, "hostile-"));
    const bundle = await rolldown({
      input: join(import.meta.dirname, "readers.ts"),
      platform: "node",
      resolve: { conditionNames: ["source", "node", "import", "default"] },
      external: (id) => /^[^./#\0]/u.test(id) && !id.startsWith("/") && !/^[A-Z]:/iu.test(id),
      logLevel: "silent",
    });
    const { output } = await bundle.generate({ format: "esm" });
    await bundle.close();
    for (const chunk of output) if (chunk.type === "chunk") await writeFile(join(folder, chunk.fileName), chunk.code);
    return new ReadingProcess(folder);
  }

  /** @throws Error when the process dies or hangs */
  async read(reader: string, path: string): Promise<Outcome> {
    const child = (this.#child ??= await this.#fork());
    const timer = new AbortController();
    let said = "";
    child.stderr?.on("data", (bytes: Buffer) => (said = `${said}${bytes.toString()}`.slice(-500)));
    child.send({ reader, path });
    const answer = await Promise.race([
      once(child, "message", { signal: timer.signal }).then(([outcome]) => outcome as Outcome),
      once(child, "exit", { signal: timer.signal }).then(([code, signal]) => `it died (${String(code ?? signal)}): ${said}`),
      new Promise<string>((resolve) => {
        const handle = setTimeout(() => resolve("it hangs"), longest);
        timer.signal.addEventListener("abort", () => clearTimeout(handle));
      }),
    ]).finally(() => timer.abort());
    child.stderr?.removeAllListeners("data");
    if (typeof answer !== "string") return answer;
    child.kill("SIGKILL");
    this.#child = undefined;
    throw new Error(`${reader} of ${path}: ${answer}`);
  }

  async #fork(): Promise<ChildProcess> {
    const child = fork(join(import.meta.dirname, "child.mjs"), [join(this.#folder, "readers.js")], {
      execArgv: [heap],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    const [first] = await Promise.race([once(child, "message"), once(child, "exit")]);
    if (first === "ready") return child;
    throw new Error(`the process of the readers did not start: ${String(first)} ${String(child.stderr?.read() ?? "")}`);
  }

  async stop(): Promise<void> {
    this.#child?.kill("SIGKILL");
    await rm(this.#folder, { recursive: true });
  }
}
