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
import { callInstance } from '../adapters/control-client.ts';
import { socketPath } from '../adapters/socket-path.ts';
import { printedJson } from '../log/one-line.ts';
import { FOUND, NOTHING } from './query-common.ts';
import { printMessage, writeAll } from './stdio.ts';
import { type Subcommand, UsageError } from './subcommand.ts';

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
    throw new UsageError(`cannot write ${file}: ${reasons[code!] ?? message}`);
  }
};

const fetchReport = async (): Promise<string> =>
  `${printedJson(JSON.stringify(await callInstance(socketPath(), { request: 'dump' }), undefined, 1))}\n`;

export const dumpCommand: Subcommand = {
  name: 'dump',
  help: 'write a bug report: configuration without secrets, states, stories, events, last records, versions',
  takes: [{ form: '<FILE>', help: 'the file to write; -: standard output', path: true }],
  options: [],
  exitStatus: 'Status 0: written; 2: it cannot be written; 3: no instance is running.',
  examples: ['whenever dump whenever-dump.json'],
  run: async ({ args: [file = ''] }) => {
    if (file === '-') return writeAll(1, await fetchReport()) ? FOUND : NOTHING;
    const isNew = !existsSync(file);
    // The file is opened first: the report is not made for a path that cannot be written.
    const fd = openFile(file);
    try {
      const text = await fetchReport();
      // An existing file is left as it is until there is something to write. Only its owner may read it.
      if (fstatSync(fd).isFile()) {
        fchmodSync(fd, 0o600);
        ftruncateSync(fd);
      }
      writeFileSync(fd, text);
      printMessage(`wrote ${file} (${Math.ceil(text.length / 1024)} KiB); look through it before you hand it on`);
      return FOUND;
    } catch (error) {
      if (isNew) unlinkSync(file);
      throw error;
    } finally {
      closeSync(fd);
    }
  },
};
