import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDaemon, type Plugin, type PluginEvent } from '../../src/library.ts';
import { always, shellTask } from '../support/program.ts';
import { awaited, clear, quick, reached } from './support.ts';

const ONCE = `${shellTask('Hello', 'echo hello')}${always('Once', ['Hello'], '')}`;

let place: string;
beforeEach(() => {
  place = realpathSync(mkdtempSync(join(tmpdir(), 'whenever-library-')));
});
afterEach(async () => {
  await clear();
  rmSync(place, { recursive: true });
});

test('Objects and files take part in a daemon, relative to its directory, and are torn down before it has ended.', async () => {
  const heard: PluginEvent[] = [];
  const calls: string[] = [];
  const plugin: Plugin = {
    name: 'mine',
    setup: (daemon) => void calls.push(`setup ${daemon.file} ${daemon.status().state}`),
    event: (event) => void heard.push(event),
    teardown: () => void calls.push('teardown'),
  };
  writeFileSync(join(place, 'theirs.mjs'), 'await 0;\nexport const event = () => {};\n');
  const daemon = await quick(`plugins = ["theirs.mjs"]\n${ONCE}`, {
    baseDirectory: place,
    plugins: [plugin, './theirs.mjs'],
  });
  const finished = awaited(daemon, reached('condition/Once', 'finished'));
  const ending = daemon.run();
  await finished;
  await expect.poll(() => daemon.status().plugins?.map(({ state }) => state)).toEqual(['running', 'running']);
  expect(daemon.status().plugins).toMatchObject([{ name: 'mine' }, { file: join(place, 'theirs.mjs') }]);
  await daemon.stop();
  expect(await ending).toBe('exit');
  expect(calls).toEqual(['setup configuration running', 'teardown']);
  expect(heard.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['transition', 'event', 'run-started', 'task-started', 'task-finished', 'run-finished']),
  );
});

test('A daemon that is stopped before its plugins are there ends.', async () => {
  const daemon = await quick(ONCE, { plugins: [{ event: () => {} }] });
  const ending = daemon.run();
  expect(await daemon.stop()).toBe('exit');
  expect(await ending).toBe('exit');
});

test('What is not a plugin is refused.', async () => {
  const text = 'createDaemon: plugins: expected a list of paths, and of objects with setup, event or teardown';
  for (const plugins of [[{}], [{ event: 1 }], [''], 'mine.mjs', [{ event: () => {}, name: 1 }]])
    await expect(createDaemon('', { plugins: plugins as never })).rejects.toThrow(text);
});
