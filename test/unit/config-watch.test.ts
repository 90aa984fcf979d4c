import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { ConfigWatch } from '../../src/config-watch.ts';
import { registry } from '../../src/items/registry.ts';
import { Daemon, fakeMachine } from '../support/daemon.ts';
import { fakeFiles } from '../support/fake-files.ts';
import { FakeWatcher } from '../support/fake-watcher.ts';

const condition = (name: string): string =>
  `[[condition]]\nname = "${name}"\ntype = "interval"\ninterval_seconds = 60\n`;

/** A daemon whose files are in memory, and that watches them. */
const watched = async (first: Readonly<Record<string, string>>) => {
  const disk: Record<string, string | undefined> = { ...first };
  const versions = new Map<string, number>();
  const watcher = new FakeWatcher(['/etc/w', '/etc/w/conf.d', ...Object.keys(first)]);
  const read = async (path: string) => {
    const text = disk[path];
    if (text === undefined) throw new Error(`${path}: no such file`);
    return loadConfig(path, text, registry, { ...fakeMachine, files: fakeFiles(disk) });
  };
  const daemon: Daemon = new Daemon(await read('/etc/w/my.toml'), {
    level: 'info',
    read,
    observers: ({ clock, records }) => [
      new ConfigWatch({
        ...{ watcher, clock, log: records.log.for('MAIN', 'reconfigure') },
        reload: () => daemon.scheduler.reload(daemon.scheduler.file),
        files: {
          stamp: (path) => (disk[path] === undefined ? undefined : `${versions.get(path) ?? 0}`),
          list: (directory) =>
            Object.keys(disk).flatMap((path) =>
              disk[path] !== undefined && path.startsWith(`${directory}/`) ? [path.slice(directory.length + 1)] : [],
            ),
        },
      }).handlers,
    ],
  });
  await daemon.clock.advance(1000);
  const touch = (path: string): void => {
    versions.set(path, (versions.get(path) ?? 0) + 1);
    watcher.write(path);
  };
  return {
    daemon,
    watcher,
    touch,
    /** Writes a file, and waits so many ms. */
    save: async (path: string, text: string, ms = 1000) => {
      disk[path] = text;
      touch(path);
      await daemon.clock.advance(ms);
    },
    remove: async (path: string) => {
      delete disk[path];
      watcher.remove(path);
      await daemon.clock.advance(1000);
    },
    conditions: () => [...daemon.scheduler.items.conditions.keys()],
    reloads: () => daemon.records.all.filter(({ message }) => /has changed, loading it again/.test(message)).length,
  };
};

describe('a configuration that is saved', () => {
  test('is loaded once it is left alone, once for several events', async () => {
    const { save, touch, conditions, reloads, daemon } = await watched({ '/etc/w/my.toml': condition('A') });
    await save('/etc/w/my.toml', condition('A') + condition('B'), 150);
    touch('/etc/w/my.toml');
    await daemon.clock.advance(150);
    expect(conditions()).toEqual(['A']);
    await daemon.clock.advance(100);
    expect(conditions()).toEqual(['A', 'B']);
    expect(reloads()).toBe(1);
  });

  test('is left alone where nothing has changed', async () => {
    const { watcher, reloads, daemon } = await watched({ '/etc/w/my.toml': condition('A') });
    watcher.write('/etc/w/my.toml');
    await daemon.clock.advance(1000);
    expect(reloads()).toBe(0);
  });

  test('with a mistake is refused: what runs stays, status says why and since when, and a right one clears it', async () => {
    const { save, conditions, daemon } = await watched({ '/etc/w/my.toml': condition('A') });
    const began = daemon.clock.wall();
    await save('/etc/w/my.toml', condition('B').replace('60', '"60"'));
    expect(conditions()).toEqual(['A']);
    expect(daemon.refusal.now).toEqual({
      file: '/etc/w/my.toml',
      since: began + 200,
      problems: [expect.stringMatching(/^\/etc\/w\/my\.toml:4:20: condition "B": interval_seconds/)],
    });
    expect(
      daemon.records.all.filter(({ message }) => /configuration refused, nothing changed/.test(message)),
    ).toHaveLength(1);
    await save('/etc/w/my.toml', condition('B').replace('60', 'x'));
    expect(daemon.refusal.now?.since).toBe(began + 200);
    await save('/etc/w/my.toml', condition('B'));
    expect(conditions()).toEqual(['B']);
    expect(daemon.refusal.now).toBeUndefined();
  });

  test('an included file, a new one and one that is removed count', async () => {
    const { save, remove, conditions, reloads } = await watched({
      '/etc/w/my.toml': `include = ["conf.d/*.toml"]\n${condition('A')}`,
      '/etc/w/conf.d/b.toml': condition('B'),
    });
    await save('/etc/w/conf.d/b.toml', condition('C'));
    expect(conditions()).toEqual(['A', 'C']);
    await save('/etc/w/conf.d/d.toml', condition('D'));
    expect(conditions()).toEqual(['A', 'C', 'D']);
    await remove('/etc/w/conf.d/b.toml');
    expect(conditions()).toEqual(['A', 'D']);
    await save('/etc/w/conf.d/notes.txt', 'not read');
    await save('/etc/w/conf.d/.d.toml.swp', 'not read');
    expect(reloads()).toBe(3);
  });

  test('a mistake in a file that was not included before is seen to be mended', async () => {
    const { save, conditions } = await watched({ '/etc/w/my.toml': condition('A') });
    await save('/etc/w/b.toml', 'x = 1');
    await save('/etc/w/my.toml', `include = ["b.toml"]\n${condition('A')}`);
    expect(conditions()).toEqual(['A']);
    await save('/etc/w/b.toml', condition('B'));
    expect(conditions()).toEqual(['A', 'B']);
  });

  test('nothing is watched any more when the daemon has ended', async () => {
    const { daemon, watcher, touch, reloads } = await watched({ '/etc/w/my.toml': condition('A') });
    expect(watcher.watches.size).toBe(1);
    touch('/etc/w/my.toml');
    await daemon.submit('exit');
    await daemon.clock.advance(10_000);
    expect(watcher.watches.size).toBe(0);
    expect(reloads()).toBe(0);
  });
});
