import type { Fact, Transition, TransitionFact } from '../journal/fact.ts';
import { Journal } from '../journal/journal.ts';
import type { Recording } from '../journal/recording-decoder.ts';
import type { ConditionStatus } from '../projections/condition-status.ts';
import type { QuerySource } from './queries.ts';
import { RecordedRuns } from './recorded-runs.ts';
import { type StatusReport, statusReport } from './status.ts';

/** What facts say about the scheduler itself. */
interface SchedulerFacts {
  readonly file?: string;
  readonly tickSeconds?: number;
  readonly state?: StatusReport['state'];
}

const NOTHING: SchedulerFacts = {};

/** A plain log has no events of the scheduler, but records of its pauses and its end. */
const factsOfRecord = ({ mark, context }: Extract<Fact, { kind: 'log' }>): SchedulerFacts => {
  if (mark === 'PAUSE/YES') return { state: 'paused' };
  if (mark === 'PAUSE/NO') return { state: 'running' };
  return context.emitter === 'MAIN' && context.action === 'exit' && mark === 'END/OK' ? { state: 'ended' } : NOTHING;
};

/** The state of the scheduler after an input command. */
const AFTER_COMMAND: Readonly<Record<string, SchedulerFacts>> = {
  pause: { state: 'paused' },
  resume: { state: 'running' },
  exit: { state: 'ending' },
  quit: { state: 'ending' },
};

/** What one fact says. Scripts can use the topic of the scheduler too: their events are ignored. @param plain it is from a log */
const factsOf = (fact: Fact, plain: boolean): SchedulerFacts => {
  if (fact.kind === 'log') return plain ? factsOfRecord(fact) : NOTHING;
  if (fact.kind !== 'event' || fact.item !== null || !fact.topics.includes('scheduler')) return NOTHING;
  const { action, line, answer, file, tickSeconds, paused, result, signal } = fact.message as Readonly<
    Record<string, unknown>
  >;
  switch (action) {
    case 'start':
      return { file: String(file), tickSeconds: Number(tickSeconds), state: paused === true ? 'paused' : 'running' };
    case 'reload':
      return result === 'loaded' ? { file: String(file) } : NOTHING;
    case 'command':
      return (answer === 'done' && AFTER_COMMAND[String(line).split(/\s/u, 1)[0]!]) || NOTHING;
    case 'resume':
      return { state: 'running' };
    case 'signal':
      return signal === 'SIGHUP' ? NOTHING : { state: 'ending' };
    case 'end':
      return { state: 'ended' };
    default:
      return NOTHING;
  }
};

/** A fact as a transition that happened once. */
const transitionOf = (
  { seq, key, start, finish, cause, run, why, time, mono, output }: TransitionFact,
  order: number,
): Transition => ({
  ...{ seq, key, start, finish, cause, run, why, time, mono },
  ...(output === undefined ? {} : { output }),
  ...{ count: 1, lastTime: time, lastCause: cause, lastRun: run, order },
});

/** The journal of a recording: it has each change of state, also those that stories only count. */
class RecordedJournal extends Journal {
  readonly #transitions: { readonly fact: TransitionFact; readonly order: number }[] = [];

  constructor(clock: ConstructorParameters<typeof Journal>[0]) {
    super(clock, { storyLength: 0, topicLength: 0, recordsLength: 0 });
  }

  override restore(fact: Fact): void {
    super.restore(fact);
    if (fact.kind === 'transition') this.#transitions.push({ fact, order: this.lastOf(fact.key)!.order });
  }

  override story(...queries: readonly string[]): Transition[] {
    const found = new Map<number, Transition>();
    for (const query of queries) {
      const because = this.#transitions.filter(({ fact: { cause, run } }) => cause === query || run === query);
      const transitions =
        because.length > 0 ? because.map(({ fact, order }) => transitionOf(fact, order)) : super.story(query);
      for (const transition of transitions) found.set(transition.seq, transition);
    }
    return [...found.values()].sort((a, b) => a.seq - b.seq);
  }
}

/** Answers queries from a recording or a log, as of its last fact. */
export const recordingSource = (recording: Recording, path: string): QuerySource => {
  const { head, facts } = recording;
  const beginning = { time: head?.started ?? 0, mono: 0 };
  const [first, last] = [facts[0] ?? beginning, facts.at(-1) ?? beginning];
  const clock = { wall: () => last.time, mono: () => last.mono };
  const journal = new RecordedJournal(clock);
  const runs = new RecordedRuns();
  let known: SchedulerFacts = {};
  for (const fact of facts) {
    journal.restore(fact);
    if (fact.kind === 'transition') runs.add(fact);
    const more = factsOf(fact, head === undefined);
    if (more !== NOTHING) known = { ...known, ...more };
  }
  const now = last.time;
  const started = head?.started ?? first.time;
  // The clock may have been set back meanwhile.
  const began = Math.min(started, now - (last.mono - first.mono));
  const { file = path, tickSeconds = 0, state = 'running' } = known;
  const conditions = (): ConditionStatus[] => {
    const latest = new Map<string, Transition>();
    for (const one of journal.stories.chapters)
      if (one.order > (latest.get(one.key)?.order ?? 0)) latest.set(one.key, one);
    return [...journal.states]
      .filter(([key, at]) => key.startsWith('condition/') && at !== 'removed')
      .map(([key, at]) => ({
        ...{ name: key.slice('condition/'.length), type: '', state: at, tasks: [], running: [], due: undefined },
        why: latest.get(key)?.why ?? '',
      }));
  };
  const tasks = () =>
    [...journal.states]
      .filter(([key, at]) => key.startsWith('task/') && at !== 'removed')
      .map(([key, state]) => ({ name: key.slice('task/'.length), type: '', state }));
  return {
    journal,
    status: (only) =>
      statusReport(
        {
          ...{
            pid: head?.pid ?? 0,
            config: file,
            started: started <= now ? started : began,
            now,
          },
          ...{ state, tickMs: tickSeconds * 1000, conditions: conditions() },
          tasks: tasks(),
          lastRun: (item) => runs.lastRun(item),
          pending: () => false,
        },
        only,
      ),
  };
};
