import { EventEmitter } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileSink } from '../../src/adapters/files/file-sink.ts';
import { ownFiles } from '../../src/adapters/files/own-files.ts';
import type { WatchDirectory } from '../../src/adapters/watch/directory-watches.ts';
import { createWatcher } from '../../src/adapters/watch/watcher.ts';
import { eventually } from './support/eventually.ts';
import { BUCKET, HEAD, Scheduled } from './support/scheduled.ts';

const EVENT = (paths: readonly string[], keys = '') =>
  `[[event]]\nname = "E"\ntype = "fschange"\ncondition = "B"\nwatch = ${JSON.stringify(paths)}\n${keys}\n`;

describe('file-change events', () => {
  let root: string;
  let daemon: Scheduled;
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'whenever-files-')));
  });
  afterEach(async () => {
    await daemon.stop();
    rmSync(root, { recursive: true, force: true });
  });
  const start = async (paths: readonly string[], keys = '', watcher = createWatcher(), bucket = BUCKET()) => {
    daemon = await Scheduled.start(`${HEAD}${bucket}${EVENT(paths, keys)}`, { watcher });
    await daemon.said(/EVENT_REGISTRY listener \[START\/OK\] all events are set up/);
  };
  /** Waits until the task has run after what `act` does. */
  const leadsToRun = async (act: () => void): Promise<void> => {
    const before = daemon.runs;
    act();
    await daemon.ran(before);
    // What the act has led to besides is over before the next one.
    await daemon.quiet(300);
  };
  const file = () => join(root, 'file');

  it('fires at every save of an editor that writes a new file and renames it over the old one', async () => {
    writeFileSync(file(), 'first');
    await start([file()]);
    for (let save = 1; save <= 4; save++)
      await leadsToRun(() => {
        writeFileSync(`${file()}.tmp`, `save ${save}`);
        renameSync(`${file()}.tmp`, file());
      });
    // Some move the old one away first.
    for (let save = 1; save <= 2; save++)
      await leadsToRun(() => {
        renameSync(file(), `${file()}~`);
        writeFileSync(file(), `save ${save}`);
      });
    await leadsToRun(() => appendFileSync(file(), 'in place'));
    expect(daemon.lines.join('\n')).toContain(`file change: MODIFY ${file()}`);
  });

  it('runs the task after the last of two saves a millisecond apart', async () => {
    const watcher = createWatcher();
    writeFileSync(file(), '0');
    await start([file()], '', watcher, BUCKET('immediate = true\ndebounce_ms = 0'));
    for (let round = 1; round <= 20; round++) {
      writeFileSync(file(), `${round}a`);
      await sleep(1);
      writeFileSync(file(), `${round}b`);
      const saved = Date.now();
      await eventually(
        () => daemon.records.all.some(({ mark, time }) => mark === 'HIST/START' && time >= saved),
        `a run that begins after the second save of round ${round}`,
      );
    }
  });

  it('leaves the condition pending when a change comes while the tasks of the one before run', async () => {
    await start([root], '', createWatcher(), BUCKET('immediate = true\ndebounce_ms = 20'));
    await leadsToRun(() => writeFileSync(file(), '1'));
    await leadsToRun(() => writeFileSync(file(), '2'));
  });

  it('notices a mode that changes', async () => {
    writeFileSync(file(), '');
    await start([root]);
    await leadsToRun(() => chmodSync(file(), 0o600));
  });

  it('does not fire when a file is only read', async () => {
    writeFileSync(file(), 'text');
    await start([root, file()]);
    for (let i = 0; i < 20; i++) readFileSync(file());
    await leadsToRun(() => writeFileSync(join(root, 'other'), ''));
    expect(daemon.lines.filter((line) => line.includes(`file change: `) && line.includes(file()))).toEqual([]);
  });

  it('leaves out what the scheduler does to its own files, by any name', async () => {
    const target = join(root, 'own.log');
    const sink = new FileSink(target, { onTrouble: () => {}, onLost: () => '' });
    linkSync(target, join(root, 'other name'));
    ownFiles.claim(join(root, 'state'));
    await start([root]);
    for (let i = 0; i < 5; i++) {
      sink.write('line\n');
      writeFileSync(join(root, 'state'), String(i));
      await sink.flush(1000);
    }
    renameSync(target, `${target}.1`);
    sink.reopen();
    sink.write('line\n');
    await sink.close(1000);
    await leadsToRun(() => writeFileSync(join(root, 'of somebody else'), ''));
    const changes = daemon.lines.filter((line) => line.includes('file change: '));
    expect(changes.filter((line) => !line.includes('of somebody else'))).toEqual([]);
    expect(daemon.lines.filter((line) => line.includes('own.log are left out'))).toHaveLength(1);
    expect(daemon.runs).toBe(1);
  });

  it('notices what lies behind a link, and when the link leads elsewhere', async () => {
    mkdirSync(join(root, 'v1'));
    mkdirSync(join(root, 'v2'));
    writeFileSync(join(root, 'v1', 'config'), '1');
    writeFileSync(join(root, 'v2', 'config'), '2');
    symlinkSync('v1', join(root, 'current'));
    mkdirSync(join(root, 'links'));
    symlinkSync('../current/config', join(root, 'links', 'config'));
    await start([join(root, 'links', 'config')]);
    await leadsToRun(() => appendFileSync(join(root, 'v1', 'config'), 'more'));
    await leadsToRun(() => {
      symlinkSync('v2', join(root, 'next'));
      renameSync(join(root, 'next'), join(root, 'current'));
    });
    await leadsToRun(() => appendFileSync(join(root, 'v2', 'config'), 'more'));
  });

  it('notices a directory above the path that is moved away and back', async () => {
    mkdirSync(join(root, 'a/b'), { recursive: true });
    writeFileSync(join(root, 'a/b/file'), '');
    await start([join(root, 'a/b/file')]);
    await leadsToRun(() => renameSync(join(root, 'a'), join(root, 'away')));
    await leadsToRun(() => renameSync(join(root, 'away'), join(root, 'a')));
    await leadsToRun(() => appendFileSync(join(root, 'a/b/file'), 'x'));
  });

  it('goes on when a watched tree is removed and made again, at any depth', async () => {
    mkdirSync(join(root, 'tree/sub'), { recursive: true });
    await start([join(root, 'tree')], 'recursive = true');
    for (let round = 0; round < 3; round++) {
      await leadsToRun(() => rmSync(join(root, 'tree'), { recursive: true }));
      await leadsToRun(() => mkdirSync(join(root, 'tree/sub/deep'), { recursive: true }));
      await leadsToRun(() => writeFileSync(join(root, 'tree/sub/deep/file'), ''));
      await leadsToRun(() => rmSync(join(root, 'tree/sub'), { recursive: true }));
      await leadsToRun(() => mkdirSync(join(root, 'tree/sub')));
      await leadsToRun(() => writeFileSync(join(root, 'tree/sub/again'), ''));
    }
  });

  it('runs the task after the last file of a burst into new directories', async () => {
    mkdirSync(join(root, 'tree'));
    await start([join(root, 'tree')], 'recursive = true');
    let last = 0;
    for (let i = 0; i < 40; i++) {
      const directory = join(root, 'tree', `d${i % 10}`, `e${i}`);
      mkdirSync(directory, { recursive: true });
      for (let f = 0; f < 5; f++) {
        // As rsync does: a temporary name first.
        writeFileSync(join(directory, `.f${f}.tmp`), 'x');
        renameSync(join(directory, `.f${f}.tmp`), join(directory, `f${f}`));
        last = Date.now();
      }
      if (i % 7 === 0) await sleep(3);
    }
    await eventually(
      () => daemon.records.all.some(({ mark, time }) => mark === 'HIST/START' && time >= last),
      'a run that begins after the last file',
    );
  });

  it('copes with 5,000 files, and takes what comes in one go as one event', async () => {
    mkdirSync(join(root, 'many'));
    await start(
      [join(root, 'many')],
      'recursive = true',
      createWatcher(),
      BUCKET('immediate = true\ndebounce_ms = 500'),
    );
    const began = performance.now();
    for (let i = 0; i < 5000; i++) writeFileSync(join(root, 'many', `file${i}`), 'x');
    const written = Date.now();
    await eventually(
      () => daemon.records.all.some(({ mark, time }) => mark === 'HIST/START' && time >= written),
      'a run that begins after the last file',
    );
    await daemon.quiet(700);
    expect(daemon.runs).toBeLessThanOrEqual(2 + (performance.now() - began) / 500);
    const before = daemon.runs;
    writeFileSync(join(root, 'many', 'file2500'), 'changed');
    await daemon.ran(before);
  });

  it('says which limit is reached and how to raise it, and looks by itself instead', async () => {
    const limited: WatchDirectory = () => {
      throw Object.assign(new Error('System limit for number of file watchers reached'), { code: 'ENOSPC' });
    };
    await start([root, file()], '', createWatcher({ watchDirectory: limited, pollSeconds: 0.1 }));
    const warnings = daemon.lines.filter((line) => line.startsWith('WARN ') && line.includes('limit'));
    // One for both paths.
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(
      /EVENT active E\/3 \[START\/FAIL\] .*the limit fs\.inotify\.max_user_watches = \d+ .*sysctl fs\.inotify\.max_user_watches=\d+.*looking every 0\.1 s instead/,
    );
    await leadsToRun(() => writeFileSync(file(), '1'));
    await leadsToRun(() => writeFileSync(file(), '22'));
  });

  it('looks by itself from the moment the limit is reached, and counts what may have been missed as a change', async () => {
    let broken = false;
    const limited: WatchDirectory = (path, listener) => {
      if (broken) throw Object.assign(new Error('too many'), { code: 'EMFILE' });
      return createFake(path, listener);
    };
    const listeners: ((told: 'rename' | 'change', name: string | null) => void)[] = [];
    const createFake: WatchDirectory = (_, listener) => {
      listeners.push(listener);
      return Object.assign(new EventEmitter(), { close: () => {} }) as never;
    };
    await start([file()], '', createWatcher({ watchDirectory: limited, pollSeconds: 0.1 }));
    broken = true;
    const before = daemon.runs;
    for (const listener of [...listeners]) listener('rename', 'file');
    await daemon.said(/max_user_instances/);
    await daemon.ran(before);
    await leadsToRun(() => writeFileSync(file(), '1'));
  });

  it('warns of a path that is not there, waits for it, and says so of nothing to watch', async () => {
    await start([join(root, 'not/yet')]);
    expect(daemon.lines.filter((line) => line.startsWith('WARN'))).toEqual([
      expect.stringContaining(`EVENT active E/3 [END/FAIL] ${join(root, 'not/yet')} does not exist: waiting for it`),
    ]);
    await leadsToRun(() => {
      mkdirSync(join(root, 'not'));
      writeFileSync(join(root, 'not/yet'), '');
    });
    await daemon.stop();
    writeFileSync(file(), '');
    await start([join(file(), 'x')]);
    expect(daemon.lines.filter((line) => line.startsWith('WARN'))).toEqual([
      expect.stringContaining(`${file()}/x cannot be reached (${file()} is not a directory): waiting for it`),
    ]);
    await daemon.stop();
    await start([]);
    expect(daemon.lines.join('\n')).toContain('WARN  EVENT active E/3 [START/ERR] nothing to watch');
    await daemon.stop();
    await start(['']);
    expect(daemon.lines.filter((line) => /^WARN|watching/.test(line))).toEqual([
      expect.stringContaining('EVENT active E/3 [END/FAIL] an empty path does not exist'),
    ]);
  });

  it('looks every poll_seconds where that is set', async () => {
    await start([root], 'poll_seconds = 1');
    await leadsToRun(() => writeFileSync(file(), '1'));
    await leadsToRun(() => writeFileSync(file(), '22'));
    await leadsToRun(() => rmSync(file()));
  });
});
