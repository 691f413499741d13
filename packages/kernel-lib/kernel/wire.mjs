/** Jupyter's wire: signed messages of several frames. https://jupyter-client.readthedocs.io/en/stable/messaging.html */
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";

/**
 * @typedef {object} Header
 * @property {string} msg_type
 * @property {string} msg_id
 * @property {string} session
 * @property {string} username
 *
 * @typedef {object} Message
 * @property {Buffer[]} identities who asked, for the reply
 * @property {Header} header
 * @property {Record<string, unknown>} metadata
 * @property {Record<string, any>} content
 *
 * @typedef {object} Connection what Jupyter's connection file says
 * @property {string} transport
 * @property {string} ip
 * @property {string} key
 * @property {number} shell_port
 * @property {number} iopub_port
 * @property {number} stdin_port
 * @property {number} control_port
 * @property {number} hb_port
 */

const delimiter = Buffer.from("<IDS|MSG>");
const session = randomUUID();

/**
 * @param {string} key
 * @param {readonly (string | Buffer)[]} parts
 */
function sign(key, parts) {
  if (key === "") return "";
  const hash = createHmac("sha256", key);
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
}

/**
 * Reads a message; throws where it is malformed or not signed with the key.
 * @param {string} key
 * @param {readonly Uint8Array[]} frames
 * @returns {Message}
 */
export function readMessage(key, frames) {
  const buffers = frames.map((frame) => Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength));
  const place = buffers.findIndex((frame) => frame.equals(delimiter));
  const [signature, ...parts] = buffers.slice(place + 1, place + 6);
  if (place === -1 || signature === undefined || parts.length !== 4) throw new TypeError("readMessage: not a Jupyter message");
  const expected = Buffer.from(sign(key, parts));
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) {
    throw new TypeError("readMessage: the signature does not fit the connection's key");
  }
  const [header, , metadata, content] = parts.map((part) => JSON.parse(part.toString()));
  return { identities: buffers.slice(0, place), header, metadata, content };
}

/**
 * Writes a message as frames.
 * @param {string} key
 * @param {string} type
 * @param {object} content
 * @param {Message | undefined} parent the request it belongs to
 * @param {readonly Buffer[]} identities to whom; for iopub the topic
 * @returns {(Buffer | string)[]}
 */
export function writeMessage(key, type, content, parent, identities) {
  const header = {
    version: "5.3",
    date: new Date().toISOString(),
    session,
    username: parent?.header.username ?? "",
    msg_type: type,
    msg_id: randomUUID(),
  };
  const parts = [header, parent?.header ?? {}, {}, content].map((part) => JSON.stringify(part));
  return [...identities, delimiter, sign(key, parts), ...parts];
}

/**
 * Where a socket binds.
 * @param {Connection} connection
 * @param {number} port
 */
export const addressOf = ({ transport, ip }, port) => `${transport}://${ip}${transport === "ipc" ? "-" : ":"}${port}`;
