import type { NextCheck } from '../core/engine-events.ts';
import type { Config } from '../core/spec.ts';
import { counted } from '../plural.ts';
import { shortInstants } from '../terminal/instant.ts';

/** What the first line needs of a condition that runs. */
interface Waiting {
  readonly name: string;
  readonly spec: Config['conditions'][number];
  next(): Pick<NextCheck, 'at' | 'ineligible'>;
}

/** What the first line needs of a scheduler. */
interface Started {
  readonly state: string;
  readonly items: { readonly conditions: ReadonlyMap<string, Waiting> };
}

interface Start {
  /** The file as it was named. */
  readonly file: string;
  readonly config: Config;
  /** The wall clock, ms. */
  readonly now: () => number;
  readonly scheduler: Started;
}

/** So many conditions are looked at before the event loop turns: ticks do not wait for the first line. */
const SLICE = 50;
/** So many names are written. */
const MOST_NAMES = 3;

/** The earliest of some conditions; `at`: wall-clock ms. */
interface Next {
  readonly name: string;
  readonly at: number;
}

/** What comes first: a firing that is known, and a test whose result is not. */
interface Coming {
  firing?: Next;
  test?: Next;
}

const earlier = (one: Next, other: Next | undefined): Next => (other !== undefined && other.at <= one.at ? other : one);

/** Looks at all conditions, in slices. Returns undefined when the scheduler ends meanwhile. */
const lookAhead = async ({ config, now, scheduler }: Start): Promise<Coming | undefined> => {
  const coming: Coming = {};
  const tickMs = config.settings.tickSeconds * 1000;
  let count = 0;
  for (const condition of [...scheduler.items.conditions.values()]) {
    if (++count % SLICE === 0) await new Promise((resolve) => setImmediate(resolve));
    if (scheduler.state === 'ending') return undefined;
    const { name, spec } = condition;
    const { at, ineligible } = condition.next();
    if (ineligible !== undefined || at === 'on-event') continue;
    const wall = now();
    const tick = Math.ceil((at === 'any-tick' ? wall : at) / tickMs) * tickMs;
    const kind = spec.forecast(wall) === undefined ? 'test' : 'firing';
    if (Number.isFinite(tick)) coming[kind] = earlier({ name, at: tick }, coming[kind]);
  }
  return coming;
};

/** Some names, and how many more there are. */
const named = (names: readonly string[]): string => {
  const more = names.length - MOST_NAMES;
  return `${names.slice(0, MOST_NAMES).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};

/** What is waited for where no time is known. */
const waitsFor = ({ file, events, conditions }: Config): string => {
  const sessions = conditions.filter(({ type, traits }) => type === 'session' && traits.tasks.length > 0);
  if (events.length === 0 && sessions.length > 0)
    return `waits for the session: ${named(sessions.map(({ name }) => name))}`;
  if (events.length === 0) return `nothing in it will run by itself: 'whenever check ${file}' says why`;
  const typed = events.find(({ manual }) => manual);
  const how = typed === undefined ? '' : `; type "trigger ${typed.name}" and Enter`;
  return `waits for ${events.length === 1 ? 'the event' : 'events:'} ${named(events.map(({ name }) => name))}${how}`;
};

/** What comes next, as a clause. */
const nextWords = ({ config, now, scheduler }: Start, { firing, test }: Coming): string => {
  if (scheduler.state === 'paused') return 'paused: type "resume" and Enter to go on';
  const shown = shortInstants(now());
  if (firing !== undefined) return `next ${firing.name} at ${shown(firing.at)}`;
  if (test !== undefined) return `next test of ${test.name} at ${shown(test.at)}`;
  return waitsFor(config);
};

/**
 * The line about a start, for a person at a terminal; undefined: the scheduler has ended meanwhile.
 * `running my.toml: 1 condition, 1 task; next EveryMinute at 12:04:00; Ctrl-C ends it`
 */
export const firstLine = async (start: Start): Promise<string | undefined> => {
  const { file, config } = start;
  const coming = await lookAhead(start);
  if (coming === undefined) return undefined;
  const { conditions, tasks, events } = config;
  const items = [
    counted(conditions.length, 'condition'),
    counted(tasks.length, 'task'),
    ...(events.length > 0 ? [counted(events.length, 'event')] : []),
  ];
  return `running ${file}: ${items.join(', ')}; ${nextWords(start, coming)}; Ctrl-C ends it`;
};
