import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OutputCapture } from '../../src/adapters/output-capture.ts';

const capture = (limit: number, chunks: readonly (string | Buffer)[]) => {
  const capture = new OutputCapture(limit);
  for (const chunk of chunks) capture.add(Buffer.from(chunk as string));
  return capture.captured;
};

describe('the output of a command within a limit of bytes', () => {
  test('what fits is kept whole, and no character is torn where the halves meet', () => {
    expect(capture(8, ['abc', 'ää', 'x'])).toEqual({ text: 'abcääx', bytes: 8, dropped: 0 });
    expect(capture(8, [])).toEqual({ text: '', bytes: 0, dropped: 0 });
  });

  test('of more the beginning and the end are kept, with the number of bytes between', () => {
    expect(capture(8, ['abcdefghijklmnopqrstuvwxyz'])).toEqual({
      text: 'abcd\n[18 bytes left out]\nwxyz',
      bytes: 26,
      dropped: 18,
    });
    expect(capture(8, ['abcdef', 'ghi'])).toMatchObject({ text: 'abcd\n[1 byte left out]\nfghi' });
  });

  test('as bytes it is the same, also where they are no text', () => {
    const kept = (limit: number) => {
      const all = new OutputCapture(limit);
      all.add(Buffer.from([0xff, 0xfe, 0x41, 0x42, 0x43, 0xc0]));
      return all.bytes;
    };
    expect(kept(6)).toEqual(Buffer.from([0xff, 0xfe, 0x41, 0x42, 0x43, 0xc0]));
    expect(kept(4)).toEqual(
      Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('\n[2 bytes left out]\n'), Buffer.from([0x43, 0xc0])]),
    );
  });

  test('a character that a half would cut is left out whole, and counted', () => {
    expect(capture(8, ['abcä', '…', 'ädef'])).toEqual({
      text: 'abc\n[7 bytes left out]\ndef',
      bytes: 13,
      dropped: 7,
    });
  });

  test('however the pipe cuts it, the same is kept', () => {
    const output = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 30 });
    fc.assert(
      fc.property(output, fc.integer({ min: 2, max: 64 }), (chunks, limit) => {
        const whole = Buffer.concat(chunks);
        const kept = capture(
          limit,
          chunks.map((chunk) => Buffer.from(chunk)),
        );
        expect(kept).toEqual(capture(limit, [whole]));
        expect(kept.bytes).toBe(whole.length);
        if (whole.length <= limit) expect(kept).toMatchObject({ text: whole.toString('utf8'), dropped: 0 });
        else expect(kept.dropped).toBeGreaterThanOrEqual(whole.length - limit);
      }),
    );
  });
});
