import { describe, expect, test } from 'vitest';
import { registry } from '../../src/items/registry.ts';
import { type Daemon, fakeMachine } from '../support/daemon.ts';
import { office } from '../support/office.ts';

const LISTENING: readonly {
  readonly type: string;
  readonly keys: string;
  readonly platform?: string;
  readonly happens: (desktop: Daemon['desktop']) => void;
}[] = [
  { type: 'fschange', keys: 'watch = ["/here"]', happens: ({ watcher }) => watcher.write('/here/file') },
  {
    type: 'dbus',
    keys: 'bus = ":session"\nrule = "type=\'signal\',member=\'Happened\'"',
    happens: ({ bus }) => bus.emit({ member: 'Happened' }),
  },
  {
    type: 'wmi',
    keys: 'query = "SELECT * FROM X"',
    platform: 'win32',
    happens: ({ wmi }) => {
      for (const listener of wmi.listeners) listener.notified();
    },
  },
];

describe('an event that listens', () => {
  test('has its row here, whatever its kind', () => {
    const kinds = registry.event.kinds.map(({ type }) => type).filter((type) => type !== 'cli');
    expect(LISTENING.map(({ type }) => type).sort()).toEqual([...kinds].sort());
  });

  test.each(LISTENING)('tells that it has occurred: $type', async ({ type, keys, platform = 'linux', happens }) => {
    const toml = `[[condition]]\nname = "B"\ntype = "bucket"\n[[event]]\nname = "E"\ntype = "${type}"\ncondition = "B"\n${keys}\n`;
    const { daemon } = await office(toml, { level: 'trace', there: ['/here'] }, { ...fakeMachine, platform });
    await daemon.advance(1);
    const told = () =>
      daemon.lines.filter((line) => line.endsWith('event E has occurred')).map((line) => line.slice(11));
    expect(told()).toEqual([]);
    happens(daemon.desktop);
    await daemon.advance(1);
    expect(told()).toEqual(['TRACE EVENT_REGISTRY listener [PROC/OK] event E has occurred']);
  });
});
