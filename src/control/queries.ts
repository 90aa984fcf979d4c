import { byOrder, type LogFact, type TopicEvent, type Transition } from '../journal/fact.ts';
import type { RecordQuery } from '../journal/journal.ts';
import type { Request, RequestOf } from './request.ts';
import type { StatusReport } from './status.ts';
import { type NameSuggestions, suggestNames } from './suggest.ts';

/** What can be read of a journal: the running one, one made from a recording, or that of a dump. */
export interface JournalView {
  story(...queries: readonly string[]): readonly Transition[];
  readonly stories: { readonly chapters: readonly Transition[]; readonly total: number; readonly dropped: number };
  getEvents(topic: string): readonly TopicEvent[];
  getEvents(): ReadonlyMap<string, readonly TopicEvent[]>;
  countOf(topic: string): number;
  records(query?: RecordQuery): readonly LogFact[];
  readonly states: ReadonlyMap<string, string>;
}

/** What questions are answered from. */
export interface QuerySource {
  readonly journal: JournalView;
  /** Undefined: this source does not know. */
  status(only: readonly string[]): StatusReport | undefined;
}

/** One topic in the list of topics. */
export interface TopicCount {
  readonly topic: string;
  readonly total: number;
  /** Wall clock in ms of the last event. */
  readonly last: number;
}

/** The answer to `events`. */
export type EventsAnswer =
  | { readonly topics: readonly TopicCount[] }
  | { readonly topic: string; readonly total: number; readonly events: readonly TopicEvent[] };

/** The answer to `explain`, newest first. */
export interface ExplainAnswer {
  readonly condition: string;
  readonly known: boolean;
  /** How it stands, where the source knows. */
  readonly status: StatusReport['conditions'][number] | null;
  /** When it stood like that, wall-clock ms. */
  readonly asOf: number;
  readonly chapters: readonly Transition[];
  /** Older chapters that were not asked for. */
  readonly more: number;
}

/** The answer to `story`, in the order in which each chapter happened last. */
export interface StoryAnswer {
  readonly chapters: readonly Transition[];
  /** Chapters of all stories that are no longer kept. */
  readonly dropped: number;
}

const lastN = <T>(list: readonly T[], count = 0): readonly T[] => (count === 0 ? list : list.slice(-count));

/** What its tasks came to, and its events, is part of why a condition did or did not run. */
const concerns = (
  { key, run, lastRun, finish, why }: Transition,
  condition: string,
  runs: ReadonlySet<string>,
): boolean => {
  if (key.startsWith('task/')) return [run, lastRun].some((one) => one && runs.has(one));
  return key.startsWith('event/') && ['fired', 'dropped'].includes(finish) && why.startsWith(`condition ${condition} `);
};

/** What a source can be asked, and how it answers. */
export const ANSWERS = {
  status: ({ status }: QuerySource, { conditions = [] }: RequestOf<'status'>): StatusReport => {
    const report = status(conditions);
    if (!report) throw new Error('this file does not say how conditions stand: see "story" and "explain"');
    return report;
  },
  story: ({ journal }: QuerySource, { items, count }: RequestOf<'story'>): StoryAnswer => ({
    chapters: lastN(journal.story(...items).toSorted(byOrder), count),
    dropped: journal.stories.dropped,
  }),
  explain: ({ journal, status }: QuerySource, { condition: given, count = 0 }: RequestOf<'explain'>): ExplainAnswer => {
    const condition = given.replace(/^condition\//, '');
    const key = `condition/${condition}`;
    const report = status([condition]);
    const own = journal.story(key).filter((chapter) => chapter.key === key);
    const runs = new Set(own.flatMap(({ run, lastRun }) => [run ?? [], lastRun ?? []].flat()));
    const all = [...own, ...journal.stories.chapters.filter((chapter) => concerns(chapter, condition, runs))];
    // That a check began, or a task in its run, explains nothing.
    const told = all.filter(({ key: of, finish, run }) =>
      of === key ? finish !== 'checking' : finish !== 'running' || run === null,
    );
    const chapters = told.sort((a, b) => byOrder(b, a));
    const shown = count === 0 ? chapters : chapters.slice(0, count);
    return {
      condition,
      known: journal.states.has(key) || (report !== undefined && report.unknown.length === 0),
      status: report?.conditions[0] ?? null,
      asOf: report?.now ?? 0,
      chapters: shown,
      more: chapters.length - shown.length,
    };
  },
  events: ({ journal }: QuerySource, { topic, count }: RequestOf<'events'>): EventsAnswer => {
    if (topic !== undefined)
      return { topic, total: journal.countOf(topic), events: lastN(journal.getEvents(topic), count) };
    const topics = [...journal.getEvents()].map(([name, events]) => ({
      topic: name,
      total: journal.countOf(name),
      last: events.at(-1)?.time ?? 0,
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
  switch (request.request) {
    case 'status':
      return ANSWERS.status(source, request);
    case 'story':
      return ANSWERS.story(source, request);
    case 'explain':
      return ANSWERS.explain(source, request);
    case 'events':
      return ANSWERS.events(source, request);
    case 'logs':
      return ANSWERS.logs(source, request);
    case 'near':
      return ANSWERS.near(source, request);
    default:
      throw new Error(`${request.request} needs a running instance`);
  }
};
