import { readSync } from 'node:fs';

/** Reads the next bytes into a buffer from `at` on, waiting for them; 0: there are no more. @throws Error of the system */
export const readNext = (fd: number, buffer: Uint8Array, at: number): number => {
  for (;;) {
    try {
      return readSync(fd, buffer, at, buffer.length - at, null);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
};

/** The text that comes from a pipe, until it is closed. @throws Error of the system */
export const readPipe = (fd: number): string => {
  const pieces: Buffer[] = [];
  const buffer = Buffer.allocUnsafe(1 << 16);
  for (let read = readNext(fd, buffer, 0); read > 0; read = readNext(fd, buffer, 0))
    pieces.push(Buffer.from(buffer.subarray(0, read)));
  return Buffer.concat(pieces).toString('utf8');
};
