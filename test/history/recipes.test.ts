import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Daemon, daemon } from '../support/daemon.ts';
import { FakeHistory } from '../support/fake-history.ts';
import type { Acts } from '../support/fake-processes.ts';

const FAILS = { end: { how: 'exit', code: 1 } } as const;
const WORKS = { end: { how: 'exit', code: 0 } } as const;

/** Instances of one recipe, each killed by the next, and the programs that ran, by the words in their command lines. */
class Recipe {
  readonly #text: string;
  readonly #history = new FakeHistory();

  constructor(name: string) {
    this.#text = readFileSync(join(import.meta.dirname, `../../config-examples/recipe-${name}.toml`), 'utf8');
  }

  start(at: string, processes: Readonly<Record<string, Acts>> = {}): Promise<Daemon> {
    return daemon(this.#text, { start: at, level: 'warn', history: this.#history, processes });
  }
}

/** How often a program ran whose command line has the word. */
const count = ({ processes }: Daemon, word: string): number =>
  processes.runs.filter(({ request }) => [request.command, ...request.args].join(' ').includes(word)).length;

test('nightly backup: off at night, and the drive is not there before noon, after another restart', async () => {
  const recipe = new Recipe('nightly-backup');
  await recipe.start('2026-11-25T22:00:00Z', { mountpoint: [FAILS] });
  const morning = await recipe.start('2026-11-26T08:00:00Z', { mountpoint: [FAILS] });
  await morning.advance(3600);
  expect(count(morning, 'mountpoint')).toBeGreaterThan(10);
  expect(count(morning, 'tar')).toBe(0);
  const noon = await recipe.start('2026-11-26T12:00:00Z', { mountpoint: [WORKS] });
  await noon.advance(3600);
  expect(count(noon, 'tar')).toBe(1);
  const afternoon = await recipe.start('2026-11-26T15:00:00Z', { mountpoint: [WORKS] });
  await afternoon.advance(3600);
  expect(count(afternoon, 'tar')).toBe(0);
});

test('sync until success: goes on trying after a restart, and rests when it has succeeded', async () => {
  const recipe = new Recipe('sync-until-success');
  await recipe.start('2026-11-25T19:00:00Z');
  const evening = await recipe.start('2026-11-25T21:00:00Z', { sh: [FAILS] });
  await evening.advance(1300);
  expect(count(evening, 'rsync')).toBe(2);
  const night = await recipe.start('2026-11-25T22:00:00Z', { sh: [WORKS] });
  await night.advance(3600);
  expect(count(night, 'rsync')).toBe(1);
  const morning = await recipe.start('2026-11-26T08:00:00Z', { sh: [WORKS] });
  await morning.advance(3600);
  expect(count(morning, 'rsync')).toBe(0);
});

test('office hours: a restart within them goes on reminding, one outside does not', async () => {
  const recipe = new Recipe('office-hours');
  await recipe.start('2026-11-24T22:00:00Z');
  const late = await recipe.start('2026-11-25T09:40:00Z');
  await late.advance(3600);
  expect(count(late, 'notify-send')).toBe(2);
  const again = await recipe.start('2026-11-25T11:00:00Z');
  await again.advance(3600);
  expect(count(again, 'notify-send')).toBe(2);
  const evening = await recipe.start('2026-11-25T19:00:00Z');
  await evening.advance(2 * 3600);
  expect(count(evening, 'notify-send')).toBe(0);
  const morning = await recipe.start('2026-11-26T08:00:00Z');
  await morning.advance(3600);
  expect(count(morning, 'notify-send')).toBe(0);
});

test('disk space: warns once, not again after a restart, and again after there was more space', async () => {
  const recipe = new Recipe('disk-space');
  const full = (_: number, { args }: { args: readonly string[] }) => (args.join().includes('df') ? WORKS : {});
  const space = (_: number, { args }: { args: readonly string[] }) => (args.join().includes('df') ? FAILS : {});
  const first = await recipe.start('2026-11-25T08:00:00Z', { sh: full });
  await first.advance(3600);
  expect(count(first, 'notify-send')).toBe(1);
  const second = await recipe.start('2026-11-25T10:00:00Z', { sh: full });
  await second.advance(3600);
  expect(count(second, 'notify-send')).toBe(0);
  const third = await recipe.start('2026-11-25T12:00:00Z', { sh: space });
  await third.advance(3600);
  const fourth = await recipe.start('2026-11-25T14:00:00Z', { sh: full });
  await fourth.advance(3600);
  expect(count(fourth, 'notify-send')).toBe(1);
});

test('website check: a site that went down while the machine was off is reported, one that is still up is not', async () => {
  const recipe = new Recipe('website-check');
  const first = await recipe.start('2026-11-25T08:00:00Z', { curl: [WORKS] });
  await first.advance(600);
  expect([count(first, 'The site answers'), count(first, 'does not answer')]).toEqual([1, 0]);
  const second = await recipe.start('2026-11-25T10:00:00Z', { curl: [WORKS] });
  await second.advance(600);
  expect(count(second, 'notify-send')).toBe(0);
  const third = await recipe.start('2026-11-25T12:00:00Z', { curl: [FAILS] });
  await third.advance(600);
  expect([count(third, 'The site answers'), count(third, 'does not answer')]).toEqual([0, 1]);
});
