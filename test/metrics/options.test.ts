import { describe, expect, test } from 'vitest';
import { type EarlyExit, type Options, parseCommandLine } from '../../src/command-line.ts';

const read = async (...args: readonly string[]): Promise<Options | EarlyExit> =>
  (await parseCommandLine([...args, 'my.toml'])) as Options | EarlyExit;
/** The first line of what is said about wrong usage. */
const refused = async (...args: readonly string[]): Promise<string> => {
  const finished = (await read(...args)) as EarlyExit;
  expect(finished.status).toBe(2);
  return finished.stderr.split('\n', 1)[0]!;
};

describe('the options about metrics', async () => {
  test('without them nothing is measured', async () => {
    expect(await read()).toMatchObject({ metrics: [], config: 'my.toml' });
    expect(Object.keys(await read())).not.toContain('runName');
  });

  test('--metrics takes several back ends', async () => {
    expect(await read('--metrics', 'async, tensorboard,async')).toMatchObject({ metrics: ['async', 'tensorboard'] });
  });

  test('--run-name and --output-dir say how files are called and where they are', async () => {
    const options = await read('--metrics', 'async', '--run-name', '{host}-{time}', '--output-dir', 'out');
    expect(options).toMatchObject({ runName: '{host}-{time}', outputDir: 'out' });
  });

  test('--metrics-port goes with prometheus', async () => {
    expect(await read('--metrics', 'prometheus', '--metrics-port', '9100')).toMatchObject({ metricsPort: 9100 });
    expect(await read('--metrics', 'prometheus', '--metrics-port', '0')).toMatchObject({ metricsPort: 0 });
  });

  test.each([
    [
      'an unknown back end',
      ['--metrics', 'promtheus'],
      'whenever: unknown metrics back end "promtheus", did you mean "prometheus"? (there are: async, tensorboard, wandb, mlflow, prometheus)',
    ],
    [
      'no back end',
      ['--metrics', ','],
      "whenever: option '--metrics <LIST>' names no back end (there are: async, tensorboard, wandb, mlflow, prometheus)",
    ],
    ['a run name alone', ['--run-name', 'x'], "whenever: option '--run-name <NAME>' needs option '--metrics <LIST>'"],
    [
      'a directory alone',
      ['--output-dir', 'x'],
      "whenever: option '--output-dir <DIR>' needs option '--metrics <LIST>'",
    ],
    [
      'a port alone',
      ['--metrics-port', '1'],
      "whenever: option '--metrics-port <PORT>' needs option '--metrics <LIST>'",
    ],
    [
      'a port without prometheus',
      ['--metrics', 'async', '--metrics-port', '1'],
      "whenever: option '--metrics-port <PORT>' needs the back end prometheus: --metrics async,prometheus",
    ],
    [
      'a port that is none',
      ['--metrics', 'prometheus', '--metrics-port', 'http'],
      'whenever: --metrics-port: expected a whole number, from 0 to 65535, found "http"',
    ],
    [
      'a port that is too large',
      ['--metrics', 'prometheus', '--metrics-port', '65536'],
      'whenever: --metrics-port: expected a whole number, from 0 to 65535, found "65536"',
    ],
    [
      'an empty run name',
      ['--metrics', 'async', '--run-name', ''],
      "whenever: option '--run-name <NAME>' must not be empty",
    ],
  ])('%s is wrong usage', async (_, args, words) => {
    expect(await refused(...args)).toBe(words);
  });
});
