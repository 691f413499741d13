/** Bytes of a file on JupyterLab's server, read in pieces with HTTP Range. */
import { SideFileError, type SideFileFault } from "./side-file-error.js";

/** Bytes that can be read in pieces. */
export interface ByteSource {
  readonly size: number;
  /**
   * Bytes `start` ≤ i < `end`, in memory of their own.
   *
   * @throws SideFileError when the file is not any more what it was when it was opened
   */
  read(start: number, end: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
}

/** Asks for a file, or for a range of it (`bytes=0-7`). */
export type Request = (range: string, signal: AbortSignal | undefined) => Promise<Response>;

/** The first request brings this much: the header of most files, so that it needs no second. */
const firstBytes = 65_536;

/** A file that a server gives only as a whole is read up to this size. */
export const wholeFileLimit = 268_435_456;

/**
 * Opens a file. Where the server does not know ranges, the file is read as a whole, up to `limit` bytes.
 *
 * @throws SideFileError
 */
export async function openRange(request: Request, limit: number = wholeFileLimit): Promise<ByteSource> {
  const response = await ask(request, `bytes=0-${firstBytes - 1}`, undefined);
  if (response.status === 416) throw new SideFileError("broken", "the file is empty");
  if (response.status === 200) return fromMemory(await readWhole(response, limit));
  const { size } = rangeOf(response, 0);
  const first = await bytesOf(response, Math.min(firstBytes, size));
  const version = versionOf(response);
  return {
    size,
    async read(start, end, signal) {
      if (end <= first.length) return first.slice(start, end);
      if (end === start) return new Uint8Array();
      const part = await ask(request, `bytes=${start}-${end - 1}`, signal);
      if (part.status !== 206) throw new SideFileError("changed", `the server answered ${part.status} to a range of it`);
      const now = rangeOf(part, start);
      if (now.size !== size) throw new SideFileError("changed", `it had ${size} bytes and now has ${now.size}`);
      if (versionOf(part) !== version) throw new SideFileError("changed", "it was written anew while it was read");
      return bytesOf(part, end - start);
    },
  };
}

async function ask(request: Request, range: string, signal: AbortSignal | undefined): Promise<Response> {
  let response: Response;
  try {
    response = await request(range, signal);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new SideFileError("unreachable", error instanceof Error ? error.message : String(error));
  }
  const { status } = response;
  if (status === 200 || status === 206 || status === 416) return response;
  await response.body?.cancel();
  const faults: Readonly<Record<number, SideFileFault>> = { 401: "refused", 403: "refused", 404: "missing", 410: "missing" };
  throw new SideFileError(faults[status] ?? "unreachable", `the server answered ${status} ${response.statusText}`.trim());
}

/** What the server says the body is: `Content-Range: bytes 0-99/1234`. */
function rangeOf(response: Response, start: number): { readonly size: number } {
  const header = response.headers.get("Content-Range") ?? "";
  const [, from, , size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(header) ?? [];
  if (Number(from) !== start || !Number.isSafeInteger(Number(size))) {
    throw new SideFileError("unreachable", `the server answered with the range ${JSON.stringify(header)}`);
  }
  return { size: Number(size) };
}

/** Jupyter's server sends the time of the last change; others send an entity tag. */
const versionOf = ({ headers }: Response): string => headers.get("ETag") ?? headers.get("Last-Modified") ?? "";

async function bytesOf(response: Response, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.length === length) return bytes;
  throw new SideFileError("changed", `expected ${length} bytes; got ${bytes.length}`);
}

/** The whole body, given up as soon as it is too large, whatever the server says of its length. */
async function readWhole(response: Response, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const stated = Number(response.headers.get("Content-Length") ?? Number.NaN);
  const tooLarge = async (): Promise<never> => {
    await response.body?.cancel().catch(() => undefined);
    throw new SideFileError("too-large", `the server gives files only as a whole, and this one has more than ${limit} bytes`);
  };
  if (stated > limit) return tooLarge();
  const pieces: Uint8Array[] = [];
  let total = 0;
  const reader = response.body?.getReader();
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    pieces.push(next.value);
    total += next.value.length;
    if (total > limit) {
      await reader?.cancel();
      return tooLarge();
    }
  }
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** A file that is in memory already. */
export const fromMemory = (bytes: Uint8Array<ArrayBuffer>): ByteSource => ({
  size: bytes.length,
  read: (start, end) => Promise.resolve(bytes.slice(start, end)),
});
