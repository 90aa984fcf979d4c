// What grows: conditions, tasks and scripts at once, records. Each measurement is of one size; a peer is measured where its work is the same.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { countedPipe, daemon, driver, fresh, median, memory, processorMs, runDriver, sleep } from '../support.mjs';
import { firstHour, pattern } from './pattern.mjs';
import { debianCron, systemdTimers } from './system-peers.mjs';

/** A process that is not ready after this time is given up, in ms. */
const LIMIT_MS = 90_000;
/** What a load leaves to do is over when a process uses less than this in a slice, or after the last of them. */
const QUIET_MS = 20;
const SLICE_MS = 2000;
const SLICES = 20;
const MEASURED_S = 6;

/** Waits until a process has little to do. */
const settled = async (pid) => {
  for (let slice = 0; slice < SLICES; slice++) {
    const before = processorMs(pid);
    await sleep(SLICE_MS);
    if (processorMs(pid) - before < QUIET_MS) return;
  }
};

const command = (name) =>
  `[[task]]\nname = "${name}"\ntype = "command"\nstartup_path = "/"\ncommand = "true"\ncommand_arguments = []\n`;

/** The file of whenever with as many jobs. */
const fileOf = (count) => {
  const parts = ['scheduler_tick_seconds = 1\n', command('True')];
  for (let i = 0; i < count; i++)
    parts.push(
      `[[condition]]\nname = "C${i}"\ntype = "time"\ntime_specifications = [{ cron = "${pattern(i)}" }]\nrecurring = true\ntasks = ["True"]\n`,
    );
  const file = fresh('.toml');
  writeFileSync(file, parts.join(''));
  return file;
};

/** A process that is ready with its first output; `ready` resolves with undefined when it has ended without any. */
const started = (child, began) => {
  const ready = new Promise((resolve) => {
    child.stdout.once('data', () => resolve(performance.now()));
    child.stdout.once('end', () => resolve(undefined));
  });
  return { began, ready, pid: () => child.pid, stop: () => child.kill('SIGKILL') };
};

const ofWhenever = (count) => {
  const file = fileOf(count);
  const began = performance.now();
  const one = daemon([file, '-L', 'warn']);
  // It is answered with a warning as soon as the scheduler stands.
  one.say('resume');
  return started(one.child, began);
};

const ofLibrary = (name, count, folder) => {
  const stdio = ['ignore', 'pipe', 'ignore'];
  return started(spawn(process.execPath, ['peer.mjs', name, String(count)], { cwd: folder, stdio }), performance.now());
};

/** What starts a process with as many jobs, where it is not a library of Node. */
const PROGRAMS = {
  whenever: ofWhenever,
  'cron of Debian': (count, folder) => debianCron(count, pattern, folder),
  'systemd timers': (count, folder) => systemdTimers(count, firstHour, folder),
};

/**
 * A daemon, or a peer, with as many jobs: the time until it is ready (s), its memory (MiB), and what it uses in a second in which nothing
 * is due (ms). @param folder where the packages of the peers are
 */
export const conditions = async (name, count, folder) => {
  const start = PROGRAMS[name] ?? ((...args) => ofLibrary(name, ...args));
  const { began, ready, pid, stop } = await start(count, folder);
  try {
    const at = await Promise.race([ready, sleep(LIMIT_MS, undefined, { ref: false })]);
    if (at === undefined) return undefined;
    await settled(pid());
    const before = processorMs(pid());
    await sleep(MEASURED_S * 1000);
    const used = (processorMs(pid()) - before) / MEASURED_S;
    return { load: (at - began) / 1000, resident: memory(pid()).resident, processor: used };
  } finally {
    await stop();
  }
};

/** From the first start to the last end of all tasks of one run, in ms, as the records say: the median of three runs after the first. */
const together = async (count, task) => {
  const names = Array.from({ length: count }, (_, i) => `T${i}`);
  const file = fresh('.toml');
  const once = `type = "bucket"\nrecurring = true\nexecute_sequence = false\ntasks = ${JSON.stringify(names)}\n`;
  writeFileSync(
    file,
    `scheduler_tick_seconds = 1\n${names.map(task).join('')}[[condition]]\nname = "Once"\n${once}[[event]]\nname = "Go"\ntype = "cli"\ncondition = "Once"\n`,
  );
  const log = fresh('.log');
  const one = daemon([file, '-J', '-L', 'trace', '-l', log]);
  const history = () =>
    (existsSync(log) ? readFileSync(log, 'utf8').split('\n') : [])
      .filter((line) => line.includes('"when":"HIST"') && line.endsWith('}'))
      .map((line) => JSON.parse(line));
  const runs = [];
  for (let run = 0; run < 4; run++) {
    one.say('trigger Go');
    const end = performance.now() + LIMIT_MS;
    while (history().length < (run + 1) * 2 * count && performance.now() < end) await sleep(400);
    const records = history().slice(run * 2 * count);
    if (records.length !== 2 * count) throw new Error(`${count} tasks at once: ${records.length} records`);
    const bad = records.filter(
      ({ contents }) => contents.message_type.status === 'END' && !contents.message.startsWith('OK'),
    );
    if (bad.length > 0) throw new Error(`${bad.length} of ${count} tasks failed`);
    const at = records.map(({ header }) => Date.parse(header.time.slice(0, 23)));
    if (run > 0) runs.push(Math.max(1, at.at(-1) - at[0]));
  }
  await one.stop();
  return median(runs);
};

/** As many runs of `true` at once, in ms. */
export const tasks = async (name, count) => {
  if (name === 'whenever') return together(count, command);
  const took = await runDriver(await driver('spawn'), ['peerTogether', String(count), '3']);
  return median(took.peerTogether);
};

/** As many trivial scripts at once, in ms. */
export const scripts = async (name, count, folder) => {
  if (name === 'whenever')
    return together(
      count,
      (task) => `[[task]]\nname = "${task}"\ntype = "lua"\nscript = "x = 1"\nexpected_results = { x = 1 }\n`,
    );
  const samples = [];
  for (let i = 0; i < 3; i++) {
    const options = { cwd: folder, encoding: 'utf8', timeout: LIMIT_MS };
    const { status, stderr } = spawnSync(process.execPath, ['workers.mjs', String(count)], options);
    if (status !== 0) return undefined;
    samples.push(JSON.parse(stderr.trim().split('\n').at(-1)).ms);
  }
  return median(samples);
};

/** As many records as JSON to a pipe, in ms. */
export const records = async (name, count) => {
  const samples = [];
  for (let i = 0; i < 3; i++) {
    const pipe = countedPipe();
    const done = runDriver(await driver('records'), [name === 'whenever' ? 'ours' : 'pino-sync', String(count)], {
      stdout: pipe.fd,
    });
    pipe.close();
    samples.push((await done).ms);
    await pipe.lines;
  }
  return median(samples);
};

/** Copies the scripts of the peers beside their packages. */
export const copyTo = (folder) => {
  for (const name of ['peer.mjs', 'pattern.mjs', 'workers.mjs', 'draw.mjs'])
    writeFileSync(join(folder, name), readFileSync(join(import.meta.dirname, name)));
};
