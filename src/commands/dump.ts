import {
  closeSync,
  existsSync,
  fchmodSync,
  fstatSync,
  ftruncateSync,
  openSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { sendRequest } from '../adapters/control-client.ts';
import { socketPath } from '../adapters/socket-path.ts';
import { printedJson } from '../log/one-line.ts';
import { FOUND, NOTHING } from './query.ts';
import { UsageError, writeAll, writeStderr } from './values.ts';

/** Opens a file without touching what is in it. @throws UsageError that says why it cannot be written. */
const openFile = (file: string): number => {
  try {
    return openSync(file, 'a', 0o600);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reasons: Readonly<Record<string, string>> = {
      ENOENT: 'there is no such directory',
      EISDIR: 'it is a directory',
      EACCES: 'permission denied',
    };
    throw new UsageError(`cannot write ${file}: ${reasons[code ?? ''] ?? message}`);
  }
};

/** `whenever dump FILE`: the file is its owner's alone, and is touched only when there is something to write. */
export const dump = async ([file = '']: readonly string[]): Promise<number> => {
  const report = async () =>
    `${printedJson(JSON.stringify(await sendRequest(socketPath(), { request: 'dump' }), undefined, 1))}\n`;
  if (file === '-') return writeAll(1, await report()) ? FOUND : NOTHING;
  const isNew = !existsSync(file);
  // A path that cannot be written is told before anything is gathered.
  const fd = openFile(file);
  try {
    const text = await report();
    if (fstatSync(fd).isFile()) {
      fchmodSync(fd, 0o600);
      ftruncateSync(fd);
    }
    writeFileSync(fd, text);
    writeStderr(`${file}: ${Math.ceil(text.length / 1024)} KiB. Look through it before you hand it on.\n`);
    return FOUND;
  } catch (error) {
    if (isNew) unlinkSync(file);
    throw error;
  } finally {
    closeSync(fd);
  }
};
