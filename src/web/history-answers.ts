import type { HistoryReader } from '../adapters/history/reader.ts';
import { accountForInstant } from '../commands/explain-instant.ts';
import { instantOrMinute } from '../commands/option-values.ts';
import { messageOf } from '../error-message.ts';
import type { ConditionRun, RunFilter } from '../history/history-entries.ts';
import type { HistoryLine } from '../history/history-line.ts';
import type { Questions, SlimEntry } from './api.ts';
import { RequestError } from './request-checks.ts';
import { runFromLines } from './run-lines.ts';
import { outputsOf, slimEntry } from './slim.ts';

/** The newest runs of a history. @param alive whether the instance that wrote last is running */
export const recentRuns = (
  reader: HistoryReader,
  { item, since, until, failed = false, count = 100 }: Questions['runs']['query'],
  alive: boolean,
): Questions['runs']['answer'] => {
  const at = item?.indexOf('/') ?? -1;
  const name = item?.slice(at + 1);
  const isTask = item?.startsWith('task/') === true;
  const filter: RunFilter = {
    conditions: name === undefined || isTask ? [] : [name],
    tasks: name !== undefined && isTask ? [name] : [],
    ...{ failed, since: since ?? Number.NEGATIVE_INFINITY, until: until ?? Number.POSITIVE_INFINITY },
  };
  const entries: SlimEntry[] = [];
  if (!reader.exists) return { entries, more: false };
  for (const entry of reader.entries(filter, alive)) {
    if (entries.length === count) return { entries, more: true };
    entries.push(slimEntry(entry));
  }
  return { entries, more: false };
};

/** A run by its lines; undefined: it is not in the history. */
const findRun = (reader: HistoryReader, session: string, run: string, alive: boolean): ConditionRun | undefined => {
  const lines: HistoryLine[] = [];
  const needle = `"run":${JSON.stringify(run)}`;
  for (const line of reader.linesBackwards({ containing: [needle] })) {
    if (line.session !== session || !('run' in line) || line.run !== run) continue;
    if (line.kind === 'run' || line.kind === 'task' || line.kind === 'claim') lines.push(line);
    if (line.kind === 'claim') break;
  }
  return runFromLines(lines, alive);
};

/** What a run wrote. @throws RequestError */
export const runOutput = (
  reader: HistoryReader,
  { session, run }: Questions['output']['query'],
  alive: boolean,
): Questions['output']['answer'] => {
  const found = findRun(reader, session, run, alive);
  if (found === undefined) throw new RequestError(404, `the history has no run ${run} of this instance`);
  return { outputs: outputsOf(found) };
};

/** What became of a condition at an instant. @throws RequestError */
export const whyAt = async (
  reader: HistoryReader,
  { condition, at }: Questions['why']['query'],
): Promise<Questions['why']['answer']> => {
  let asked: ReturnType<typeof instantOrMinute>;
  try {
    asked = instantOrMinute(at);
  } catch (error) {
    throw new RequestError(400, messageOf(error));
  }
  const name = condition.replace(/^condition\//, '');
  const { unknown, sentences } = await accountForInstant(reader, name, asked, Date.now());
  if (unknown !== undefined) throw new RequestError(404, unknown);
  return { sentences };
};
