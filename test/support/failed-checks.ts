import type { Daemon, DaemonOptions } from './daemon.ts';
import { probe, script } from './one-condition.ts';

/** A way in which a check can fail. */
export interface FailedCheck {
  readonly title: string;
  /** The keys of the condition `C`, and the state of what it looks at. */
  readonly keys: string;
  readonly options?: DaemonOptions;
  /** What happens to the desktop before the check. */
  readonly happens?: (desktop: Daemon['desktop']) => void;
  readonly platform?: string;
  readonly why: string;
}

const ends = (code: number): DaemonOptions => ({ processes: { probe: [{ end: { how: 'exit', code } }] } });
const IDLE = 'type = "idle"\nidle_seconds = 60';
const CALL =
  'type = "dbus"\nbus = ":session"\nservice = "a.b"\nobject_path = "/"\ninterface = "a.b"\nmethod = "M"\nparameter_check = [{ index = 0, operator = "eq", value = 1 }]';
const QUERY = { keys: 'type = "wmi"\nquery = "SELECT * FROM A"', platform: 'win32' };

/** The ways in which a check can fail, each with its reason. */
export const FAILED_CHECKS: readonly FailedCheck[] = [
  {
    title: 'a status',
    keys: probe('success_status = 0'),
    options: ends(3),
    why: 'exit code 3 is not the success status 0',
  },
  {
    title: 'the failure status',
    keys: probe('failure_status = 3'),
    options: ends(3),
    why: 'exit code 3 is the failure status',
  },
  {
    title: 'what standard output lacked',
    keys: probe('success_stdout = "ready"'),
    options: { processes: { probe: [{ stdout: 'no' }] } },
    why: 'stdout lacked "ready"',
  },
  {
    title: 'what standard error had',
    keys: probe('failure_stderr = "bad"'),
    options: { processes: { probe: [{ stderr: 'bad' }] } },
    why: 'stderr had "bad"',
  },
  {
    title: 'a signal',
    keys: probe(),
    options: { processes: { probe: [{ end: { how: 'signal', signal: 'SIGSEGV' } }] } },
    why: 'ended by signal SIGSEGV',
  },
  {
    title: 'the time limit',
    keys: probe('timeout_seconds = 1'),
    options: { processes: { probe: [{ seconds: 9 }] } },
    why: 'it reached its time limit of 1 s',
  },
  {
    title: 'a program that is not there',
    keys: probe(),
    options: { processes: { probe: [{ end: { how: 'not-started', reason: 'no such program: "probe"' } }] } },
    why: 'it could not be started: no such program: "probe"',
  },
  {
    title: 'an unmet expectation',
    keys: script('expect_all = true\nexpected_results = { x = 1 }'),
    options: { lua: { C: [{ result: 'different' }] } },
    why: 'x has another value',
  },
  {
    title: 'none of several expectations',
    keys: script('expect_all = false\nexpected_results = { x = 1 }'),
    options: { lua: { C: [{ result: 'different' }] } },
    why: 'none of the expected results holds',
  },
  {
    title: 'an error of the script',
    keys: script(),
    options: { lua: { C: [{ result: 'error' }] } },
    why: 'the script failed: condition C:1: boom',
  },
  {
    title: 'a script without expectations',
    keys: script(''),
    options: { lua: { C: [{ result: 'none' }] } },
    why: 'it has no expected_results, so there is no outcome',
  },
  {
    title: 'a success that does not count',
    keys: probe('success_status = 0\nrecurring = true\nrecur_after_failed_check = true'),
    options: ends(0),
    why: 'it was positive, which does not count until a check has failed in between',
  },
  { title: 'an unknown idle time', keys: IDLE, why: 'the idle time is unknown' },
  {
    title: 'recent input',
    keys: IDLE,
    happens: ({ idle }) => idle.idleFor(3),
    why: 'the session has not been idle for more than 1 min',
  },
  {
    title: 'still no input',
    keys: `${IDLE}\nrecurring = true`,
    happens: ({ idle }) => idle.idleFor(90),
    why: 'it was positive already in this idle period',
  },
  {
    title: 'a service that is not there',
    keys: CALL,
    why: 'the call failed: org.freedesktop.DBus.Error.ServiceUnknown: nobody owns a.b',
  },
  {
    title: 'another answer on the bus',
    keys: CALL,
    happens: ({ bus }) => {
      bus.service = () => ({ how: 'reply', body: [{ type: 'i', value: 2n }] });
    },
    why: 'the answer does not hold what is expected',
  },
  {
    title: 'no answer on the bus',
    keys: CALL,
    happens: ({ bus }) => {
      bus.service = () => ({ how: 'timeout' });
    },
    why: 'the call failed: no answer within 25 s',
  },
  {
    title: 'no bus',
    keys: CALL,
    happens: ({ bus }) => bus.goDown(),
    why: 'it could not be checked: no connection to the session bus: the bus is not there',
  },
  { title: 'no rows', ...QUERY, why: 'the query has no rows' },
  {
    title: 'a query that fails',
    ...QUERY,
    happens: ({ wmi }) => {
      wmi.result = { how: 'error', reason: 'access denied' };
    },
    why: 'it could not be checked: the WMI query failed: access denied',
  },
];
