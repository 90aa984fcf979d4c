import * as lua from '../lua-api.ts';
import { decodeText, pushOwned } from '../lua-values.ts';
import { runOf } from '../script-scheduler.ts';
import type { BufferedFile, ReadResult } from './buffered-file.ts';
import { pushSystemError, systemErrorText, waitOrDoNow } from './system-calls.ts';

/** The format of one value to read. */
type ReadFormat = { readonly what: 'n' | 'l' | 'L' | 'a' } | { readonly what: 'bytes'; readonly n: number };

/** The formats given from argument `first` on; a line when there are none. */
export const formatsFrom = (L: lua.State, first: number): ReadFormat[] => {
  const formats: ReadFormat[] = [];
  for (let i = first; i <= lua.gettop(L); i++) {
    if (lua.type(L, i) === lua.TNUMBER) formats.push({ what: 'bytes', n: lua.checkinteger(L, i) });
    else {
      const what = decodeText(lua.checkstring(L, i)).replace(/^\*/, '').charAt(0);
      if (what !== 'n' && what !== 'l' && what !== 'L' && what !== 'a') lua.argerror(L, i, 'invalid format');
      formats.push({ what: what as 'n' | 'l' | 'L' | 'a' });
    }
  }
  return formats.length === 0 ? [{ what: 'l' }] : formats;
};

/** Most characters of a number that is read from a file. */
const LONGEST_NUMERAL = 200;
const NUMERAL = /^[-+]?(?:0[xX][0-9a-fA-F]*\.?[0-9a-fA-F]*(?:[pP][-+]?[0-9]*)?|[0-9]*\.?[0-9]*(?:[eE][-+]?[0-9]*)?)/;

/** Reads the longest start that looks like a number, after blanks. */
const readNumeral = (file: BufferedFile): ReadResult => {
  const { buffered: data, atEnd } = file;
  let skip = 0;
  while (skip < data.length && /\s/.test(String.fromCharCode(data[skip]!))) skip++;
  if (skip === data.length && !atEnd) return 'more';
  const text = Buffer.from(data.subarray(skip, skip + LONGEST_NUMERAL)).toString('latin1');
  const length = NUMERAL.exec(text)![0].length;
  if (skip + length >= data.length && length < LONGEST_NUMERAL && !atEnd) return 'more';
  file.take(skip);
  return file.take(length);
};

const readOne = (file: BufferedFile, format: ReadFormat): ReadResult => {
  switch (format.what) {
    case 'l':
    case 'L':
      return file.readLine(format.what === 'L');
    case 'a':
      return file.readRest();
    case 'bytes':
      return file.readBytes(format.n);
    case 'n':
      return readNumeral(file);
  }
};

const isNumeral = (L: lua.State, data: Uint8Array): boolean => {
  const size = lua.stringtonumber(L, data);
  if (size === 0) return false;
  lua.settop(L, -2);
  return size === data.length + 1;
};

/** What to read, and what follows a failure or the end. */
interface Reading {
  readonly file: BufferedFile;
  readonly formats: readonly ReadFormat[];
  /** Called when nothing was left to read. */
  readonly onEnd?: (L: lua.State) => void;
  readonly failed: (L: lua.State, error: unknown) => number;
}

/** Reads by the formats; waits for the channel as often as needed. Pushes the values, and nil in place of the first that failed. */
const readValues = (L: lua.State, reading: Reading, values: Uint8Array[] = []): number => {
  const { file, formats, onEnd, failed } = reading;
  while (values.length < formats.length) {
    const format = formats[values.length]!;
    const read = readOne(file, format);
    if (read === 'more')
      return waitOrDoNow(
        L,
        () => file.fill(),
        () => (file.fillNow() ? undefined : false),
        (to) => readValues(to, reading, values),
        failed,
      );
    if (read === 'end' || (format.what === 'n' && !isNumeral(L, read))) {
      if (values.length === 0) onEnd?.(L);
      return pushValues(L, formats, values) + lua.pushnil(L);
    }
    values.push(read);
  }
  return pushValues(L, formats, values);
};

const pushValues = (L: lua.State, formats: readonly ReadFormat[], values: readonly Uint8Array[]): number => {
  if (!lua.checkstack(L, values.length + 2)) return lua.raise(L, 'too many results');
  values.forEach((data, i) => {
    if (formats[i]!.what === 'n') lua.stringtonumber(L, data);
    else pushOwned(L, data);
  });
  return values.length;
};

/** Writes what is buffered, then continues with `then`. */
export const flushThen = (L: lua.State, file: BufferedFile, then: (L: lua.State) => number): number =>
  waitOrDoNow(
    L,
    () => file.flush(),
    () => (file.flushNow() ? undefined : false),
    then,
  );

/** `read` of a file with the formats from argument `first` on. What is buffered for writing is written before. */
export const readFrom = (L: lua.State, file: BufferedFile, first: number): number => {
  const formats = formatsFrom(L, first);
  if (!file.channel.readable) return pushSystemError(L, { code: 'EBADF', errno: 9, message: '' });
  const readAll = (to: lua.State): number => readValues(to, { file, formats, failed: pushSystemError });
  return file.unwritten === 0 ? readAll(L) : flushThen(L, file, readAll);
};

/** Pushes the iterator of `lines`; it closes the file at its end if `close`. */
export const pushLines = (L: lua.State, file: BufferedFile, formats: readonly ReadFormat[], close: boolean): number => {
  const onEnd = (to: lua.State): void => {
    if (!close) return;
    runOf(to).resources.delete(file);
    file.abandon();
  };
  const failed = (to: lua.State, error: unknown): number => lua.raise(to, systemErrorText(error));
  return lua.pushcfunction(L, (to) =>
    file.closed ? lua.raise(to, 'file is already closed') : readValues(to, { file, formats, onEnd, failed }),
  );
};
