import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { callInstance } from '../../src/adapters/control-client.ts';
import { RequestRefusedError } from '../../src/adapters/control-errors.ts';
import { type Instance, isRunning, takeInstance } from '../../src/adapters/instance.ts';
import { runtimeDirectoryWarning, socketPath, unsafeSocketDirectory } from '../../src/adapters/socket-path.ts';

/** A user that is not us. */
const NOBODY = 65534;
const root = process.getuid?.() === 0;

let folder: string;
const taken: Instance[] = [];
const before = process.env.XDG_RUNTIME_DIR;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'whenever-instance-'));
  process.env.XDG_RUNTIME_DIR = folder;
});
afterEach(() => {
  for (const instance of taken.splice(0)) instance.release();
  rmSync(folder, { recursive: true, force: true });
  if (before === undefined) delete process.env.XDG_RUNTIME_DIR;
  else process.env.XDG_RUNTIME_DIR = before;
});

const take = async (path = socketPath()): Promise<Instance | undefined> => {
  const instance = await takeInstance(path);
  if (instance) taken.push(instance);
  return instance;
};

/** What another user is told who connects to a path. */
const connectAs = (uid: number, path: string): string => {
  const script = `require('node:net').connect(${JSON.stringify(path)}).on('connect', () => { console.log('let in'); process.exit() }).on('error', (e) => { console.log(e.code); process.exit() })`;
  return spawnSync(process.execPath, ['-e', script], { uid, gid: uid, cwd: '/', encoding: 'utf8' }).stdout.trim();
};

describe('the socket of an instance', () => {
  test('belongs to its user alone, whatever the umask says', async () => {
    const mask = process.umask(0);
    try {
      await take();
    } finally {
      process.umask(mask);
    }
    expect(process.umask()).toBe(mask);
    const stat = statSync(socketPath());
    expect(stat.isSocket()).toBe(true);
    expect(stat.mode & 0o777).toBe(0o600);
    expect(stat.uid).toBe(userInfo().uid);
  });

  test('refuses the connection of another user, also where its directory is open to all', async () => {
    chmodSync(folder, 0o755);
    await take();
    // The mode is what keeps others out; as root it can be tried.
    expect(statSync(socketPath()).mode & 0o077).toBe(0);
    if (root) {
      expect(connectAs(NOBODY, socketPath())).toBe('EACCES');
      chmodSync(socketPath(), 0o666);
      expect(connectAs(NOBODY, socketPath())).toBe('let in');
    } else expect(await isRunning(socketPath())).toBe(true);
  });

  test('keeps those who come while the scheduler is being made, and hands them over', async () => {
    const instance = await take();
    const { connect } = await import('node:net');
    const early = connect(socketPath());
    await new Promise((resolve) => early.once('connect', resolve));
    early.write('hello');
    const heard = new Promise<string>((resolve) =>
      instance!.receive((socket) => socket.once('data', (data) => resolve(String(data)))),
    );
    expect(await heard).toBe('hello');
    early.destroy();
  });

  test('that somebody else has put there is not asked', async () => {
    const server = createServer().listen(socketPath());
    await new Promise((resolve) => server.once('listening', resolve));
    const owner = root ? NOBODY : userInfo().uid;
    chownSync(socketPath(), owner, -1);
    const asked = callInstance(socketPath(), { request: 'dump' }).catch((error: unknown) => error);
    if (root) expect(await asked).toEqual(new RequestRefusedError(`${socketPath()} belongs to another user`));
    else {
      server.once('connection', (socket) => socket.destroy());
      expect(await asked).toEqual(new RequestRefusedError('the instance ended before it had answered'));
    }
    server.close();
  });

  test('that a killed instance has left is cleared away, and a file that is none too', async () => {
    const script = `require('node:net').createServer().listen(${JSON.stringify(socketPath())}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', script]);
    expect(existsSync(socketPath())).toBe(true);
    expect(await isRunning(socketPath())).toBe(false);
    expect(await take()).toBeDefined();
    taken.pop()!.release();
    writeFileSync(socketPath(), 'no socket');
    expect(await take()).toBeDefined();
    expect(await isRunning(socketPath())).toBe(true);
  });

  test('that is a directory is left alone, and named', async () => {
    mkdirSync(socketPath());
    await expect(take()).rejects.toThrow(`${socketPath()} is a directory`);
    expect(readdirSync(dirname(socketPath()))).toEqual(['whenever.sock']);
  });

  test('of two that want it one gets it', async () => {
    expect(await take()).toBeDefined();
    expect(await take()).toBeUndefined();
    expect(await isRunning(socketPath())).toBe(true);
  });
});

describe('the runtime directory', () => {
  const ownPlace = new RegExp(`whenever-${userInfo().uid}/whenever-[0-9a-f]{16}\\.sock$`);

  test('that is missing is replaced by a directory of our own, and that is told', async () => {
    process.env.XDG_RUNTIME_DIR = join(folder, 'gone');
    expect(socketPath()).toMatch(ownPlace);
    expect(runtimeDirectoryWarning()).toMatch(/gone is not a directory of this user: the socket is .*whenever-/);
    await take();
    expect(await isRunning(socketPath())).toBe(true);
    expect(existsSync(join(folder, 'gone'))).toBe(false);
    expect(statSync(dirname(socketPath())).mode & 0o777).toBe(0o700);
  });

  test('that is no directory is replaced as well', () => {
    writeFileSync(join(folder, 'file'), '');
    process.env.XDG_RUNTIME_DIR = join(folder, 'file');
    expect(socketPath()).toMatch(ownPlace);
  });

  test('of another user is not written to', async () => {
    const theirs = join(folder, 'theirs');
    if (root) {
      mkdirSync(theirs, { mode: 0o777 });
      chownSync(theirs, NOBODY, NOBODY);
    } else symlinkSync('/', theirs);
    process.env.XDG_RUNTIME_DIR = theirs;
    expect(socketPath()).toMatch(ownPlace);
    expect(runtimeDirectoryWarning()).toBeDefined();
    await take();
    expect(existsSync(join(theirs, 'whenever.sock'))).toBe(false);
  });

  test.each([0o777, 0o770, 0o720, 0o702, 0o1777])(
    'that others may write to (mode %o) is refused, also by questions',
    async (mode) => {
      await take();
      chmodSync(folder, mode);
      const reason = `others may write to the directory of the socket, ${folder} (mode ${mode.toString(8)}): run 'chmod go-w ${folder}', or set XDG_RUNTIME_DIR to a directory of mode 700`;
      expect(unsafeSocketDirectory(socketPath())).toBe(reason);
      await expect(takeInstance(socketPath())).rejects.toThrow(reason);
      await expect(callInstance(socketPath(), { request: 'dump' })).rejects.toEqual(new RequestRefusedError(reason));
    },
  );

  test.each([0o700, 0o750, 0o755, 0o711])('that others may only look at (mode %o) is used', async (mode) => {
    chmodSync(folder, mode);
    expect(unsafeSocketDirectory(socketPath())).toBeUndefined();
    expect(await take()).toBeDefined();
  });

  test.each([0o777, 0o770, 0o1755, 0o1777])(
    'in a directory of mode %o is refused if others could replace it there',
    async (mode) => {
      const run = join(folder, 'run');
      mkdirSync(run, { mode: 0o700 });
      process.env.XDG_RUNTIME_DIR = run;
      chmodSync(folder, mode);
      const sticky = (mode & 0o1000) !== 0;
      const reason = `others could replace the directory of the socket, ${run}: they may write to ${folder} (mode ${mode.toString(8)}): run 'chmod +t ${folder}', or set XDG_RUNTIME_DIR to another directory of mode 700`;
      expect(unsafeSocketDirectory(socketPath())).toBe(sticky ? undefined : reason);
      if (sticky) expect(await take()).toBeDefined();
      else await expect(takeInstance(socketPath())).rejects.toThrow(reason);
    },
  );

  test.each([0o755, 0o750, 0o711, 0o500, 0o1700])('of our own with mode %o is given mode 700', async (mode) => {
    const own = join(folder, 'whenever-own');
    mkdirSync(own);
    chmodSync(own, mode);
    expect(await take(join(own, 'whenever.sock'))).toBeDefined();
    expect(statSync(own).mode & 0o7777).toBe(0o700);
  });

  test('of our own is made with mode 700, whatever the umask is', async () => {
    for (const umask of [0, 0o277]) {
      const own = join(folder, `whenever-${umask}`);
      const before = process.umask(umask);
      try {
        expect(await take(join(own, 'whenever.sock'))).toBeDefined();
      } finally {
        process.umask(before);
      }
      expect(statSync(own).mode & 0o7777).toBe(0o700);
    }
  });

  test('of our own that others may write to, or that lies where they could replace it, is refused', async () => {
    const own = join(folder, 'whenever-own');
    mkdirSync(own);
    chmodSync(own, 0o770);
    await expect(takeInstance(join(own, 'whenever.sock'))).rejects.toThrow('others may write to the directory');
    chmodSync(own, 0o700);
    chmodSync(folder, 0o777);
    await expect(takeInstance(join(own, 'whenever.sock'))).rejects.toThrow(
      `others could replace the directory of the socket, ${own}: they may write to ${folder} (mode 777)`,
    );
    rmSync(own, { recursive: true });
    await expect(takeInstance(join(own, 'whenever.sock'))).rejects.toThrow('others could replace');
    expect(existsSync(own)).toBe(false);
  });

  test('that is a relative path is not used: it would be another one in each directory', () => {
    process.env.XDG_RUNTIME_DIR = 'run';
    expect(socketPath()).toMatch(ownPlace);
    expect(runtimeDirectoryWarning()).toMatch(/^XDG_RUNTIME_DIR run is not an absolute path: the socket is \//);
  });

  test('that is ours is used, and nothing is said about it', () => {
    expect(socketPath()).toBe(join(folder, 'whenever.sock'));
    expect(runtimeDirectoryWarning()).toBeUndefined();
    expect(runtimeDirectoryWarning({})).toBeUndefined();
  });

  test('of our own that somebody else made first is not trusted', async () => {
    const squatted = join(folder, 'whenever-squatted');
    if (root) {
      mkdirSync(squatted);
      chownSync(squatted, NOBODY, NOBODY);
    } else symlinkSync('/', squatted);
    await expect(takeInstance(join(squatted, 'whenever.sock'))).rejects.toThrow('is not a directory of this user');
  });
});
