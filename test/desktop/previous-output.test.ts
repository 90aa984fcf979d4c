import { describe, expect, test } from 'vitest';
import { type DaemonOptions, daemon } from '../support/daemon.ts';
import type { Act, Acts } from '../support/fake-processes.ts';

const command = (name: string, more = '') =>
  `[[task]]\nname = "${name}"\ntype = "command"\ncommand = "${name}"\ncommand_arguments = []\nstartup_path = "/"\n${more}\n`;
const lua = (name: string) => `[[task]]\nname = "${name}"\ntype = "lua"\nscript = ""\n`;
const list = (tasks: readonly string[], more: string) =>
  `[[condition]]\nname = "C"\ntype = "interval"\ninterval_seconds = 4\ntasks = ${JSON.stringify(tasks)}\n${more}\n`;
const sequence = (tasks: readonly string[]) => list(tasks, 'execute_sequence = true');

/** The runs of commands, with what each was given of the task before. */
const ran = async (
  toml: string,
  { lua, a = [] }: { readonly lua?: DaemonOptions['lua']; readonly a?: readonly Act[] } = {},
  failure?: string,
) => {
  const seen: (readonly [string, Record<string, string>, string | undefined])[] = [];
  const act =
    (name: string): Acts =>
    (run, { variables }) => {
      const given = Object.entries(variables).filter(([key]) => key.startsWith('WHENEVER_PREVIOUS'));
      const file = variables.WHENEVER_PREVIOUS_OUTPUT;
      seen.push([
        name,
        Object.fromEntries(given.map(([key, value]) => [key.replace('WHENEVER_PREVIOUS_', ''), value])),
        file === undefined ? undefined : d.runFiles.there.get(file),
      ]);
      return (name === 'a' ? a[run] : undefined) ?? { stdout: `by ${name}\n` };
    };
  const processes = { a: act('a'), b: act('b'), c: act('c') };
  const d = await daemon(toml, { processes, ...(lua ? { lua } : {}) });
  d.runFiles.failure = failure;
  await d.advance(6);
  return { d, seen };
};

describe('the next task of a sequence', () => {
  test('is given the task before, its outcome and its output, which is removed afterwards', async () => {
    const { d, seen } = await ran(
      command('a') + command('b', 'success_status = 1') + command('c') + sequence(['a', 'b', 'c']),
    );
    expect(seen).toEqual([
      ['a', {}, undefined],
      ['b', { TASK: 'a', OUTCOME: 'success', OUTPUT: '/run/1-output' }, 'by a\n'],
      ['c', { TASK: 'b', OUTCOME: 'failure', OUTPUT: '/run/2-output' }, 'by b\n'],
    ]);
    expect(d.runFiles.written).toHaveLength(2);
    expect([...d.runFiles.there]).toEqual([]);
  });

  test('is the reason for the file: alone, at the end, at the same time or after a break there is none', async () => {
    for (const [tasks, more] of [
      [['a'], ''],
      [['b', 'a'], 'break_on_failure = true'],
      [['a', 'b'], 'execute_sequence = false'],
    ] as const) {
      const { d, seen } = await ran(command('a') + command('b', 'success_status = 1') + list(tasks, more));
      expect(d.runFiles.written).toEqual([]);
      expect(seen.every(([, given]) => Object.keys(given).length === 0)).toBe(true);
    }
  });

  test('gets what the last attempt has put out', async () => {
    const acts = [
      { stdout: 'first', end: { how: 'exit', code: 1 } },
      { stdout: 'second', end: { how: 'exit', code: 0 } },
    ] as const;
    const { seen } = await ran(
      command('a', 'success_status = 0\nretries = 1\nretry_delay_seconds = 0') + command('b') + sequence(['a', 'b']),
      { a: acts },
    );
    expect(seen.at(-1)).toEqual(['b', { TASK: 'a', OUTCOME: 'success', OUTPUT: '/run/1-output' }, 'second']);
  });

  test('gets the lines of a script at info, and a script gets a table', async () => {
    const { d, seen } = await ran(lua('s') + command('b') + lua('t') + sequence(['s', 'b', 't']), {
      lua: { s: [{ lines: ['one', 'two'] }] },
    });
    expect(seen).toEqual([['b', { TASK: 's', OUTCOME: 'none', OUTPUT: '/run/1-output' }, 'one\ntwo\n']]);
    expect(d.lua.requests.at(-1)?.tables).toEqual({
      previous: { task: 'b', outcome: 'success', output: '/run/2-output' },
    });
  });

  test('is not given a file when none can be written: a WARN, and the run goes on', async () => {
    const { d, seen } = await ran(
      command('a') + command('b') + sequence(['a', 'b']),
      {},
      'ENOSPC: no space left on device',
    );
    expect(seen.at(-1)).toEqual(['b', { TASK: 'a', OUTCOME: 'success' }, undefined]);
    expect(d.lines.join('\n')).toContain(
      'WARN  TASK active a/1 [END/FAIL] (trigger: C) no file with its output for the next task: ENOSPC: no space left on device; going on without it',
    );
  });
});
