import { describe, expect, test } from 'vitest';
import { Daemon, load } from '../support/daemon.ts';
import { interval, TICK } from '../support/items.ts';

const script = (name: string) => `[[task]]\nname = "${name}"\ntype = "lua"\nscript = "x = 1"\n`;

describe('Locks and the run of a condition', () => {
  test('What is still held when the run of a condition has ended is released then, not before, with a warning.', async () => {
    const file = TICK + script('Take') + script('After') + interval('C', 5, '', '["Take", "After"]');
    const one = new Daemon(await load(file), { lua: { Take: [{ locks: ['L'] }], After: [{ seconds: 7 }] } });
    const warnings = () =>
      one.records.all.filter(({ level }) => level === 'warn').map(({ context, message }) => [context.item, message]);
    await one.advance(10);
    expect(warnings()).toEqual([]);
    await one.advance(10);
    expect(warnings()).toEqual([['C', 'the lock "L" was still held at the end of the run, and is released']]);
  });
});
