// The desktop: from a change of a file to the start of its task, checks over D-Bus, and a reload of what has not changed.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { amountRow, daemon, fresh, root, sleep } from './support.mjs';

const TASK = '[[task]]\nname = "T"\ntype = "command"\nstartup_path = "/"\ncommand = "true"\ncommand_arguments = []\n';

/** Says each line of the records as it comes. */
const records = (child, heard) => {
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop();
    const now = performance.now();
    for (const line of lines) heard(line, now);
  });
};

/** Resolves with the instant of the next record that matches. */
const watcher = (child) => {
  let waiting;
  records(child, (line, now) => {
    if (waiting && line.includes(waiting.mark)) {
      const { resolve } = waiting;
      waiting = undefined;
      resolve(now);
    }
  });
  return (mark) =>
    new Promise((resolve) => {
      waiting = { mark, resolve };
    });
};

const percentile = (samples, part) => [...samples].sort((a, b) => a - b)[Math.ceil(samples.length * part) - 1];

/** An editor's save, seen from outside: from the rename to the record that the task begins. */
const renameToTask = async (quick) => {
  const watched = fresh('-watched');
  writeFileSync(watched, '0');
  const file = fresh('.toml');
  writeFileSync(
    file,
    `scheduler_tick_seconds = 3600\n${TASK}[[condition]]\nname = "B"\ntype = "bucket"\nimmediate = true\nrecurring = true\ntasks = ["T"]\n[[event]]\nname = "E"\ntype = "fschange"\ncondition = "B"\nwatch = ["${watched}"]\n`,
  );
  const one = daemon([file, '-L', 'trace']);
  const next = watcher(one.child);
  await next('all events are set up');
  const samples = [];
  for (let i = 0; i < (quick ? 40 : 200); i++) {
    writeFileSync(`${watched}.tmp`, String(i));
    const started = next('HIST/START');
    const began = performance.now();
    renameSync(`${watched}.tmp`, watched);
    samples.push((await started) - began);
    await sleep(60);
  }
  await one.stop();
  return amountRow({
    figure: 'rename to start of the task with immediate, 95th percentile (50 of it debounce)',
    unit: 'ms',
    // The middle of equal samples is the percentile.
    ours: [percentile(samples, 0.95)],
    atMost: 120,
  });
};

const bundled = async (source) => {
  const outfile = fresh('.cjs');
  await build({
    entryPoints: [join(root, source)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    logLevel: 'warning',
  });
  return outfile;
};

/** 1,000 calls one after the other on the shared connection of a bus of our own. */
const busChecks = async (quick) => {
  if (spawnSync('sh', ['-c', 'command -v dbus-daemon']).status !== 0) {
    console.error('no dbus-daemon here: the D-Bus figure is left out');
    return [];
  }
  const path = fresh('-bus');
  const address = `unix:path=${path}`;
  const bus = spawn('dbus-daemon', ['--session', `--address=${address}`, '--nofork', '--nopidfile'], {
    stdio: 'ignore',
  });
  while (!existsSync(path)) await sleep(10);
  try {
    const { createBus } = await import(await bundled('src/adapters/bus/bus.ts'));
    const port = createBus({ DBUS_SESSION_BUS_ADDRESS: address });
    const name = 'org.freedesktop.DBus';
    const args = [{ type: 's', value: name }];
    const object = { service: name, path: '/org/freedesktop/DBus', interface: name };
    const call = { bus: 'session', ...object, method: 'NameHasOwner', args, timeoutMs: 25_000 };
    const samples = [];
    for (let i = 0; i < (quick ? 300 : 1000) + 50; i++) {
      const began = performance.now();
      const reply = await port.call(call);
      if (reply.how !== 'reply') throw new Error(`the call failed: ${JSON.stringify(reply)}`);
      if (i >= 50) samples.push(performance.now() - began);
    }
    return [amountRow({ figure: 'a D-Bus check, 1,000 in a row', unit: 'ms', ours: samples, atMost: 2 })];
  } finally {
    bus.kill();
  }
};

/** From the command to the record that the reload is complete. Ticks of a second go on meanwhile. */
const reload = async (quick) => {
  const items = 1000;
  const parts = ['scheduler_tick_seconds = 1\n', TASK];
  for (let i = 2; i <= items; i++)
    parts.push(
      `[[condition]]\nname = "C${i}"\ntype = "interval"\ninterval_seconds = 86400\nrecurring = true\ntasks = ["T"]\n`,
    );
  const file = fresh('.toml');
  writeFileSync(file, parts.join('\n'));
  const one = daemon([file, '-L', 'info']);
  const next = watcher(one.child);
  await next('starting');
  await sleep(500);
  const samples = [];
  for (let i = 0; i < (quick ? 8 : 30); i++) {
    const done = next('reconfigure');
    const began = performance.now();
    one.say(`configure ${file}`);
    const took = (await done) - began;
    if (i >= 3) samples.push(took);
    await sleep(50);
  }
  await one.stop();
  return amountRow({ figure: 'reload of 1,000 unchanged items', unit: 'ms', ours: samples, atMost: 100 });
};

export default async ({ quick }) => [await renameToTask(quick), ...(await busChecks(quick)), await reload(quick)];
