import type { Spec } from '../core/spec.ts';
import type { Chapter, LogFact, TopicEvent } from '../journal/fact.ts';
import type { RecordQuery } from '../journal/journal.ts';
import { severity } from '../log/record.ts';
import { VERSION } from '../version.ts';
import type { Archive, Source } from './archive.ts';
import { Masker } from './mask.ts';
import type { StatusReport } from './status.ts';

/** What the first key of a bundle holds. */
export const BUNDLE = 'whenever dump 1';

/** A bundle for a bug report: all that is known, without secrets. Instants are wall-clock ms. */
export interface Bundle {
  readonly format: typeof BUNDLE;
  readonly time: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly config: unknown;
  readonly status: StatusReport;
  readonly states: Readonly<Record<string, string>>;
  readonly stories: {
    readonly chapters: readonly Chapter[];
    readonly total: number;
    readonly dropped: number;
  };
  /** What single items keep beyond the common ring. */
  readonly events: Readonly<Record<string, { readonly total: number; readonly events: readonly TopicEvent[] }>>;
  readonly records: readonly LogFact[];
}

/** An item of the running configuration, as the bundle shows it. */
const shownItem = (section: string, spec: Spec<unknown>) => {
  const more = spec as Spec<unknown> & { readonly traits?: object; readonly condition?: string };
  return {
    ...{ section, name: spec.name, type: spec.type, ...more.traits },
    ...(more.condition === undefined ? {} : { condition: more.condition }),
    ...spec.values,
  };
};

/** What a bundle is made of. */
export interface Contents {
  readonly time: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly file: string;
  readonly settings: object;
  readonly specs: Readonly<Record<'task' | 'condition' | 'event', readonly Spec<unknown>[]>>;
  readonly status: StatusReport;
  readonly archive: Archive;
}

/** Puts everything together and takes the secrets out. */
export const makeBundle = ({ time, versions, file, settings, specs, status, archive }: Contents): Bundle => {
  const masker = new Masker();
  const items = Object.entries(specs).flatMap(([section, list]) => list.map((spec) => shownItem(section, spec)));
  const config = { file, settings, items: items.map((item) => masker.mask(item)) };
  // The story of an item can go further back than the ring they all share.
  const chapters = new Map(archive.stories.chapters.map((chapter) => [chapter.seq, chapter]));
  for (const key of archive.states.keys()) for (const chapter of archive.story(key)) chapters.set(chapter.seq, chapter);
  const { total, dropped } = archive.stories;
  return masker.everywhere({
    format: BUNDLE,
    time,
    versions: { whenever: VERSION, ...versions },
    config,
    status,
    states: Object.fromEntries(archive.states),
    stories: { chapters: [...chapters.values()].sort((a, b) => a.seq - b.seq), total, dropped },
    events: Object.fromEntries(
      [...archive.getEvents()].map(([topic, events]) => [topic, { total: archive.countOf(topic), events }]),
    ),
    records: archive.records().toReversed(),
  });
};

/** The journal of a bundle. */
class BundleArchive implements Archive {
  readonly #bundle: Bundle;

  constructor(bundle: Bundle) {
    this.#bundle = bundle;
  }
  get stories(): Bundle['stories'] {
    return this.#bundle.stories;
  }
  get states(): ReadonlyMap<string, string> {
    return new Map(Object.entries(this.#bundle.states));
  }
  story(...queries: readonly string[]): readonly Chapter[] {
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
    const { events } = this.#bundle;
    if (topic !== undefined) return Object.hasOwn(events, topic) ? events[topic]!.events : [];
    return new Map(Object.entries(events).map(([name, { events: list }]) => [name, list]));
  }
  countOf(topic: string): number {
    const { events } = this.#bundle;
    return Object.hasOwn(events, topic) ? events[topic]!.total : 0;
  }
  records({ n = 0, since = Number.NEGATIVE_INFINITY, level = 'trace', item }: RecordQuery = {}): readonly LogFact[] {
    const found = this.#bundle.records.filter(
      (fact) =>
        fact.time >= since &&
        severity(fact.level) >= severity(level) &&
        (item === undefined || fact.item === item || fact.context.item === item),
    );
    return (n === 0 ? found : found.slice(-n)).toReversed();
  }
}

const isTable = (found: unknown): found is Readonly<Record<string, unknown>> =>
  typeof found === 'object' && found !== null && !Array.isArray(found);
const hasList = (found: unknown, key: string): boolean => isTable(found) && Array.isArray(found[key]);

/** What is wrong with what was read, as the end of a sentence about the file; undefined: it is no dump at all. */
export interface NoBundle {
  readonly why: string | undefined;
}

/** What {@link makeBundle} has made, or why it is not that. */
export const readBundle = (found: unknown): Bundle | NoBundle => {
  if (!isTable(found) || typeof found.format !== 'string' || !found.format.startsWith('whenever dump'))
    return { why: undefined };
  if (found.format !== BUNDLE) return { why: `is a dump of another version ("${found.format}"; read: "${BUNDLE}")` };
  const { status, states, stories, events, records } = found;
  const topics = isTable(events) ? Object.values(events) : [undefined];
  const whole =
    isTable(states) && hasList(status, 'conditions') && hasList(stories, 'chapters') && Array.isArray(records);
  return whole && topics.every((topic) => hasList(topic, 'events'))
    ? (found as unknown as Bundle)
    : { why: 'is a dump of which something is missing' };
};

/** What questions are answered from when a bundle is read. */
export const bundleSource = (bundle: Bundle): Source => ({
  archive: new BundleArchive(bundle),
  status: (only) => {
    const asked = new Set(only.map((name) => name.replace(/^condition\//, '')));
    if (asked.size === 0) return bundle.status;
    const conditions = bundle.status.conditions.filter(({ name }) => asked.delete(name));
    return { ...bundle.status, conditions, unknown: [...asked] };
  },
});
