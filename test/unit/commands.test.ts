import { describe, expect, test } from 'vitest';
import { COMMANDS, type Control, interpret } from '../../src/core/commands.ts';
import type { CommandResult } from '../../src/core/ports.ts';
import { Records, shown } from '../support/records.ts';

const DONE: CommandResult = { kind: 'done' };

/** The instant at which commands are given. */
const NOW = Date.parse('2026-11-28T12:00:00Z');

/** Gives a line and answers what was called, what was answered, and what was logged. */
const give = (line: string) => {
  const calls: string[] = [];
  const call =
    (name: string) =>
    (...args: unknown[]): CommandResult => {
      calls.push(`${name}(${args.flatMap((arg) => (arg === undefined ? [] : [JSON.stringify(arg)])).join(', ')})`);
      return DONE;
    };
  const control: Control = {
    exit: call('exit'),
    kill: call('kill'),
    pause: call('pause'),
    resume: call('resume'),
    reset: call('reset'),
    suspendCondition: call('suspend'),
    resumeCondition: call('resumeCondition'),
    trigger: call('trigger'),
    logEvent: call('logEvent'),
    configure: call('configure'),
    reload: call('reload'),
    run: call('run'),
    cancel: call('cancel'),
    help: call('help'),
  };
  const records = new Records(
    'trace',
    () => 0,
    () => 0,
  );
  const log = records.log.for('MAIN', 'command');
  const answer = interpret(line, control, (mark, reason) => log.error(mark, reason), NOW);
  return { calls, answer, log: records.all.map(shown) };
};

describe('the commands of the manual', () => {
  const rows: readonly (readonly [line: string, call: string])[] = [
    ['exit', 'exit()'],
    ['quit', 'exit()'],
    ['kill', 'kill()'],
    ['pause', 'pause()'],
    ['pause 90s', 'pause({"at":1795867290000,"lasts":true})'],
    ['pause 1h', 'pause({"at":1795870800000,"lasts":true})'],
    ['pause  2w ', 'pause({"at":1797076800000,"lasts":true})'],
    ['pause until 2026-12-01', 'pause({"at":1796083200000,"lasts":false})'],
    ['pause until 2026-12-01 08:30', 'pause({"at":1796113800000,"lasts":false})'],
    ['pause until 2026-12-01T08:30:05+01:00', 'pause({"at":1796110205000,"lasts":false})'],
    // A time of day that is over today is that of tomorrow.
    ['pause until 18:30', 'pause({"at":1795890600000,"lasts":false})'],
    ['pause until 12:00', 'pause({"at":1795953600000,"lasts":false})'],
    ['pause until 7:05:09', 'pause({"at":1795935909000,"lasts":false})'],
    ['resume', 'resume()'],
    ['reset_conditions', 'reset([])'],
    ['reset_conditions A', 'reset(["A"])'],
    ['reset_conditions A B C', 'reset(["A","B","C"])'],
    ['suspend_condition A', 'suspend("A")'],
    ['suspend_condition A 1d', 'suspend("A", {"at":1795953600000,"lasts":true})'],
    ['suspend_condition until 1d', 'suspend("until", {"at":1795953600000,"lasts":true})'],
    ['suspend_condition A until 2026-12-01', 'suspend("A", {"at":1796083200000,"lasts":false})'],
    ['resume_condition A', 'resumeCondition("A")'],
    ['trigger E', 'trigger("E")'],
    ['log_event disk {"free": 12}', 'logEvent("disk", {"free":12}, false)'],
    ['log_event disk {"free": 12} --fleet', 'logEvent("disk", {"free":12}, true)'],
    ['log_event --fleet disk {"free": 12}', 'logEvent("disk", {"free":12}, true)'],
    ['log_event disk "a --fleet"', 'logEvent("disk", "a --fleet", false)'],
    ['log_event disk -1 --fleet', 'logEvent("disk", -1, true)'],
    ['log_event  disk   "a  b"', 'logEvent("disk", "a  b", false)'],
    ['log_event disk null', 'logEvent("disk", null, false)'],
    ['reload', 'reload()'],
    ['run A', 'run("A", false)'],
    ['run A --queue', 'run("A", true)'],
    ['run --queue A', 'run("A", true)'],
    ['cancel A', 'cancel("A")'],
    ['configure /a/b.toml', 'configure("/a/b.toml")'],
    // Words are separated by blank space of any kind.
    ['  exit  ', 'exit()'],
    ['exit\r', 'exit()'],
    ['\texit', 'exit()'],
    ['reset_conditions ', 'reset([])'],
    ['reset_conditions\tA \u00a0 B\u3000C', 'reset(["A","B","C"])'],
    ['trigger   E\r', 'trigger("E")'],
    // The path is the rest of the line, inner blanks and all; nothing in it is special.
    ['configure a file.toml', 'configure("a file.toml")'],
    ['  configure   a  file.toml  ', 'configure("a  file.toml")'],
    ['configure "a" \\b ~/$HOME', 'configure("\\"a\\" \\\\b ~/$HOME")'],
    ['configure\u00a0x', 'configure("x")'],
    ['configure x\r', 'configure("x")'],
  ];
  for (const [line, expected] of rows)
    test(`${JSON.stringify(line)} is ${expected}`, () => {
      expect(give(line)).toEqual({ calls: [expected], answer: DONE, log: [] });
    });
});

describe('the mistakes of the manual', () => {
  const rows: readonly (readonly [line: string, record: RegExp])[] = [
    ['run A --que', /ERROR MAIN command \[PROC\/FAIL\] run: unknown option "--que" \(known: --queue\)$/],
    ['run --queue', /ERROR MAIN command \[PROC\/FAIL\] run takes exactly one name, 0 were given/],
    ...['exit', 'quit', 'kill', 'resume', 'reload', 'help'].map(
      (word) => [`${word} now`, new RegExp(`ERROR MAIN command \\[PROC/ERR\\] ${word} takes no arguments`)] as const,
    ),
    ['pause now', /ERROR MAIN command \[PROC\/ERR\] pause: expected a duration .* found "now"$/],
    ['pause 1h 30m', /\[PROC\/ERR\] pause: expected a duration .* found "1h 30m"$/],
    ['pause 0s', /\[PROC\/ERR\] pause: expected a duration of more than 0, found "0s"$/],
    ['pause until', /\[PROC\/ERR\] pause: expected a duration .* found "until"$/],
    ['pause until noon', /\[PROC\/ERR\] pause: expected a duration .* found "until noon"$/],
    ['pause until 24:00', /\[PROC\/ERR\] pause: expected a duration .* found "until 24:00"$/],
    ['pause until 2026-11-31', /\[PROC\/ERR\] pause: the calendar does not have the date 2026-11-31$/],
    [
      'pause until 2026-11-28 11:59',
      /\[PROC\/ERR\] pause: 2026-11-28 11:59:00 is over: expected an instant after 2026-11-28 12:00:00$/,
    ],
    ['pause 999999999w', /\[PROC\/ERR\] pause: expected an end before the year 10000$/],
    ['suspend_condition', /\[PROC\/FAIL\] suspend_condition takes exactly one name, 0 were given$/],
    ['suspend_condition A B', /\[PROC\/FAIL\] suspend_condition: expected a duration .* found "B"$/],
    ['suspend_condition until 18:30', /\[PROC\/FAIL\] suspend_condition: expected a duration .* found "18:30"$/],
    ...['resume_condition', 'trigger', 'run', 'cancel'].flatMap((word) => [
      [word, new RegExp(`ERROR MAIN command \\[PROC/FAIL\\] ${word} takes exactly one name, 0 were given`)] as const,
      [`${word} A B`, new RegExp(`ERROR MAIN command \\[PROC/FAIL\\] ${word} takes exactly one name, 2 were`)] as const,
    ]),
    ['log_event disk 1 --flet', /\[PROC\/FAIL\] log_event: unknown option "--flet" \(known: --fleet\)$/],
    ...['log_event', 'log_event disk', 'log_event --fleet', 'log_event disk --fleet'].map(
      (line) => [line, /\[PROC\/FAIL\] log_event takes a topic and a value as JSON, as in log_event disk/] as const,
    ),
    [
      'log_event disk full',
      /\[PROC\/FAIL\] log_event: the value is not valid JSON, expected a value such as .*"a text"/,
    ],
    ['log_event disk {"free":', /\[PROC\/FAIL\] log_event: the value is not valid JSON, expected/],
    [
      `log_event disk ${'['.repeat(66)}${']'.repeat(66)}`,
      /\[PROC\/FAIL\] log_event: the value is nested deeper than 64$/,
    ],
    [`log_event disk "${'x'.repeat(60_000)}"`, /log_event: the value has 60002 characters, at most 60000 are taken$/],
    ['configure', /ERROR MAIN command \[PROC\/FAIL\] configure takes the path of a file/],
    ['configure ~/x.toml', /ERROR MAIN command \[PROC\/FAIL\] configure: "~" is not expanded in "~\/x.toml"/],
    ['configure ~ann/x.toml', /ERROR MAIN command \[PROC\/FAIL\] configure: "~" is not expanded in "~ann\/x.toml"/],
    ['configure   ', /ERROR MAIN command \[PROC\/FAIL\] configure takes the path of a file/],
    ['frobnicate', /ERROR MAIN command \[PROC\/ERR\] unknown command "frobnicate"/],
    ['Exit', /ERROR MAIN command \[PROC\/ERR\] unknown command "Exit"/],
    ['exit;', /ERROR MAIN command \[PROC\/ERR\] unknown command "exit;"/],
    ['configurex', /ERROR MAIN command \[PROC\/ERR\] unknown command "configurex"/],
  ];
  for (const [line, record] of rows)
    test(`${JSON.stringify(line)} is refused with one error`, () => {
      const { calls, answer, log } = give(line);
      expect(calls).toEqual([]);
      expect(answer.kind).toBe('refused');
      expect(log).toEqual([expect.stringMatching(record)]);
    });

  for (const line of ['', ' ', '\r', '\t \u00a0'])
    test(`a blank line (${JSON.stringify(line)}) does nothing, without a record; a task is told`, () => {
      expect(give(line)).toEqual({ calls: [], answer: { kind: 'refused', reason: 'empty command' }, log: [] });
    });
});

test('help has a line for each command', () => {
  const { calls } = give('help');
  expect(calls).toHaveLength(1);
  for (const { names } of COMMANDS) expect(calls[0]).toContain(`"${names.join(', ')}`);
});

test('every command has a name, a help text and a way to be given', () => {
  expect(COMMANDS.flatMap(({ names }) => names)).toEqual([
    'exit',
    'quit',
    'kill',
    'pause',
    'resume',
    'reset_conditions',
    'suspend_condition',
    'resume_condition',
    'trigger',
    'log_event',
    'configure',
    'reload',
    'run',
    'cancel',
    'help',
  ]);
  for (const { help, takes, usage } of COMMANDS) {
    expect(help).toMatch(/^[A-Z].*\.$/);
    expect(usage === '').toBe(takes === 'nothing');
  }
});
