import { describe, expect, test } from 'vitest';
import { registry } from '../../src/items/registry.ts';
import { type Daemon, fakeMachine } from '../support/daemon.ts';
import { requestHandler } from '../support/request-handler.ts';

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
    const { daemon } = await requestHandler(toml, { level: 'trace', there: ['/here'] }, { ...fakeMachine, platform });
    await daemon.advance(1);
    const told = () =>
      daemon.lines.filter((line) => line.endsWith('event E has occurred')).map((line) => line.slice(11));
    expect(told()).toEqual([]);
    happens(daemon.desktop);
    await daemon.advance(1);
    expect(told()).toEqual(['TRACE EVENT_REGISTRY listener [PROC/OK] event E has occurred']);
  });

  const FILES = (bucket: string) =>
    `scheduler_tick_seconds = 5\n[[task]]\nname = "T"\ntype = "lua"\nscript = ""\n[[condition]]\nname = "B"\ntype = "bucket"\nrecurring = true\ntasks = ["T"]\n${bucket}\n[[event]]\nname = "E"\ntype = "fschange"\ncondition = "B"\nwatch = ["/here"]\n`;
  const stormy = async (bucket: string, count = 1000) => {
    const { daemon } = await requestHandler(FILES(bucket), { level: 'trace', there: ['/here'] }, fakeMachine);
    const fired: number[] = [];
    daemon.journal.subscribeSpans((fact) => {
      if (fact.kind !== 'span' || fact.category !== 'fired') return;
      fired.push((fact.timeline as { count?: number }).count ?? 1);
    });
    await daemon.advance(6);
    const before = daemon.lines.length;
    for (let i = 0; i < count; i++) daemon.desktop.watcher.write(`/here/${i}`);
    return { daemon, fired, lines: () => daemon.lines.slice(before).map((line) => line.slice(11)) };
  };

  test('is reported once a tick, with a count of what came besides', async () => {
    const { daemon, fired, lines } = await stormy('');
    await daemon.advance(4.5);
    const told = () => lines().filter((line) => / EVENT(_REGISTRY)? /.test(line));
    const first = [
      'DEBUG EVENT active E/3 [PROC/OK] file change: CREATE /here/0',
      'TRACE EVENT_REGISTRY listener [PROC/OK] event E has occurred',
      'DEBUG EVENT active E/3 [PROC/OK] event fired: condition B is pending',
    ];
    const rest = 'DEBUG EVENT_REGISTRY listener [PROC/MSG] event E has occurred 999 more times in this tick';
    expect(told()).toEqual([...first, rest]);
    expect(fired).toEqual([1, 999]);
    await daemon.advance(20);
    expect(told()).toEqual([...first, rest]);
    expect(lines().filter((line) => line.includes('[HIST/START]'))).toHaveLength(1);
  });

  test('is reported once a tick for a condition that cannot run, too', async () => {
    const { daemon, fired, lines } = await stormy('suspended = true');
    daemon.desktop.watcher.write('/here/last');
    await daemon.advance(20);
    expect(lines().filter((line) => line.includes('event dropped'))).toHaveLength(1);
    expect(lines().filter((line) => line.includes('has occurred 1000 more times'))).toHaveLength(1);
    expect(fired).toEqual([1, 1000]);
  });

  test('fires again in the same tick when its condition has been checked at once', async () => {
    const { daemon, lines } = await stormy('immediate = true', 3);
    await daemon.advance(1);
    daemon.desktop.watcher.write('/here/later');
    await daemon.advance(1);
    expect(lines().filter((line) => line.includes('[HIST/START]'))).toHaveLength(2);
    expect(lines().filter((line) => line.includes('file change'))).toHaveLength(2);
  });

  test('reports what is counted before it is taken down', async () => {
    const { daemon, fired } = await stormy('');
    await daemon.submit('exit');
    await daemon.advance(1);
    expect(fired).toEqual([1, 999]);
  });
});
