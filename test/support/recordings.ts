import type { Fact, Json, SpanId } from '../../src/journal/fact.ts';
import type { Context, Level, Mark } from '../../src/log/record.ts';
import { seeded } from '../../src/simulation/simulation.ts';

/** What is recorded. */
export interface RecordingOptions {
  /** Fixes everything random. */
  readonly seed: number;
  /** How many facts; what is open then stays open. */
  readonly facts: number;
  /** Wall clock at the start, ms. */
  readonly from?: number;
}

/** The configuration that the recordings are of: all that there is, a task that never runs and a condition that is suspended. */
export const PLAN = {
  settings: { scheduler_tick_seconds: 5, randomize_checks_within_ticks: false },
  condition: {
    Nightly: {
      type: 'time',
      tasks: ['Backup', 'Verify_Backup', 'Report'],
      sequence: true,
      suspended: false,
      recurring: true,
    },
    Often: { type: 'interval', tasks: ['Sync', 'Index'], sequence: false, suspended: false, recurring: true },
    Downloads: { type: 'bucket', tasks: ['Tidy'], sequence: true, suspended: false, recurring: true },
    Reachable: { type: 'command', tasks: ['Tidy'], sequence: true, suspended: false, recurring: true },
    Away: { type: 'idle', tasks: ['Lock'], sequence: true, suspended: true, recurring: true },
  },
  task: {
    ...{ Backup: { type: 'command' }, Verify_Backup: { type: 'command' }, Report: { type: 'command' } },
    ...{ Sync: { type: 'command' }, Index: { type: 'command' }, Tidy: { type: 'lua' }, Lock: { type: 'command' } },
  },
  event: { New_File: { type: 'fschange', condition: 'Downloads' }, By_Hand: { type: 'cli', condition: 'Downloads' } },
} as const;

type Name = keyof typeof PLAN.condition;
type Origin = { readonly cause: string | null; readonly run: string | null };
type Told = { readonly [key: string]: Json };

/** Mean seconds and the share of failures of each task. */
const TASKS: Readonly<Record<string, readonly [seconds: number, failures: number]>> = {
  ...{ Backup: [40, 0.1], Verify_Backup: [15, 0.05], Report: [1, 0] },
  ...{ Sync: [4, 0.3], Index: [9, 0.02], Tidy: [0.2, 0.01] },
};

const MS = 1;
const NS = 1e6;

/** A recording as a daemon writes it, fact by fact; the same seed gives the same one. */
export function* recording({ seed, facts, from = Date.UTC(2026, 2, 28, 20) }: RecordingOptions): Generator<Fact> {
  const random = seeded(seed);
  const counts: Record<string, number> = {};
  const next = (word: string): string => {
    counts[word] = (counts[word] ?? 0) + 1;
    return `${word}-${counts[word]}`;
  };
  let now = 1000 * MS;
  let seq = 0;
  let out: Fact[] = [];
  const agenda: { readonly at: number; readonly act: () => void }[] = [];
  const after = (ms: number, act: () => void): void => {
    const at = now + ms;
    const place = agenda.findLastIndex((one) => one.at <= at) + 1;
    agenda.splice(place, 0, { at, act });
  };
  const envelope = (item: string | null, { cause, run }: Origin) => {
    seq += 1;
    return { seq, time: Math.round(from + now), mono: now, item, run, cause };
  };
  const span = (
    edge: 'start' | 'finish' | 'instant',
    category: string,
    id: SpanId,
    item: string | null,
    origin: Origin,
    timeline: Told,
    at = now,
  ): void => {
    out.push({ kind: 'span', ...envelope(item, origin), edge, category, id, timeline, timestamp: Math.round(at * NS) });
  };
  const log = (item: string, level: Level, mark: Mark, message: string, origin: Origin): void => {
    const [section = '', name = ''] = item.split('/');
    const context: Context = {
      emitter: section.toUpperCase() as Context['emitter'],
      action: 'active',
      item: name,
      itemId: 1,
    };
    out.push({ kind: 'log', ...envelope(item, origin), level, context, mark, message });
  };
  const busy = new Set<Name>();
  const pending = new Map<Name, { id: string; cause: string }>();

  /** A program, and what it ends with. */
  const command = (item: string, origin: Origin, seconds: number, bad: boolean, done: () => void): void => {
    const id = next('process');
    span('start', 'command', id, item, origin, {
      command: `/usr/bin/${item.split('/')[1]?.toLowerCase()}`,
      args: ['--all', 'a "b"'],
    });
    after(seconds * 1000, () => {
      span('finish', 'command', id, item, origin, {
        ...{ outcome: bad ? 'failure' : 'success', how: 'exit', exit_status: bad ? 1 : 0, rule: 'the exit status' },
        ...{ stdout_bytes: 120, stderr_bytes: bad ? 80 : 0, cpu_ms: Math.round(seconds * 300), peak_bytes: 8 << 20 },
      });
      done();
    });
  };

  const task = (name: string, condition: Name, origin: Origin, done: (bad: boolean) => void): void => {
    const item = `task/${name}`;
    const [mean, failures] = TASKS[name] ?? [1, 0];
    const [seconds, bad] = [mean * (0.5 + random()), random() < failures];
    const id = next('task');
    span('start', 'task', id, item, origin, { task: name, condition });
    log(item, 'trace', 'HIST/START', `OK/trigger:${condition} starting task`, origin);
    const end = (): void => {
      log(
        item,
        'trace',
        'HIST/END',
        `${bad ? 'FAIL' : 'OK'}/trigger:${condition} task ${bad ? 'failed' : 'succeeded'}`,
        origin,
      );
      span('finish', 'task', id, item, origin, {
        outcome: bad ? 'failure' : 'success',
        why: bad ? 'exit status 1' : 'exit status 0',
      });
      done(bad);
    };
    after(0.1 + random(), () => {
      if (PLAN.task[name as keyof typeof PLAN.task].type === 'command')
        return command(item, origin, seconds, bad, () => after(0.2, end));
      const script = next('script');
      span('start', 'lua', script, item, origin, {});
      after(seconds * 1000, () => {
        span('finish', 'lua', script, item, origin, { outcome: bad ? 'failure' : 'success', rule: 'the script ended' });
        end();
      });
    });
  };

  const run = (condition: Name, origin: Origin): void => {
    const { tasks, sequence } = PLAN.condition[condition];
    const [item, id] = [`condition/${condition}`, origin.run];
    span('start', 'run', id, item, origin, { condition, tasks: [...tasks], sequence });
    log(item, 'info', 'START/MSG', `tasks begin to run: ${tasks.join(' ')}`, origin);
    let [executed, failed] = [0, false];
    const end = (): void => {
      span('finish', 'run', id, item, origin, { outcome: failed ? 'failure' : 'success', executed, of: tasks.length });
      busy.delete(condition);
    };
    if (!sequence) {
      for (const one of tasks)
        task(one, condition, origin, (bad) => {
          executed += 1;
          failed ||= bad;
          if (executed === tasks.length) end();
        });
      return;
    }
    const step = (): void =>
      task(tasks[executed]!, condition, origin, (bad) => {
        executed += 1;
        failed ||= bad;
        if (bad && executed < tasks.length)
          span('instant', 'broken', null, item, origin, { condition, on: 'failure', task: tasks[executed - 1]! });
        if (bad || executed === tasks.length) end();
        else after(0.3, step);
      });
    step();
  };

  const check = (condition: Name, cause: string): void => {
    const item = `condition/${condition}`;
    if (busy.has(condition)) {
      span('instant', 'skipped', null, item, { cause, run: null }, { condition, reason: 'busy' });
      return;
    }
    busy.add(condition);
    const id = next('check');
    const origin = { cause, run: null as string | null };
    const began = now;
    const positive = (): void => {
      origin.run = next('run');
      span('finish', 'check', id, item, origin, { outcome: 'positive', why: 'it was due' });
      log(item, 'debug', 'END/OK', 'check ended positive', origin);
      run(condition, origin);
    };
    const tell = () => span('start', 'check', id, item, origin, { condition }, began);
    if (PLAN.condition[condition].type !== 'command') {
      now += 0.01;
      tell();
      positive();
      return;
    }
    // The check is told a moment after the command that began in it.
    now += 0.005;
    command(item, origin, 0.3 + random(), false, () => {
      if (random() < 0.2) return positive();
      span('finish', 'check', id, item, origin, { outcome: 'negative', why: 'the exit status was 1' });
      log(item, 'debug', 'END/OK', 'check ended negative', origin);
      busy.delete(condition);
    });
    tell();
  };

  const tick = (): void => {
    const cause = next('tick');
    span('start', 'tick', cause, null, { cause, run: null }, { late_ms: Math.round(random() * 30) / 10 });
    const n = counts.tick!;
    if (n % 720 === 10) check('Nightly', cause);
    if (n % 6 === 1) check('Often', cause);
    if (n % 12 === 5) check('Reachable', cause);
    for (const [condition, wait] of pending) {
      pending.delete(condition);
      span(
        'finish',
        'wait',
        wait.id,
        `condition/${condition}`,
        { cause: wait.cause, run: null },
        { outcome: 'checked' },
      );
      check(condition, wait.cause);
    }
    now += 0.02 + random();
    span('finish', 'tick', cause, null, { cause, run: null }, { visited: 5 });
    after(5000 - random(), tick);
  };

  const event = (): void => {
    const cause = next('event');
    const name = random() < 0.9 ? 'New_File' : 'By_Hand';
    span('instant', 'fired', null, `event/${name}`, { cause, run: null }, { event: name, condition: 'Downloads' });
    if (!pending.has('Downloads')) {
      const id = next('wait');
      span('start', 'wait', id, 'condition/Downloads', { cause, run: null }, { condition: 'Downloads' });
      pending.set('Downloads', { id, cause });
    }
    after(60_000 * -Math.log(1 - random()), event);
  };

  const start = { cause: 'start-1', run: null };
  span('start', 'startup', 'start-1', null, start, { file: 'my.toml' }, now - 20);
  out.push({ kind: 'metric', ...envelope(null, start), message: PLAN as unknown as Told, hparams: true });
  span('finish', 'startup', 'start-1', null, start, { outcome: 'success', conditions: 5, tasks: 7, events: 2 });
  after(5000, tick);
  after(20_000 * random(), event);
  let told = 0;
  for (;;) {
    const { at, act } = agenda.shift()!;
    now = Math.max(now, at);
    act();
    for (const fact of out) {
      yield fact;
      told += 1;
      if (told >= facts) return;
    }
    out = [];
  }
}

/** The lines of a recording, the first one included. */
export function* recordingLines(options: RecordingOptions): Generator<string> {
  const head = {
    journal: 2,
    version: '2.0.0',
    session: `s${options.seed}`,
    part: 1,
    started: options.from ?? 0,
    pid: 7,
  };
  yield `${JSON.stringify(head)}\n`;
  for (const fact of recording(options)) yield `${JSON.stringify(fact)}\n`;
}
