import type { Json } from '../../journal/fact.ts';
import { EventError } from '../../journal/json.ts';
import { LEVELS, type Level, type RecordDetails } from '../../log/record.ts';
import * as lua from '../lua-api.ts';
import { decodeStrictly, decodeText, typeName } from '../lua-values.ts';
import { cannotStore, DEEPEST, eventReport, MOST_BYTES, MOST_VALUES, metricReport } from '../published-values.ts';
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
  if (walk.bytes > MOST_BYTES) throw cannotStore.large();
  const found = decodeStrictly(source);
  if (found === undefined) throw cannotStore.bytes(where);
  return found;
};

/** The table on top of the stack: a list when its keys are 1 to n, else an object; an empty one is an object. */
const tableAt = (L: lua.State, where: string, walk: Walk): Json => {
  const self = lua.topointer(L, -1);
  if (walk.path.includes(self)) throw cannotStore.itself(where);
  if (walk.path.length === DEEPEST || !lua.checkstack(L, 4)) throw cannotStore.deep(where);
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
    } else throw cannotStore.key(where, typeName(L, -2));
    lua.pop(L, 1);
  }
  walk.path.pop();
  if (size > 0 && (entries.length > 0 || list.length !== size || Object.keys(list).length !== size))
    throw cannotStore.mixed(where);
  return size > 0 ? list : Object.fromEntries(entries);
};

/** The value on top of the stack. @throws EventError for what JSON cannot hold. */
const valueAt = (L: lua.State, where: string, walk: Walk): Json => {
  walk.count += 1;
  if (walk.count > MOST_VALUES) throw cannotStore.many();
  switch (lua.type(L, -1)) {
    case lua.TNIL:
      return null;
    case lua.TBOOLEAN:
      return lua.toboolean(L, -1);
    case lua.TNUMBER: {
      const n = lua.tonumberx(L, -1) as number;
      if (!walk.anyNumber && !Number.isFinite(n)) throw cannotStore.number(where, n);
      return n;
    }
    case lua.TSTRING:
      return textAt(L, -1, where, walk);
    case lua.TTABLE:
      return tableAt(L, where, walk);
    default:
      throw cannotStore.type(where, typeName(L, -1));
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

const logEvent = (L: lua.State): number => {
  lua.checkany(L, 1);
  lua.checkany(L, 2);
  return send(L, 'events.log', ({ job: { id } }) =>
    eventReport(id, (n, what) => (n === 3 && lua.isnoneornil(L, n) ? undefined : jsonAt(L, n, what))),
  );
};

/** The `events` module: `events.log (topic, value [, options])` publishes a value under one topic or a list of them. */
export const eventsFunctions = { log: logEvent };

const logMetric = (L: lua.State): number => {
  lua.checktype(L, 1, lua.TTABLE);
  lua.optnumber(L, 2, 0);
  return send(L, 'metrics.log', ({ job: { id } }) =>
    metricReport(id, (what) => jsonAt(L, 1, what, true), lua.isnoneornil(L, 2) ? undefined : lua.optnumber(L, 2, 0)),
  );
};

/** The `metrics` module: `metrics.log (table [, step])` makes a metric record. */
export const metricsFunctions = { log: logMetric };
