import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteBuffer } from '../../src/journal/byte-buffer.ts';
import { settings } from '../support/property.ts';

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe('bytes that are collected', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary' }),
    fc.string({ minLength: 120, maxLength: 140 }),
    fc.constantFrom('"', '\\', '\u007f', '\u001f', '~', ' ', 'x'.repeat(200_000), 'é'.repeat(70_000)),
  );
  const count = fc.oneof(
    fc.maxSafeNat(),
    fc.nat(1200),
    fc.constantFrom(0, 9, 10, 99, 100, 999_999_999, 1e9, 2 ** 31, 2 ** 32),
  );
  type Piece = { readonly add: (buffer: ByteBuffer) => void; readonly text: string };
  const piece: fc.Arbitrary<Piece> = fc.oneof(
    text.map((text) => ({ text, add: (buffer: ByteBuffer) => buffer.addText(text) })),
    text.map((text) => ({ text, add: (buffer: ByteBuffer) => buffer.addBytes(Buffer.from(text)) })),
    text.map((text) => ({
      text: JSON.stringify(text).slice(1, -1),
      add: (buffer: ByteBuffer) => buffer.addEscaped(text),
    })),
    count.map((n) => ({ text: String(n), add: (buffer: ByteBuffer) => buffer.addCount(n) })),
  );

  test('are what the platform makes of texts, JSON and numbers.', () => {
    fc.assert(
      fc.property(fc.array(fc.array(piece, { maxLength: 20 }), { maxLength: 4 }), (takes) => {
        const buffer = new ByteBuffer();
        for (const pieces of takes) {
          for (const { add } of pieces) add(buffer);
          const all = Buffer.concat(pieces.map(({ text }) => Buffer.from(text)));
          expect(buffer.length).toBe(all.length);
          expect(Buffer.compare(buffer.take(), all)).toBe(0);
          expect(buffer.length).toBe(0);
        }
      }),
      settings(200),
    );
  });

  test('stay as they were taken when more comes.', () => {
    const buffer = new ByteBuffer();
    buffer.addText('before');
    const taken = buffer.take();
    buffer.addText('behind');
    expect(textOf(taken)).toBe('before');
    expect(textOf(buffer.take())).toBe('behind');
  });

  test('use memory again that is given back, and no other memory.', () => {
    const buffer = new ByteBuffer();
    const taken = ['a', 'b', 'c'].map((letter) => {
      buffer.addText(letter.repeat(100_000 / 3));
      return buffer.take();
    });
    expect(new Set(taken.map((bytes) => bytes.buffer)).size).toBe(3);
    const [first, second, third] = taken as [Uint8Array, Uint8Array, Uint8Array];
    buffer.giveBack(second);
    buffer.addText('d'.repeat(40_000));
    buffer.take();
    buffer.addText('e'.repeat(40_000));
    const again = buffer.take();
    expect(again.buffer).toBe(second.buffer);
    expect(textOf(again)).toBe('e'.repeat(40_000));
    expect([textOf(first)[0], textOf(third)[33_000]]).toEqual(['a', 'c']);
  });
});
