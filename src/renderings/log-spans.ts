import type { Fact, LogFact, SpanFact } from '../journal/fact.ts';
import type { InstantName, SpanName } from '../journal/span-names.ts';
import type { Attributes } from './span-data.ts';

const HISTORY = /^(OK|FAIL|IND|ERR)\/trigger:([a-zA-Z_][a-zA-Z0-9_]*) (.*)$/s;
const OUTCOMES = { OK: 'success', FAIL: 'failure', IND: 'none', ERR: 'error' } as const;

const NS = 1e6;

/** Tasks that a condition runs now, and the outcomes of those that have ended. */
interface Run {
  readonly id: string;
  readonly condition: string;
  running: number;
  executed: number;
  failed: boolean;
  /** The last task history record. */
  last: LogFact;
}

/** The result of a check, from its record; undefined: the record is not about a result. */
const checkOutcome = ({ mark, message }: LogFact): string | undefined => {
  if (mark === 'END/FAIL') return message.includes('outcome') ? 'none' : undefined;
  return mark === 'END/OK' ? /\b(positive|negative)\b/.exec(message)?.[1] : undefined;
};

class LogSpans {
  #made = 0;
  readonly #checks = new Map<string, string>();
  readonly #tasks = new Map<string, string>();
  readonly #runs = new Map<string, Run>();
  #facts: Fact[] = [];

  take(fact: LogFact): Fact[] {
    const { mark, item } = fact;
    const { emitter, action } = fact.context;
    if (mark === 'HIST/START' || mark === 'HIST/END') this.#history(fact);
    else if (emitter === 'CONDITION' && action === 'active') this.#condition(fact);
    else if (emitter === 'EVENT_REGISTRY' && action === 'trigger' && item !== null)
      this.#emit('instant', 'fired', null, item, fact, { event: item.slice('event/'.length) });
    else if (emitter === 'MAIN' && action === 'reconfigure' && mark === 'END/OK')
      this.#emit('instant', 'reload', null, null, fact, { outcome: 'success' });
    return this.#done();
  }

  end(): Fact[] {
    for (const name of [...this.#runs.keys()]) this.#closeRun(name);
    return this.#done();
  }

  #emit(
    edge: SpanFact['edge'],
    category: SpanName | InstantName,
    id: string | null,
    item: string | null,
    { seq, time, mono, cause, run: ofRecord }: LogFact,
    timeline: Attributes,
    run = ofRecord,
  ): void {
    const timestamp = mono * NS;
    this.#facts.push({ kind: 'span', seq, time, mono, item, run, cause, edge, category, id, timeline, timestamp });
  }

  #number(word: string): string {
    this.#made += 1;
    return `${word}-${this.#made}`;
  }

  #condition(fact: LogFact): void {
    const { item, level, mark } = fact;
    if (item === null) return;
    const condition = item.slice('condition/'.length);
    const outcome = checkOutcome(fact);
    if (outcome !== undefined) this.#endCheck(fact, item, outcome);
    else if (mark === 'PROC/OK' && level === 'trace' && !this.#checks.has(item)) {
      this.#closeRun(condition);
      const id = this.#number('check');
      this.#checks.set(item, id);
      this.#emit('start', 'check', id, item, fact, { condition });
    } else if (mark === 'START/MSG' && level === 'info') {
      this.#endCheck(fact, item, 'positive');
      this.#closeRun(condition);
    }
  }

  #endCheck(fact: LogFact, item: string, outcome: string): void {
    const id = this.#checks.get(item);
    if (id === undefined) return;
    this.#checks.delete(item);
    this.#emit('finish', 'check', id, item, fact, { outcome, why: fact.message });
  }

  #history(fact: LogFact): void {
    const { item, message } = fact;
    const [, word, condition, why = ''] = HISTORY.exec(message) ?? [];
    if (word === undefined || condition === undefined || item === null) return;
    const key = `${item} ${condition}`;
    if (fact.mark === 'HIST/START') {
      this.#endCheck(fact, `condition/${condition}`, 'positive');
      const run = this.#runOf(condition, fact);
      run.running += 1;
      const id = this.#number('task');
      this.#tasks.set(key, id);
      this.#emit('start', 'task', id, item, fact, { task: item.slice('task/'.length), condition }, run.id);
      return;
    }
    const id = this.#tasks.get(key);
    const run = this.#runs.get(condition);
    if (id === undefined || !run) return;
    this.#tasks.delete(key);
    const outcome = OUTCOMES[word as keyof typeof OUTCOMES];
    this.#emit('finish', 'task', id, item, fact, { outcome, why }, run.id);
    run.running -= 1;
    run.executed += 1;
    run.failed ||= outcome === 'failure' || outcome === 'error';
    run.last = fact;
  }

  #runOf(condition: string, fact: LogFact): Run {
    let run = this.#runs.get(condition);
    if (!run) {
      const id = fact.run ?? this.#number('run');
      run = { id, condition, running: 0, executed: 0, failed: false, last: fact };
      this.#runs.set(condition, run);
      this.#emit('start', 'run', id, `condition/${condition}`, fact, { condition }, id);
    }
    return run;
  }

  /** Ends the run of a condition if no task of it is running. */
  #closeRun(condition: string): void {
    const run = this.#runs.get(condition);
    if (!run || run.running > 0) return;
    this.#runs.delete(condition);
    const { id, last, executed, failed } = run;
    const outcome = failed ? 'failure' : 'success';
    this.#emit('finish', 'run', id, `condition/${condition}`, last, { outcome, executed }, id);
  }

  #done(): Fact[] {
    const all = this.#facts;
    this.#facts = [];
    return all;
  }
}

/**
 * Makes spans and instants of the records of a trace log, one by one: tasks from their history, checks from the records of
 * conditions, runs from both. A log has no causes, and only the records after a run show that it is over.
 */
export const readLogSpans = (): { take(fact: LogFact): Fact[]; end(): Fact[] } => new LogSpans();
