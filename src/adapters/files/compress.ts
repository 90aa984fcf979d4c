import { close, createWriteStream, read } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createGzip } from 'node:zlib';

/** Level 3 makes a recording at trace 24 times smaller; level 6, 28 times, for three times the processor time. */
export const GZIP_LEVEL = 3;

const CHUNK = 1 << 20;
const COMPRESSED_CHUNK = 1 << 17;

const readNext = promisify(read);

/** How a file is compressed. */
interface Compression {
  readonly mode: number;
  readonly signal: AbortSignal;
  /** Called with the bytes of the file, one chunk after the other. They are others after the call. */
  readonly look?: ((bytes: Buffer) => void) | undefined;
  /** Bytes of a chunk. */
  readonly chunk?: number;
}

/**
 * Reads a file, and closes it. The bytes of a chunk are those of the next one when that is asked for: with memory of its own for each
 * chunk, V8 collects garbage again and again, because much of it is outside of its heap.
 */
const chunksOf = async function* (fd: number, size: number, look?: (bytes: Buffer) => void): AsyncGenerator<Buffer> {
  try {
    let chunk = Buffer.allocUnsafeSlow(size);
    for (;;) {
      const { bytesRead } = await readNext(fd, chunk, 0, size, null);
      if (bytesRead === 0) return;
      const bytes = chunk.subarray(0, bytesRead);
      look?.(bytes);
      yield bytes;
      // A stream asks for more at once after a few bytes.
      if (bytesRead < size) chunk = Buffer.allocUnsafeSlow(size);
    }
  } finally {
    close(fd, () => {});
  }
};

/**
 * Compresses a file into another one, on threads of the system. What is written is on the disk when it is done. @param fd of the file:
 * it is closed. @throws Error of the system, or because of the signal
 */
export const compressFile = async (
  fd: number,
  to: string,
  { mode, signal, look, chunk = CHUNK }: Compression,
): Promise<void> => {
  if (signal.aborted) {
    close(fd, () => {});
    throw signal.reason;
  }
  const gzip = createGzip({ level: GZIP_LEVEL, chunkSize: COMPRESSED_CHUNK });
  const target = createWriteStream(to, { mode, flush: true });
  await pipeline(chunksOf(fd, chunk, look), gzip, target, { signal });
};
