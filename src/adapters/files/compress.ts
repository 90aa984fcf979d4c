import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** Level 3 makes a recording at trace 24 times smaller; level 6, 28 times, for three times the processor time. */
export const GZIP_LEVEL = 3;

const CHUNK = 1 << 18;

/** How a file is compressed. */
interface Compression {
  readonly mode: number;
  readonly signal: AbortSignal;
  /** Called with the bytes of the file, one chunk after the other. */
  readonly look?: ((bytes: Buffer) => void) | undefined;
  /** Bytes of a chunk. */
  readonly chunk?: number;
}

/**
 * Compresses a file into another one, on threads of the system. What is written is on the disk when it is done. @param fd of the file:
 * it is closed. @throws Error of the system, or because of the signal
 */
export const compressFile = async (
  fd: number,
  to: string,
  { mode, signal, look, chunk = CHUNK }: Compression,
): Promise<void> => {
  const watched = async function* (chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const bytes of chunks) {
      look?.(bytes);
      yield bytes;
    }
  };
  const source = createReadStream('', { fd, highWaterMark: chunk });
  const gzip = createGzip({ level: GZIP_LEVEL, chunkSize: CHUNK });
  const target = createWriteStream(to, { mode, flush: true });
  if (look) await pipeline(source, watched, gzip, target, { signal });
  else await pipeline(source, gzip, target, { signal });
};
