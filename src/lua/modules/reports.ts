import type { Json } from '../../journal/fact.ts';
import { EventError, LARGEST, toJson, topicsOf } from '../../journal/json.ts';
import { LEVELS, type Level, type RecordDetails } from '../../log/record.ts';
import * as lua from '../lua-api.ts';
import { decodeStrictly, decodeText, typeName } from '../lua-values.ts';
import { runOf, type ScriptRun } from '../script-scheduler.ts';
import type { WorkerReport } from '../worker-messages.ts';
import { waitForLog } from '../yielding.ts';

const WHERE = /^(.*):(\d+): $/s;

/** Where the script is: the function of Lua that calls, if it is one. */
const sourceOf = (L: lua.State): RecordDetails['source'] => {
  lua.where(L, 1);
  const found = WHERE.exec(decodeText(lua.tolstring(L, -1)!));
  lua.pop(L, 1);
  return found ? { file: found[1]!, line: Number(found[2]) } : undefined;
};

const logAt =
  (level: Level): lua.LuaFunction =>
  (L: lua.State): number => {
    lua.checkany(L, 1);
    const message = decodeText(lua.tostring(L, 1));
    lua.pop(L, 1);
    const run = runOf(L);
    run.logLine(level, message, sourceOf(L));
    return waitForLog(L, run, 0);
  };

/** The `log` module: `log.trace (m)` to `log.error (m)` make one record each. They take any value, as `tostring` shows it. */
export const logFunctions: Readonly<Record<string, lua.LuaFunction>> = Object.fromEntries(
  LEVELS.map((level) => [level, logAt(level)]),
);

/** How deep tables may be nested. */
const DEEPEST = 64;
/** Values in all tables together. */
const MOST_VALUES = 20_000;

/** Bytes of more characters than a value may have. */
const MOST_BYTES = 4 * LARGEST;

/** The state of a walk through a value. */
interface Walk {
  readonly path: unknown[];
  readonly anyNumber: boolean;
  count: number;
  /** Of all texts so far. */
  bytes: number;
}

const textAt = (L: lua.State, index: number, where: string, walk: Walk): string => {
  const source = lua.tolstring(L, index)!;
  walk.bytes += source.length;
  if (walk.bytes > MOST_BYTES) throw new EventError(`cannot be stored: larger than ${LARGEST} characters`);
  const found = decodeStrictly(source);
  if (found === undefined) throw new EventError(`cannot be stored: ${where} is a string that is not UTF-8`);
  return found;
};

/** The table on top of the stack: a list when its keys are 1 to n, else an object; an empty one is an object. */
const tableAt = (L: lua.State, where: string, walk: Walk): Json => {
  const self = lua.topointer(L, -1);
  if (walk.path.includes(self)) throw new EventError(`cannot be stored: ${where} is part of itself`);
  if (walk.path.length === DEEPEST || !lua.checkstack(L, 4))
    throw new EventError(`cannot be stored: ${where} is nested deeper than ${DEEPEST}`);
  walk.path.push(self);
  const list: Json[] = [];
  const entries: [string, Json][] = [];
  const index = lua.gettop(L);
  let size = 0;
  lua.pushnil(L);
  while (lua.next(L, index) !== 0) {
    const type = lua.type(L, -2);
    if (type === lua.TSTRING) {
      const key = textAt(L, -2, `a key of ${where}`, walk);
      entries.push([key, valueAt(L, `${where}.${key}`, walk)]);
    } else if (type === lua.TNUMBER) {
      const n = lua.tonumberx(L, -2) as number;
      list[n - 1] = valueAt(L, `${where}[${n}]`, walk);
      size += 1;
    } else throw new EventError(`cannot be stored: a key of ${where} is a ${typeName(L, -2)}`);
    lua.pop(L, 1);
  }
  walk.path.pop();
  if (size > 0 && (entries.length > 0 || list.length !== size || Object.keys(list).length !== size))
    throw new EventError(`cannot be stored: ${where} is neither a list from 1 on nor a table with names`);
  return size > 0 ? list : Object.fromEntries(entries);
};

/** The value on top of the stack. @throws EventError for what JSON cannot hold. */
const valueAt = (L: lua.State, where: string, walk: Walk): Json => {
  walk.count += 1;
  if (walk.count > MOST_VALUES) throw new EventError(`cannot be stored: more than ${MOST_VALUES} values`);
  switch (lua.type(L, -1)) {
    case lua.TNIL:
      return null;
    case lua.TBOOLEAN:
      return lua.toboolean(L, -1);
    case lua.TNUMBER: {
      const n = lua.tonumberx(L, -1) as number;
      if (!walk.anyNumber && !Number.isFinite(n)) throw new EventError(`cannot be stored: ${where} is the number ${n}`);
      return n;
    }
    case lua.TSTRING:
      return textAt(L, -1, where, walk);
    case lua.TTABLE:
      return tableAt(L, where, walk);
    default:
      throw new EventError(`cannot be stored: ${where} is a ${typeName(L, -1)}`);
  }
};

/**
 * An argument of a function as a value that JSON can hold; errors call it `where`. `anyNumber` allows NaN and infinity.
 * @throws EventError for what JSON cannot hold.
 */
const jsonAt = (L: lua.State, argument: number, where: string, anyNumber = false): Json => {
  lua.pushvalue(L, argument);
  const value = valueAt(L, where, { path: [], anyNumber, count: 0, bytes: 0 });
  lua.pop(L, 1);
  return value;
};

type Mapping = { readonly [key: string]: Json };

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

/** The third argument of `events.log`: whether all machines of the fleet get the event. */
const forFleetAt = (L: lua.State): boolean => {
  if (lua.isnoneornil(L, 3)) return false;
  const options = jsonAt(L, 3, 'the options');
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new EventError(
      `expected a table of options such as { fleet = true }, got a ${Array.isArray(options) ? 'list' : typeName(L, 3)}`,
    );
  const { fleet = false, ...more } = options as Mapping;
  const [unknown] = Object.keys(more);
  if (unknown !== undefined) throw new EventError(`unknown option "${unknown}" (known: fleet)`);
  if (typeof fleet !== 'boolean')
    throw new EventError(`the option fleet has to be true or false, it is ${JSON.stringify(fleet)}`);
  return fleet;
};

const logEvent = (L: lua.State): number => {
  lua.checkany(L, 1);
  lua.checkany(L, 2);
  return send(L, 'events.log', ({ job: { id } }) => {
    const topics = topicsAt(L);
    return { what: 'event', id, topics, value: toJson(jsonAt(L, 2, 'the value')), fleet: forFleetAt(L) };
  });
};

/** The `events` module: `events.log (topic, value [, options])` publishes a value under one topic or a list of them. */
export const eventsFunctions = { log: logEvent };

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
