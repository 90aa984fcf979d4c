import { describe, expect, test } from 'vitest';
import { posixRule, zoneLike } from '../../src/adapters/posix-zone.ts';

describe('a rule of POSIX for local time', () => {
  /** The offsets of a rule in s, and the local times at which summer time begins and ends in a year. */
  const read = (text: string, year: number): (number | string)[] | undefined => {
    const rule = posixRule(text);
    if (rule === undefined) return undefined;
    const { standard, summer } = rule;
    // Without the sign that a zero can have.
    const offset = (seconds: number): number => seconds + 0;
    const shown = (seconds: number): string =>
      new Date(Date.UTC(year, 0, 1) + seconds * 1000).toISOString().slice(0, 16);
    return summer
      ? [offset(standard), offset(summer.offset), shown(summer.begins(year)), shown(summer.ends(year))]
      : [offset(standard)];
  };

  test.each<[string, number, ReturnType<typeof read>]>([
    ['JST-9', 2026, [32_400]],
    ['<+0330>-3:30', 2026, [12_600]],
    ['AST4:00:30', 2026, [-14_430]],
    ['EST5EDT', 2026, [-18_000, -14_400, '2026-03-08T02:00', '2026-11-01T02:00']],
    ['CET-1CEST,M3.5.0,M10.5.0/3', 2026, [3600, 7200, '2026-03-29T02:00', '2026-10-25T03:00']],
    ['IST-1GMT0,M10.5.0,M3.5.0/1', 2026, [3600, 0, '2026-10-25T02:00', '2026-03-29T01:00']],
    ['<-02>2<-01>,M3.5.0/-1,M10.5.0/0', 2026, [-7200, -3600, '2026-03-28T23:00', '2026-10-25T00:00']],
    ['AAA3BBB,J60/0,J300', 2026, [-10_800, -7200, '2026-03-01T00:00', '2026-10-27T02:00']],
    ['AAA3BBB,J60/0,J300', 2028, [-10_800, -7200, '2028-03-01T00:00', '2028-10-27T02:00']],
    ['AAA3BBB,J59/0,J300', 2028, [-10_800, -7200, '2028-02-28T00:00', '2028-10-27T02:00']],
    ['AAA3BBB,59/0,299', 2026, [-10_800, -7200, '2026-03-01T00:00', '2026-10-27T02:00']],
    ['AAA3BBB,59/0,299', 2028, [-10_800, -7200, '2028-02-29T00:00', '2028-10-26T02:00']],
    ['Europe/Rome', 2026, undefined],
    ['CET-1CEST,M3.5.0', 2026, undefined],
    ['', 2026, undefined],
  ])('%s in %i', (text, year, expected) => {
    expect(read(text, year)).toEqual(expected);
  });
});

describe('a zone with the times of a rule', () => {
  const OFFSETS: Readonly<Record<string, number>> = {
    ...{ UTC: 0, 'Etc/GMT-9': 32_400, 'Etc/GMT+4': -14_400, 'Asia/Kolkata': 19_800, 'Africa/Lagos': 3600 },
  };
  const offsetOf = (zone: string) => {
    const offset = OFFSETS[zone];
    if (offset === undefined) throw new RangeError(`${zone} is not a time zone`);
    return () => offset;
  };

  test.each<[string, string | undefined]>([
    ['GMT0', 'UTC'],
    ['JST-9', 'Etc/GMT-9'],
    ['AST4', 'Etc/GMT+4'],
    ['IST-5:30', 'Asia/Kolkata'],
    ['XXX-1', 'Africa/Lagos'],
    ['XXX-1YYY', undefined],
    ['XXX-7:15', undefined],
  ])('%s: %s', (text, zone) => {
    expect(zoneLike(posixRule(text)!, 2026, ['No/Where', 'Asia/Kolkata', 'Africa/Lagos'], offsetOf)).toBe(zone);
  });
});
