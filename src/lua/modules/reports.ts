import type { Json } from '../../journal/fact.ts';
import { toJson } from '../../journal/json.ts';
import { EventError } from '../../journal/ledger.ts';
import { topicsOf } from '../../journal/topic-names.ts';
import { LEVELS, type Level } from '../../log/record.ts';
import * as lua from '../lua-api.ts';
import { decodeText } from '../lua-values.ts';
import { runOf, type ScriptRun } from '../script-scheduler.ts';
import type { WorkerReport } from '../worker-messages.ts';
import { waitForLog } from '../yielding.ts';
import { jsonAt } from './json-values.ts';

const logAt =
  (level: Level): lua.LuaFunction =>
  (L: lua.State): number => {
    lua.checkany(L, 1);
    const message = decodeText(lua.tostring(L, 1));
    lua.pop(L, 1);
    const run = runOf(L);
    run.logLine(level, message);
    return waitForLog(L, run, 0);
  };

/** The `log` module: `log.trace (m)` to `log.error (m)` make one record each. They take any value, as `tostring` shows it. */
export const logFunctions: Readonly<Record<string, lua.LuaFunction>> = Object.fromEntries(
  LEVELS.map((level) => [level, logAt(level)]),
);

/** Sends a report; raises the problem when its content cannot be stored. */
const send = (L: lua.State, name: string, makeReport: (run: ScriptRun) => WorkerReport): number => {
  const run = runOf(L);
  let problem: string | undefined;
  try {
    const report = makeReport(run);
    if (!run.over) {
      run.markEffect();
      run.scheduler.report(report);
    }
  } catch (error) {
    if (!(error instanceof EventError)) throw error;
    problem = error.message;
  }
  // After the handler: raising unwinds the stack of the interpreter, which a handler of JavaScript must not see.
  if (problem !== undefined) return lua.raise(L, `${name}: ${problem}`);
  return waitForLog(L, run, 0);
};

const topicsAt = (L: lua.State): readonly string[] => {
  const named = jsonAt(L, 1, 'the topic');
  const topics = typeof named === 'string' || Array.isArray(named) ? (named as string | readonly string[]) : [];
  return topicsOf(topics);
};

const logEvent = (L: lua.State): number => {
  lua.checkany(L, 1);
  lua.checkany(L, 2);
  return send(L, 'events.log', ({ job: { id } }) => {
    const topics = topicsAt(L);
    return { what: 'event', id, topics, value: toJson(jsonAt(L, 2, 'the value')) };
  });
};

/** The `events` module: `events.log (topic, value)` publishes a value under one topic or a list of them. */
export const eventsFunctions = { log: logEvent };

type Mapping = { readonly [key: string]: Json };

const mappingAt = (L: lua.State, argument: number): Mapping => {
  const value = toJson(jsonAt(L, argument, 'the table', true), undefined, true);
  if (Array.isArray(value)) throw new EventError('expected a table with names, got a list');
  return value as Mapping;
};

const stepAt = (L: lua.State, argument: number): number | undefined => {
  if (lua.isnoneornil(L, argument)) return undefined;
  const step = lua.optnumber(L, argument, 0);
  if (!Number.isSafeInteger(step)) throw new EventError(`the step has to be a whole number, it is ${step}`);
  return step;
};

const logMetric = (L: lua.State): number => {
  lua.checktype(L, 1, lua.TTABLE);
  lua.optnumber(L, 2, 0);
  return send(L, 'metrics.log', ({ job: { id } }) => ({
    what: 'metric',
    id,
    message: mappingAt(L, 1),
    step: stepAt(L, 2),
  }));
};

/** The `metrics` module: `metrics.log (table [, step])` makes a metric record. */
export const metricsFunctions = { log: logMetric };
