import type { Fact, LogFact, SpanFact } from '../journal/fact.ts';
import type { InstantName, SpanName } from '../journal/span-names.ts';

const HISTORY = /^(OK|FAIL|IND|ERR)\/trigger:([a-zA-Z_][a-zA-Z0-9_]*) (.*)$/s;
const OUTCOMES = { OK: 'success', FAIL: 'failure', IND: 'none', ERR: 'error' } as const;

const NS = 1e6;

/** Tasks that a condition runs now, and what came of those that have ended. */
interface Run {
  readonly id: string;
  readonly condition: string;
  running: number;
  executed: number;
  failed: boolean;
  /** When the last one ended. */
  last: LogFact;
}

type Told = Readonly<Record<string, unknown>>;

/**
 * Makes spans and instants of the records of a trace log, one by one: tasks from their history, checks from what conditions say,
 * runs from both. A log does not tell causes; it tells when a run was over only by what comes after it.
 */
export const readLogSpans = (): { take(fact: LogFact): Fact[]; end(): Fact[] } => {
  let made = 0;
  const checks = new Map<string, string>();
  const tasks = new Map<string, string>();
  const runs = new Map<string, Run>();
  let facts: Fact[] = [];

  const tell = (
    edge: SpanFact['edge'],
    category: SpanName | InstantName,
    id: string | null,
    item: string | null,
    of: LogFact,
    timeline: Told,
    run = of.run,
  ) => {
    const { seq, time, mono, cause } = of;
    facts.push({ kind: 'span', seq, time, mono, item, run, cause, edge, category, id, timeline, timestamp: mono * NS });
  };
  const number = (word: string): string => `${word}-${++made}`;

  const closeRun = (condition: string): void => {
    const run = runs.get(condition);
    if (!run || run.running > 0) return;
    runs.delete(condition);
    const outcome = run.failed ? 'failure' : 'success';
    tell('finish', 'run', run.id, `condition/${condition}`, run.last, { outcome, executed: run.executed }, run.id);
  };

  const checked = (fact: LogFact, outcome: string): void => {
    const { item, message } = fact;
    const id = item === null ? undefined : checks.get(item);
    if (item === null || id === undefined) return;
    checks.delete(item);
    tell('finish', 'check', id, item, fact, { outcome, why: message });
  };

  const condition = (fact: LogFact): void => {
    const { item, level, mark, message } = fact;
    if (item === null) return;
    const name = item.slice('condition/'.length);
    if (mark === 'PROC/OK' && level === 'trace' && !checks.has(item)) {
      closeRun(name);
      const id = number('check');
      checks.set(item, id);
      tell('start', 'check', id, item, fact, { condition: name });
    } else if (mark === 'END/OK' && /\bpositive\b/.test(message)) checked(fact, 'positive');
    else if (mark === 'END/OK' && /\bnegative\b/.test(message)) checked(fact, 'negative');
    else if (mark === 'END/FAIL' && /outcome/.test(message)) checked(fact, 'none');
    else if (mark === 'START/MSG' && level === 'info') {
      checked(fact, 'positive');
      closeRun(name);
    }
  };

  const history = (fact: LogFact): void => {
    const [, word, name, why = ''] = HISTORY.exec(fact.message) ?? [];
    const { item } = fact;
    if (word === undefined || name === undefined || item === null) return;
    const key = `${item} ${name}`;
    const task = item.slice('task/'.length);
    if (fact.mark === 'HIST/START') {
      checked({ ...fact, item: `condition/${name}` }, 'positive');
      let run = runs.get(name);
      if (!run) {
        run = { id: fact.run ?? number('run'), condition: name, running: 0, executed: 0, failed: false, last: fact };
        runs.set(name, run);
        tell('start', 'run', run.id, `condition/${name}`, fact, { condition: name }, run.id);
      }
      run.running += 1;
      const id = number('task');
      tasks.set(key, id);
      tell('start', 'task', id, item, fact, { task, condition: name }, run.id);
      return;
    }
    const id = tasks.get(key);
    const run = runs.get(name);
    if (id === undefined || !run) return;
    tasks.delete(key);
    const outcome = OUTCOMES[word as keyof typeof OUTCOMES];
    tell('finish', 'task', id, item, fact, { outcome, why }, run.id);
    run.running -= 1;
    run.executed += 1;
    run.failed ||= outcome === 'failure' || outcome === 'error';
    run.last = fact;
  };

  const done = (): Fact[] => {
    const all = facts;
    facts = [];
    return all;
  };

  return {
    take: (fact) => {
      const { emitter, action } = fact.context;
      if (fact.mark === 'HIST/START' || fact.mark === 'HIST/END') history(fact);
      else if (emitter === 'CONDITION' && action === 'active') condition(fact);
      else if (emitter === 'EVENT_REGISTRY' && action === 'trigger' && fact.item !== null)
        tell('instant', 'fired', null, fact.item, fact, { event: fact.item.slice('event/'.length) });
      else if (emitter === 'MAIN' && action === 'reconfigure' && fact.mark === 'END/OK')
        tell('instant', 'reload', null, null, fact, { outcome: 'success' });
      return done();
    },
    end: () => {
      for (const name of [...runs.keys()]) closeRun(name);
      return done();
    },
  };
};
