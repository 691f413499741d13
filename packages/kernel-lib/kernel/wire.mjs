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
 * @property {Buffer[]} buffers binary data, sent as it is
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
  return { identities: buffers.slice(0, place), header, metadata, content, buffers: buffers.slice(place + 6) };
}

/**
 * Writes a message as frames.
 * @param {string} key
 * @param {string} type
 * @param {object} content
 * @param {Message | undefined} parent the request it belongs to
 * @param {readonly Buffer[]} identities to whom; for iopub the topic
 * @param {{ metadata?: object, buffers?: readonly Uint8Array[] }} [more]
 * @returns {(Buffer | string)[]}
 */
export function writeMessage(key, type, content, parent, identities, { metadata = {}, buffers = [] } = {}) {
  const header = {
    version: "5.3",
    date: new Date().toISOString(),
    session,
    username: parent?.header.username ?? "",
    msg_type: type,
    msg_id: randomUUID(),
  };
  const parts = [header, parent?.header ?? {}, metadata, content].map(wellFormed);
  return [...identities, delimiter, sign(key, parts), ...parts, ...buffers.map(bufferOf)];
}

/** @param {Uint8Array} bytes */
const bufferOf = ({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength);

/**
 * As JSON that every reader can store. JavaScript's text may hold half a character (`"😀".slice(0, 1)`), which JSON escapes and UTF-8 does
 * not know: a notebook with one could not be saved. It becomes U+FFFD, as everywhere else where text becomes bytes.
 * @param {object} part
 */
function wellFormed(part) {
  const json = JSON.stringify(part);
  // Whole characters are written as they are: an escape of this kind is half of one, unless its backslash is itself escaped.
  return json.includes("\\ud") ? json.replace(/(?<=(?:^|[^\\])(?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g, "\uFFFD") : json;
}

/**
 * Where a socket binds.
 * @param {Connection} connection
 * @param {number} port
 */
export const addressOf = ({ transport, ip }, port) => `${transport}://${ip}${transport === "ipc" ? "-" : ":"}${port}`;
