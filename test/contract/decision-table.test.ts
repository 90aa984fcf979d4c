import { describe, expect, test } from 'vitest';
import { createProcesses } from '../../src/adapters/processes.ts';
import type { ProcessResult } from '../../src/core/ports.ts';
import { compileCommand } from '../../src/items/common/command.ts';
import { type DecidedBy, evaluate } from '../../src/items/common/command-criteria.ts';
import { fakeMachine, load } from '../support/daemon.ts';

// The decision table of the manual about command items, row by row, with real processes.

const processes = createProcesses({ graceMs: 100, drainMs: 50 });

/** What a command task of the file makes of a shell script. */
const outcome = async (script: string, keys = '', command = 'sh'): Promise<DecidedBy> => {
  const config = await load(
    `[[task]]
     name = "T"
     type = "command"
     startup_path = "/"
     command = "${command}"
     command_arguments = ["-c", ${JSON.stringify(script)}]
     ${keys}`,
  );
  const values = config.tasks[0]!.values as unknown as Parameters<typeof compileCommand>[0] &
    Parameters<typeof evaluate>[1] & { timeout_seconds: number };
  const criteria = await compileCommand(
    values,
    (_, text) => {
      throw new Error(text);
    },
    fakeMachine,
  );
  const result: ProcessResult = await processes.run({
    command,
    args: ['-c', script],
    cwd: '/',
    inheritEnvironment: true,
    variables: {},
    timeoutSeconds: values.timeout_seconds,
  });
  return evaluate(result, values, criteria).decidedBy;
};

describe('step 1: the exit status, with success_status S and failure_status F', () => {
  const rows: readonly (readonly [code: number, s: number | undefined, f: number | undefined, expected: DecidedBy])[] =
    [
      [0, 0, undefined, 'success'],
      [0, 0, 0, 'success'],
      [0, 0, 3, 'success'],
      [0, 3, undefined, 'status'],
      [0, 3, 0, 'status'],
      [0, 3, 5, 'status'],
      [0, undefined, 0, 'status'],
      [0, undefined, undefined, 'success'],
      [0, undefined, 3, 'success'],
      [3, undefined, 3, 'status'],
      [3, 3, 3, 'status'],
      [3, 0, 3, 'status'],
      [3, 5, 3, 'status'],
      [3, 3, undefined, 'success'],
      [3, 3, 5, 'success'],
      [3, 3, 0, 'success'],
      [3, 0, undefined, 'status'],
      [3, 0, 5, 'status'],
      [3, 5, undefined, 'status'],
      [3, 5, 7, 'status'],
      [3, undefined, undefined, 'success'],
      [3, undefined, 5, 'success'],
      [3, undefined, 0, 'success'],
      [255, 255, undefined, 'success'],
      [255, undefined, 255, 'status'],
    ];
  for (const [code, s, f, expected] of rows) {
    const keys = `${s === undefined ? '' : `success_status = ${s}\n`}${f === undefined ? '' : `failure_status = ${f}\n`}`;
    test(`code ${code}, S ${s ?? '–'}, F ${f ?? '–'}: ${expected === 'success' ? 'pass' : `fail ${expected}`}`, async () => {
      expect(await outcome(`exit ${code}`, keys)).toBe(expected);
    });
  }

  const criteria = 'success_status = 0\nsuccess_stdout = "x"\n';
  test('a signal: fail other, criteria are not looked at', async () => {
    expect(await outcome('echo x; kill -9 $$', criteria)).toBe('other');
    expect(await outcome('kill -TERM $$')).toBe('other');
  });
  test('the time limit: fail other', async () => {
    expect(await outcome('echo x; sleep 30', `timeout_seconds = 1\n${criteria}`)).toBe('other');
  });
  test('a program that is not there: fail other', async () => {
    expect(await outcome('', '', '/no/such/program')).toBe('other');
    expect(await outcome('', '', 'no-such-program-anywhere')).toBe('other');
  });
  test('a file that may not be run: fail other', async () => {
    expect(await outcome('', '', '/etc/passwd')).toBe('other');
    expect(await outcome('', '', '/etc')).toBe('other');
  });
});

describe('step 2: the texts, in this order, the first that fails decides', () => {
  const both = 'printf out; printf err >&2';
  const rows: readonly (readonly [title: string, script: string, keys: string, expected: DecidedBy])[] = [
    ['success_stdout that is there', both, 'success_stdout = "out"', 'success'],
    ['success_stdout that is not there', both, 'success_stdout = "err"', 'stdout'],
    ['success_stderr that is there', both, 'success_stderr = "err"', 'success'],
    ['success_stderr that is not there', both, 'success_stderr = "out"', 'stderr'],
    ['failure_stdout that is there', both, 'failure_stdout = "out"', 'stdout'],
    ['failure_stdout that is not there', both, 'failure_stdout = "err"', 'success'],
    ['failure_stderr that is there', both, 'failure_stderr = "err"', 'stderr'],
    ['failure_stderr that is not there', both, 'failure_stderr = "out"', 'success'],
    [
      'all together',
      both,
      'success_stdout = "out"\nsuccess_stderr = "err"\nfailure_stdout = "x"\nfailure_stderr = "x"',
      'success',
    ],
    ['1 before 2', both, 'success_stdout = "x"\nsuccess_stderr = "x"', 'stdout'],
    ['2 before 3', both, 'success_stderr = "x"\nfailure_stdout = "out"', 'stderr'],
    ['3 before 4', both, 'failure_stdout = "out"\nfailure_stderr = "err"', 'stdout'],
    ['one success rule is not enough', both, 'success_stdout = "out"\nfailure_stderr = "err"', 'stderr'],
    ['the status first', `${both}; exit 1`, 'success_status = 0\nsuccess_stdout = "x"', 'status'],
    [
      'texts are looked at after a status that passes',
      `${both}; exit 1`,
      'success_status = 1\nsuccess_stdout = "x"',
      'stdout',
    ],
    ['an empty text is the same as none', 'true', 'success_stdout = ""\nfailure_stdout = ""', 'success'],
    ['no criteria, any code: success', 'exit 7', '', 'success'],
  ];
  for (const [title, script, keys, expected] of rows)
    test(title, async () => {
      expect(await outcome(script, keys)).toBe(expected);
    });
});

describe('what "matches" means', () => {
  const says = 'echo "Grün is Green"';
  const rows: readonly (readonly [title: string, keys: string, expected: DecidedBy])[] = [
    ['a part, in any case', 'success_stdout = "IS GREEN"', 'success'],
    ['a part, in any case, beyond ASCII', 'success_stdout = "GRÜN"', 'success'],
    ['a part, case-sensitive', 'success_stdout = "is green"\ncase_sensitive = true', 'stdout'],
    ['a part, case-sensitive, that is there', 'success_stdout = "is Green"\ncase_sensitive = true', 'success'],
    ['exactly, without the newline at the end', 'success_stdout = "Grün is Green"\nmatch_exact = true', 'stdout'],
    ['exactly, with it', 'success_stdout = "grün IS green\\n"\nmatch_exact = true', 'success'],
    [
      'exactly, case-sensitive',
      'success_stdout = "grün is green\\n"\nmatch_exact = true\ncase_sensitive = true',
      'stdout',
    ],
    [
      'an expression anywhere, in any case',
      'success_stdout = "g\\\\S+N\\\\b"\nmatch_regular_expression = true',
      'success',
    ],
    [
      'an expression, case-sensitive',
      'success_stdout = "GREEN"\nmatch_regular_expression = true\ncase_sensitive = true',
      'stdout',
    ],
    [
      'an expression that has to match the whole',
      'success_stdout = "is"\nmatch_regular_expression = true\nmatch_exact = true',
      'stdout',
    ],
    [
      'one that does',
      'success_stdout = "gr.n is gr[e]+n\\\\n"\nmatch_regular_expression = true\nmatch_exact = true',
      'success',
    ],
    ['a text with special characters is a text', 'success_stdout = "Gr.n"', 'stdout'],
    ['^ and $ are the ends of the whole text', 'success_stdout = "^is"\nmatch_regular_expression = true', 'stdout'],
    ['(?m) makes them the ends of lines', 'success_stdout = "(?m)green$"\nmatch_regular_expression = true', 'success'],
    ['a dot stops at a newline', 'success_stdout = "green.$"\nmatch_regular_expression = true', 'stdout'],
    ['(?s) lets it go on', 'success_stdout = "(?s)green.$"\nmatch_regular_expression = true', 'success'],
    ['Unicode classes', 'success_stdout = "gr\\\\p{L}n is"\nmatch_regular_expression = true', 'success'],
  ];
  for (const [title, keys, expected] of rows)
    test(title, async () => {
      expect(await outcome(says, keys)).toBe(expected);
    });
});
