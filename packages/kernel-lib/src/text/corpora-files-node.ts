import { open, stat } from "node:fs/promises";

/** A file's size and its bytes in pieces. */
export interface OpenedFile {
  readonly size: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

const chunkSize = 1 << 20;

/** A file by its path; it is open only while its `chunks` are taken. */
export async function openFile(path: string): Promise<OpenedFile> {
  const { size } = await stat(path);
  async function* read(): AsyncGenerator<Uint8Array> {
    const file = await open(path);
    try {
      for (;;) {
        const { bytesRead, buffer } = await file.read(new Uint8Array(chunkSize), 0, chunkSize);
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  }
  return { size, chunks: read() };
}
