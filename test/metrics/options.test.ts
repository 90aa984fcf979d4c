import { describe, expect, test } from 'vitest';
import { type EarlyExit, type Options, parseCommandLine } from '../../src/cli.ts';

const read = (...args: readonly string[]): Options | EarlyExit =>
  parseCommandLine([...args, 'my.toml']) as Options | EarlyExit;
/** The first line of what is said about wrong usage. */
const refused = (...args: readonly string[]): string => {
  const finished = read(...args) as EarlyExit;
  expect(finished.status).toBe(2);
  return finished.stderr.split('\n', 1)[0]!;
};

describe('the options about metrics', () => {
  test('without them nothing is measured', () => {
    expect(read()).toMatchObject({ metrics: [], config: 'my.toml' });
    expect(Object.keys(read())).not.toContain('runName');
  });

  test('--metrics takes several back ends', () => {
    expect(read('--metrics', 'async, tensorboard,async')).toMatchObject({ metrics: ['async', 'tensorboard'] });
  });

  test('--run-name and --output-dir say how files are called and where they are', () => {
    const options = read('--metrics', 'async', '--run-name', '{host}-{time}', '--output-dir', 'out');
    expect(options).toMatchObject({ runName: '{host}-{time}', outputDir: 'out' });
  });

  test('--metrics-port goes with prometheus', () => {
    expect(read('--metrics', 'prometheus', '--metrics-port', '9100')).toMatchObject({ metricsPort: 9100 });
    expect(read('--metrics', 'prometheus', '--metrics-port', '0')).toMatchObject({ metricsPort: 0 });
  });

  test.each([
    [
      'an unknown back end',
      ['--metrics', 'promtheus'],
      'error: unknown metrics back end "promtheus", did you mean "prometheus"? (there are: async, tensorboard, wandb, prometheus)',
    ],
    [
      'no back end',
      ['--metrics', ','],
      "error: option '--metrics <LIST>' names no back end (there are: async, tensorboard, wandb, prometheus)",
    ],
    ['a run name alone', ['--run-name', 'x'], "error: option '--run-name <NAME>' needs option '--metrics <LIST>'"],
    ['a directory alone', ['--output-dir', 'x'], "error: option '--output-dir <DIR>' needs option '--metrics <LIST>'"],
    ['a port alone', ['--metrics-port', '1'], "error: option '--metrics-port <PORT>' needs option '--metrics <LIST>'"],
    [
      'a port without prometheus',
      ['--metrics', 'async', '--metrics-port', '1'],
      "error: option '--metrics-port <PORT>' needs the back end prometheus: --metrics async,prometheus",
    ],
    [
      'a port that is none',
      ['--metrics', 'prometheus', '--metrics-port', 'http'],
      "error: option '--metrics-port <PORT>' needs a number from 0 to 65535",
    ],
    [
      'a port that is too large',
      ['--metrics', 'prometheus', '--metrics-port', '65536'],
      "error: option '--metrics-port <PORT>' needs a number from 0 to 65535",
    ],
    [
      'an empty run name',
      ['--metrics', 'async', '--run-name', ''],
      "error: option '--run-name <NAME>' must not be empty",
    ],
  ])('%s is wrong usage', (_, args, words) => {
    expect(refused(...args)).toBe(words);
  });
});
