import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/config/problem.ts';
import { load } from '../support/daemon.ts';

const settings = async (toml: string) => (await load(toml)).settings.history;
const refusal = async (toml: string): Promise<string> => {
  const error = await load(toml).catch((problem: unknown) => problem);
  expect(error).toBeInstanceOf(ConfigError);
  return (error as ConfigError).lines.join('\n');
};

describe('[history]', () => {
  test('is enabled, with 90 days and 200 megabytes, unless the file says otherwise', async () => {
    expect(await settings('')).toEqual({ enabled: true, days: 90, megabytes: 200 });
    expect(await settings('[history]\nenabled = false\ndays = 7')).toEqual({ enabled: false, days: 7, megabytes: 200 });
  });

  test.each([
    ['days = 0', '2:8', 'days: expected an integer from 1 to 36500, found the integer 0'],
    ['days = "90"', '2:8', 'days: expected an integer from 1 to 36500, found the string "90"'],
    ['megabytes = 0.5', '2:13', 'megabytes: expected an integer from 1 to 1000000, found the float 0.5'],
    ['enabled = 1', '2:11', 'enabled: expected true or false, found the integer 1'],
    ['day = 9', '2:1', 'unknown key "day", did you mean "days"?'],
  ])('%s is refused with its place and what was expected', async (key, place, text) => {
    expect(await refusal(`[history]\n${key}\n`)).toContain(`${place}: ${text}`);
  });

  test('has to be a table', async () => {
    expect(await refusal('history = true\n')).toContain('1:1: history: expected a table, found true');
  });
});
