import type { Spec } from '../core/spec.ts';
import type { LogFact, TopicEvent, Transition } from '../journal/fact.ts';
import type { RecordQuery } from '../journal/journal.ts';
import { SEVERITY } from '../log/record.ts';
import { Redactor } from '../redact.ts';
import { VERSION } from '../version.ts';
import type { JournalView, QuerySource } from './queries.ts';
import type { ConditionReport, StatusReport } from './status.ts';

/** The value of the first key of a bug report. */
export const BUG_REPORT_FORMAT = 'whenever dump 1';

/** A bug report: everything known, without secrets. Instants are wall-clock ms. */
export interface BugReport {
  readonly format: typeof BUG_REPORT_FORMAT;
  readonly time: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly config: unknown;
  readonly status: StatusReport;
  readonly states: Readonly<Record<string, string>>;
  readonly stories: {
    readonly chapters: readonly Transition[];
    readonly total: number;
    readonly dropped: number;
  };
  /** The events that topics keep. */
  readonly events: Readonly<Record<string, { readonly total: number; readonly events: readonly TopicEvent[] }>>;
  readonly records: readonly LogFact[];
}

/** An item of the running configuration, as in the report. */
const shownItem = (section: string, spec: Spec<unknown>) => {
  const more = spec as Spec<unknown> & { readonly traits?: object; readonly condition?: string };
  return {
    ...{ section, name: spec.name, type: spec.type, ...more.traits },
    ...(more.condition === undefined ? {} : { condition: more.condition }),
    ...spec.values,
  };
};

/** What a bug report is made from. */
export interface BugReportInput {
  readonly time: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly file: string;
  readonly settings: object;
  readonly specs: Readonly<Record<'task' | 'condition' | 'event', readonly Spec<unknown>[]>>;
  readonly status: StatusReport;
  readonly journal: JournalView;
}

/** Makes a bug report without secrets. */
export const createBugReport = ({
  time,
  versions,
  file,
  settings,
  specs,
  status,
  journal,
}: BugReportInput): BugReport => {
  const redactor = new Redactor();
  const items = Object.entries(specs).flatMap(([section, list]) => list.map((spec) => shownItem(section, spec)));
  const config = { file, settings, items: items.map((item) => redactor.redact(item)) };
  // The story of an item can go further back than the shared list of all stories.
  const chapters = new Map(journal.stories.chapters.map((chapter) => [chapter.seq, chapter]));
  for (const key of journal.states.keys()) for (const chapter of journal.story(key)) chapters.set(chapter.seq, chapter);
  const { total, dropped } = journal.stories;
  return redactor.redactEverywhere({
    format: BUG_REPORT_FORMAT,
    time,
    versions: { whenever: VERSION, ...versions },
    config,
    status,
    states: Object.fromEntries(journal.states),
    stories: { chapters: [...chapters.values()].sort((a, b) => a.seq - b.seq), total, dropped },
    events: Object.fromEntries(
      [...journal.getEvents()].map(([topic, events]) => [topic, { total: journal.countOf(topic), events }]),
    ),
    records: journal.records().toReversed(),
  });
};

/** The journal of a bug report. */
class BugReportJournal implements JournalView {
  readonly #report: BugReport;

  constructor(report: BugReport) {
    this.#report = report;
  }
  get stories(): BugReport['stories'] {
    return this.#report.stories;
  }
  get states(): ReadonlyMap<string, string> {
    return new Map(Object.entries(this.#report.states));
  }
  story(...queries: readonly string[]): readonly Transition[] {
    const keys = new Set(
      queries.flatMap((one) =>
        one.includes('/') ? [one] : [one, ...['condition', 'task', 'event'].map((section) => `${section}/${one}`)],
      ),
    );
    return this.stories.chapters.filter(({ key, cause, lastCause, run, lastRun }) =>
      [key, cause, lastCause, run, lastRun].some((one) => one && keys.has(one)),
    );
  }
  getEvents(topic: string): readonly TopicEvent[];
  getEvents(): ReadonlyMap<string, readonly TopicEvent[]>;
  getEvents(topic?: string): readonly TopicEvent[] | ReadonlyMap<string, readonly TopicEvent[]> {
    const { events } = this.#report;
    if (topic !== undefined) return Object.hasOwn(events, topic) ? events[topic]!.events : [];
    return new Map(Object.entries(events).map(([name, { events: list }]) => [name, list]));
  }
  countOf(topic: string): number {
    const { events } = this.#report;
    return Object.hasOwn(events, topic) ? events[topic]!.total : 0;
  }
  records({ n = 0, since = Number.NEGATIVE_INFINITY, level = 'trace', item }: RecordQuery = {}): readonly LogFact[] {
    const found = this.#report.records.filter(
      (fact) =>
        fact.time >= since &&
        SEVERITY[fact.level] >= SEVERITY[level] &&
        (item === undefined || fact.item === item || fact.context.item === item),
    );
    return (n === 0 ? found : found.slice(-n)).toReversed();
  }
}

const isObject = (found: unknown): found is Readonly<Record<string, unknown>> =>
  typeof found === 'object' && found !== null && !Array.isArray(found);
const hasList = (found: unknown, key: string): boolean => isObject(found) && Array.isArray(found[key]);

/** Why a file cannot be read as a bug report, as the end of a sentence; undefined: it is not a bug report at all. */
export interface NotBugReport {
  readonly why: string | undefined;
}

/** Checks the JSON of a file. */
export const parseBugReport = (found: unknown): BugReport | NotBugReport => {
  if (!isObject(found) || typeof found.format !== 'string' || !found.format.startsWith('whenever dump'))
    return { why: undefined };
  if (found.format !== BUG_REPORT_FORMAT)
    return { why: `is a dump of another version ("${found.format}"; read: "${BUG_REPORT_FORMAT}")` };
  const { status, states, stories, events, records } = found;
  const topics = isObject(events) ? Object.values(events) : [undefined];
  const whole =
    isObject(states) && hasList(status, 'conditions') && hasList(stories, 'chapters') && Array.isArray(records);
  return whole && topics.every((topic) => hasList(topic, 'events'))
    ? (found as unknown as BugReport)
    : { why: 'is an incomplete dump' };
};

/** A status as earlier versions have it, too: nothing of the last runs. */
type EarlierStatus = Omit<StatusReport, 'failed' | 'tasks' | 'conditions'> &
  Partial<Pick<StatusReport, 'failed' | 'tasks'>> & {
    readonly conditions: readonly (Omit<ConditionReport, 'last'> & Partial<Pick<ConditionReport, 'last'>>)[];
  };

/** Answers queries from a bug report. */
export const bugReportSource = (report: BugReport): QuerySource => ({
  journal: new BugReportJournal(report),
  status: (only) => {
    const { failed = null, tasks = [], ...status }: EarlierStatus = report.status;
    const all = status.conditions.map(({ last = null, ...one }) => ({ ...one, last }));
    const asked = new Set(only.map((name) => name.replace(/^condition\//, '')));
    if (asked.size === 0) return { ...status, failed, conditions: all, tasks };
    const conditions = all.filter(({ name }) => asked.delete(name));
    const listed = new Set(conditions.flatMap((one) => one.tasks));
    return {
      ...{ ...status, failed, conditions, tasks: tasks.filter(({ name }) => listed.has(name)) },
      unknown: [...asked],
    };
  },
});
