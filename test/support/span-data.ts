import type { LogFact } from '../../src/journal/fact.ts';
import type { Level, Mark } from '../../src/log/record.ts';
import type { Attributes, Instant, ItemList, Span, SpanData } from '../../src/renderings/span-data.ts';
import { seeded } from '../../src/simulation/simulation.ts';

/** 2026-11-20, midnight UTC. */
export const MIDNIGHT = Date.UTC(2026, 10, 20);
/** ns of the monotonic clock at that moment. */
const FROM = 4_000_000_000_000;
const [SECOND, MINUTE, HOUR] = [1e9, 60e9, 3600e9];

type Owner = { readonly item: string | null; readonly cause: string; readonly run?: string | null };

/** Builds recorded data by hand. Instants are ns since its beginning. */
export class SpanDataBuilder {
  readonly spans: Span[] = [];
  readonly instants: Instant[] = [];
  readonly records: LogFact[] = [];
  /** ms that the wall clock is ahead of where it would be. */
  step = 0;
  readonly #ids = new Map<string, number>();

  /** Counts: `run-1`, `run-2` … */
  next(kind: string): string {
    const id = (this.#ids.get(kind) ?? 0) + 1;
    this.#ids.set(kind, id);
    return `${kind}-${id}`;
  }
  #times(at: number) {
    return { time: MIDNIGHT + at / 1e6 + this.step, mono: (FROM + at) / 1e6 };
  }
  span(
    category: string,
    id: string,
    owner: Owner,
    at: readonly [number, number | undefined],
    began: Attributes,
    ended: Attributes,
  ): void {
    const { item, cause, run = null } = owner;
    const [start, finish] = at;
    const name = item === null ? category : item.slice(item.indexOf('/') + 1);
    this.spans.push({
      ...{ category, id, item, name, cause, run, began, ended },
      start: FROM + start,
      finish: finish === undefined ? undefined : FROM + finish,
      time: this.#times(start).time,
      outcome: typeof ended.outcome === 'string' ? ended.outcome : undefined,
    });
  }
  instant(category: string, { item, cause, run = null }: Owner, at: number, timeline: Attributes): void {
    const name = item === null ? category : item.slice(item.indexOf('/') + 1);
    this.instants.push({ category, item, name, at: FROM + at, time: this.#times(at).time, cause, run, timeline });
  }
  record(level: Level, { item, cause, run = null }: Owner, at: number, mark: Mark, message: string): void {
    const emitter = item === null ? 'MAIN' : item.slice(0, item.indexOf('/')).toUpperCase();
    const context = { emitter, action: item === null ? 'starting' : 'active', item, itemId: item === null ? null : 1 };
    this.records.push({
      kind: 'log',
      seq: this.records.length + 1,
      ...this.#times(at),
      item,
      cause,
      run,
      level,
      context,
      mark,
      message,
    });
  }
  /** The data in order of time, `length` ns long. */
  build(length: number, items?: ItemList, leftOut = { spans: 0, instants: 0, records: 0 }): SpanData {
    return {
      spans: this.spans.toSorted((a, b) => a.start - b.start),
      instants: this.instants.toSorted((a, b) => a.at - b.at),
      records: this.records.toSorted((a, b) => a.mono - b.mono),
      ...{ items, from: FROM, to: FROM + length, time: MIDNIGHT, version: '2.0.0', leftOut },
    };
  }
}

/** What a task of a day does: how long, ns, and what comes of it. */
interface TaskRun {
  readonly task: string;
  readonly took: number;
  readonly outcome: 'success' | 'failure' | 'none';
  readonly status?: number;
  readonly lua?: boolean;
}

/** A condition is checked and runs its tasks in sequence. Answers when it is done. */
const run = (
  builder: SpanDataBuilder,
  condition: string,
  cause: string,
  at: number,
  deeds: readonly TaskRun[],
): number => {
  const id = builder.next('run');
  const owner = { item: `condition/${condition}`, cause, run: id };
  builder.span(
    'check',
    builder.next('check'),
    owner,
    [at, at + 0.4e6],
    { condition },
    { outcome: 'positive', why: 'it is due' },
  );
  let now = at + 0.6e6;
  const began = now;
  const tasks = deeds.map(({ task }) => task);
  builder.record('info', owner, now, 'START/MSG', `running tasks in sequence: ${tasks.join(', ')}`);
  let failed = 0;
  for (const { task, took, outcome, status = 0, lua = false } of deeds) {
    const its = { item: `task/${task}`, cause, run: id };
    const [start, finish] = [now, now + took];
    const why = outcome === 'failure' ? `exit status ${status}, not 0` : 'exit status 0';
    builder.span('task', builder.next('task'), its, [start, finish], { task, condition }, { outcome, why });
    builder.record('trace', its, start, 'HIST/START', `OK/trigger:${condition} starting task`);
    if (lua) builder.span('lua', builder.next('script'), its, [start + 0.3e6, finish - 0.2e6], {}, { outcome });
    else
      builder.span(
        'command',
        builder.next('process'),
        its,
        [start + 0.5e6, finish - 0.3e6],
        { command: `/usr/local/bin/${task.toLowerCase()}`, args: ['--quiet', '/home/ada'] },
        {
          outcome,
          how: 'exit',
          exit_status: status,
          rule: 'success_status = 0',
          stdout_bytes: 4096,
          stderr_bytes: status * 80,
          cpu_ms: Math.round(took / 3e6),
          peak_bytes: 18_000_000,
        },
      );
    if (outcome === 'failure') {
      failed += 1;
      builder.record(
        'error',
        its,
        finish - 0.1e6,
        'PROC/ERR',
        `(trigger: ${condition}) the command ended with exit status ${status}`,
      );
    }
    const word = outcome === 'success' ? 'OK' : outcome === 'failure' ? 'FAIL' : 'IND';
    builder.record('trace', its, finish, 'HIST/END', `${word}/trigger:${condition} task ended`);
    now = finish + 0.4e6;
  }
  const outcome = failed > 0 ? 'failure' : 'success';
  builder.span(
    'run',
    id,
    owner,
    [began, now],
    { condition, tasks, sequence: true },
    { outcome, executed: deeds.length, of: deeds.length },
  );
  builder.record(failed > 0 ? 'warn' : 'info', owner, now, 'END/MSG', `tasks ended: ${outcome}`);
  return now;
};

const PLAN: ItemList = {
  events: [{ name: 'PhotoCard', type: 'fschange', condition: 'Photos' }],
  conditions: [
    { name: 'Nightly', type: 'time', tasks: ['Snapshot', 'Backup', 'Prune'], sequence: true, suspended: false },
    { name: 'EveryHour', type: 'interval', tasks: ['Sync'], sequence: true, suspended: false },
    { name: 'SiteIsDown', type: 'command', tasks: ['TellMe'], sequence: true, suspended: false },
    { name: 'Quarter', type: 'interval', tasks: ['Measure'], sequence: true, suspended: false },
    { name: 'Photos', type: 'bucket', tasks: ['Import', 'Thumbnails'], sequence: true, suspended: false },
    { name: 'Weekly', type: 'time', tasks: ['Report'], sequence: true, suspended: true },
  ],
  tasks: ['Snapshot', 'Backup', 'Prune', 'Sync', 'TellMe', 'Measure', 'Import', 'Thumbnails', 'Report'].map((name) => ({
    name,
    type: name === 'Measure' ? 'lua' : 'command',
  })),
};

const rsync = (failed: boolean) =>
  failed ? { outcome: 'failure' as const, status: 23 } : { outcome: 'success' as const, status: 0 };

/** Photographs that come four times, once while they are being looked at, and once with a failure. */
const photos = (builder: SpanDataBuilder, about: (ns: number) => number): void => {
  for (const [i, at] of [9.1, 9.15, 17.6, 20.2].entries()) {
    const [fired, cause] = [at * HOUR, `event-${i + 1}`];
    builder.instant('fired', { item: 'event/PhotoCard', cause }, fired, { event: 'PhotoCard', condition: 'Photos' });
    builder.span(
      'wait',
      builder.next('wait'),
      { item: 'condition/Photos', cause },
      [fired, fired + 4 * SECOND],
      { condition: 'Photos' },
      { outcome: i === 1 ? 'dropped' : 'checked' },
    );
    if (i === 1)
      builder.instant('skipped', { item: 'condition/Photos', cause }, fired, { condition: 'Photos', reason: 'busy' });
    else
      run(builder, 'Photos', cause, fired + 4 * SECOND, [
        { task: 'Import', took: about(12 * MINUTE), outcome: 'success' },
        {
          task: 'Thumbnails',
          took: about(6 * MINUTE),
          outcome: i === 2 ? 'failure' : 'success',
          status: i === 2 ? 137 : 0,
        },
      ]);
  }
};

/** A day of a real configuration: a backup at night, a sync each hour that sometimes fails, a script, photographs. */
export const day = (seed = 1): SpanData => {
  const random = seeded(seed);
  const about = (ns: number): number => ns * (0.7 + random() * 0.8);
  const builder = new SpanDataBuilder();
  const start = { item: null, cause: 'start-1' };
  builder.span(
    'startup',
    'start-1',
    start,
    [0, 48e6],
    { file: '/home/ada/.config/whenever/home.toml' },
    { outcome: 'success', conditions: 6, tasks: 9, events: 1 },
  );
  builder.record('info', start, 1e6, 'START/MSG', 'whenever 2.0.0');
  const tick = (at: number): string => {
    const cause = builder.next('tick');
    builder.span(
      'tick',
      cause,
      { item: null, cause },
      [at, at + 0.2e6 + random() * 1.5e6],
      { late_ms: Math.round(random() * 4) },
      { visited: 1 },
    );
    return cause;
  };
  const sync = (hour: number): void => {
    const at = hour * HOUR + 20 * MINUTE;
    const flaky = random();
    let now = run(builder, 'EveryHour', tick(at), at, [
      {
        task: 'Sync',
        took: about(95 * SECOND),
        ...rsync(flaky < 0.22),
      },
    ]);
    for (let left = 3; flaky < 0.22 && left > 0; left -= 1) {
      builder.instant('retry', { item: 'condition/EveryHour', cause: `tick-${hour}` }, now, {
        condition: 'EveryHour',
        left,
      });
      now += 60 * SECOND;
      const failed = random() < 0.4;
      now = run(builder, 'EveryHour', tick(now), now, [{ task: 'Sync', took: about(60 * SECOND), ...rsync(failed) }]);
      if (!failed) break;
    }
  };
  for (let hour = 0; hour < 24; hour += 1) sync(hour);
  const night = 2.5 * HOUR;
  run(builder, 'Nightly', tick(night), night, [
    { task: 'Snapshot', took: 3 * MINUTE, outcome: 'success' },
    { task: 'Backup', took: 74 * MINUTE, outcome: 'success' },
    { task: 'Prune', took: 11 * MINUTE, outcome: 'success' },
  ]);
  for (let at = 15 * MINUTE; at < 24 * HOUR; at += 15 * MINUTE)
    run(builder, 'Quarter', tick(at), at, [
      { task: 'Measure', took: about(2 * SECOND), outcome: random() < 0.03 ? 'none' : 'success', lua: true },
    ]);
  for (let at = 5 * MINUTE; at < 23.9 * HOUR; at += 10 * MINUTE) {
    const cause = tick(at);
    const owner = { item: 'condition/SiteIsDown', cause };
    if (at > 13 * HOUR && at < 13.4 * HOUR) {
      run(builder, 'SiteIsDown', cause, at, [{ task: 'TellMe', took: about(0.8 * SECOND), outcome: 'success' }]);
      continue;
    }
    const took = about(1.6 * SECOND);
    builder.span(
      'check',
      builder.next('check'),
      owner,
      [at, at + took],
      { condition: 'SiteIsDown' },
      { outcome: 'negative', why: 'the command ended with exit status 0, not 1' },
    );
    builder.span(
      'command',
      builder.next('process'),
      owner,
      [at + 1e6, at + took - 1e6],
      { command: 'curl', args: ['--fail', '--silent', 'https://example.org/'] },
      {
        outcome: 'failure',
        how: 'exit',
        exit_status: 0,
        rule: 'success_status = 1',
        cpu_ms: 18,
        peak_bytes: 9_400_000,
      },
    );
    builder.record('debug', owner, at + took, 'PROC/MSG', 'checked: negative');
  }
  photos(builder, about);
  builder.instant('input', { item: null, cause: 'command-1' }, 8 * HOUR, {
    line: 'suspend_condition Weekly',
    answer: 'suspended',
  });
  builder.span(
    'reload',
    'command-2',
    { item: null, cause: 'command-2' },
    [15 * HOUR, 15 * HOUR + 31e6],
    { file: '/home/ada/.config/whenever/home.toml' },
    { outcome: 'success', added: 0, changed: 1, removed: 0, kept: 15 },
  );
  const last = { item: 'task/Import', cause: 'event-5', run: builder.next('run') };
  const end = 23.5 * HOUR;
  builder.span(
    'run',
    last.run,
    { ...last, item: 'condition/Photos' },
    [end, undefined],
    { condition: 'Photos', tasks: ['Import', 'Thumbnails'], sequence: true },
    {},
  );
  builder.span(
    'task',
    builder.next('task'),
    last,
    [end + 0.6e6, undefined],
    { task: 'Import', condition: 'Photos' },
    {},
  );
  return builder.build(24 * HOUR, PLAN);
};

/** So many spans, and as many records, of twenty conditions. */
export const many = (count: number, seed = 1): SpanData => {
  const random = seeded(seed);
  const builder = new SpanDataBuilder();
  const step = (24 * HOUR) / (count / 5);
  for (let i = 0; builder.spans.length < count; i += 1) {
    const at = i * step;
    const cause = builder.next('tick');
    builder.span('tick', cause, { item: null, cause }, [at, at + 1e6], { late_ms: 0 }, { visited: 1 });
    const failed = random() < 0.01;
    run(builder, `Condition${i % 20}`, cause, at, [
      {
        task: `Task${i % 30}`,
        took: random() * 20 * step,
        outcome: failed ? 'failure' : 'success',
        status: failed ? 1 : 0,
      },
    ]);
  }
  return { ...builder.build(25 * HOUR), spans: builder.build(0).spans.slice(0, count) };
};
