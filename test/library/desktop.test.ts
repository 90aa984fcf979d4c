import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Display } from '../desktop/support/display.ts';
import { PrivateBus } from '../desktop/support/private-bus.ts';
import { have } from '../desktop/support/programs.ts';

const LIBRARY = join(import.meta.dirname, '..', '..', 'dist', 'library.cjs');

describe.skipIf(!have('dbus-daemon', 'Xvfb'))('a daemon with connections (needs dbus-daemon and Xvfb)', () => {
  const bus = new PrivateBus();
  const display = new Display();
  beforeAll(() => Promise.all([bus.start(), display.start()]));
  afterAll(() => Promise.all([bus.close(), display.stop()]));

  test('When it has ended it holds nothing: the process ends by itself.', () => {
    const { XDG_SESSION_TYPE: _, ...environment } = process.env;
    const { status, signal, stdout, stderr } = spawnSync(
      process.execPath,
      [join(import.meta.dirname, 'project', 'desktop.cjs'), LIBRARY],
      {
        encoding: 'utf8',
        timeout: 20_000,
        cwd: bus.folder,
        env: { ...environment, DISPLAY: display.name, DBUS_SESSION_BUS_ADDRESS: bus.address },
      },
    );
    const seen = 'bus event/File event/Signal idle';
    expect({ status, signal, stdout, stderr }).toEqual({
      status: 0,
      signal: null,
      stdout: `exit true ${seen}\n`,
      stderr: '',
    });
  }, 40_000);
});
