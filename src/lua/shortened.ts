/** Bytes of a text that a message has room for. */
const LONGEST = 16 * 1024;
const MORE = [46, 46, 46];

/** A text as a message quotes it: one that is very long ends in three points, between two characters. */
export const shortenForMessage = (s: Uint8Array): Uint8Array => {
  if (s.length <= LONGEST) return s;
  let end = LONGEST - MORE.length;
  for (let back = 0; back < 3 && (s[end]! & 0xc0) === 0x80; back++) end--;
  const made = new Uint8Array(end + MORE.length);
  made.set(s.subarray(0, end));
  made.set(MORE, end);
  return made;
};
