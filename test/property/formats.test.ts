import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { colour, json, plain } from '../../src/log/format.ts';
import { LEVELS, type LogRecord, type Mark } from '../../src/log/record.ts';
import { settings } from '../support/property.ts';

const marks: readonly Mark[] = [
  ...(['INIT', 'START', 'PROC', 'END'] as const).flatMap((when) =>
    (['OK', 'FAIL', 'MSG', 'ERR'] as const).map((status): Mark => `${when}/${status}`),
  ),
  'HIST/START',
  'HIST/END',
  'BUSY/YES',
  'BUSY/NO',
  'PAUSE/YES',
  'PAUSE/NO',
];
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('a\nb', '\r', '\u2028', '"\\/', '\ud800'),
);
const word = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,12}$/);
const context = fc.oneof(
  fc.record({ emitter: word, action: word, item: word, itemId: fc.nat() }),
  fc.record({ emitter: word, action: word, item: fc.constant(null), itemId: fc.constant(null) }),
);
const record: fc.Arbitrary<LogRecord> = fc.record({
  time: fc.oneof(fc.integer({ min: 0, max: 4e12 }), fc.double({ min: 0, max: 4e12, noNaN: true })),
  level: fc.constantFrom(...LEVELS),
  context,
  mark: fc.constantFrom(...marks),
  message: text,
});

describe('whatever a record says', () => {
  test('its JSON line parses back, with every field in its order', () => {
    fc.assert(
      fc.property(record, (r) => {
        const line = json(r);
        expect(line.endsWith('}}}\n')).toBe(true);
        expect(line.indexOf('\n')).toBe(line.length - 1);
        const parsed = JSON.parse(line);
        const [when, status] = r.mark.split('/');
        expect(parsed).toEqual({
          header: {
            application: 'whenever',
            level: r.level.toUpperCase(),
            time: expect.stringMatching(/^\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}000$/),
          },
          contents: {
            context: {
              action: r.context.action,
              emitter: r.context.emitter,
              item: r.context.item,
              item_id: r.context.itemId,
            },
            message: r.message,
            message_type: { status, when },
          },
        });
        expect(Date.parse(`${parsed.header.time.slice(0, 23)}Z`)).toBe(Math.floor(r.time));
        expect(Object.keys(parsed)).toEqual(['header', 'contents']);
        expect(Object.keys(parsed.header)).toEqual(['application', 'level', 'time']);
        expect(Object.keys(parsed.contents)).toEqual(['context', 'message', 'message_type']);
        expect(Object.keys(parsed.contents.context)).toEqual(['action', 'emitter', 'item', 'item_id']);
        expect(Object.keys(parsed.contents.message_type)).toEqual(['status', 'when']);
        // What a file holds after it was written as UTF-8 parses as well.
        expect(() => JSON.parse(Buffer.from(line).toString('utf8'))).not.toThrow();
      }),
      settings(2000),
    );
  });

  test('its plain and its coloured line hold no line end and no other control character of the message', () => {
    const ESC = '\u001b';
    fc.assert(
      fc.property(record, (r) => {
        const line = plain(r);
        expect(line).toMatch(
          /^\[\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\] \(whenever\) (TRACE|DEBUG|INFO |WARN |ERROR) [^\n]*\n$/,
        );
        for (const character of line.slice(0, -1)) expect(character.charCodeAt(0)).toBeGreaterThan(31);
        const coloured = colour(r);
        expect(coloured.replaceAll(new RegExp(`${ESC}\\[[\\d;]*m`, 'g'), '')).toBe(line);
      }),
      settings(2000),
    );
  });
});
