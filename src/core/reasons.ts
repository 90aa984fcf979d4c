import type { SessionHappening } from './desktop-ports.ts';
import { showDuration, showInstant } from './duration.ts';
import type { PathChange } from './event-burst.ts';
import { showSize } from './size.ts';
import { INELIGIBLE, type Ineligible } from './states.ts';

/** Some instants of a time condition that did not fire: how many, and the last one (wall-clock ms). */
interface Instants {
  readonly count: number;
  readonly last: { readonly at: number; readonly by: string };
}

/** Whether what a check looked at holds what is expected. */
interface Holds {
  readonly holds: boolean;
}

/** A message of the system, of another program or of a script. */
interface Message {
  readonly message: string;
}

/** What keeps a failed attempt from being tried again. `reload`: of the task; `removed`: the condition was removed or replaced. */
export type RetryEnd = 'ending' | 'reload' | 'removed' | 'suspended' | 'time-limit';

const RETRY_ENDS: Readonly<Record<RetryEnd, string>> = {
  ending: 'the scheduler is ending',
  reload: 'a reload has removed or replaced the task',
  removed: 'a reload has removed or replaced the condition',
  suspended: 'the condition is to be suspended',
  'time-limit': 'the next attempt would begin after retry_timeout_seconds',
};

/** Why a task is not tried again, as text. */
export const retryEndText = (by: RetryEnd): string => RETRY_ENDS[by];

/** Of a process that failed: the limit of memory (bytes) that was in force. Whether it had to do with that is not known. */
interface UnderLimit {
  readonly memoryLimit?: number;
}

/** A firing that was held: why it fired, since when (wall-clock ms) and how long (ms), which guard held it, and how many joined it. */
interface EndedHold {
  readonly fired?: Reason;
  readonly since: number;
  readonly ms: number;
  readonly guard: string;
  readonly answer?: Reason;
  readonly joined: number;
}

/** What the name of a window begins with among guards: no condition can have such a name. */
export const WINDOW_OF = 'window of ';

/** What closes a window, by its key. */
const WINDOW_CLOSED = {
  from: (text: string) => `it begins at ${text}`,
  until: (text: string) => `it was open until ${text}`,
  except: (text: string) => `except ${text}`,
  holidays: () => 'it is a holiday',
  only: () => 'only at other times',
} as const;

/** What can happen to sessions of the user, and to the machine. */
export type SessionWord = 'start' | SessionHappening;

const SESSION_WORDS: Readonly<Record<SessionWord, readonly [happened: string, awaited: string]>> = {
  start: ['the program has started', 'the next start of the program'],
  resume: ['the machine is awake again', 'the end of a sleep'],
  unlock: ['a session was unlocked', 'an unlock'],
  login: ['a session has begun', 'a login'],
  shutdown: ['the machine is about to shut down', 'a shutdown'],
};

/** The data of each code. Everything in here can be written as JSON. */
interface ReasonData {
  /** Without `expected` there is no criterion for the status. */
  'exit-status': UnderLimit & {
    readonly status: number;
    readonly criterion?: 'success' | 'failure';
    readonly expected?: number;
  };
  /** A text that an output has to hold (`success`), or must not. */
  output: {
    readonly criterion: 'success' | 'failure';
    readonly stream: 'stdout' | 'stderr';
    readonly found: boolean;
    readonly text: string;
  };
  signal: UnderLimit & { readonly signal: string };
  /** The system has ended it because of its limit of memory, bytes. */
  'memory-limit': { readonly bytes: number };
  /** Of a program or a script; 0: the limit is not known. */
  'time-limit': { readonly seconds: number };
  /** It was ended with the scheduler. */
  killed: unknown;
  /** By the command `cancel`. */
  cancelled: unknown;
  /** A new run has taken the place of this one: `when_busy = "restart"`. */
  replaced: unknown;
  /** A task that did not begin, or whose end is not awaited. */
  'scheduler-ended': unknown;
  /** Attempts were left. `last`: why the last one failed. */
  'retry-ended': {
    readonly by: RetryEnd;
    readonly attempt: number;
    readonly of: number;
    readonly last?: Reason;
  };
  'not-started': Message;
  /** Another process has to end first. */
  blocked: Message;

  'no-expected-results': unknown;
  'expected-result': { readonly name: string; readonly result: 'different' | 'missing' };
  'expected-results': { readonly hold: 'none' | 'one' | 'all' };
  'script-error': Message;
  'init-script-error': Message;
  'variable-error': Message;
  'given-value': Message;
  'lua-memory': unknown;
  'lua-failed': Message;

  /** An interval has passed. */
  interval: { readonly seconds: number };
  /** The first tick after its start, which counts with `start = "at once"`. */
  'interval-start': unknown;
  'event-came': {
    /** The event, how often it has occurred, and the last change that it has brought; absent: it was none of a file. */
    readonly event?: { readonly name: string; readonly count: number; readonly change: PathChange };
    /** Further changes. */
    readonly more?: number;
  };
  'no-event': unknown;
  /** Something has happened to a session of the user, or to the machine. */
  session: { readonly what: SessionWord };
  /** What a condition waits for that goes by sessions; `trouble`: why that cannot be seen, or not all of it. */
  'session-awaited': { readonly what: readonly SessionWord[]; readonly trouble?: string };
  'session-seen': { readonly seen: boolean };
  'check-after': { readonly leftMs: number };
  'success-not-counted': unknown;

  /** An instant has come. */
  instant: { readonly by: string /** Wall-clock ms. */; readonly at: number };
  'instant-held-back': unknown;
  'instants-paused': Instants;
  /** They came while a firing of a shared condition waited for the fleet. */
  'instants-claiming': Instants;
  'instants-unattended': Instants & { readonly lateMs: number };
  'instants-skipped': Instants & { readonly forwardMs: number };
  /** No instance was running then, wall-clock ms. */
  'instants-not-running': Instants & { readonly from: number; readonly to: number };
  /** `missed`: what is made up for, if it was found at this check. */
  'catching-up': { readonly missed?: Reason };
  'no-instants-left': unknown;
  /** A run that an earlier instance has begun is repeated. When it began, wall-clock ms. */
  'interrupted-run': { readonly began: number };
  /** `correction`: too far back to be a drift. `fired`: instants that come again on the clock, and do not fire again. */
  'clock-set-back': { readonly byMs: number; readonly correction: boolean; readonly fired?: Instants };
  'clock-set-forward': { readonly byMs: number };
  'zone-changed': { readonly from: string; readonly to: string };

  /** It runs, because the guard held at last. */
  held: EndedHold;
  /** The guard did not hold in time; `ms`: 0: it was not held. */
  'hold-expired': EndedHold;
  /** Why a firing that was held does not run. */
  'hold-ended': { readonly by: keyof typeof HOLD_ENDS };
  /** It was held by an earlier instance: why it fired, as text, and the instant that it is for, wall-clock ms. */
  'held-before-start': Message & { readonly at?: number };
  /** A line that a guard has written. */
  'guard-line': { readonly line: string };
  'guard-suspended': unknown;
  /** It cannot be asked: the configuration does not have it. */
  'guard-missing': unknown;
  'in-window': { readonly by: string };
  'not-in-window': unknown;
  /** The key of its window that closes it, what that says, and when it opens, wall-clock ms; absent: it does not. */
  'outside-window': {
    readonly by: 'from' | 'until' | 'except' | 'holidays' | 'only';
    readonly text?: string;
    readonly opens?: number;
  };
  'no-window': unknown;

  'idle-unknown': unknown;
  'idle-reached': { readonly seconds: number };
  'idle-not-reached': { readonly seconds: number };
  'idle-counted': unknown;

  'call-without-arguments': unknown;
  'call-answered': unknown;
  'call-timeout': { readonly seconds: number };
  'call-error': Message & { readonly name: string };
  answer: Holds;
  'bus-disconnected': Message & { readonly bus: string };

  rows: { readonly found: boolean };
  'row-checks': Holds;
  'query-failed': Message;

  'command-without-effect': Message;
  'command-refused': Message;

  /** By the command `run`. */
  'run-command': unknown;
  /** Its condition is not there any more. */
  'condition-gone': unknown;
  /** Its condition cannot run. */
  ineligible: { readonly state: Ineligible };

  /** Another machine of the fleet runs it. `differs`: the condition is defined otherwise there; `missed`: it has reported it as missed. */
  'fleet-taken': { readonly node: string; readonly differs: boolean; readonly missed?: true };
  /** No server of the fleet answers. `runs`: it runs all the same, perhaps on several machines. */
  'fleet-unreachable': Message & { readonly runs: boolean };
  /** By so many ms the clock of this machine is ahead of that of the server. */
  'fleet-skewed': { readonly ms: number };
  /** Another machine has the name of this one. */
  'fleet-name-taken': { readonly node: string };
  /** The scheduler has ended while a firing waited for the fleet. */
  'fleet-wait-ended': unknown;
  /** The machine that ran it has died: when it had begun, wall-clock ms. */
  'fleet-lost': { readonly node: string; readonly began: number };

  /** How a task ended on another machine. */
  'fleet-ran': { readonly node: string; readonly reason?: Reason };
  /** The machine that did a task has died, or is silent. */
  'fleet-worker-lost': { readonly node: string; readonly ended?: true };
  /** Of a task that all machines do: how many have done it. */
  'fleet-all': { readonly count: number };

  /** A kind has thrown. */
  'internal-error': Message;
  /** By a simulation. */
  assumed: unknown;
}

export type ReasonCode = keyof ReasonData;

/** Why a check or a task ended as it did, or what a condition waits for: a code with its data. `reasonText` returns its text. */
export type Reason = { [C in ReasonCode]: { readonly code: C } & ReasonData[C] }[ReasonCode];

/** The reason with this code. */
export type ReasonOf<C extends ReasonCode> = Extract<Reason, { readonly code: C }>;

const limit = (seconds: number): string => showDuration(seconds * 1000);

const instants = ({ count, last }: Instants, how: string): string =>
  count === 1
    ? `${last.by} at ${showInstant(last.at)} ${how}`
    : `${count} instants ${how}, the last one ${last.by} at ${showInstant(last.at)}`;

const setForward = (byMs: number): string => `the clock was set forward by ${showDuration(byMs)}`;

/** `02:30`, or `2026-03-29 02:30` when that is another day than the one so many ms later. */
const showHeldSince = (since: number, ms: number): string => {
  const [day, time] = [showInstant(since).slice(0, 10), showInstant(since).slice(11, 16)];
  return showInstant(since + ms).startsWith(day) ? time : `${day} ${time}`;
};

const firedText = (fired: Reason | undefined): string => (fired === undefined ? 'it fired' : reasonText(fired));
/** What a guard that does not hold says, or that it has said nothing. */
const notHolding = (guard: string, answer: Reason | undefined): string => {
  if (answer === undefined) return `${guard} has not answered`;
  return guard.startsWith(WINDOW_OF) ? reasonText(answer) : `${guard} is false (${reasonText(answer)})`;
};
const joinedText = (joined: number): string =>
  joined === 0 ? '' : `; ${joined === 1 ? 'one more firing' : `${joined} more firings`} came meanwhile`;

const HOLD_ENDS = {
  reset: 'it was reset',
  suspend: 'it was suspended',
  resume: 'it was resumed and reset',
  cancel: 'it was cancelled by a command',
  finished: 'its tasks have run without a failure, and it is not recurring',
  exhausted: 'its tasks have failed, and there are no retries left',
  replaced: 'a reload has replaced it',
  removed: 'it is not in the new file',
  ended: 'the scheduler has ended; its next start can go on with it',
} as const;

const underLimit = ({ memoryLimit }: UnderLimit): string =>
  memoryLimit === undefined ? '' : `, with a memory limit of ${showSize(memoryLimit)}`;

const CHANGED = { create: 'created', modify: 'modified', remove: 'removed', rename: 'renamed to' } as const;
/** Of a longer path the end says more. */
const LONGEST_PATH = 200;
const shownPath = (path: string): string => (path.length > LONGEST_PATH ? `…${path.slice(-LONGEST_PATH)}` : path);

const HOLD = { none: 'none of the expected results holds', one: 'one of the expected results holds' } as const;

/** The text of each code: a clause without a full stop, which a person understands without the source. */
const TEXTS: { readonly [C in ReasonCode]: (data: ReasonData[C]) => string } = {
  'exit-status': ({ status, criterion, expected, ...rest }) => {
    if (criterion === undefined) return `exit code ${status}, no status criterion`;
    const judged = status === expected ? `is the ${criterion} status` : `is not the ${criterion} status ${expected}`;
    return `exit code ${status} ${judged}${underLimit(rest)}`;
  },
  output: ({ stream, found, text }) => `${stream} ${found ? 'had' : 'lacked'} ${JSON.stringify(text)}`,
  signal: ({ signal, ...rest }) => `ended by signal ${signal}${underLimit(rest)}`,
  'memory-limit': ({ bytes }) => `ended because of its memory limit of ${showSize(bytes)}`,
  'time-limit': ({ seconds }) =>
    seconds > 0 ? `it reached its time limit of ${limit(seconds)}` : 'it reached its time limit',
  killed: () => 'it was ended with the scheduler',
  cancelled: () => 'it was cancelled by a command',
  replaced: () => 'a new run has taken its place',
  'scheduler-ended': () => 'ended with the scheduler',
  'retry-ended': ({ by, attempt, of, last }) =>
    `${last === undefined ? 'it failed' : reasonText(last)}; not tried again after attempt ${attempt} of ${of}: ${RETRY_ENDS[by]}`,
  'not-started': ({ message }) => `it could not be started: ${message}`,
  blocked: ({ message }) => message,

  'no-expected-results': () => 'it has no expected_results, so there is no outcome',
  'expected-result': ({ name, result }) =>
    `${name} ${result === 'different' ? 'has another value' : 'is missing or cannot be converted'}`,
  'expected-results': ({ hold }) => (hold === 'all' ? 'the expected results hold' : HOLD[hold]),
  'script-error': ({ message }) => `the script failed: ${message}`,
  'init-script-error': ({ message }) => `the init script could not be run: ${message}`,
  'given-value': ({ message }) => `a value for the run could not be read: ${message}`,
  'variable-error': ({ message }) => `a variable could not be set: ${message}`,
  'lua-memory': () => 'the scripts that were running reached the memory limit of the Lua host',
  'lua-failed': ({ message }) => message,

  interval: ({ seconds }) => `its interval of ${limit(seconds)} has passed`,
  'interval-start': () => 'it begins at once',
  'event-came': ({ event, more = 0 }) => {
    if (event === undefined) return 'its event has come';
    const { name, change } = event;
    const others = more === 0 ? '' : `, and ${more} more ${more === 1 ? 'change' : 'changes'}`;
    return `its event has come: ${name}, ${CHANGED[change.kind]} ${shownPath(change.path)}${others}`;
  },
  'no-event': () => 'no event has come',
  session: ({ what }) => SESSION_WORDS[what][0],
  'session-awaited': ({ what, trouble }) => {
    const text = `it waits for ${what.map((word) => SESSION_WORDS[word][1]).join(' or ')}`;
    return trouble === undefined ? text : `${text}, but ${trouble}`;
  },
  'session-seen': ({ seen }) => (seen ? 'the system reports it again' : 'the system does not report it'),
  'check-after': ({ leftMs }) => `check_after has ${showDuration(Math.ceil(leftMs / 1000) * 1000)} left`,
  'success-not-counted': () => 'it was positive, which does not count until a check has failed in between',

  instant: ({ by }) => `${by} has come`,
  'instant-held-back': () => 'an instant that was held back by jitter_seconds is due',
  'instants-paused': (data) => instants(data, 'came while the scheduler was paused'),
  'instants-claiming': (data) =>
    instants(data, 'came while it waited for the fleet, and the next firing stands for them'),
  'instants-unattended': (data) =>
    instants(
      data,
      `came while no check was possible (asleep, stopped or busy), noticed ${showDuration(data.lateMs)} later`,
    ),
  'instants-skipped': (data) => instants(data, `came and went when ${setForward(data.forwardMs)}`),
  'instants-not-running': (data) =>
    instants(data, `came while whenever was not running, from ${showInstant(data.from)} to ${showInstant(data.to)}`),
  'interrupted-run': ({ began }) => `its run of ${showInstant(began)} was interrupted, and is repeated`,
  'catching-up': ({ missed }) =>
    missed === undefined ? 'an instant that was missed is made up for' : `${reasonText(missed)}; that is made up for`,
  'no-instants-left': () => 'none of its instants is still to come',
  'clock-set-back': ({ byMs, correction, fired }) => {
    const change = `the clock was set back by ${showDuration(byMs)}`;
    if (correction) return `${change}, which is a correction: its instants count from the new time at once`;
    if (fired === undefined) return `${change}: its instants count by the new time`;
    return `${change}: ${instants(fired, `${fired.count === 1 ? 'has' : 'have'} fired and ${fired.count === 1 ? 'does' : 'do'} not fire again`)}`;
  },
  'clock-set-forward': ({ byMs }) => `${setForward(byMs)}: its instants count by the new time`,
  'zone-changed': ({ from, to }) =>
    `local time is that of ${to} instead of ${from}: its instants are those of the new zone`,

  held: ({ fired, since, ms, guard, answer, joined }) => {
    const became = `${guard} ${answer?.code === 'guard-suspended' ? 'was suspended' : 'became true'}`;
    const until = guard.startsWith(WINDOW_OF) ? 'its window opened' : became;
    return `${firedText(fired)}; held since ${showHeldSince(since, ms)}, ${limit(Math.round(ms / 1000))}, until ${until}${joinedText(joined)}`;
  },
  'hold-expired': ({ fired, since, ms, guard, answer, joined }) => {
    const why = notHolding(guard, answer);
    if (ms === 0) return `${firedText(fired)}, but ${why}`;
    return `${firedText(fired)}; held since ${showHeldSince(since, ms)} for ${limit(Math.round(ms / 1000))}, and ${why}${joinedText(joined)}`;
  },
  'hold-ended': ({ by }) => `its firing is not held any more: ${HOLD_ENDS[by]}`,
  'held-before-start': ({ message }) => message,
  'guard-line': ({ line }) => line,
  'guard-suspended': () => 'it is suspended, and holds nothing back',
  'guard-missing': () => 'it is not in the file',
  'in-window': ({ by }) => `it is ${by}`,
  'not-in-window': () => 'it is not the time',
  'outside-window': ({ by, text, opens }) =>
    `outside its window: ${WINDOW_CLOSED[by](text ?? '')}${opens === undefined ? '' : `; it opens at ${showInstant(opens)}`}`,
  'no-window': () => 'it is never the time',

  'idle-unknown': () => 'the idle time is unknown',
  'idle-reached': ({ seconds }) => `the session has been idle for more than ${limit(seconds)}`,
  'idle-not-reached': ({ seconds }) => `the session has not been idle for more than ${limit(seconds)}`,
  'idle-counted': () => 'it was positive already in this idle period',

  'call-without-arguments': () => 'parameter_call is empty, so no call is made',
  'call-answered': () => 'it was answered',
  'call-timeout': ({ seconds }) => `the call failed: no answer within ${seconds} s`,
  'call-error': ({ name, message }) => `the call failed: ${name}: ${message}`,
  answer: ({ holds }) => `the answer ${holds ? 'holds' : 'does not hold'} what is expected`,
  'bus-disconnected': ({ bus, message }) => `no connection to the ${bus} bus: ${message}`,

  rows: ({ found }) => `the query has ${found ? '' : 'no '}rows`,
  'row-checks': ({ holds }) => `the rows ${holds ? 'hold' : 'do not hold'} what is expected`,
  'query-failed': ({ message }) => `the WMI query failed: ${message}`,

  'command-without-effect': ({ message }) => `the command had no effect: ${message.replaceAll('\n', ' ')}`,
  'command-refused': ({ message }) => message,

  'run-command': () => 'the command run',
  'condition-gone': () => 'the condition was replaced or removed',
  ineligible: ({ state }) => INELIGIBLE[state].why,

  'fleet-taken': ({ node, differs, missed }) =>
    `${node} ${missed ? 'has reported it as missed' : 'runs it'}${differs ? ', where its definition is another one' : ''}`,
  'fleet-unreachable': ({ message, runs }) =>
    `no server of the fleet answers${message === '' ? '' : ` (${message})`}${runs ? '; it runs all the same, perhaps on several machines' : ''}`,
  'fleet-skewed': ({ ms }) =>
    `the clock of this machine is ${showDuration(Math.abs(ms))} ${ms > 0 ? 'ahead of' : 'behind'} that of the server, which is more than a tick`,
  'fleet-name-taken': ({ node }) => `another machine is called ${node}, too: this one takes no part in the fleet`,
  'fleet-wait-ended': () => 'the scheduler ended while it waited for the fleet',
  'fleet-lost': ({ node, began }) => `${node} has died in the run that it began at ${showInstant(began)}`,

  'fleet-ran': ({ node, reason }) => `on ${node}${reason === undefined ? '' : `: ${reasonText(reason)}`}`,
  'fleet-worker-lost': ({ node, ended }) => `${node} has ${ended ? 'ended' : 'died, or is not connected'}`,
  'fleet-all': ({ count }) => `${count} ${count === 1 ? 'machine has' : 'machines have'} done it`,

  'internal-error': ({ message }) => message,
  assumed: () => 'assumed',
};

/** A reason as text. */
export const reasonText = (reason: Reason): string => (TEXTS[reason.code] as (data: Reason) => string)(reason);

/** Whether a firing that does not run here was given up here: then it counts neither as missed nor as run elsewhere. */
export const isGivenUp = ({ code }: Reason): boolean => code === 'cancelled' || code === 'fleet-wait-ended';
