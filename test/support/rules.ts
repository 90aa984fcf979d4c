import { expect } from 'vitest';
import { json, plain } from '../../src/log/format.ts';
import { LEVELS, type LogRecord } from '../../src/log/record.ts';
import type { Daemon } from './daemon.ts';
import type { ConditionShape } from './scenario.ts';

/** Every start has its end, once the scheduler has ended, and no program of a task runs twice at the same time. */
export const checkHistory = (d: Daemon): void => {
  for (const run of d.records.history) {
    const name = `${run.task}/${run.id} for ${run.condition} begun at ${run.began}`;
    if (run.ended === undefined) expect.fail(`${name} has no end`);
    if (run.ended < run.began) expect.fail(`${name} ended before it, at ${run.ended}`);
  }
  const last = new Map<string, number>();
  for (const { request, began, ended } of d.processes.runs) {
    const { command } = request;
    const before = last.get(command) ?? 0;
    if (began < before) expect.fail(`${command} began at ${began}, while it was running until ${before}`);
    last.set(command, ended ?? Number.POSITIVE_INFINITY);
  }
};

const WITH_ITEM = ['TASK', 'CONDITION', 'EVENT'];
const WITHOUT_ITEM = ['MAIN', 'CONFIGURATION'];

/** What is wrong with a record, if anything: it has all its parts, and is one line in every format. */
const faultOf = (record: LogRecord): string | undefined => {
  const { level, context, message } = record;
  const { emitter, item, itemId } = context;
  if (!LEVELS.includes(level)) return 'its level is not known';
  if ((item === null) !== (itemId === null)) return 'it has an item without its number, or a number without an item';
  if (WITH_ITEM.includes(emitter) && item === null) return 'it has no item';
  if (WITHOUT_ITEM.includes(emitter) && item !== null) return 'it has an item';
  if (/_(?:TASK|CONDITION|EVENT)$/.test(emitter) && itemId !== 0) return 'its item has a number other than 0';
  if (message === '') return 'it has no message';
  const line = plain(record);
  if (line.indexOf('\n') !== line.length - 1) return 'it is not one line';
  if (JSON.parse(json(record)).contents.message !== message) return 'its message is another one in JSON';
  return undefined;
};

/** Records have all their parts, and are one line each in every format. */
export const checkRecords = (d: Daemon): void => {
  // There are millions of them: an `expect` for each takes longer than what it is about.
  for (const record of d.records.all) {
    const fault = faultOf(record);
    if (fault !== undefined) expect.fail(`${fault}: ${JSON.stringify(record)}`);
  }
};

/** Every tick says busy first, and a condition is busy when it says so. */
export const checkChecks = (d: Daemon): void => {
  let busy = false;
  const open = new Set<string>();
  for (const { context, mark } of d.records.all) {
    if (mark === 'BUSY/YES' || mark === 'BUSY/NO') busy = mark === 'BUSY/YES';
    if (mark === 'HIST/START') {
      if (!busy) expect.fail('a task runs while nothing is busy');
      open.add(`${context.item}/${context.itemId}`);
    }
    if (mark === 'HIST/END') open.delete(`${context.item}/${context.itemId}`);
    if (mark === 'BUSY/NO' && open.size > 0) expect([...open], 'not busy while tasks run').toEqual([]);
  }
};

/** No hook begins without a cause, none because of a hook, and the file that each is given is there, and removed at the end. */
export const checkHooks = (d: Daemon): void => {
  const variables = d.processes.runs.map(({ request }) => request.variables);
  const hooks = new Set(variables.flatMap((of) => (of.WHENEVER_HOOK === undefined ? [] : [of.WHENEVER_RUN])));
  for (const { WHENEVER_HOOK: hook, WHENEVER_RUN: run = '', WHENEVER_CAUSE: cause = '', ...of } of variables) {
    if (hook === undefined) continue;
    expect(cause).toMatch(
      hook === 'on_miss' ? /^(tick|event|run)-\d+$/ : hook === 'on_overdue' ? /^(run|overdue)-\d+$/ : /^run-\d+$/,
    );
    expect(hooks.has(cause), `${run} is a hook of the hook ${cause}`).toBe(false);
    if (cause.startsWith('run-')) expect(Number(cause.slice(4))).toBeLessThan(Number(run.slice(4)));
    expect(of.WHENEVER_FAILED_OUTPUT).toMatch(/^\/run\/\d+-output$/);
  }
  expect([...d.runFiles.there]).toEqual([]);
};

interface Life {
  suspended: boolean;
  finished: boolean;
  failedRuns: number;
  running: boolean;
  /** Hooks of the condition have runs of their own. */
  run: string | null | undefined;
  outcomes: string[];
  /** Another run takes its place. */
  replaced: boolean;
}

/** Follows the lives of conditions by their records, and holds each run against what the manual allows. */
export const checkLives = (d: Daemon, shapes: readonly ConditionShape[]): void => {
  const lives = new Map<string, Life>();
  const keysOf = new Map(shapes.map(({ name, keys }) => [name, keys]));
  for (const { name, keys } of shapes)
    lives.set(name, {
      suspended: keys.suspended === true,
      finished: false,
      failedRuns: 0,
      running: false,
      run: undefined,
      outcomes: [],
      replaced: false,
    });
  const happens = (name: string, mark: string, message: string, run: string | null | undefined): void => {
    if (mark === 'START/MSG' && message.startsWith('running tasks')) begins(name, run);
    if (message.startsWith('the run was ended early: a new run has taken its place')) lives.get(name)!.replaced = true;
    if (mark === 'END/OK' && message.startsWith('all tasks have ended')) ends(name);
  };
  const reset = (name: string) => Object.assign(lives.get(name)!, { finished: false, failedRuns: 0 });
  const commanded = (action: string, name: string): void => {
    if (action === 'reset_conditions' || action === 'resume_condition') reset(name);
    if (action === 'suspend_condition') lives.get(name)!.suspended = true;
    if (action === 'resume_condition') lives.get(name)!.suspended = false;
  };
  const begins = (name: string, run: string | null | undefined): void => {
    const life = lives.get(name)!;
    const keys = keysOf.get(name)!;
    expect(life.suspended, `${name} runs while suspended`).toBe(false);
    expect(life.finished, `${name} runs although finished`).toBe(false);
    expect(life.running, `${name} runs twice at once`).toBe(false);
    if (keys.recurring === false && keys.max_tasks_retries !== -1)
      expect(life.failedRuns, `${name} is tried too often`).toBeLessThanOrEqual(keys.max_tasks_retries as number);
    life.running = true;
    life.run = run;
    life.outcomes = [];
    life.replaced = false;
  };
  const ends = (name: string): void => {
    const life = lives.get(name)!;
    life.running = false;
    // It counts neither as a success nor as a failure.
    if (life.replaced) return;
    const failed = life.outcomes.some((outcome) => outcome === 'FAIL' || outcome === 'ERR');
    if (failed) life.failedRuns += 1;
    else if (keysOf.get(name)!.recurring === false) life.finished = true;
  };
  /** Of a hook it does not count: that is another run. */
  const taskEnds = (message: string, run: string | null | undefined): void => {
    const [, outcome, condition] = /^(\w+)\/trigger:(\w+) /.exec(message)!;
    const life = lives.get(condition!)!;
    if (life.running && life.run === run) life.outcomes.push(outcome!);
  };
  for (const { context, mark, message, origin } of d.records.all) {
    const [, done] =
      /^(?:queued (?:reset|suspension) of )?condition (C\d) (?:reset|suspended|resumed and reset|done)(?:,? until [\d: -]+|: its suspension .* is over)?$/.exec(
        message,
      ) ?? [];
    if (done && (mark === 'END/OK' || context.emitter === 'CONDITION_REGISTRY')) commanded(context.action, done);
    if (mark === 'HIST/END') taskEnds(message, origin?.run);
    if (context.emitter === 'CONDITION' && context.itemId !== 0 && lives.has(context.item!))
      happens(context.item!, mark, message, origin?.run);
  }
};
