import { suggest } from '../config/suggest.ts';
import { byOrder, type LogFact, type TopicEvent, type Transition } from '../journal/fact.ts';
import type { RecordQuery } from '../journal/journal.ts';
import type { NameKind, Request, RequestOf } from './request.ts';
import type { StatusReport } from './status.ts';

/** What queries read: the running journal, one made from a recording, or that of a bug report. */
export interface JournalView {
  story(...queries: readonly string[]): readonly Transition[];
  readonly stories: { readonly chapters: readonly Transition[]; readonly total: number; readonly dropped: number };
  getEvents(topic: string): readonly TopicEvent[];
  getEvents(): ReadonlyMap<string, readonly TopicEvent[]>;
  countOf(topic: string): number;
  records(query?: RecordQuery): readonly LogFact[];
  readonly states: ReadonlyMap<string, string>;
}

/** Where answers come from. */
export interface QuerySource {
  readonly journal: JournalView;
  /** Undefined: the source has no status. */
  status(only: readonly string[]): StatusReport | undefined;
  /** The same of one condition, where counts and failures of all need not be found out. */
  readonly statusOf?: (condition: string) => StatusReport;
}

/** One topic in the list of topics. */
export interface TopicCount {
  readonly topic: string;
  readonly total: number;
  /** Wall clock in ms of the last event; null: none has come. */
  readonly last: number | null;
}

/** The answer to `events`. */
export type EventsAnswer =
  | { readonly topics: readonly TopicCount[] }
  | { readonly topic: string; readonly total: number; readonly events: readonly TopicEvent[] };

/** The answer to `explain`, newest first. */
export interface ExplainAnswer {
  readonly condition: string;
  readonly known: boolean;
  /** Its present status, if the source has one. */
  readonly status: StatusReport['conditions'][number] | null;
  /** When it had this status, wall-clock ms. */
  readonly asOf: number;
  readonly chapters: readonly Transition[];
  /** How many older transitions there are. */
  readonly more: number;
}

/** The answer to `story`, ordered by when each transition happened last. */
export interface StoryAnswer {
  readonly chapters: readonly Transition[];
  /** How many transitions of all stories are no longer kept. */
  readonly dropped: number;
}

/** The answer to `near`. */
export interface NameSuggestions {
  readonly known: boolean;
  /** `, did you mean "x"?`, or nothing. */
  readonly hint: string;
  /** Items of another section that have this name: `task/Backup`. */
  readonly elsewhere: readonly string[];
  /** Some of the names that are known, and how many there are. */
  readonly names: readonly string[];
  readonly total: number;
}

/** Topics that are there before their first event. */
const PERMANENT_TOPICS = ['all', 'errors', 'lua', 'scheduler'] as const;

/** Names that an answer lists. */
const MAX_NAMES = 10;

/** Whether a word is a known name, and which names may have been meant. */
export const suggestNames = (journal: JournalView, word: string, among: NameKind): NameSuggestions => {
  const keys = [...journal.states].filter(([, state]) => state !== 'removed').map(([key]) => key);
  const split = (key: string): readonly [section: string, name: string] => {
    const at = key.indexOf('/');
    return [key.slice(0, at), key.slice(at + 1)];
  };
  const bare = word.replace(/^(?:condition|task|event)\//, '');
  const topics = among === 'topic';
  const names = topics
    ? [...new Set([...PERMANENT_TOPICS, ...journal.getEvents().keys()])]
    : keys.flatMap((key) => (among === 'item' || split(key)[0] === among ? split(key)[1] : []));
  const known = topics
    ? names.includes(word)
    : among === 'item' && word !== bare
      ? keys.includes(word)
      : names.includes(bare);
  return {
    known,
    hint: known ? '' : suggest(topics ? word : bare, names),
    elsewhere: known || topics ? [] : keys.filter((key) => split(key)[1] === bare),
    names: [...new Set(names)].slice(0, MAX_NAMES),
    total: names.length,
  };
};

const lastN = <T>(list: readonly T[], count = 0): readonly T[] => (count === 0 ? list : list.slice(-count));

/** The last events of a topic, oldest first; `count`: how many, 0 for all. */
export const lastEvents = (journal: JournalView, topic: string, count: number | undefined): readonly TopicEvent[] =>
  lastN(journal.getEvents(topic), count);

/** Whether a transition of a task or an event is part of why a condition did or did not run. */
const concerns = (
  { key, run, lastRun, finish, concerns: of }: Transition,
  condition: string,
  runs: ReadonlySet<string>,
): boolean => {
  if (key.startsWith('task/')) return [run, lastRun].some((one) => one && runs.has(one));
  return key.startsWith('event/') && ['fired', 'dropped'].includes(finish) && of === `condition/${condition}`;
};

/** The answers that do not need a running instance. */
export const ANSWERS = {
  status: ({ status }: QuerySource, { conditions = [] }: RequestOf<'status'>): StatusReport => {
    const report = status(conditions);
    if (!report) throw new Error('the file has no status of conditions: see "story" and "explain"');
    return report;
  },
  story: ({ journal }: QuerySource, { items, count }: RequestOf<'story'>): StoryAnswer => ({
    chapters: lastN(journal.story(...items).toSorted(byOrder), count),
    dropped: journal.stories.dropped,
  }),
  explain: (source: QuerySource, { condition: given, count = 0 }: RequestOf<'explain'>): ExplainAnswer => {
    const { journal } = source;
    const condition = given.replace(/^condition\//, '');
    const key = `condition/${condition}`;
    const report = source.statusOf ? source.statusOf(condition) : source.status([condition]);
    const own = journal.story(key).filter((chapter) => chapter.key === key);
    const runs = new Set(own.flatMap(({ run, lastRun }) => [run ?? [], lastRun ?? []].flat()));
    const all = [...own, ...journal.stories.chapters.filter((chapter) => concerns(chapter, condition, runs))];
    // The beginning of a check, or of a task in its run, is not a reason.
    const reasons = all.filter(({ key: of, finish, run }) =>
      of === key ? finish !== 'checking' : finish !== 'running' || run === null,
    );
    const chapters = reasons.sort((a, b) => byOrder(b, a));
    const shown = count === 0 ? chapters : chapters.slice(0, count);
    return {
      condition,
      known: (report !== undefined && report.unknown.length === 0) || journal.states.has(key),
      status: report?.conditions[0] ?? null,
      asOf: report?.now ?? 0,
      chapters: shown,
      more: chapters.length - shown.length,
    };
  },
  events: ({ journal }: QuerySource, { topic, count }: RequestOf<'events'>): EventsAnswer => {
    if (topic !== undefined) return { topic, total: journal.countOf(topic), events: lastEvents(journal, topic, count) };
    const kept = journal.getEvents();
    const topics = [...new Set([...PERMANENT_TOPICS, ...kept.keys()])].map((name) => ({
      topic: name,
      total: journal.countOf(name),
      last: kept.get(name)?.at(-1)?.time ?? null,
    }));
    return { topics: topics.sort((a, b) => (a.topic < b.topic ? -1 : 1)) };
  },
  logs: ({ journal }: QuerySource, { count, level, item, since }: RequestOf<'logs'>): readonly LogFact[] =>
    journal
      .records({
        ...(count === undefined ? {} : { n: count }),
        ...(level === undefined ? {} : { level }),
        ...(item === undefined ? {} : { item }),
        ...(since === undefined ? {} : { since }),
      })
      .toReversed(),
  near: ({ journal }: QuerySource, { word, among }: RequestOf<'near'>): NameSuggestions =>
    suggestNames(journal, word, among),
} as const;

/** Answers a request from a source. @throws Error for what only a running instance can do. */
export const answerQuery = (source: QuerySource, request: Request): unknown => {
  const answers: Partial<Readonly<Record<string, (source: QuerySource, request: never) => unknown>>> = ANSWERS;
  const answer = answers[request.request];
  if (!answer) throw new Error(`${request.request} needs a running instance`);
  return answer(source, request as never);
};
