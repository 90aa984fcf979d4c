import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SAME_CAUSE_MS, SighupHandler } from '../../src/adapters/sighup.ts';

/** The terminal of the machine as the handler finds it. */
const world = vi.hoisted(() => ({ terminal: false, uses: false, driven: false }));
vi.mock('node:tty', async (original) => ({
  ...(await original<typeof import('node:tty')>()),
  isatty: () => world.uses,
}));
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  return {
    ...fs,
    openSync: (path: string, flags: string) => {
      if (path !== '/dev/tty') return fs.openSync(path, flags);
      if (!world.terminal) throw new Error('ENXIO');
      return fs.openSync('/dev/null', flags);
    },
    fstatSync: (fd: number) => (fd === 0 ? { isFIFO: () => world.driven, isSocket: () => false } : fs.fstatSync(fd)),
  };
});

let exits: readonly NodeJS.ExitListener[];
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  exits = process.listeners('exit');
});
afterEach(() => {
  vi.useRealTimers();
  process.removeAllListeners('SIGHUP');
  // It would close the streams of the tests.
  for (const one of process.listeners('exit')) if (!exits.includes(one)) process.removeListener('exit', one);
});

const started = (how: Partial<typeof world>) => {
  Object.assign(world, { terminal: true, uses: false, driven: false, ...how });
  const handler = new SighupHandler();
  const said: string[] = [];
  const listen = () =>
    handler.setActions({ terminalGone: () => said.push('the terminal is gone'), reload: () => said.push('reload') });
  const hear = () => process.emit('SIGHUP');
  const close = () => {
    world.terminal = false;
  };
  return { handler, said, listen, hear, close };
};

describe('SIGHUP', () => {
  test('that comes before the start is over waits for it, and is a request to load again', () => {
    const { said, listen, hear } = started({ terminal: false });
    hear();
    hear();
    listen();
    expect(said).toEqual(['reload']);
    hear();
    expect(said).toEqual(['reload', 'reload']);
  });

  test('with the end of the terminal ends a program that uses it, once', () => {
    const { handler, said, listen, hear, close } = started({ uses: true, driven: true });
    listen();
    hear();
    close();
    hear();
    hear();
    handler.stdinEnded();
    expect(said).toEqual(['reload', 'the terminal is gone']);
  });

  test.each([
    ['before', 0],
    ['after', SAME_CAUSE_MS - 1],
  ])('ends a program whose input has ended with the terminal, %s it', (_, apart) => {
    const { handler, said, listen, hear, close } = started({ driven: true });
    listen();
    close();
    if (apart === 0) handler.stdinEnded();
    hear();
    vi.advanceTimersByTime(apart);
    if (apart > 0) handler.stdinEnded();
    expect(said.at(-1)).toBe('the terminal is gone');
  });

  test('is a request to load again where the input has ended long before, or is not of another program', () => {
    const late = started({ driven: true });
    late.listen();
    late.close();
    late.handler.stdinEnded();
    vi.advanceTimersByTime(SAME_CAUSE_MS);
    late.hear();
    expect(late.said).toEqual(['reload']);
    process.removeAllListeners('SIGHUP');
    const free = started({});
    free.listen();
    free.close();
    free.hear();
    free.handler.stdinEnded();
    expect(free.said).toEqual(['reload']);
  });
});
