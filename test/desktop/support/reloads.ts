import { expect } from 'vitest';
import { seeded } from '../../../src/simulation/simulation.ts';
import { daemon } from '../../support/daemon.ts';

/** What a random file is drawn from. The event on `/a` that fires Steady is in every file, in one form or another. */
const draw = (random: () => number): string => {
  const any = (n: number) => Math.floor(random() * n);
  const maybe = (text: string, chance = 0.5) => (random() < chance ? text : '');
  const tasks = ['Quick', 'Slow', 'Fails', 'Extra'].filter((name) => name !== 'Extra' || random() < 0.5);
  const list = () => JSON.stringify([...new Set(Array.from({ length: 1 + any(3) }, () => tasks[any(tasks.length)]))]);
  const parts = [maybe(`scheduler_tick_seconds = ${1 + any(3)}\n`, 0.2)];
  for (const name of tasks)
    parts.push(
      `[[task]]\nname = "${name}"\ntype = "command"\nstartup_path = "/"\ncommand = "${name}"\ncommand_arguments = []\n${maybe(`timeout_seconds = ${5 + any(3)}\n`)}`,
    );
  parts.push(
    `[[task]]\nname = "Steady"\ntype = "command"\nstartup_path = "/"\ncommand = "Steady"\ncommand_arguments = []\n`,
    `[[condition]]\nname = "Steady"\ntype = "bucket"\nrecurring = true\ntasks = ["Steady"]\n`,
  );
  for (let i = 0; i < 6; i++) {
    if (random() < 0.3) continue;
    const kinds = ['interval', 'command', 'bucket'] as const;
    const keys = {
      interval: `interval_seconds = ${1 + any(4)}\n`,
      command: `command = "Probe"\nstartup_path = "/"\ncommand_arguments = []\n${maybe('check_after = 2\n')}`,
      bucket: maybe('immediate = true\n'),
    };
    const type = kinds[any(3)]!;
    parts.push(
      `[[condition]]\nname = "C${i}"\ntype = "${type}"\n${keys[type]}tasks = ${list()}\n${maybe('recurring = true\n', 0.8)}${maybe('execute_sequence = false\n')}${maybe('suspended = true\n', 0.1)}`,
    );
    if (type === 'bucket')
      parts.push(`[[event]]\nname = "E${i}"\ntype = "fschange"\ncondition = "C${i}"\nwatch = ["/b"]\n`);
  }
  const watched = ['["/a"]', '["/a", "/b"]', '["/c", "/a"]'][any(3)];
  parts.push(
    `[[event]]\nname = "Steady"\ntype = "fschange"\ncondition = "Steady"\nwatch = ${watched}\n${maybe('recursive = true\n')}`,
  );
  return parts.join('');
};

/** Reloads 200 random files while events come and tasks run, and checks that nothing is lost or left behind. */
export const reloadsUnderLoad = async (seed: number): Promise<void> => {
  const random = seeded(seed);
  const files = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`f${i}`, draw(random)]));
  files.bad = 'nonsense = true\n';
  const d = await daemon(draw(random), {
    files,
    there: ['/a', '/b', '/c'],
    level: seed % 2 ? 'trace' : 'info',
    processes: {
      Slow: [{ seconds: 2.7 }],
      Fails: [{ end: { how: 'exit', code: 1 }, seconds: 0.4 }],
      Steady: [{ seconds: 0.3 }],
      Probe: [{ seconds: 0.2 }],
    },
  });
  const written: number[] = [];
  const write = () => {
    d.desktop.watcher.write('/a');
    written.push(d.now * 1000);
  };
  const reloadOnce = async (i: number): Promise<void> => {
    const what = random();
    if (what < 0.7) write();
    if (what > 0.4) d.desktop.watcher.write('/b');
    const reload = d.submit(`configure f${i}`);
    // Some come while the file is read.
    if (random() < 0.5) write();
    if (random() < 0.1) await d.submit('configure bad');
    if (random() < 0.1) await d.submit('reset_conditions');
    await reload;
    await d.advance(random() < 0.3 ? 0 : random() * 3);
  };
  for (let i = 0; i < 200; i++) await reloadOnce(i);
  await d.advance(30);
  const begins = d.processes.runs
    .filter(({ request }) => request.command === 'Steady')
    .map(({ began }) => began - 1000);
  // At the next tick, or when the run before has ended.
  for (const at of written)
    expect(
      begins.some((began) => began >= at && began <= at + 5500),
      `a run after the event at ${at}`,
    ).toBe(true);
  expect(d.desktop.watcher.watches.size).toBeGreaterThan(0);
  await d.submit('exit');
  await d.advance(30);
  expect(d.ending).toBe('exit');
  expect(d.desktop.watcher.watches.size).toBe(0);
  expect(d.processes.runs.filter(({ ended }) => ended === undefined)).toEqual([]);
  expect(d.lines.filter((line) => / ERROR (?!MAIN reconfigure \[START\/FAIL\])/.test(line))).toEqual([]);
  if (seed % 2 === 0) return;
  const { history } = d.records;
  expect(history.length).toBeGreaterThan(50);
  expect(history.filter(({ ended }) => ended === undefined)).toEqual([]);
  const done = d.lines.filter((line) => line.includes('MAIN reconfigure [END/OK]'));
  expect(done).toHaveLength(200);
  expect(d.lines.filter((line) => line.includes('[START/FAIL]')).length).toBeGreaterThan(0);
};
