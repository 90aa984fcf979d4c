import { parse, TomlError } from 'smol-toml';
import * as v from 'valibot';
import { closedTable, isTable, type Table } from '../config/field.ts';
import { suggest } from '../config/suggest.ts';
import { missingDates } from '../config/toml-values.ts';
import { dataProblem } from '../core/event-data.ts';
import { formatInstant, INSTANT, invalidDate, parseInstant } from '../terminal/instant.ts';

/** How a run or a check is assumed to end, and after how long. */
export interface AssumedEnd {
  readonly outcome: AssumedOutcome;
  readonly durationMs: number;
}

/** How a run or test is assumed to end. */
export type AssumedOutcome = 'success' | 'failure' | 'none' | 'error';

/** A run of a task, or a check of a condition, that begins. */
export interface AssumedStart {
  /** Wall-clock ms. */
  readonly at: number;
  /** The condition that it is for. */
  readonly condition: string;
  /** From 1. */
  readonly attempt: number;
}

/** All assumptions of a simulation. */
export interface Assumptions {
  /** Returns what is called for each run of a task, or check of a condition. @param since when the item was created, wall-clock ms */
  ends(section: 'task' | 'condition', name: string, since: number): (start: AssumedStart) => AssumedEnd;
  /** When a session begins to be idle and the like: wall-clock ms, in order. */
  instants(condition: string): readonly number[];
  /** A guard holds from the first of these instants to the second, and so on: wall-clock ms, in order; none: always. */
  guard(condition: string): readonly number[];
  /** The occurrences of an event in order. */
  occurrences(event: string): readonly AssumedEvent[];
}

/** An occurrence of an event, and what it brings: the path of a file that is created, or data as JSON. */
export interface AssumedEvent {
  /** Wall-clock ms. */
  readonly at: number;
  readonly path?: string | undefined;
  readonly data?: string | undefined;
}

/** A file of assumptions that cannot be used; one line a problem. */
export class AssumptionError extends Error {
  readonly lines: readonly string[];
  constructor(file: string, lines: readonly string[]) {
    super(`${file}: ${lines.join('; ')}`);
    this.lines = lines.map((line) => `${file}: ${line}`);
  }
}

const OUTCOME = 'one of success, failure, none, error';
const outcome = v.picklist(['success', 'failure', 'none', 'error'] as const, OUTCOME);
/** A date of TOML as it was written: without an offset it is local time. */
const written = (x: string | Date): string =>
  typeof x === 'string' ? x : x.toISOString().replace(/\.000(?=Z|[+-]|$)/, '');
const instant = v.pipe(
  v.union([v.string(), v.date()], INSTANT),
  v.transform(written),
  v.check(
    (text) => invalidDate(text) === undefined,
    ({ input }) => `a date that exists: ${invalidDate(input)}`,
  ),
  v.transform(parseInstant),
  v.number(INSTANT),
);
const item = closedTable(
  {
    outcome: v.optional(
      v.union([outcome, v.pipe(v.array(outcome, OUTCOME), v.minLength(1, `at least ${OUTCOME}`))], OUTCOME),
    ),
    duration: v.optional(v.pipe(v.number('a number of seconds'), v.minValue(0, 'a number of seconds, 0 or more'))),
    at: v.optional(v.array(instant, 'an array of instants')),
    path: v.optional(v.pipe(v.string('the path of a file'), v.minLength(1, 'the path of a file'))),
    data: v.optional(
      v.pipe(
        v.unknown(),
        v.transform((value) => JSON.stringify(value)),
        v.check(
          (json) => dataProblem(json) === undefined,
          ({ input }) => `other data: ${dataProblem(String(input))}`,
        ),
      ),
    ),
  },
  () => '{ outcome = "failure", duration = 90 } or { at = [2026-12-24T18:00:00] }',
);
const tables = (what: string) =>
  v.optional(v.pipe(v.custom<Table>(isTable, `tables such as [${what}.NAME]`), v.record(v.string(), item)), {});
const file = closedTable(
  { task: tables('task'), condition: tables('condition'), event: tables('event') },
  () => '[task.NAME]',
);

/** What is simulated, both ends included; wall-clock ms. */
interface Range {
  readonly from: number;
  readonly to: number;
}
const outside = (place: string, ms: number, { from, to }: Range): string =>
  `${place}: at: ${formatInstant(ms)} is not simulated, expected an instant from ${formatInstant(from)} to ${formatInstant(to)}`;

/** The keys that an assumption of an item may have. */
export type AssumedKeys = readonly ('outcome' | 'duration' | 'at' | 'path' | 'data')[];

/** What can be assumed of each item, by section and name; a text: why nothing that is assumed of it has an effect. */
export type Assumable = Readonly<Record<'task' | 'condition' | 'event', ReadonlyMap<string, AssumedKeys | string>>>;

/** What nothing is known of succeeds at once. */
export const AT_ONCE: AssumedEnd = { outcome: 'success', durationMs: 0 };

/** Everything succeeds at once, and no event occurs. */
export const NOTHING_ASSUMED: Assumptions = {
  ends: () => () => AT_ONCE,
  instants: () => [],
  guard: () => [],
  occurrences: () => [],
};

/** Returns one outcome after the other; the last one is repeated. */
const inOrder = (outcomes: readonly AssumedOutcome[], durationMs: number) => {
  let i = 0;
  return (): AssumedEnd => ({ outcome: outcomes[Math.min(i++, outcomes.length - 1)]!, durationMs });
};

/** What is wrong with an assumption, whatever it is about. @param takes the keys that count. */
const wrongAlone = (one: v.InferOutput<typeof item>, takes: string): string | undefined => {
  if (Object.keys(one).length === 0) return `it says nothing, expected ${takes}`;
  if (one.at !== undefined && one.outcome !== undefined)
    return 'expected outcome or at, found both: at says when a guard holds';
  if (one.at === undefined && (one.path !== undefined || one.data !== undefined))
    return 'expected at, which says when it occurs';
  return one.at?.length === 0 ? 'at: expected at least one instant' : undefined;
};

/**
 * Reads a file of assumptions: `[task.NAME]` and `[condition.NAME]` with `outcome` (one, or a list in order) and `duration`
 * in seconds; `[event.NAME]` and idle conditions with `at`, a list of instants. A guard with `at` holds from the first one to the second
 * one, and so on.
 * An event can bring a `path` or `data`.
 * What would have no effect is refused. @param known what can be assumed. @param range what is simulated, wall-clock ms. @throws AssumptionError
 */
export const readAssumptions = async (
  path: string,
  text: string,
  known: Assumable,
  range: Range,
): Promise<Assumptions> => {
  let tree: unknown;
  try {
    tree = parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    throw new AssumptionError(path, [
      `line ${error.line}, column ${error.column}: not valid TOML: ${error.message.split('\n')[0]}`,
    ]);
  }
  const dates = await missingDates(text);
  if (dates.length > 0)
    throw new AssumptionError(
      path,
      dates.map(({ position, text: wrong }) => `line ${position?.line}, column ${position?.column}: ${wrong}`),
    );
  const result = v.safeParse(file, tree);
  if (!result.success) {
    throw new AssumptionError(
      path,
      result.issues.map(({ message, path, type, expected }) => {
        const place = path!.map(({ key }) => String(key)).join('.');
        return `${place}: ${type === 'strict_object' && expected === 'never' ? message : `expected ${message}`}`;
      }),
    );
  }
  const { output } = result;
  const useless = (['task', 'condition', 'event'] as const).flatMap((what) =>
    Object.entries(output[what]).flatMap(([name, one]) => {
      const place = `${what}.${name}`;
      const keys = known[what].get(name);
      if (keys === undefined) return [`${place}: there is no such ${what}${suggest(name, [...known[what].keys()])}`];
      if (typeof keys === 'string') return [`${place}: nothing can be assumed of this ${what}: ${keys}`];
      const takes = [...new Set(keys)].join(' and ');
      const given = Object.keys(one);
      const alone = wrongAlone(one, takes);
      if (alone !== undefined) return [`${place}: ${alone}`];
      return [
        ...given
          .filter((key) => !keys.some((taken) => taken === key))
          .map((key) => `${place}: ${key} has no effect on this ${what}, expected ${takes}`),
        ...(one.at ?? []).filter((ms) => ms < range.from || ms > range.to).map((ms) => outside(place, ms, range)),
      ];
    }),
  );
  if (useless.length > 0) throw new AssumptionError(path, useless);
  const instants = ({ at = [] }: v.InferOutput<typeof item> = {}): readonly number[] => at.toSorted((a, b) => a - b);
  return {
    ends: (what, name) => {
      const { outcome = 'success', duration = 0 } = output[what][name] ?? {};
      return inOrder([outcome].flat(), duration * 1000);
    },
    instants: (name) => instants(output.condition[name]),
    guard: (name) => instants(output.condition[name]),
    occurrences: (name) => {
      const { path, data } = output.event[name] ?? {};
      return instants(output.event[name]).map((at) => ({ at, path, data }));
    },
  };
};
