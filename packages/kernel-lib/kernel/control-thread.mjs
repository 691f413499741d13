/**
 * A thread of its own for the control and heartbeat sockets, so that the kernel answers, is interrupted and is ended also while a
 * cell's code never yields: `while (true) {}`.
 *
 * An interrupt is first asked of the main thread. If it does not hear, this thread ends what runs there, as a browser's "stop
 * script" does, through V8's inspector. Started by control.mjs.
 */
import { Session } from "node:inspector";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import * as zmq from "zeromq";
import { flag } from "./control-flags.mjs";
import { addressOf, readMessage, writeMessage } from "./wire.mjs";

if (parentPort === null) throw new Error("control-thread: expected to be a worker; start launcher.mjs");
const port = parentPort;

/** @type {{ connection: import("./wire.mjs").Connection, shared: SharedArrayBuffer, mayTerminate: boolean }} */
const { connection, shared, mayTerminate } = workerData;
const flags = new Int32Array(shared);

/** How long the main thread has to hear of an interrupt, in ms: code that yields this often ends by itself. */
const patience = 150;
/** Then its code is ended, and again where native code held it up. */
const maxTries = 200;

const control = new zmq.Router({ sendHighWaterMark: 0, sendTimeout: 0, linger: 200 });
const heartbeat = new zmq.Reply();

/** Ends the JavaScript that runs in the main thread now; what waits there goes on. */
function terminate() {
  const session = new Session();
  session.connectToMainThread();
  session.post("Runtime.terminateExecution", () => session.disconnect());
}

let interrupts = 0;

async function interrupt() {
  const number = (interrupts += 1);
  port.postMessage({ interrupt: number });
  for (let tries = 0; tries < maxTries; tries += 1) {
    await sleep(patience);
    if (Atomics.load(flags, flag.heard) >= number) return;
    if (!mayTerminate || Atomics.load(flags, flag.protected) !== 0) continue;
    Atomics.store(flags, flag.terminated, number);
    terminate();
  }
}

/** Gives the main thread a moment to close its sockets. */
async function shutDown() {
  port.postMessage({ shutdown: true });
  await sleep(1000);
  process.kill(process.pid, "SIGKILL");
}

async function serveControl() {
  await control.bind(addressOf(connection, connection.control_port));
  port.on("message", (frames) => void control.send(frames));
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

watchParent();
void serveControl();
void serveHeartbeat();
