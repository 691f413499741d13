/**
 * A thread of its own for the control, input and heartbeat sockets, so that the kernel answers, is interrupted and is ended also while
 * a cell's code never yields: `while (true) {}`.
 *
 * An interrupt is first asked of the main thread. If it does not hear, or hears and then does not come round to end the cell, this thread
 * ends what runs there, as a browser's "stop script" does, through V8's inspector. Started by control.mjs.
 */
import { Session } from "node:inspector";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import * as zmq from "zeromq";
import { flag } from "./control-flags.mjs";
import { endCodeName } from "./end-code.mjs";
import { guardName } from "./memory-guard.mjs";
import { addressOf, readMessage, writeMessage } from "./wire.mjs";

if (parentPort === null) throw new Error("control-thread: expected to be a worker; start launcher.mjs");
const port = parentPort;

/**
 * @type {{
 *   connection: import("./wire.mjs").Connection,
 *   shared: SharedArrayBuffer,
 *   mayTerminate: boolean,
 *   heapLimit: number,
 *   answers: import("node:worker_threads").MessagePort,
 * }}
 */
const { connection, shared, mayTerminate, heapLimit, answers } = workerData;
const flags = new Int32Array(shared);

/** How long the main thread has to hear of an interrupt, in ms: code that yields this often ends by itself. */
const patience = 150;
/** How long it may then show no sign of life, in ms: the code that deals with the interrupt may compute, too. */
const longPatience = 2000;

const control = new zmq.Router({ sendHighWaterMark: 0, sendTimeout: 0, linger: 200 });
const stdin = new zmq.Router({ sendHighWaterMark: 0, sendTimeout: 0, linger: 0 });
const heartbeat = new zmq.Reply({ linger: 0 });

/**
 * Calls a function of the main thread there, in the midst of what it does.
 * @param {string} name of the symbol under which the function is
 * @param {boolean | ""} [value] what it is given
 */
function callInMainThread(name, value = "") {
  const session = new Session();
  session.connectToMainThread();
  const expression = `globalThis[Symbol.for("${name}")](${value})`;
  return new Promise((resolve) => {
    session.post("Runtime.evaluate", { expression, silent: true }, () => {
      session.disconnect();
      resolve(undefined);
    });
  });
}

let interrupts = 0;
let pulses = 0;

/** Sees to it that what runs ends: asks, and where nobody hears, ends it. */
async function interrupt() {
  const number = (interrupts += 1);
  // Who asks again, while the first is not dealt with, wants it ended whatever is lost.
  const isRepeated = Atomics.load(flags, flag.settled) < number - 1;
  Atomics.store(flags, flag.asked, number);
  port.postMessage({ interrupt: number });
  answer(undefined);
  let lastSign = performance.now();
  for (;;) {
    await sleep(patience);
    // A later one sees to it from here on.
    if (number !== interrupts) return;
    if (Atomics.load(flags, flag.settled) >= number) return;
    const isHeard = Atomics.load(flags, flag.heard) >= number;
    if (isHeard && Atomics.load(flags, flag.pulse) === pulses) {
      lastSign = performance.now();
      port.postMessage({ pulse: (pulses += 1) });
    }
    const isDeaf = !isHeard || performance.now() - lastSign > longPatience;
    if (isDeaf && mayTerminate) void callInMainThread(endCodeName, isRepeated);
  }
}

/** Hands over what the person typed, if someone waits for it.
 * @param {string | undefined} text
 */
function answer(text) {
  if (!isAsking) return;
  isAsking = false;
  answers.postMessage(text);
  Atomics.store(flags, flag.input, 0);
  Atomics.notify(flags, flag.input);
}
let isAsking = false;

/** Gives the main thread a moment to close its sockets. */
async function shutDown() {
  port.postMessage({ shutdown: true });
  await sleep(1500);
  process.kill(process.pid, "SIGKILL");
}

/** What the main thread asks for. */
port.on("message", async ({ frames, question, interrupt: isInterrupted, close }) => {
  if (isInterrupted) void interrupt();
  if (frames) await control.send(frames);
  if (question) {
    isAsking = true;
    await stdin.send(question);
  }
  if (close) {
    // A socket that still waits when its thread is torn down ends the process with an error of its own.
    for (const socket of [control, stdin, heartbeat]) socket.close();
    port.close();
    answers.close();
  }
});

async function serveControl() {
  await control.bind(addressOf(connection, connection.control_port));
  for await (const frames of control) {
    let message;
    try {
      message = readMessage(connection.key, frames);
    } catch (error) {
      console.error(error);
      continue;
    }
    /** @param {string} type
     * @param {object} content
     */
    const reply = (type, content) => control.send(writeMessage(connection.key, type, content, message, message.identities));
    if (message.header.msg_type === "interrupt_request") {
      await reply("interrupt_reply", { status: "ok" });
      void interrupt();
    } else if (message.header.msg_type === "shutdown_request") {
      await reply("shutdown_reply", { status: "ok", restart: message.content["restart"] === true });
      void shutDown();
    } else {
      port.postMessage({ frames });
    }
  }
}

async function serveInput() {
  await stdin.bind(addressOf(connection, connection.stdin_port));
  for await (const frames of stdin) {
    try {
      const { header, content } = readMessage(connection.key, frames);
      if (header.msg_type === "input_reply") answer(String(content["value"] ?? ""));
    } catch (error) {
      console.error(error);
    }
  }
}

async function serveHeartbeat() {
  await heartbeat.bind(addressOf(connection, connection.hb_port));
  for await (const frames of heartbeat) await heartbeat.send(frames);
}

/** A kernel whose server died without a word ends, too. */
function watchParent() {
  const server = process.env["JPY_PARENT_PID"];
  if (server === undefined || process.platform === "win32") return;
  const parent = process.ppid;
  // The server may have died before this thread began; then the parent is already the system's first process.
  const isOrphan = () => process.ppid !== parent || (process.ppid === 1 && server !== "1");
  setInterval(() => isOrphan() && process.kill(process.pid, "SIGKILL"), 1000).unref();
}

/** Asks the main thread what of its memory is in use, when it has much; see memory-guard.mjs. */
async function watchMemory() {
  for (;;) {
    const isMuch = process.memoryUsage.rss() > 0.7 * heapLimit;
    if (isMuch) await callInMainThread(guardName);
    await sleep(isMuch ? 25 : 250, undefined, { ref: false });
  }
}

watchParent();
if (mayTerminate) void watchMemory();
void serveControl();
void serveInput();
void serveHeartbeat();
