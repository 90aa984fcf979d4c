import { describe, expect, it } from 'vitest';
import { daemon } from '../support/daemon.ts';

const TASK = (name = 'T', keys = '') =>
  `[[task]]\nname = "${name}"\ntype = "command"\nstartup_path = "/"\ncommand = "work"\ncommand_arguments = []\n${keys}\n`;
const BUCKET = (name = 'B', keys = '') =>
  `[[condition]]\nname = "${name}"\ntype = "bucket"\ntasks = ["T"]\nrecurring = true\n${keys}\n`;
const FILES = (name: string, keys: string, condition = 'B') =>
  `[[event]]\nname = "${name}"\ntype = "fschange"\ncondition = "${condition}"\n${keys}\n`;
const SIGNAL = (name: string, member: string) =>
  `[[event]]\nname = "${name}"\ntype = "dbus"\ncondition = "B"\nbus = ":session"\nrule = "type='signal',member='${member}'"\n`;
const CLI = (name: string, condition = 'B') =>
  `[[event]]\nname = "${name}"\ntype = "cli"\ncondition = "${condition}"\n`;
const HEAD = 'scheduler_tick_seconds = 10\n';
const BASE = HEAD + TASK() + BUCKET();
const there = ['/a', '/b'];

const start = (from: string, ...files: string[]) =>
  daemon(from, { there, files: Object.fromEntries(files.map((text, i) => [`file${i}`, text])) });
const about = (d: { lines: string[] }, pattern: RegExp) =>
  d.lines.filter((line) => pattern.test(line)).map((line) => line.replace(/^ *[\d.]+ +/, ''));

describe('a reload and the events', () => {
  it('leaves equal events listening, without a new subscription', async () => {
    const config = BASE + FILES('E', 'watch = ["/a"]') + SIGNAL('S', 'Happened');
    const d = await start(config, config + CLI('New'));
    const [watch] = d.desktop.watcher.watches;
    const [subscription] = d.desktop.bus.subscriptions;
    await d.submit('configure file0');
    await d.advance(1);
    expect([...d.desktop.watcher.watches]).toEqual([watch]);
    expect([...d.desktop.bus.subscriptions]).toEqual([subscription]);
    expect(about(d, /CONFIGURATION reconfigure.*event/)).toEqual([
      'DEBUG CONFIGURATION reconfigure [PROC/MSG] event E: no change',
      'DEBUG CONFIGURATION reconfigure [PROC/MSG] event S: no change',
      'DEBUG CONFIGURATION reconfigure [PROC/OK] event New added',
    ]);
    expect(about(d, /EVENT active [ES]\/\d \[START\/MSG\].*(ended|no longer)/)).toEqual([]);
  });

  it('lets a changed event listen before the old one stops', async () => {
    const d = await start(BASE + FILES('E', 'watch = ["/a"]'), BASE + FILES('E', 'watch = ["/a", "/b"]'));
    const order: string[] = [];
    const { watcher } = d.desktop;
    const watch = watcher.watch.bind(watcher);
    watcher.watch = (request, listener) => {
      order.push(`watch ${request.path}`);
      expect([...watcher.watches].length).toBeGreaterThan(0);
      return watch(request, listener);
    };
    await d.submit('configure file0');
    await d.advance(0.001);
    expect(order).toEqual(['watch /a', 'watch /b']);
    expect([...watcher.watches].map(({ request }) => request.path)).toEqual(['/a', '/b']);
    watcher.write('/b');
    await d.until(11);
    expect(d.runs).toEqual(['10 T OK B']);
  });

  it('counts what the old one hears meanwhile for the new one', async () => {
    const d = await start(
      BASE + FILES('E', 'watch = ["/a"]'),
      HEAD + TASK() + BUCKET('Other') + FILES('E', 'watch = ["/b"]', 'Other'),
    );
    const { watcher } = d.desktop;
    let ready = () => {};
    const watch = watcher.watch.bind(watcher);
    watcher.watch = (request, listener) => ({
      ...watch(request, listener),
      ready: new Promise((resolve) => {
        ready = resolve;
      }),
    });
    await d.submit('configure file0');
    watcher.write('/a');
    await d.until(11);
    expect(d.runs).toEqual(['10 T OK Other']);
    ready();
    await d.advance(1);
    watcher.write('/a');
    await d.until(25);
    expect(d.runs).toEqual(['10 T OK Other']);
  });

  it('ends a removed event', async () => {
    const d = await start(BASE + FILES('E', 'watch = ["/a"]'), BASE);
    await d.submit('configure file0');
    expect(d.desktop.watcher.watches.size).toBe(0);
    expect(about(d, /EVENT active E|event E/).slice(-3)).toEqual([
      'TRACE CONFIGURATION reconfigure [PROC/MSG] event E is not in the new file and removed',
      'DEBUG EVENT active E/3 [START/MSG] watching has ended',
      'TRACE EVENT_REGISTRY uninstall [END/MSG] event E taken down',
    ]);
  });

  it('replaces an event that becomes one of another kind, in both directions', async () => {
    const d = await start(BASE + CLI('E'), BASE + FILES('E', 'watch = ["/a"]'), BASE + CLI('E'));
    await d.submit('configure file0');
    d.desktop.watcher.write('/a');
    await d.until(12);
    expect(await d.submit('trigger E')).toMatchObject({ kind: 'no-effect' });
    await d.submit('configure file1');
    d.desktop.watcher.write('/a');
    await d.until(25);
    expect(await d.submit('trigger E')).toMatchObject({ kind: 'done' });
    await d.until(35);
    expect(d.runs).toEqual(['10 T OK B', '30 T OK B']);
  });

  it('changes nothing when the file is refused: all listeners go on', async () => {
    const d = await start(BASE + FILES('E', 'watch = ["/a"]'), `${BASE}${FILES('E', 'watch = 5')}`);
    await d.submit('configure file0');
    await d.until(1);
    d.desktop.watcher.write('/a');
    await d.until(11);
    expect(d.runs).toEqual(['10 T OK B']);
    expect(about(d, /reconfigure \[START\/FAIL\]/)).toHaveLength(1);
    expect(about(d, /CONFIGURATION/)).toEqual([]);
  });

  it('loses no event that comes while the file is read, and misses no tick', async () => {
    const config = BASE + FILES('E', 'watch = ["/a"]');
    const d = await start(
      config,
      config,
      config.replace('recurring = true', 'recurring = true\nbreak_on_success = true'),
    );
    for (let round = 0; round < 6; round++) {
      const reload = d.submit(`configure file${round % 2}`);
      d.desktop.watcher.write('/a');
      await reload;
      await d.until(10 * (round + 1) + 1);
    }
    expect(d.runs).toEqual([10, 20, 30, 40, 50, 60].map((at) => `${at} T OK B`));
  });

  it('keeps a pending event for a condition that was replaced, and forgets it for one that nothing fires any more', async () => {
    const timer = '[[condition]]\nname = "B"\ntype = "interval"\ninterval_seconds = 86400\ntasks = ["T"]\n';
    const d = await start(
      BASE + CLI('E'),
      HEAD + TASK() + BUCKET('B', 'break_on_failure = true') + CLI('E'),
      HEAD + TASK() + timer,
      BASE + CLI('E'),
    );
    await d.submit('trigger E');
    await d.submit('configure file0');
    await d.until(11);
    expect(d.runs).toEqual(['10 T OK B']);
    await d.submit('trigger E');
    await d.submit('configure file1');
    await d.submit('configure file2');
    await d.until(25);
    expect(d.runs).toEqual(['10 T OK B']);
  });

  it('lets an item that was removed and comes back wait for what still runs of it', async () => {
    const d = await daemon(BASE + CLI('E'), {
      files: { none: HEAD, again: BASE + CLI('E') },
      processes: { work: [{ seconds: 30 }, {}] },
    });
    await d.submit('trigger E');
    await d.until(11);
    await d.submit('configure none');
    await d.submit('configure again');
    await d.submit('trigger E');
    await d.until(39);
    expect(d.processes.runs).toHaveLength(1);
    await d.until(51);
    expect(d.records.history.map(({ began, ended, outcome }) => [began / 1000, (ended ?? 0) / 1000, outcome])).toEqual([
      [10, 40, 'OK'],
      [expect.closeTo(40, 0), expect.closeTo(40, 0), 'OK'],
    ]);
  });

  it('tells values of different types apart', async () => {
    const lua = (value: string) =>
      `[[task]]\nname = "L"\ntype = "lua"\nscript = "x = 1"\nvariables_to_set = { a = ${value} }\n`;
    const d = await start(
      HEAD + lua('5'),
      HEAD + lua('"5n"'),
      HEAD + lua('5.0'),
      HEAD + lua('-inf'),
      HEAD + lua('inf'),
      HEAD + lua('inf'),
    );
    for (let i = 0; i < 5; i++) await d.submit(`configure file${i}`);
    await d.advance(1);
    expect(about(d, /CONFIGURATION/).map((line) => line.split('] ')[1])).toEqual([
      'task L replaced',
      'task L replaced',
      'task L replaced',
      'task L replaced',
      'task L: no change',
    ]);
  });
});
