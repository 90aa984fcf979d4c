import { countWork } from './memory-limit.ts';

const encoder = new TextEncoder();
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text as the bytes of a Lua string. */
export const encodeText = (text: string): Uint8Array => encoder.encode(text);

/** The bytes of a Lua string as text; what is not UTF-8 becomes U+FFFD. */
export const decodeText = (s: Uint8Array): string => {
  countWork(s.length);
  return Buffer.from(s.buffer, s.byteOffset, s.byteLength).toString('utf8');
};

/** The bytes of a Lua string as text, or undefined when they are not UTF-8. */
export const decodeStrictly = (s: Uint8Array): string | undefined => {
  countWork(s.length);
  try {
    return strict.decode(s);
  } catch {
    return undefined;
  }
};

/** The bytes of a Lua string as text of one character a byte. */
export const decodeLatin1 = (s: Uint8Array): string => Buffer.from(s.buffer, s.byteOffset, s.length).toString('latin1');
