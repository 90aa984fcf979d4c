import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { parseTraceparent, TraceIdentity, traceparentOf } from '../../src/tracing/trace-identity.ts';
import { TracePropagation } from '../../src/tracing/trace-propagation.ts';

const T = '4bf92f3577b34da6a3ce929d0e0e4736';
const S = '00f067aa0ba902b7';

describe('ids of traces and spans', () => {
  const identity = new TraceIdentity('1000-7-abcd');

  test('are digests of the session and of what the journal calls them', () => {
    const digest = (text: string) => createHash('sha256').update(text).digest('hex');
    expect(identity.trace('run-5')).toBe(digest('1000-7-abcd trace run-5').slice(0, 32));
    expect(identity.span('process-12')).toBe(digest('1000-7-abcd span process-12').slice(0, 16));
    expect([identity.trace('run-6'), identity.trace('run-5')]).not.toContain(identity.trace('tick-5'));
    expect(new TraceIdentity('1000-7-abce').trace('run-5')).not.toBe(identity.trace('run-5'));
  });

  test('are handed on with the run as state, and with the baggage that the command came with', () => {
    const propagation = new TracePropagation(identity);
    propagation.received('command-1', 'user=me');
    expect(propagation.variables({ cause: 'command-1', run: 'run-5' }, { id: 'process-12' })).toEqual({
      TRACEPARENT: `00-${identity.trace('run-5')}-${identity.span('process-12')}-01`,
      ...{ TRACESTATE: 'whenever=run-5', BAGGAGE: 'user=me' },
    });
    expect(propagation.variables({ cause: 'tick-1', run: null }, { id: 'script-1' })).toEqual({
      TRACEPARENT: `00-${identity.trace('tick-1')}-${identity.span('script-1')}-01`,
      TRACESTATE: 'whenever=tick-1',
    });
    for (let n = 2; n < 1003; n++) propagation.received(`command-${n}`, 'later=1');
    expect(propagation.variables({ cause: 'command-1', run: null }, { id: 'process-1' })).not.toHaveProperty('BAGGAGE');
  });
});

test.each(['', 'a=\0', 'a=b\nc', 'a=ü', `a=${'b'.repeat(8191)}`])(
  'baggage that cannot be in headers or variables everywhere is not handed on: %j',
  (baggage) => {
    const propagation = new TracePropagation(new TraceIdentity('1'));
    propagation.received('command-1', `a=${'b'.repeat(8190)}`);
    propagation.received('command-2', baggage);
    const of = (cause: string) => propagation.variables({ cause, run: null }, { id: 'process-1' });
    expect(of('command-1')).toHaveProperty('BAGGAGE');
    expect(of('command-2')).not.toHaveProperty('BAGGAGE');
    expect([propagation.isSpan(`00-${T}-${S}-01`), propagation.isSpan('nonsense')]).toEqual([true, false]);
  },
);

/** The cases that https://www.w3.org/TR/trace-context/#versioning-of-traceparent and the test suite of W3C name. */
describe('a traceparent of another program', () => {
  test.each([
    [`00-${T}-${S}-01`, 1],
    [`00-${T}-${S}-00`, 0],
    [`00-${T}-${S}-09`, 9],
    [` 00-${T}-${S}-01\t`, 1],
    // A later version may have more behind it.
    [`cc-${T}-${S}-01`, 1],
    [`cc-${T}-${S}-01-what-the-future-will-be-like`, 1],
  ])('%s is taken', (text, flags) => {
    expect(parseTraceparent(text)).toEqual({ traceId: T, spanId: S, flags });
  });

  test.each([
    '',
    `ff-${T}-${S}-01`,
    `00-${T}-${S}-01-`,
    `00-${T}-${S}-01-what-the-future-will-be-like`,
    `cc-${T}-${S}-01.what-the-future-will-be-not-like`,
    `00-${'0'.repeat(32)}-${S}-01`,
    `00-${T}-${'0'.repeat(16)}-01`,
    `00-${T.slice(1)}-${S}-01`,
    `00-${T}-${S}0-01`,
    `00-${T.toUpperCase()}-${S}-01`,
    `00-${T.replace('4', '.')}-${S}-01`,
    `00-${T}-${S}-1`,
    `00-${T}-${S}-.0`,
    `0-${T}-${S}-01`,
    `00-${T}-${S}`,
  ])('%s is not', (text) => {
    expect(parseTraceparent(text)).toBeUndefined();
  });

  test('what is written is read again', () => {
    expect(parseTraceparent(traceparentOf(T, S))).toEqual({ traceId: T, spanId: S, flags: 1 });
  });
});
