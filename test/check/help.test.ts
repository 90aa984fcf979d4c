import { describe, expect, test } from 'vitest';
import { findingsOf } from '../../src/check/check-text.ts';
import { fakeMachine } from '../support/daemon.ts';

/** What is to be written instead of a line of a task or of a condition; undefined: nothing is likely. */
const helpFor = async (line: string, section = 'task'): Promise<string | undefined> => {
  const { findings } = await findingsOf('my.toml', `[[${section}]]\n${line}\n`, fakeMachine);
  const key = /^\w+/.exec(line)?.[0] ?? line;
  return findings.find(({ message, id }) => id === 'syntax' || message.startsWith(`${key}:`))?.help;
};

const TASK = 'type = "command"\n';

describe('what is to be written instead of a value that is not accepted', () => {
  test.each([
    ['retries = "3"', 'retries = 3'],
    ['retries = 3.0', 'retries = 3'],
    ['retries = "three"', undefined],
    ['retries = -1', undefined],
    ['name = "Back up"', 'name = "Back_up"'],
    [`command_arguments = "-l"\n${TASK}`, 'command_arguments = ["-l"]'],
    [`match_exact = "yes"\n${TASK}`, 'match_exact = true'],
    [`match_exact = 0\n${TASK}`, 'match_exact = false'],
    [`match_exact = 2\n${TASK}`, undefined],
    [`keep_output = "Always"\n${TASK}`, 'keep_output = "always"'],
    [`command = 7\n${TASK}`, 'command = "7"'],
  ])('%j: %j', async (line, help) => {
    expect(await helpFor(line)).toBe(help);
  });

  test.each([
    ['from = "2026-12-31"', 'from = 2026-12-31'],
    ['until = "2026-12-31T18:00:00"', 'until = 2026-12-31T18:00:00'],
    ['until = "18:00:00"', undefined],
    ['until = "2026-02-30"', undefined],
    ['except = "2026-12-25"', 'except = [2026-12-25]'],
    ['except = 2026-12-25', 'except = [2026-12-25]'],
    ['holidays = 2026-12-25', 'holidays = [2026-12-25]'],
    ['holidays = "https://example.org/h.ics"', undefined],
  ])('of a condition, %j: %j', async (line, help) => {
    expect(await helpFor(`${line}\ntype = "event"`, 'condition')).toBe(help);
  });

  test.each([
    ['name = Backup', 'name = "Backup"'],
    ['command = C:\\bin\\x', "command = 'C:\\bin\\x'"],
    ['command = "C:\\Users"', "command = 'C:\\Users'"],
    ['recurring = True', 'recurring = true'],
    ['recurring = yes', 'recurring = true'],
    ['recurring = off  # not yet', 'recurring = false'],
    ['interval_seconds: 5', 'interval_seconds = 5'],
    ['name: Nightly', 'name = "Nightly"'],
    ['recurring: yes', 'recurring = true'],
    ['[[condition]', '[[condition]]'],
    ['name = "open', undefined],
  ])('of text that is not TOML, %j: %j', async (line, help) => {
    expect(await helpFor(line)).toBe(help);
  });
});
