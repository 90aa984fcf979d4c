import { afterEach, describe, expect, test } from 'vitest';
import { zoneOfTz } from '../../src/adapters/local-zone.ts';
import { posixRule } from '../../src/adapters/posix-zone.ts';
import { zoneOf } from '../../src/items/common/zone.ts';
import { daemon } from '../support/daemon.ts';
import { FakeZone } from '../support/fake-desktop.ts';
import { runs } from './story.ts';

const given = process.env.TZ;
afterEach(() => {
  process.env.TZ = given;
});

describe('the time zone of the machine', () => {
  const toml = `task = [{ name = "T", type = "command", command = "t", command_arguments = [], startup_path = "/" }]
    condition = [
      { name = "C", type = "time", recurring = true, tasks = ["T"], time_specifications = [{ hour = 12 }] },
      { name = "Own", type = "time", recurring = true, tasks = ["T"], timezone = "UTC", time_specifications = [{ hour = 12 }] },
    ]`;
  const told = (d: Awaited<ReturnType<typeof daemon>>) =>
    d.records.all.filter(({ message }) => message.includes('time zone of the machine'));

  test('A new time zone of the machine is noticed within a minute, with one INFO record, and time conditions look again.', async () => {
    for (const level of ['info', 'trace'] as const) {
      const localZone = new FakeZone();
      const d = await daemon(toml, { level, localZone, start: '2026-03-02T05:00:00Z' });
      await d.advance(600);
      localZone.set('Asia/Kolkata');
      await d.advance(61);
      expect(told(d).map(({ level, message }) => `${level} ${message}`)).toEqual([
        'info the time zone of the machine is Asia/Kolkata now, it was UTC: time conditions without a timezone of their own look again',
      ]);
      await d.advance(10 * 3600);
      // Noon in India, and noon in UTC.
      expect(runs(d)).toEqual(['02 06:30:00', '02 12:00:00']);
      expect(told(d)).toHaveLength(1);
      const story = (name: string) => d.journal.story(`condition/${name}`).filter(({ why }) => why.includes('zone'));
      expect(story('C')).toMatchObject([
        { why: expect.stringContaining('local time is that of Asia/Kolkata instead of UTC') },
      ]);
      expect(story('Own')).toEqual([]);
    }
  });

  test('A time zone of the machine that cannot be used is one WARN record.', async () => {
    const problems = [{ problem: 'the time zone of the machine cannot be used: it is cut off' }];
    const d = await daemon(toml, { level: 'info', localZone: { look: () => problems.shift() } });
    await d.advance(600);
    expect(told(d).map(({ level, message }) => `${level} ${message}`)).toEqual([
      'warn the time zone of the machine cannot be used: it is cut off',
    ]);
  });

  test('A reload looks at the time zone at once.', async () => {
    for (const ask of ['configure', 'signal'] as const) {
      const localZone = new FakeZone();
      const d = await daemon(toml, { level: 'info', localZone, files: { same: toml }, start: '2026-03-02T05:00:00Z' });
      localZone.set('Asia/Kolkata');
      if (ask === 'configure') await d.submit('configure same');
      else d.scheduler.reload('same', 'SIGHUP');
      expect(told(d)).toHaveLength(1);
    }
  });
});

describe('TZ', () => {
  const offsets = (zone: string | undefined) =>
    zone &&
    ['2027-01-15T12:00Z', '2027-07-15T12:00Z'].map(
      (at) => (zoneOf(zone).local(Date.parse(at)) - Date.parse(at)) / 60_000,
    );

  test.each([
    ['EST5EDT', [-300, -240]],
    ['<+03>-3', [180, 180]],
    ['<-03>3', [-180, -180]],
    ['IST-5:30', [330, 330]],
    ['JST-9', [540, 540]],
    ['UTC0', [0, 0]],
    ['CET-1CEST,M3.5.0,M10.5.0/3', [60, 120]],
    ['CET-1CEST', undefined],
    ['NZST-12NZDT,M9.5.0,M4.1.0/3', [780, 720]],
    ['<+1030>-10:30<+11>-11,M10.1.0,M4.1.0', [660, 630]],
    ['<-02>2<-01>,M3.5.0/-1,M10.5.0/0', [-120, -60]],
    ['<+07>-7:13', undefined],
    [':Europe/Rome', [60, 120]],
    ['posix/Europe/Rome', [60, 120]],
    ['right/Europe/Rome', [60, 120]],
    ['/usr/share/zoneinfo/Europe/Rome', [60, 120]],
    [':/usr/share/zoneinfo/Asia/Kolkata', [330, 330]],
    ['/usr/share/zoneinfo/Nowhere', undefined],
    ['Nowhere/Land', undefined],
    ['asia/tokyo', undefined],
    ['EUROPE/ROME', undefined],
    ['Us/pacific', undefined],
    ['japan', undefined],
    ['est5edt', [-300, -240]],
    ['US/Pacific', [-480, -420]],
    ['Japan', [540, 540]],
    ['/usr/share/zoneinfo/asia/tokyo', undefined],
    ['../Rome', undefined],
    ['XYZ', undefined],
    ['', [0, 0]],
    ['Europe/Rome', [60, 120]],
  ])('TZ = "%s" is understood, or known not to be, and never taken for another zone.', (tz, wanted) => {
    expect(offsets(zoneOfTz(tz))).toEqual(wanted);
  });

  test('A rule without dates has the summer time of the United States.', () => {
    const { standard, summer } = posixRule('EST5EDT')!;
    expect(standard).toBe(-5 * 3600);
    // The second Sunday in March and the first in November 2026, at 2.
    const day = (at: number) => new Date(Date.UTC(2026, 0, 1) + at * 1000).toISOString();
    expect([summer!.begins(2026), summer!.ends(2026)].map(day)).toEqual([
      '2026-03-08T02:00:00.000Z',
      '2026-11-01T02:00:00.000Z',
    ]);
  });

  test('Days of a rule may be counted with and without 29 February.', () => {
    const day = (date: string, year: number) =>
      new Date(
        Date.UTC(year, 0, 1) +
          posixRule(`A1B,${date}/0,M11.1.0`.replace('A1B', 'AAA1BBB'))!.summer!.begins(year) * 1000,
      )
        .toISOString()
        .slice(5, 10);
    expect([day('J60', 2028), day('59', 2028), day('J60', 2027), day('59', 2027)]).toEqual([
      '03-01',
      '02-29',
      '03-01',
      '03-01',
    ]);
  });
});
