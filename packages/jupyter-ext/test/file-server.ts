import type { Request } from "../src/files/range-source.js";

/** A server of one file, as Jupyter's is: 206 with the time of the last change. */
export class FileServer {
  readonly asked: string[] = [];
  file: Uint8Array<ArrayBuffer>;
  lastModified = "Mon, 23 Nov 2026 12:00:00 GMT";
  ranges = true;
  status = 0;

  constructor(file: Uint8Array<ArrayBuffer>) {
    this.file = file;
  }

  readonly request: Request = async (range) => {
    this.asked.push(range);
    if (this.file.length === 0) return new Response("", { status: 416 });
    if (this.status !== 0) return new Response("", { status: this.status });
    if (!this.ranges) return new Response(this.file, { status: 200 });
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? [];
    const [start, end] = [Number(from), Math.min(Number(to) + 1, this.file.length)];
    return new Response(this.file.slice(start, end), {
      status: 206,
      headers: { "Content-Range": `bytes ${start}-${end - 1}/${this.file.length}`, "Last-Modified": this.lastModified },
    });
  };
}
