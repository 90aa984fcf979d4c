import { describe, expect, test } from 'vitest';
import { abortSignalOf, EndController } from '../../src/core/end-signal.ts';

describe('An EndController', () => {
  test('calls its listeners once, in their order, and says why it ends', () => {
    const end = new EndController();
    const calls: string[] = [];
    for (const name of ['first', 'second']) end.addEventListener('abort', () => calls.push(`${name}: ${end.reason}`));
    end.abort('cancelled');
    end.abort('again');
    expect(calls).toEqual(['first: cancelled', 'second: cancelled']);
    expect(end).toMatchObject({ aborted: true, reason: 'cancelled' });
  });

  test('does not call a listener that was removed, also not one that another listener has removed', () => {
    const end = new EndController();
    const calls: string[] = [];
    const [before, second] = ['before', 'second'].map((name) => () => void calls.push(name)) as [
      () => void,
      () => void,
    ];
    end.addEventListener('abort', before);
    end.addEventListener('abort', () => {
      calls.push('first');
      end.removeEventListener('abort', second);
    });
    end.addEventListener('abort', second);
    end.removeEventListener('abort', before);
    end.abort('cancelled');
    expect(calls).toEqual(['first']);
  });

  test('is an AbortSignal where one is needed, before and after its end', () => {
    const end = new EndController();
    const early = abortSignalOf(end);
    expect(early.aborted).toBe(false);
    end.abort('cancelled');
    for (const signal of [early, abortSignalOf(end)])
      expect(signal).toMatchObject({ aborted: true, reason: 'cancelled' });
  });
});
