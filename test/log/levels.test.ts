import { describe, expect, test } from 'vitest';
import { createLog, LogHub } from '../../src/log/log.ts';
import { outputFilter } from '../../src/log/output-filter.ts';
import type { Level, LogRecord } from '../../src/log/record.ts';
import { subtreesOf } from '../../src/log/subtree.ts';

const collect = () => {
  const records: LogRecord[] = [];
  return { records, take: (record: LogRecord) => void records.push(record) };
};
const messages = (records: readonly LogRecord[]) => records.map(({ message }) => message);

/** One record of each level, with the level as its message. */
const sayAll = (hub: LogHub, emitter: string, item?: string, action = 'active') => {
  const log = hub.for(emitter, action, item, 1);
  for (const level of ['trace', 'debug', 'info', 'warn', 'error'] as const) log[level]('PROC/MSG', level);
};

describe('levels by subtree', () => {
  test.each<[emitter: string, action: string, item: string | undefined, subtrees: string[]]>([
    ['MAIN', 'command', undefined, ['whenever.scheduler', 'whenever']],
    ['CONFIGURATION', 'reconfigure', undefined, ['whenever.configuration', 'whenever']],
    ['CONDITION', 'active', 'A', ['whenever.condition.A', 'whenever.condition', 'whenever']],
    ['CONDITION_REGISTRY', 'tick', 'A', ['whenever.condition.A', 'whenever.condition', 'whenever']],
    ['INTERVAL_CONDITION', 'new', 'A', ['whenever.condition.A', 'whenever.condition', 'whenever']],
    ['TASK_REGISTRY', 'run_seq', undefined, ['whenever.task', 'whenever']],
    ['LUA_TASK', 'new', 'T', ['whenever.task.T', 'whenever.task', 'whenever']],
    ['FSCHANGE_EVENT', 'new', 'E', ['whenever.event.E', 'whenever.event', 'whenever']],
    ['EVENT_REGISTRY', 'listener', undefined, ['whenever.event', 'whenever']],
    ['TASK', 'exec_lua', 'T', ['whenever.lua.T', 'whenever.task.T', 'whenever.lua', 'whenever']],
  ])('%s %s %s belongs to %j', (emitter, action, item, subtrees) => {
    expect(subtreesOf({ emitter, action, item: item ?? null, itemId: null })).toEqual(subtrees);
  });

  test('the most specific rule counts, and the level of the command line is the default for the rest', () => {
    const hub = new LogHub(() => 0);
    const out = collect();
    hub.attach({ level: 'warn', write: out.take });
    hub.setLevels({ 'whenever.condition': 'error', 'whenever.condition.A': 'debug' });
    sayAll(hub, 'CONDITION', 'A');
    expect(messages(out.records.splice(0))).toEqual(['debug', 'info', 'warn', 'error']);
    sayAll(hub, 'CONDITION', 'B');
    expect(messages(out.records.splice(0))).toEqual(['error']);
    sayAll(hub, 'TASK', 'A');
    expect(messages(out.records.splice(0))).toEqual(['warn', 'error']);
  });

  test('a record that several rules fit is written once by each output', () => {
    const hub = new LogHub(() => 0);
    const [one, other] = [collect(), collect()];
    hub.attach({ level: 'trace', write: one.take });
    hub.attach({ level: 'trace', write: other.take });
    hub.setLevels({ whenever: 'trace', 'whenever.condition': 'debug', 'whenever.condition.A': 'info' });
    sayAll(hub, 'CONDITION', 'A');
    for (const { records } of [one, other]) expect(messages(records)).toEqual(['info', 'warn', 'error']);
  });

  test('a rule for whenever is the default instead of --log-level', () => {
    const hub = new LogHub(() => 0);
    const out = collect();
    hub.attach({ level: 'trace', write: out.take });
    hub.setLevels({ whenever: 'info' });
    sayAll(hub, 'MAIN');
    expect(messages(out.records)).toEqual(['info', 'warn', 'error']);
  });

  test('lines of scripts can be turned down apart from the task that runs them', () => {
    const hub = new LogHub(() => 0);
    const out = collect();
    hub.attach({ level: 'trace', write: out.take });
    hub.setLevels({ 'whenever.lua': 'warn' });
    sayAll(hub, 'TASK', 'T', 'exec_lua');
    expect(messages(out.records.splice(0))).toEqual(['warn', 'error']);
    sayAll(hub, 'TASK', 'T');
    expect(out.records).toHaveLength(5);
  });

  test('an output with a level of its own gets no more than that, and no rule gives it more', () => {
    const hub = new LogHub(() => 0);
    const [all, warnings] = [collect(), collect()];
    hub.attach({ level: 'trace', write: all.take });
    hub.attach({ level: 'warn', floor: 'warn', write: warnings.take });
    hub.setLevels({ 'whenever.condition.A': 'trace' });
    sayAll(hub, 'CONDITION', 'A');
    expect(all.records).toHaveLength(5);
    expect(messages(warnings.records)).toEqual(['warn', 'error']);
  });

  test('an output can be more talkative than the command line', () => {
    const hub = new LogHub(() => 0);
    const [terminal, file] = [collect(), collect()];
    hub.attach({ level: 'warn', write: terminal.take });
    hub.attach({ level: 'debug', floor: 'debug', write: file.take });
    sayAll(hub, 'MAIN');
    expect(messages(terminal.records)).toEqual(['warn', 'error']);
    expect(messages(file.records)).toEqual(['debug', 'info', 'warn', 'error']);
  });

  test('an output for some items gets records about these only', () => {
    const hub = new LogHub(() => 0);
    const out = collect();
    hub.attach({ level: 'error', filter: outputFilter({ items: ['A'], contexts: [] })!, write: out.take });
    sayAll(hub, 'CONDITION', 'A');
    sayAll(hub, 'CONDITION', 'B');
    sayAll(hub, 'MAIN');
    expect(out.records.map(({ context }) => context.item)).toEqual(['A']);
  });

  test('somebody who follows gets a level everywhere, as long as they follow', () => {
    const hub = new LogHub(() => 0);
    const [out, follower] = [collect(), collect()];
    hub.attach({ level: 'error', write: out.take });
    hub.setLevels({ whenever: 'error' });
    const log = hub.for('MAIN', 'command');
    const leave = hub.attach({ level: 'trace', everything: true, write: follower.take });
    expect(log.wants('trace')).toBe(true);
    log.trace('PROC/MSG', 'seen');
    leave();
    expect(log.wants('trace')).toBe(false);
    log.trace('PROC/MSG', 'unseen');
    expect([messages(out.records), messages(follower.records)]).toEqual([[], ['seen']]);
  });

  test('a message that nobody wants is not made', () => {
    const hub = createLog(
      'warn',
      () => 0,
      () => {},
    );
    let made = 0;
    hub.for('MAIN', 'command').debug('PROC/MSG', () => {
      made += 1;
      return 'made';
    });
    expect(made).toBe(0);
  });

  test.each<[rules: Record<string, Level>, wants: boolean]>([
    [{}, false],
    [{ 'whenever.condition.A': 'debug' }, true],
    [{ 'whenever.scheduler': 'trace' }, true],
    [{ 'whenever.task': 'trace', 'whenever.lua.X': 'trace', 'whenever.event': 'debug' }, false],
  ])('with the levels %j every condition is visited at every tick: %s', (rules, wants) => {
    const hub = createLog(
      'warn',
      () => 0,
      () => {},
    );
    hub.setLevels(rules);
    expect(hub.wants('debug')).toBe(wants);
  });
});

test('an output that throws takes no record from the others, and is said once', () => {
  const hub = new LogHub(() => 0);
  const out = collect();
  const take = () => {
    throw new Error('ENOSPC');
  };
  hub.attach({ level: 'trace', write: take });
  hub.attach({ level: 'warn', write: out.take });
  sayAll(hub, 'TASK', 'A');
  sayAll(hub, 'TASK', 'A');
  const said = messages(out.records).filter((message) => message.length > 5);
  expect(said).toEqual(['an output of the log failed: ENOSPC']);
  expect(messages(out.records).filter((message) => message.length <= 5)).toEqual(['warn', 'error', 'warn', 'error']);
});
