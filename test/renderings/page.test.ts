import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { showNs } from '../../src/renderings/duration.ts';
import { embedded, escapeText, html } from '../../src/renderings/html/markup.ts';
import { pack } from '../../src/renderings/html/pack.ts';
import { type ClockData, WallClock } from '../../src/renderings/html/page/clock.ts';
import { entryAt, lanesOf, PAD, ROW } from '../../src/renderings/html/page/lanes.ts';
import { spanStyle } from '../../src/renderings/html/page/legend.ts';
import { attributesOf, filterRecords, type Packed, unpack } from '../../src/renderings/html/page/page-model.ts';
import { around, fullView, moved, revealing, zoomed } from '../../src/renderings/html/page/view.ts';
import { settings } from '../support/property.ts';
import { day, MIDNIGHT, many, SpanDataBuilder } from '../support/span-data.ts';

const [SECOND, HOUR] = [1e9, 3600e9];
const ALL = { hidden: new Set<string>(), decisions: true, part: '' };

describe('markup', () => {
  test('text is escaped, markup and numbers are not', () => {
    const name = `<b title='x'>"&`;
    expect(html`<p>${name}${1}${html`<i>${'<'}</i>`}${undefined}${['a', html`<br>`]}</p>`.html).toBe(
      '<p>&lt;b title=&#39;x&#39;&gt;&quot;&amp;1<i>&lt;</i>a<br></p>',
    );
  });

  test('control characters, which HTML cannot hold, are made visible', () => {
    expect(escapeText('a\0b\x1b[1m\tc\n')).toBe('a\\x00b\\x1b[1m\tc\n');
  });

  test('embedded JSON holds nothing that could end a script, and is the same value', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('<', '/', 'script', '>', '!--', '&', '\u2028', '"', '\\', 'a') }),
        (text) => {
          const json = embedded({ [text]: text }).html;
          expect(json).not.toMatch(/[<>&\u2028\u2029]/);
          expect(JSON.parse(json)).toEqual({ [text]: text });
        },
      ),
      settings(200),
    );
  });
});

describe('the details of the page', () => {
  test('The first and the last instant that were missed are shown as the clock of the page has them.', () => {
    const clock = new WallClock(pack(day(), 'Asia/Tokyo'));
    const first = Date.parse('2026-03-01T15:30:00Z');
    const json = JSON.stringify({ condition: 'C', count: 2, first, last: first + 1500 });
    expect(attributesOf(json, 'missed', clock)).toEqual([
      ['condition', 'C'],
      ['count', '2'],
      ['first', '2026-03-02 00:30:00.000'],
      ['last', '2026-03-02 00:30:01.500'],
    ]);
    // What a program of one's own tells may be anything.
    expect(attributesOf('{"first":3}', 'mine', clock)).toEqual([['first', '3']]);
    expect(attributesOf('{"first":1e300}', 'missed', clock)).toEqual([['first', '1e+300']]);
    expect(attributesOf('{"first":"x"}', 'missed', clock)).toEqual([['first', 'x']]);
  });
});

describe('what the page carries', () => {
  test('is what was recorded, span by span and record by record', () => {
    const data = day();
    const model = unpack(JSON.parse(JSON.stringify(pack(data, 'UTC'))) as Packed);
    expect(
      model.spans.map(({ category, id, item, name, wall, cause, run, outcome }) => [
        category,
        id,
        item,
        name,
        wall,
        cause,
        run,
        outcome,
      ]),
    ).toEqual(
      data.spans.map(({ category, id, item, name, time, cause, run, outcome = null }) => [
        category,
        id,
        item,
        name,
        Math.round(time),
        cause,
        run,
        outcome,
      ]),
    );
    expect(model.records.map(({ message, wall }) => [message, wall])).toEqual(
      data.records.map(({ message, time }) => [message, Math.round(time)]),
    );
    expect(model.instants).toHaveLength(data.instants.length);
    expect(model.spans.filter(({ open }) => open).map(({ finish }) => finish)).toEqual([24 * HOUR, 24 * HOUR]);
  });

  test("may be anything that a program of one's own has told, also what JSON cannot hold", () => {
    const builder = new SpanDataBuilder();
    const ring: Record<string, unknown> = { big: 10n };
    const whose = { item: null, cause: 'tick-1' };
    builder.span('mine', 'mine-1', whose, [0, SECOND], { big: 10n, nothing: undefined, list: [1, null] }, {});
    ring.self = ring;
    builder.span('mine', 'mine-2', whose, [SECOND, 2 * SECOND], ring, {});
    const { spans } = unpack(pack(builder.build(2 * SECOND), 'UTC'));
    expect(spans.map(({ began, ended }) => [began, ended])).toEqual([
      ['{"big":"10","list":[1,null]}', null],
      ['{"value":"a value that JSON cannot hold"}', null],
    ]);
  });

  test('holds each text once, and little else', () => {
    const packed = pack(many(20_000), 'UTC');
    expect(new Set(packed.texts).size).toBe(packed.texts.length);
    expect(JSON.stringify(packed).length / (packed.spans.length + packed.records.length)).toBeLessThan(120);
  });

  test('has times even where the time of day is not known', () => {
    const { spans, ...rest } = day();
    const packed = pack(
      { ...rest, time: 0, spans: spans.map((span) => ({ ...span, time: Number.NaN })), instants: [], records: [] },
      'UTC',
    );
    expect(unpack(packed).spans.map(({ start, wall }) => wall - Math.round(start / 1e6))).toEqual(spans.map(() => 0));
  });
});

describe('the wall clock', () => {
  const clockOf = (zone: string, time: number, steps: ClockData['steps'] = [[0, 0]]) =>
    new WallClock({ steps, time, zone });

  test('is that of the zone in which the page was made', () => {
    const clock = clockOf('America/New_York', MIDNIGHT);
    expect(clock.text(MIDNIGHT)).toBe('2026-11-19 19:00:00.000');
    expect(clock.ticks(0, 24 * HOUR, 5).map(({ label }) => label)).toEqual(['11-20', '06:00', '12:00', '18:00']);
  });

  test('has lines at round local times, through a change to summer time', () => {
    const clock = clockOf('Europe/Rome', Date.UTC(2026, 2, 28, 23));
    const ticks = clock.ticks(0, 5 * HOUR, 6);
    expect(ticks.map(({ at, label }) => [at / HOUR, label])).toEqual([
      [0, '03-29'],
      [1, '01:00'],
      [2, '03:00'],
      [3, '04:00'],
      [4, '05:00'],
      [5, '06:00'],
    ]);
  });

  test('shows where it stepped: after a sleep of two hours it is two hours ahead', () => {
    const builder = new SpanDataBuilder();
    builder.span('tick', 'tick-1', { item: null, cause: 'tick-1' }, [0, SECOND], {}, {});
    builder.step = 2 * 3_600_000;
    builder.span('tick', 'tick-2', { item: null, cause: 'tick-2' }, [HOUR, HOUR + SECOND], {}, {});
    const clock = new WallClock(pack(builder.build(2 * HOUR), 'UTC'));
    expect(clock.steps).toEqual([{ at: HOUR, by: 7_200_000 }]);
    expect(clock.text(clock.at(HOUR - 1e6))).toBe('2026-11-20 00:59:59.999');
    expect(clock.text(clock.at(HOUR))).toBe('2026-11-20 03:00:00.000');
    expect(clock.ticks(0, 2 * HOUR, 8).map(({ at, label }) => `${at / HOUR} ${label}`)).toEqual([
      '0 11-20',
      '0.25 00:15',
      '0.5 00:30',
      '0.75 00:45',
      '1 03:00',
      '1.25 03:15',
      '1.5 03:30',
      '1.75 03:45',
      '2 04:00',
    ]);
  });

  test('a zone that the browser does not know is UTC', () => {
    expect(clockOf('Mars/Olympus', MIDNIGHT).text(MIDNIGHT)).toBe('2026-11-20 00:00:00.000');
  });

  test('any part of any time has lines, at most twice as many as there is room for, in order', () => {
    const zones = fc.constantFrom('UTC', 'Australia/Lord_Howe', 'America/New_York', 'Asia/Kathmandu');
    const part = fc.tuple(
      zones,
      fc.integer({ min: 0, max: 4e9 }),
      fc.double({ min: 3, max: 16, noNaN: true }),
      fc.integer({ min: 2, max: 15 }),
    );
    fc.assert(
      fc.property(part, ([zone, second, power, most]) => {
        const width = 10 ** power;
        const ticks = clockOf(zone, second * 1000).ticks(0, width, most);
        expect(ticks.length).toBeLessThanOrEqual(2 * most + 2);
        const places = ticks.map(({ at }) => at);
        expect(places).toEqual(places.toSorted((a, b) => a - b));
        for (const at of places) expect(at >= 0 && at <= width).toBe(true);
      }),
      settings(300),
    );
  });
});

describe('the view', () => {
  const LENGTH = 24 * HOUR;

  test('never leaves everything, whatever is done to it', () => {
    const step = fc.oneof(
      fc.record({
        zoom: fc.double({ min: 0.01, max: 100, noNaN: true }),
        at: fc.double({ min: -0.5, max: 1.5, noNaN: true }),
      }),
      fc.record({ move: fc.double({ min: -3, max: 3, noNaN: true }) }),
      fc.record({ show: fc.double({ min: 0, max: 1, noNaN: true }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        let view = fullView(LENGTH);
        const all = view;
        for (const one of steps) {
          if ('zoom' in one) view = zoomed(view, one.zoom, one.at * LENGTH, LENGTH);
          else if ('move' in one) view = moved(view, one.move, LENGTH);
          else view = revealing(view, one.show * LENGTH, one.show * LENGTH + SECOND, LENGTH);
          expect(view.from).toBeGreaterThanOrEqual(all.from);
          expect(view.to).toBeLessThanOrEqual(all.to + 1);
          expect(view.to - view.from).toBeGreaterThanOrEqual(999);
        }
      }),
      settings(200),
    );
  });

  test('zooms around an instant, which stays where it is', () => {
    const { from, to } = zoomed({ from: 0, to: 10 * HOUR }, 0.5, 2 * HOUR, LENGTH);
    expect([from, to]).toEqual([HOUR, 6 * HOUR]);
  });

  test('of a span is the span and as much around it', () => {
    expect(around(4 * HOUR, 6 * HOUR, LENGTH)).toEqual({ from: 3 * HOUR, to: 7 * HOUR });
  });

  test('moves for a span only when it is not in it', () => {
    const view = { from: 4 * HOUR, to: 6 * HOUR };
    expect(revealing(view, 5 * HOUR, 5.5 * HOUR, LENGTH)).toBe(view);
    const moved = revealing(view, 8 * HOUR, 8.5 * HOUR, LENGTH);
    expect([moved.from <= 8 * HOUR, moved.to >= 8.5 * HOUR, moved.to - moved.from]).toEqual([true, true, 2 * HOUR]);
  });
});

describe('the lanes', () => {
  const model = unpack(pack(day(), 'UTC'));

  test('stand in the order of the configuration: the scheduler, events, conditions, tasks', () => {
    const lanes = lanesOf(model, ALL, 0);
    expect(lanes.map(({ key }) => key)).toEqual([
      ...['/startup', '/tick', '/reload', '/input', 'event/PhotoCard'],
      ...['Nightly', 'EveryHour', 'SiteIsDown', 'Quarter', 'Photos'].map((name) => `condition/${name}`),
      ...['Snapshot', 'Backup', 'Prune', 'Sync', 'TellMe', 'Measure', 'Import', 'Thumbnails'].map(
        (name) => `task/${name}`,
      ),
    ]);
    expect(lanes.flatMap(({ heading = [] }) => heading)).toEqual(['Scheduler', 'Events', 'Conditions', 'Tasks']);
  });

  test('hold every span once; in a row nothing overlaps', () => {
    for (const some of [model, unpack(pack(many(5000), 'UTC'))]) {
      const lanes = lanesOf(some, ALL, 0);
      expect(lanes.flatMap(({ rows }) => rows.flat()).length).toBe(some.spans.length);
      const orderly = lanes.flatMap(({ rows, crowded }) => (crowded ? rows.slice(0, -1) : rows));
      for (const row of orderly)
        for (const [i, span] of row.entries()) expect(i === 0 || row[i - 1]!.finish <= span.start).toBe(true);
    }
  });

  test('a command stands below its task', () => {
    const backup = lanesOf(model, ALL, 0).find(({ key }) => key === 'task/Backup')!;
    expect(backup.rows.map((row) => row.map(({ category }) => category))).toEqual([['task'], ['command']]);
  });

  test('leave out what is not wanted', () => {
    const keys = (choice: Partial<typeof ALL>) => lanesOf(model, { ...ALL, ...choice }, 0).map(({ key }) => key);
    expect(keys({ part: 'photo' })).toEqual(['event/PhotoCard', 'condition/Photos']);
    expect(keys({ hidden: new Set(['tick']), decisions: false })).not.toContain('/tick');
    expect(keys({ decisions: false })).not.toContain('event/PhotoCard');
  });

  test('tell what is at a point: of what is equally near, the one that went wrong', () => {
    const builder = new SpanDataBuilder();
    const whose = { item: 'task/A', cause: 'tick-1' };
    builder.span('task', 'task-1', whose, [0, SECOND], {}, { outcome: 'success' });
    builder.span('task', 'task-2', whose, [2 * SECOND, 3 * SECOND], {}, { outcome: 'failure' });
    const [lane] = lanesOf(unpack(pack(builder.build(10 * SECOND), 'UTC')), ALL, 0);
    const at = (seconds: number, near: number) => {
      const thing = entryAt(lane!, PAD + ROW / 2, seconds * SECOND, near * SECOND);
      return thing?.type === 'span' ? thing.id : undefined;
    };
    expect([at(0.5, 0.1), at(1.5, 0.1), at(1.5, 1), at(2.5, 0.1), at(5, 0.1)]).toEqual([
      'task-1',
      undefined,
      'task-2',
      'task-2',
      undefined,
    ]);
  });
});

test('a command of a condition that does not get what it wants makes a check negative: that is no failure', () => {
  expect(spanStyle('command', 'condition/SiteIsDown', 'failure')).toBe('negative');
  expect(spanStyle('command', 'condition/SiteIsDown', 'error')).toBe('error');
  expect(spanStyle('command', 'task/Sync', 'failure')).toBe('failure');
  expect(spanStyle('task', 'task/Sync', 'constructor')).toBe('other');
});

test('the log is filtered by all that is asked for', () => {
  const { records } = unpack(pack(day(), 'UTC'));
  const all = { level: 0, item: '', text: '', cause: '' };
  const count = (some: Partial<typeof all>) => filterRecords(records, { ...all, ...some }).length;
  expect(count({})).toBe(records.length);
  expect(count({ level: 4 })).toBe(3);
  expect(count({ level: 4, item: 'task/Sync' })).toBe(2);
  expect(count({ cause: 'event-3' })).toBe(count({ cause: 'event-3', text: 'task' }));
  expect(count({ cause: 'run-1', level: 3 })).toBe(0);
});

test('lengths are told as people tell them', () => {
  expect([0, 850, 1500, 12.34e6, 4.5e9, 59.6e9, 125e9, 3.05 * HOUR, 50 * HOUR].map(showNs)).toEqual([
    ...['0 ns', '850 ns', '1.50 us', '12.3 ms', '4.50 s', '1 min', '2 min 05 s', '3 h 03 min', '2 d 2 h'],
  ]);
});
