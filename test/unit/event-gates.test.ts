import { describe, expect, test } from 'vitest';
import { type EngineEventMap, EngineEvents, type EngineEventType } from '../../src/core/engine-events.ts';
import { projectEvents } from '../../src/engine.ts';
import { Journal } from '../../src/journal/journal.ts';
import { createLog } from '../../src/log/log.ts';
import { LEVELS, type LogRecord, SEVERITY } from '../../src/log/record.ts';
import { conditionRecords } from '../../src/projections/condition-records.ts';
import { itemLoggers } from '../../src/projections/item-loggers.ts';
import { itemRecords } from '../../src/projections/item-records.ts';
import { logRecords } from '../../src/projections/log-records.ts';
import { MOST_SEVERE } from '../../src/projections/record-texts.ts';
import { runRecords } from '../../src/projections/run-records.ts';
import { schedulerRecords } from '../../src/projections/scheduler-records.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const trace = { cause: 'tick-1', run: null };
const spec = {
  ...{ name: 'A', emitter: 'CONDITION', type: 'interval', condition: 'A' },
  traits: { tasks: ['T'], execute_sequence: true, recurring: false },
};
const item = { name: 'A', id: 1, spec, conditions: [], blocked: undefined };
const inParallel = { ...item, spec: { ...spec, traits: { ...spec.traits, execute_sequence: false } } };
const kinds = ['success', 'failure', 'none', 'error'];
const outcomes = kinds.map((kind) => ({ kind, reason: { code: 'assumed' } }));
const operations = ['reset', 'suspend', 'resume'];

/** Data of each event whose handler is left out below a level: all cases that the handler tells apart. */
const SAMPLES: Readonly<Record<string, readonly unknown[]>> = {
  'scheduler.busy': [{ busy: 1 }],
  'scheduler.idle': [{}],
  'tick.started': [true, false].flatMap((paused) => [0, 2].map((busy) => ({ busy, paused, mono: 0, lateMs: 0 }))),
  'check.started': [{ condition: item }],
  'task.started': [{ task: item, condition: item }],
  'task.finished': outcomes.map((outcome) => ({ task: item, condition: item, outcome })),
  'sequence.advanced': outcomes.map((outcome) => ({ task: item, condition: item, outcome })),
  'tasks.finished': [item, inParallel].map((condition) => ({ condition, executed: 1 })),
  'event.occurred': [{ event: item }],
  'event.listening': [{ event: item }],
  'event.uninstalled': [{ event: item }],
  'listening.stopping': [{}],
  'scheduler.resumed': [{}, { until: 0 }],
  'command.accepted': ['reset', 'suspend', 'resume', 'trigger', 'configure'].flatMap((command) =>
    [[], ['A']].map((args) => ({ command, args })),
  ),
  'item.creating': [[], ['T']].map((tasks) => ({ section: 'condition', spec, tasks })),
  'condition.event-dropped': [{ condition: item }],
  'operation.requested': operations.map((operation) => ({ operation, name: 'A' })),
  'operation.no-conditions': [{}],
  'check.skipped': ['busy', 'no-tasks', 'suspended', 'held', 'finished', 'exhausted'].map((reason) => ({
    ...{ condition: item, reason },
  })),
  'firing.joined': [{ condition: item, held: { joined: 1 } }],
  'guard.answered': [true, false].map((holds) => ({ guard: item, answer: { holds, reason: { code: 'assumed' } } })),
  'event.repeated': [{ event: item, count: 2 }],
  'event.fired': [undefined, 'suspended'].flatMap((ineligible) =>
    ['pending', 'already'].flatMap((result) =>
      [true, false].map((triggered) => ({ event: item, result, ineligible, triggered })),
    ),
  ),
  'sequence.broken': [{ condition: item, task: item, on: 'failure' }],
  'listening.started': [{ all: true }, { all: false }],
  'listening.stopped': [{}],
  'trigger.requested': [{ name: 'A' }],
  'reload.item': ['kept', 'added', 'replaced', 'removed'].map((change) => ({ section: 'task', name: 'T', change })),
  'reload.condition-busy': [{ name: 'A' }],
};

/** The records that an event makes when its handler is called at every level. */
const recordsOf = (type: EngineEventType): LogRecord[] => {
  const records: LogRecord[] = [];
  const events = new EngineEvents();
  events.subscribe(
    logRecords(
      createLog(
        'trace',
        () => 0,
        (record) => records.push(record),
      ),
      { lastLine: () => undefined },
    ),
  );
  for (const data of SAMPLES[type]!) events.emit(type, trace, data as EngineEventMap[typeof type]);
  return records;
};

const gated = Object.keys(MOST_SEVERE) as EngineEventType[];

test('every event with a level has samples', () => {
  expect(Object.keys(SAMPLES).sort()).toEqual(gated.sort());
});

test('each event has its records in one place', () => {
  const log = createLog(
    'trace',
    () => 0,
    () => {},
  );
  const [loggers, outputs] = [itemLoggers(log), { lastLine: () => undefined }];
  const groups = [
    schedulerRecords(log),
    conditionRecords(log, loggers),
    runRecords(log, loggers, outputs),
    itemRecords(log, loggers),
  ];
  const types = groups.flatMap((handlers) => Object.keys(handlers));
  expect(types.length).toBeGreaterThan(50);
  expect(types.toSorted()).toEqual(Object.keys(logRecords(log, outputs)).toSorted());
});

test.each(gated)('the most severe record of %s has the level that its handler needs', (type) => {
  const most = LEVELS[Math.max(...recordsOf(type).map(({ level }) => SEVERITY[level]))];
  expect(most).toBe(MOST_SEVERE[type]);
});

describe('a handler whose gate is off', () => {
  test('is not called, does not count as wanted, and is called again when the gate is on', () => {
    const [events, gate] = [new EngineEvents(), { on: false }];
    const called: string[] = [];
    const end = events.subscribe(
      { 'scheduler.idle': () => called.push('gated'), 'scheduler.busy': () => called.push('open') },
      (type) => (type === 'scheduler.idle' ? gate : { on: true }),
    );
    events.emit('scheduler.idle', trace, {});
    events.emit('scheduler.busy', trace, { busy: 1 });
    expect([called, events.wants('scheduler.idle'), events.wants('scheduler.busy')]).toEqual([['open'], false, true]);
    gate.on = true;
    events.emit('scheduler.idle', trace, {});
    expect([called, events.wants('scheduler.idle')]).toEqual([['open', 'gated'], true]);
    end();
    expect([events.wants('scheduler.idle'), events.wants('tick.started')]).toEqual([false, false]);
  });
});

test('a log says which levels are written, by all of its sinks and rules', () => {
  const log = createLog(
    'warn',
    () => 0,
    () => {},
  );
  const written = () => LEVELS.filter((level) => log.written[level].on);
  expect(written()).toEqual(['warn', 'error']);
  const end = log.attach({ level: 'debug', write: () => {} });
  expect(written()).toEqual(['debug', 'info', 'warn', 'error']);
  end();
  log.setLevels({ 'whenever.task': 'trace' });
  expect(written()).toEqual([...LEVELS]);
});

test('a tick that began while nothing listened ends without a span, also after one that was never finished', () => {
  const clock = new VirtualClock(0);
  const journal = new Journal(clock);
  const { events } = projectEvents(journal, { clock, log: createLog('error', clock.wall, () => {}) });
  const edges: string[] = [];
  const listen = () => journal.subscribeSpans((fact) => edges.push(fact.kind === 'span' ? fact.edge : fact.kind));
  const begin = () => events.emit('tick.started', trace, { busy: 0, paused: false, mono: 0, lateMs: 0 });
  const finish = () => events.emit('tick.finished', trace, { visited: 0, due: 0 });
  const end = listen();
  begin();
  end();
  finish();
  begin();
  listen();
  finish();
  expect(edges).toEqual(['start']);
  begin();
  finish();
  expect(edges).toEqual(['start', 'start', 'finish']);
});
