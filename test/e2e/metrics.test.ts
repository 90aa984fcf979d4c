import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readEventFile } from '../support/event-file.ts';
import { readExposition } from '../support/exposition.ts';
import { always, commandTask, Place, TICK } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

const TOML =
  TICK +
  commandTask('T', ['true']) +
  '[[task]]\nname = "L"\ntype = "lua"\nscript = "metrics.log({ size = { left = 0.5, right = 2 } }, 7)"\n' +
  always('C', ['T', 'L']);

/** What a URL answers, or the status it refuses with. */
const get = async (url: string): Promise<string> => {
  const response = await fetch(url);
  return response.ok ? response.text() : `status ${response.status}`;
};

describe('--metrics', () => {
  test('One run writes lines of JSON, event files for TensorBoard and a text for Prometheus, and answers GET /metrics.', async () => {
    const args = ['-J', '-L', 'info', '--metrics', 'async,tensorboard,prometheus', '--metrics-port', '0'];
    const one = place.start([...args, '--output-dir', 'out', '--run-name', 'mine'], { toml: TOML });
    const news = await one.record(/^MAIN starting \[START\/MSG\] metrics at /);
    const url = news.slice(news.indexOf('http'));
    await one.until(() => one.told.filter((text) => text.includes('task L ended')).length >= 2, 'two runs');
    const scrapes = [readExposition(await get(url)), readExposition(await get(url))];
    for (const families of scrapes) {
      expect(families.get('whenever_task_runs_total')?.samples.get('{outcome=success,task=T}')).toBeGreaterThan(1);
      expect(families.get('whenever_task_runs_total')?.samples.get('{outcome=failure,task=T}')).toBe(0);
      expect(families.get('whenever_overdue')?.samples.get('{condition=C}')).toBe(0);
      expect(families.get('whenever_history_bytes')?.samples.get('{}')).toBeGreaterThan(100);
    }
    expect(await get(url.replace('/metrics', '/nothing'))).toBe('status 404');
    expect(await get(url.replace('/metrics', '/health'))).toContain('ok');
    one.send('exit');
    expect(await one.ended).toEqual({ code: 0, signal: null });

    const lines = place
      .read('out/mine.jsonl')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines[0]).toMatchObject({
      hparams: true,
      'settings/scheduler_tick_seconds': 1,
      'condition/C/type': 'interval',
    });
    expect(
      lines
        .filter((line) => 'task/T/seconds' in line)
        .map(({ step }) => step)
        .slice(0, 2),
    ).toEqual([1, 2]);
    expect(lines.find((line) => 'size/left' in line)).toMatchObject({
      'size/left': 0.5,
      'size/right': 2,
      step: 7,
      item: 'task/L',
    });

    const folder = place.file('out/mine');
    const [file] = readdirSync(folder);
    const tags = readEventFile(readFileSync(join(folder, file!))).flatMap((event) => JSON.stringify(event));
    expect(tags.join('\n')).toContain('task/T/seconds');
    expect(readExposition(place.read('out/mine.prom')).get('whenever_up')?.samples.get('{}')).toBe(0);
  });

  test('Without it no file is made and nothing listens.', async () => {
    const one = place.start(['-J', '-L', 'info'], { toml: TOML });
    await one.record(/task L ended/);
    one.send('exit');
    await one.ended;
    expect(readdirSync(place.path).sort()).toEqual(['config.toml', 'run', 'state']);
  });

  test.each([
    [
      ['--metrics', 'tensorbord'],
      /unknown metrics back end "tensorbord", did you mean "tensorboard"\? \(there are: async, tensorboard, wandb, mlflow, prometheus\)/,
    ],
    [
      ['--metrics', 'wandb'],
      /cannot measure: .*needs the package @wandb\/sdk, which is not installed; .*npm install @wandb\/sdk/,
    ],
    [['--run-name', 'x'], /option '--run-name <NAME>' needs option '--metrics <LIST>'/],
    [['--metrics', 'async', '--metrics-port', '1'], /--metrics-port <PORT>' needs the back end prometheus/],
    [['--metrics', 'async', '--output-dir', 'config.toml/x'], /cannot measure: /],
  ])('%j is refused with a text that helps, and status 2.', async (args, text) => {
    const { end, stderr } = await place.run(args, { toml: TOML });
    expect(end.code).toBe(2);
    expect(stderr).toMatch(text);
  });

  test('A port that is taken is refused, and the recording that was asked for too is not begun.', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
    );
    const args = ['--metrics', 'prometheus', '--metrics-port', String(port), '--journal', 'rec'];
    const { end, stderr } = await place.run(args, { toml: TOML });
    server.close();
    expect(end.code).toBe(2);
    expect(stderr).toContain(`cannot answer on port ${port} of 127.0.0.1`);
    expect(readdirSync(place.path)).not.toContain('rec');
  });
});
