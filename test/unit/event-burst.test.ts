import { describe, expect, test } from 'vitest';
import type { PathChange } from '../../src/core/event-burst.ts';
import { EventBurst, joinEvents, MOST_CHANGES } from '../../src/core/event-burst.ts';

const file = (kind: PathChange['kind'], path: string) => ({ name: 'E', type: 'fschange', change: { kind, path } });
const shown = (changes: readonly PathChange[] = []) => changes.map(({ kind, path }) => `${kind} ${path}`);

describe('a burst of occurrences', () => {
  test('keeps each change once, oldest first, and counts the occurrences', () => {
    const burst = new EventBurst();
    for (const one of [
      'create a',
      'modify a',
      'modify a',
      'modify b',
      'modify a',
      'remove a',
      'create a',
      'modify b',
    ]) {
      const [kind, path] = one.split(' ') as [PathChange['kind'], string];
      burst.add(file(kind, path));
    }
    const { changes, ...rest } = burst.context;
    expect(shown(changes)).toEqual(['create a', 'modify a', 'modify b', 'remove a', 'create a']);
    expect(rest).toEqual({ name: 'E', type: 'fschange', count: 8 });
  });

  test('takes name, kind and data of the last occurrence; data is made when it is asked for', () => {
    let made = 0;
    const data = (text: string) => () => {
      made += 1;
      return text;
    };
    const burst = new EventBurst()
      .add({ name: 'A', type: 'cli', data: data('1') })
      .add({ name: 'B', type: 'dbus', data: data('[2]') })
      .add(file('create', '/x'));
    expect(made).toBe(0);
    expect(burst.context).toEqual({
      ...{ name: 'E', type: 'fschange', count: 3, data: '[2]' },
      changes: [{ kind: 'create', path: '/x' }],
    });
    expect(made).toBe(1);
  });

  test('keeps a limited number of changes, the last one always, and counts the others', () => {
    const burst = new EventBurst();
    for (let i = 0; i < MOST_CHANGES + 5; i++) burst.add(file('create', `/${i}`));
    const { changes = [], more, count } = burst.context;
    expect([changes.length, more, count]).toEqual([MOST_CHANGES, 5, MOST_CHANGES + 5]);
    expect(shown(changes.slice(-2))).toEqual([`create /${MOST_CHANGES - 2}`, `create /${MOST_CHANGES + 4}`]);
  });

  test('is joined with a later firing: the changes of both, the rest of the later one', () => {
    const earlier = new EventBurst().add(file('create', '/a')).add({ name: 'X', type: 'cli', data: () => '1' }).context;
    const later = new EventBurst().add(file('create', '/a')).add(file('remove', '/b')).context;
    expect(joinEvents(earlier, later)).toEqual({
      ...{ name: 'E', type: 'fschange', count: 4, data: '1' },
      changes: [
        { kind: 'create', path: '/a' },
        { kind: 'remove', path: '/b' },
      ],
    });
    expect(joinEvents(undefined, later)).toBe(later);
    expect(joinEvents(earlier, undefined)).toBe(earlier);
  });
});
