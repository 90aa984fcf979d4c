import * as v from 'valibot';
import { customField } from '../config/field.ts';
import { NOT_DUE, passed } from '../core/outcome.ts';
import type { SessionHappening, SessionWatch } from '../core/ports.ts';
import type { SessionWord } from '../core/reasons.ts';
import { RecurringProblem } from './common/recurring-problem.ts';
import { conditionKind, type Firing, type HostFs } from './kind.ts';

const WORDS = ['start', 'resume', 'unlock', 'login', 'shutdown'] as const satisfies readonly SessionWord[];
const EXPECTED = `one of ${WORDS.join(', ')}, or an array of them`;
const word = v.picklist(WORDS, `one of ${WORDS.join(', ')}`);

/** Why a word cannot be used on this machine; undefined: it can. Only Linux has logind; the clocks of Windows go on while it sleeps. */
const unavailable = (what: SessionWord, { platform }: HostFs): string | undefined => {
  if (platform === 'win32' && what !== 'start') return `expected "start" on Windows, which does not report "${what}"`;
  if (platform === 'darwin' && what !== 'start' && what !== 'resume')
    return `expected "start" or "resume" on macOS: "${what}" is reported by logind, which only Linux has`;
  return undefined;
};

/** True when the program starts, the machine is awake again or about to shut down, or a session begins or is unlocked. */
export const session = conditionKind({
  type: 'session',
  emitter: 'SESSION_CONDITION',
  doc: 'True when the program starts, when the machine is awake again after a sleep or is about to shut down, or when a session of the user begins or is unlocked. It is checked at once.',
  extension: true,
  fields: {
    when: customField<
      readonly SessionWord[],
      {
        readonly required: true;
        readonly extension: true;
        readonly examples: readonly unknown[];
        readonly doc: string;
      }
    >(
      EXPECTED,
      v.pipe(
        v.union([word, v.pipe(v.array(word), v.minLength(1, EXPECTED))], EXPECTED),
        v.transform((one) => (typeof one === 'string' ? [one] : one)),
      ),
      {
        required: true,
        extension: true,
        examples: ['resume', ['start', 'unlock']],
        doc: 'start: the program starts, not at a reload. resume: the machine is awake again. unlock: a locked session of the user is opened. login: a session of the user begins. shutdown: the machine is about to shut down, and waits for the tasks.',
      },
    ),
  },
  delayable: false,
  needs: ['sessions'],
  simulate: 'instants',
  compile: ({ when = [] }, report, machine) => {
    for (const [i, what] of when.entries()) {
      const why = unavailable(what, machine);
      if (why !== undefined) report(['when'], `when: ${why}`, { id: 'not-on-this-system' });
      else if (when.indexOf(what) < i) report(['when'], `when: expected each word once, found "${what}" twice`);
    }
    return undefined;
  },
  forecast: ({ when }, _, from, window, goesOn): Iterable<Firing> | undefined => {
    const isOpen = window === undefined || window.closed(from + 1) === undefined;
    if (when.includes('start') && goesOn !== true) return isOpen ? [{ at: from + 1, by: 'the start' }] : [];
    return when.some((what) => what !== 'start') ? undefined : [];
  },
  create: ({ name, values, log, pending, own, ports }) => {
    const { when } = values;
    const watched = when.filter((what): what is SessionHappening => what !== 'start');
    const absence = new RecurringProblem(ports.clock);
    let starts = own.starting && when.includes('start');
    /** The system reports what is watched for. */
    let isSeen = false;
    let trouble: string | undefined;
    let watch: SessionWatch | undefined;
    const happened = (what: SessionHappening): void => {
      log.debug('PROC/MSG', `session: ${what}`);
      if (own.occur({ name: what, type: 'session' })) return;
      if (what === 'shutdown') watch?.proceed();
    };
    if (watched.length > 0)
      watch = ports.sessions.watch(watched, {
        established: () => {
          isSeen = true;
          absence.resolve(log, `session: the system reports ${watched.join(', ')}`);
          if (trouble === undefined) return;
          trouble = undefined;
          own.note({ code: 'session-seen', seen: true });
        },
        lost: (reason) => {
          isSeen = false;
          const rest = watched.includes('resume') ? '; the end of a sleep is seen by the clocks' : '';
          absence.report(log, 'PROC/FAIL', `session: ${watched.join(', ')} cannot be seen: ${reason}${rest}`);
          if (trouble === reason) return;
          trouble = reason;
          own.note({ code: 'session-seen', seen: false });
        },
        happened,
      });
    return {
      debounceMs: 0,
      due: () => (starts || pending.has(name) ? 'any-tick' : 'on-event'),
      waitsFor: () =>
        starts || pending.has(name)
          ? undefined
          : { code: 'session-awaited', what: when, ...(trouble === undefined ? {} : { trouble }) },
      check: ({ origin }, begin) => {
        const event = pending.take(name);
        const isStart = starts;
        starts = false;
        if (event !== undefined) {
          begin(event);
          return passed({ code: 'session', what: event.event.name as SessionWord });
        }
        if (!isStart) return NOT_DUE;
        log.debug('PROC/MSG', 'session: start', origin);
        return passed({ code: 'session', what: 'start' });
      },
      slept: () => {
        if (!isSeen && watched.includes('resume')) happened('resume');
      },
      runEnded: () => {
        // A run that was under way when the shutdown came is not the one that it waits for.
        if (watched.includes('shutdown') && !pending.has(name)) watch?.proceed();
      },
      close: () => {
        watch?.close();
        absence.close();
      },
    };
  },
});
