import { isUtf8 } from 'node:buffer';

/** What is not UTF-8, and where: line and column count from 1, the column in characters. */
interface NotUtf8 {
  readonly position?: { readonly line: number; readonly column: number };
  readonly reason: string;
}

const NEWLINE = 0x0a;
/** Bytes that are looked at to recognise UTF-16 without a mark at its beginning. */
const SAMPLE = 512;

const wide = (name: string): NotUtf8 => ({ reason: `it is ${name}, expected UTF-8: save it as UTF-8` });

/** The marks that texts in other encodings begin with; the longer ones first. */
const MARKS: readonly (readonly [mark: string, name: string])[] = [
  ['fffe0000', 'UTF-32'],
  ['0000feff', 'UTF-32'],
  ['fffe', 'UTF-16'],
  ['feff', 'UTF-16'],
];

/** Every other byte of Western text in UTF-16 is a zero. */
const looksLikeUtf16 = (bytes: Buffer): boolean => {
  const sample = bytes.subarray(0, SAMPLE);
  const zeros = [0, 0];
  for (const [i, byte] of sample.entries()) if (byte === 0) zeros[i % 2]! += 1;
  return Math.max(...zeros) > sample.length / 4 && Math.min(...zeros) < sample.length / 20;
};

const firstBad = (bytes: Buffer): NotUtf8 => {
  let line = 1;
  let start = 0;
  let end = bytes.indexOf(NEWLINE);
  while (end >= 0 && isUtf8(bytes.subarray(start, end))) {
    line += 1;
    start = end + 1;
    end = bytes.indexOf(NEWLINE, start);
  }
  const rest = bytes.subarray(start, end < 0 ? undefined : end);
  // Decoding puts U+FFFD in the place of the first bad byte; what is before it has as many bytes as when encoded again.
  const before = [];
  let at = 0;
  for (const character of rest.toString('utf8')) {
    const encoded = Buffer.from(character);
    if (!encoded.equals(rest.subarray(at, at + encoded.length))) break;
    before.push(character);
    at += encoded.length;
  }
  const byte = rest[at] ?? 0;
  const hex = `0x${byte.toString(16).padStart(2, '0')}`;
  const latin = byte >= 0xa0 ? `, which is "${String.fromCharCode(byte)}" in Latin-1` : '';
  return {
    position: { line, column: before.length + 1 },
    reason: `it is not valid UTF-8: byte ${hex}${latin}; save the file as UTF-8`,
  };
};

/** The text of bytes in UTF-8, or what they are instead. A mark at the beginning is left out. */
export const decode = (bytes: Buffer): string | NotUtf8 => {
  const marked = MARKS.find(([mark]) => bytes.subarray(0, mark.length / 2).toString('hex') === mark);
  if (marked) return wide(marked[1]);
  if (looksLikeUtf16(bytes)) return wide('UTF-16');
  return isUtf8(bytes) ? new TextDecoder().decode(bytes) : firstBad(bytes);
};
