import { LEVELS, type Mark } from '../log/record.ts';
import type { Fact, LogFact } from './fact.ts';
import { itemOf } from './item.ts';

/** What a JSON record holds (`logging.md` §5), with what `--log-ids` adds. */
interface Line {
  readonly header: { readonly level: string; readonly time: string };
  readonly contents: {
    readonly context: {
      readonly action: string;
      readonly emitter: string;
      readonly item: string | null;
      readonly item_id: number | null;
    };
    readonly message: string;
    readonly message_type: { readonly status: string; readonly when: string };
  };
  readonly journal?: { readonly seq: number; readonly run: string | null; readonly cause: string | null };
}

const HISTORY = /^(OK|FAIL|IND|ERR)\/trigger:([a-zA-Z_][a-zA-Z0-9_]*) (.*)$/s;
const STATES = { OK: 'succeeded', FAIL: 'failed', IND: 'indeterminate', ERR: 'error' } as const;

/**
 * Reads JSON records one by one, and makes the story of tasks and their conditions out of the history in them. Times have no
 * zone: they are taken as local ones. What is no record makes nothing.
 */
export const readLogLine = (): ((line: object) => Fact[]) => {
  let seq = 0;
  let runs = 0;
  /** Of the first record: the monotonic clock begins there. */
  let first: number | undefined;
  const states = new Map<string, string>();
  /** Tasks that run for a condition, and the run. */
  const open = new Map<string, { run: string; tasks: number }>();

  const history = (fact: LogFact): Fact[] => {
    const [, outcome, condition, text = ''] = HISTORY.exec(fact.message) ?? [];
    if (outcome === undefined || condition === undefined || fact.item === null) return [];
    const made: Fact[] = [];
    const to = (key: string, finish: string, why: string, run: string | null): void => {
      const start = states.get(key) ?? (key.startsWith('task/') ? 'idle' : 'waiting');
      states.set(key, finish);
      seq += 1;
      const { time, mono, cause } = fact;
      made.push({ kind: 'transition', seq, time, mono, item: key, run, cause, key, start, finish, why });
    };
    const of = open.get(condition) ?? { run: fact.run ?? `run-${++runs}`, tasks: 0 };
    if (fact.mark === 'HIST/START') {
      of.tasks += 1;
      open.set(condition, of);
      if (of.tasks === 1) to(`condition/${condition}`, 'running', 'the check was positive', of.run);
      to(fact.item, 'running', `run by condition ${condition}`, of.run);
    } else {
      of.tasks -= 1;
      to(fact.item, STATES[outcome as keyof typeof STATES], text, of.run);
      if (of.tasks <= 0) {
        open.delete(condition);
        to(`condition/${condition}`, 'waiting', `task ${fact.context.item} ended: ${text}`, of.run);
      }
    }
    return made;
  };

  return (found) => {
    try {
      const { header, contents, journal } = found as Line;
      const level = LEVELS.find((one) => one === header.level.trim().toLowerCase());
      const time = Date.parse(header.time);
      if (level === undefined || Number.isNaN(time)) return [];
      first ??= time;
      const { emitter, action, item, item_id: itemId } = contents.context;
      const context = { emitter, action, item, itemId };
      const { when, status } = contents.message_type;
      seq = Math.max(seq + 1, journal?.seq ?? 0);
      const [run, cause] = [journal?.run ?? null, journal?.cause ?? null];
      const fact: LogFact = {
        ...{ kind: 'log', seq, time, mono: time - first, item: itemOf(context), run, cause, level, context },
        ...{ mark: `${when}/${status}` as Mark, message: contents.message },
      };
      return [fact, ...(when === 'HIST' ? history(fact) : [])];
    } catch {
      return [];
    }
  };
};
