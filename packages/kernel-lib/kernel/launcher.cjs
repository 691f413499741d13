"use strict";
// Thin launcher around an unmodified tslab 1.0.22 (one process; user code runs in it).
const { startKernel } = require("tslab/dist/main.js");
const jupyter = require("tslab/dist/jupyter.js");
const configPath = process.argv[process.argv.indexOf("--config-path") + 1];
const DISPLAY = Symbol.for("Jupyter.display");
const P = jupyter.ZmqServer.prototype;
let cur = null; // { server, msg } of the running execute_request
const publish = (type, content) => {
  const r = cur.msg.createReply();
  r.header.msg_type = type;
  r.content = content;
  r.signAndSend(cur.server.connInfo.key, cur.server.iopub);
};
const display = (data, metadata = {}, { display_id, update = false } = {}) =>
  publish(update ? "update_display_data" : "display_data", { data, metadata, transient: display_id ? { display_id } : {} });
globalThis[Symbol.for("heed.host")] = {
  kind: "tslab",
  display,
  get cell() {
    return { ...cur.msg.metadata, msgId: cur.msg.header.msg_id };
  },
};

const bind = P.bindSocket; // 1. iopub must neither drop nor reject (zeromq.js: 512 sync sends)
P.bindSocket = function (sock, port) {
  if (sock === this.iopub) {
    sock.sendHighWaterMark = 0;
    sock.sendTimeout = 0;
  }
  return bind.call(this, sock, port);
};
const exec = P.handleExecute; // 2. remember the request (cellId is in its metadata)
const impl = jupyter.JupyterHandlerImpl.prototype.handleExecuteImpl;
const byContent = new WeakMap();
let count = 0;
P.handleExecute = function (sock, msg) {
  byContent.set(msg.content, { server: this, msg });
  return exec.call(this, sock, msg);
};
jupyter.JupyterHandlerImpl.prototype.handleExecuteImpl = function (req, ...rest) {
  cur = byContent.get(req) ?? cur;
  publish("execute_input", { code: req.code, execution_count: ++count });
  return impl.call(this, req, ...rest);
};
const { log, error } = console; // 3. startKernel captures console.log/.error once
console.log = (v) => {
  const f = v !== null && (typeof v === "object" || typeof v === "function") ? v[DISPLAY] : undefined;
  if (typeof f !== "function") return log.call(console, v);
  const b = f.call(v);
  typeof b?.then === "function" ? b.then((x) => display(x)) : display(b);
};
console.error = (...a) => {
  const e = a[0];
  if (e instanceof Error)
    publish("error", {
      ename: e.name,
      evalue: e.message,
      traceback: String(e.stack)
        .split("\n")
        .filter((l) => !/tslab[\\/]dist|node:vm/.test(l)),
    });
  else error.apply(console, a);
};
startKernel({ configPath, enableFindLocal: false });
console.log = log;
console.error = error;
