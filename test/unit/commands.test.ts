import { describe, expect, test } from 'vitest';
import { COMMANDS, type Control, interpret } from '../../src/core/commands.ts';
import type { CommandResult } from '../../src/core/ports.ts';
import { Records, shown } from '../support/records.ts';

const DONE: CommandResult = { kind: 'done' };

/** Gives a line and answers what was called, what was answered, and what was logged. */
const give = (line: string) => {
  const calls: string[] = [];
  const call =
    (name: string) =>
    (...args: unknown[]): CommandResult => {
      calls.push(`${name}(${args.map((arg) => JSON.stringify(arg)).join(', ')})`);
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
    configure: call('configure'),
  };
  const records = new Records(
    'trace',
    () => 0,
    () => 0,
  );
  const answer = interpret(line, control, (mark, reason) => records.log.for('MAIN', 'command').error(mark, reason));
  return { calls, answer, log: records.all.map(shown) };
};

describe('the commands of the manual', () => {
  const rows: readonly (readonly [line: string, call: string])[] = [
    ['exit', 'exit()'],
    ['quit', 'exit()'],
    ['kill', 'kill()'],
    ['pause', 'pause()'],
    ['resume', 'resume()'],
    ['reset_conditions', 'reset([])'],
    ['reset_conditions A', 'reset(["A"])'],
    ['reset_conditions A B C', 'reset(["A","B","C"])'],
    ['suspend_condition A', 'suspend("A")'],
    ['resume_condition A', 'resumeCondition("A")'],
    ['trigger E', 'trigger("E")'],
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
    ...['exit', 'quit', 'kill', 'pause', 'resume'].map(
      (word) => [`${word} now`, new RegExp(`ERROR MAIN command \\[PROC/ERR\\] ${word} takes no arguments`)] as const,
    ),
    ...['suspend_condition', 'resume_condition', 'trigger'].flatMap((word) => [
      [word, new RegExp(`ERROR MAIN command \\[PROC/FAIL\\] ${word} takes exactly one name, 0 were given`)] as const,
      [`${word} A B`, new RegExp(`ERROR MAIN command \\[PROC/FAIL\\] ${word} takes exactly one name, 2 were`)] as const,
    ]),
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
    'configure',
  ]);
  for (const { help, takes, usage } of COMMANDS) {
    expect(help).toMatch(/^[A-Z].*\.$/);
    expect(usage === '').toBe(takes === 'nothing');
  }
});
