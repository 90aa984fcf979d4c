import type { ConditionSpec, Config } from '../core/spec.ts';
import type { TimeFields } from '../items/common/instants.ts';
import { checkWords } from './checks.ts';
import { eventWords } from './events.ts';
import { intervalWords } from './intervals.ts';
import { commandRule, commandWords, luaRule, luaWords } from './programs.ts';
import { clockTime, instantWords } from './times.ts';
import { pieceWords, windowWords } from './windows.ts';
import { asSentence, duration, every, joined, shown } from './words.ts';

type Values = Readonly<Record<string, unknown>>;

/** What the words for a condition depend on. */
interface Surroundings {
  readonly name: string;
  readonly tickSeconds: number;
  /** It is true once, and never again. */
  readonly once: boolean;
  readonly events: Config['events'];
}

/** When something that is tested is tested. */
const testedWords = (values: Values, tickSeconds: number): string => {
  const { check_after: after, recur_after_failed_check: again } = values as {
    readonly check_after?: number;
    readonly recur_after_failed_check: boolean;
  };
  const often = after === undefined ? 'at every tick' : every(Math.max(after, tickSeconds));
  const counted = again ? ', and after a success only when a test has failed in between' : '';
  return ` (tested ${often})${counted}`;
};

/** Seconds: a limit that limits nothing, as converted timers have it. */
const CENTURY = 36_525 * 86_400;

const timeWords = (values: Values): string => {
  const { time_specifications: specifications, timezone } = values as {
    readonly time_specifications: readonly TimeFields[];
    readonly timezone?: string;
  };
  if (specifications.length === 0) return 'never, as it has no time specifications';
  const zone = timezone === undefined ? '' : ` (times of ${timezone})`;
  return `${instantWords(specifications)}${zone}`;
};

const scriptWords = (values: never): string => {
  const rule = luaRule(values);
  return rule === undefined
    ? 'never, as nothing is expected of its script'
    : `when ${luaWords(values)} ends and ${rule}`;
};

const callWords = (values: Values): string => {
  const {
    bus,
    service,
    interface: face,
    method,
    parameter_check: checks,
    parameter_check_all: all,
  } = values as {
    readonly bus: string;
    readonly service: string;
    readonly interface: string;
    readonly method: string;
    readonly parameter_check?: Parameters<typeof checkWords>[0];
    readonly parameter_check_all: boolean;
  };
  const call = `${face}.${method} of ${service} on the ${bus.slice(1)} bus`;
  return checks && checks.length > 0
    ? `when in the answer of ${call} ${checkWords(checks, all)}`
    : `when ${call} answers`;
};

const queryWords = (values: Values): string => {
  const {
    query,
    result_check: checks,
    result_check_all: all,
  } = values as {
    readonly query: string;
    readonly result_check?: Parameters<typeof checkWords>[0];
    readonly result_check_all: boolean;
  };
  return checks && checks.length > 0
    ? `when in the rows of ${shown(query)} ${checkWords(checks, all)}`
    : `when ${shown(query)} has rows`;
};

const pendingWords = (values: Values, { name, events }: Surroundings): string => {
  const own = events.filter(({ condition }) => condition === name);
  if (own.length === 0) return `only by "whenever ctl run ${name}", as no event fires it`;
  const soon = (values as { readonly immediate: boolean }).immediate ? '' : ', at the next tick';
  return `when ${joined(own.map(eventWords), 'or')}${soon}`;
};

const commandTest = (values: never): string => {
  const rule = commandRule(values);
  return `when ${commandWords(values)} ${rule === undefined ? 'ends, whatever its exit status' : `ends and ${rule}`}`;
};

const SESSION = {
  start: 'at the first tick after each start of the program',
  resume: 'as soon as the machine is awake again after a sleep',
  unlock: 'as soon as a session of the user is unlocked',
  login: 'as soon as a session of the user begins',
  shutdown: 'when the machine is about to shut down, which waits for it for a few seconds',
} as const;

/** When a condition is true, by its type. */
const WHEN: Readonly<Record<string, (values: Values, around: Surroundings) => string>> = {
  interval: intervalWords,
  time: timeWords,
  idle: ({ idle_seconds: seconds }) =>
    `once each time keyboard and mouse have not been used for more than ${duration(Number(seconds))}`,
  session: ({ when }) =>
    joined(
      (when as readonly (keyof typeof SESSION)[]).map((what) => SESSION[what]),
      'or',
    ),
  command: (values, { tickSeconds }) => `${commandTest(values as never)}${testedWords(values, tickSeconds)}`,
  lua: (values, { tickSeconds }) => `${scriptWords(values as never)}${testedWords(values, tickSeconds)}`,
  dbus: (values, { tickSeconds }) => `${callWords(values)}${testedWords(values, tickSeconds)}`,
  wmi: (values, { tickSeconds }) => `${queryWords(values)}${testedWords(values, tickSeconds)}`,
  bucket: pendingWords,
  event: pendingWords,
};

/** When a condition is true: `every day at 17:30`. */
export const whenWords = (spec: ConditionSpec, config: Config): string => {
  const { recurring, max_tasks_retries: retries } = spec.traits;
  const once = !recurring && retries === 0;
  const around = { name: spec.name, tickSeconds: config.settings.tickSeconds, once, events: config.events };
  return WHEN[spec.type]?.(spec.values, around) ?? `by its type ${spec.type}`;
};

const guardedTime = ({ values }: ConditionSpec): string => {
  const {
    time_specifications: specifications,
    between,
    timezone,
  } = values as {
    readonly time_specifications: readonly TimeFields[];
    readonly between?: readonly [number, number];
    readonly timezone?: string;
  };
  const zone = timezone === undefined ? '' : ` (times of ${timezone})`;
  const times = between && `from ${clockTime(between[0])} to ${clockTime(between[1])}`;
  if (specifications.length === 0) return `${times ?? 'never'}${zone}`;
  const named = joined(specifications.map(pieceWords), 'or');
  return `${times === undefined ? '' : `${times}, and only `}${named}${zone}`;
};

/** When a guard holds, as a clause. */
export const holdsWords = (spec: ConditionSpec, config: Config): string => {
  if (spec.type === 'time') return guardedTime(spec);
  const { idle_seconds: seconds } = spec.values;
  if (spec.type === 'idle')
    return `while keyboard and mouse have not been used for more than ${duration(Number(seconds))}`;
  // What is said about tests is about those of a condition that runs tasks.
  return whenWords(spec, config).replace(/ \(tested [^)]*\)(?:, and after .*)?$/, '');
};

/** What was missed while the machine slept, and what becomes of it. */
const catchUpWords = ({ type, values }: ConditionSpec, tickSeconds: number): string | undefined => {
  if (type === 'interval' && values.align === true) return 'what is missed, as during sleep, is not made up for';
  if (type !== 'time') return undefined;
  const {
    catch_up: how,
    catch_up_limit: limit,
    jitter_seconds: jitter,
  } = values as {
    readonly catch_up: 'skip' | 'once' | 'all';
    readonly catch_up_limit: number;
    readonly jitter_seconds: number;
  };
  const late = jitter >= tickSeconds ? `; each firing is held back at random by up to ${duration(jitter)}` : '';
  if (how === 'skip') return `what is missed, as during sleep, is not made up for${late}`;
  const runs = how === 'once' ? 'by one run' : 'by a run for each time, 100 at most';
  return `what is missed, as during sleep, is made up for ${runs}, ${limit >= CENTURY ? 'however old it is' : `if it is not older than ${duration(limit)}`}${late}`;
};

/** What is run: `runs A, then B; it stops at the first failure`. */
const runWords = ({ traits }: ConditionSpec): string => {
  const { tasks, execute_sequence: sequence, break_on_failure: failure, break_on_success: success } = traits;
  if (tasks.length === 1) return `runs ${tasks[0]}`;
  if (!sequence) return `runs ${joined(tasks)} at the same time`;
  const ends = [...(failure ? ['failure'] : []), ...(success ? ['success'] : [])].join(' or ');
  return `runs ${tasks.join(', then ')}${ends === '' ? '' : ', and stops at the first '}${ends}`;
};

/** Whether it goes on after the first time. */
const onceWords = ({ traits: { recurring, max_tasks_retries: retries } }: ConditionSpec): string => {
  if (recurring) return '';
  if (retries === 0) return ', only once';
  return retries < 0
    ? ', each time until no task fails'
    : `, only once; if a task fails, ${retries === 1 ? 'once' : `up to ${retries} times`} more when it is true again`;
};

const busyWords = ({ traits: { when_busy: busy } }: ConditionSpec): string | undefined => {
  if (busy === 'skip') return undefined;
  return busy === 'queue'
    ? 'what fires it while its tasks run leads to one more run'
    : 'what fires it while its tasks run ends them, and a new run begins';
};

const guardWords = ({ traits: { only_when: names, hold_seconds: seconds } }: ConditionSpec): string | undefined => {
  if (names.length === 0) return undefined;
  const holds = `${joined(names)} ${names.length === 1 ? 'holds' : 'hold'}`;
  return seconds === 0
    ? `it runs only if ${holds}, and otherwise it is missed`
    : `it runs only when ${holds}: until then it waits, for ${duration(seconds)} at most`;
};

const firstIn = (count: number): string =>
  count === 1 ? 'when a run fails' : count === 0 ? 'at each run that fails' : `when ${count} runs in a row have failed`;

const hookWords = ({ traits: { hooks } }: ConditionSpec): string[] => {
  if (hooks === undefined) return [];
  const { on_failure, on_recovery, on_success, on_miss, on_overdue, after_failures: count } = hooks;
  const row = (when: string, tasks: readonly string[], more = '') =>
    tasks.length === 0 ? [] : [`${when}, ${tasks.join(', then ')} ${tasks.length === 1 ? 'runs' : 'run'}${more}`];
  const limits = [
    ...(hooks.overdue_seconds > 0 ? [`has not succeeded for ${duration(hooks.overdue_seconds)}`] : []),
    ...(hooks.overdue_learned ? ['has not succeeded for longer than is usual, or runs for much longer'] : []),
  ];
  return [
    ...row(firstIn(count), on_failure, count === 0 ? '' : ', and not again before a run succeeds'),
    ...row(`when a run succeeds after ${count > 1 ? `${count} failures in a row` : 'a failure'}`, on_recovery),
    ...row('after each run that succeeds', on_success),
    ...row('when some of it was missed', on_miss),
    ...(limits.length > 0 ? [`it is overdue when it ${joined(limits, 'or')}`] : []),
    ...(limits.length > 0 ? row('when it is overdue', on_overdue) : []),
  ];
};

const stateWords = ({ name, traits }: ConditionSpec): string[] => [
  ...(traits.shared
    ? [
        `of all machines of the fleet one runs each firing${traits.on_lost === 'rerun' ? ', and if that one dies another one repeats it' : ''}`,
      ]
    : []),
  ...(traits.suspended ? [`it begins suspended, until it is resumed ("whenever ctl resume_condition ${name}")`] : []),
  ...(traits.interrupted === 'rerun' ? ['a run that a kill of the program has interrupted is repeated'] : []),
  ...(traits.persistent ? ['after a restart it goes on as before'] : []),
];

/** What a condition is, in sentences. */
export const conditionSentences = (spec: ConditionSpec, config: Config): string[] => {
  const guarded = config.conditions
    .filter(({ traits }) => traits.only_when.includes(spec.name))
    .map(({ name }) => name);
  const guard = guarded.length === 0 ? [] : [`as a guard of ${joined(guarded)} it holds ${holdsWords(spec, config)}`];
  if (spec.traits.tasks.length === 0)
    return (guard.length > 0 ? [...guard, 'it runs nothing itself'] : ['it has no tasks, and is never checked']).map(
      asSentence,
    );
  const own = [
    `${whenWords(spec, config)}: ${runWords(spec)}${onceWords(spec)}`,
    ...[catchUpWords(spec, config.settings.tickSeconds), windowWords(spec), guardWords(spec), busyWords(spec)].filter(
      (text) => text !== undefined,
    ),
    ...hookWords(spec),
    ...stateWords(spec),
    ...guard,
  ];
  return own.map(asSentence);
};
