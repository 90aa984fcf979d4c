// Time: a simulated year, the table of the coming firings, and how late the ticks of a loaded daemon are.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { alternate, amountRow, bare, daemon, fresh, memory, sleep, whenever } from './support.mjs';

const YEAR = ['--from', '2026-01-01T00:00:00', '--to', '2027-01-01T00:00:00'];
export const MONTH = ['--from', '2026-01-01T00:00:00', '--to', '2026-02-01T00:00:00'];
const TASK =
  '[[task]]\nname = "True"\ntype = "command"\nstartup_path = "/"\ncommand = "true"\ncommand_arguments = []\n';
const COMMAND = 'startup_path = "/"\ncommand = "true"\ncommand_arguments = []\nsuccess_status = 0';
const SPECIFICATIONS = [
  '[{ minute = 17 }]',
  '[{ hour = 2, minute = 30 }]',
  '[{ hour = 8, weekday = "mon" }, { hour = 20 }]',
  '[{ cron = "*/15 8-18 * * MON-FRI" }]',
  '[{ day = 31, hour = 12 }]',
];

/** What one condition of each kind says, the `i`-th of its kind. */
const KINDS = {
  interval: (i) => `interval_seconds = ${300 * (i + 1)}`,
  time: (i) => `time_specifications = ${SPECIFICATIONS[i % SPECIFICATIONS.length]}\ntimezone = "Europe/Rome"`,
  command: (i) => `${COMMAND}\ncheck_after = ${300 * (i + 1)}`,
  bucket: () => '',
  lua: (i) => `script = "result = true"\nexpected_results = { result = true }\ncheck_after = ${600 * (i + 1)}`,
};

/** A hundred conditions of mixed kinds, and assumed instants for the events of some of them. `days` of the span have events. */
export const mixed = (span = YEAR, days = 365) => {
  const parts = ['scheduler_tick_seconds = 5\n', TASK];
  const assumed = [];
  Object.entries(KINDS).forEach(([type, keys]) => {
    for (let i = 0; i < 20; i++) {
      const name = `${type}_${i}`;
      parts.push(`[[condition]]\nname = "${name}"\ntype = "${type}"\nrecurring = true\ntasks = ["True"]\n${keys(i)}\n`);
      if (type !== 'bucket') continue;
      parts.push(`[[event]]\nname = "E${i}"\ntype = "cli"\ncondition = "${name}"\n`);
      const at = Array.from({ length: days }, (_, day) => Date.UTC(2026, 0, 1 + day, i, 7, 11));
      assumed.push(`[event.E${i}]\nat = [${at.map((ms) => `"${new Date(ms).toISOString()}"`).join(', ')}]\n`);
    }
  });
  const [file, assume] = [fresh('.toml'), fresh('.toml')];
  writeFileSync(file, parts.join('\n'));
  writeFileSync(assume, assumed.join('\n'));
  return ['simulate', file, '--assume', assume, ...span, '-L', 'warn'];
};

/** A thousand conditions that know when they are due. */
export const thousand = (tick) => {
  const parts = [`scheduler_tick_seconds = ${tick}\n`, TASK];
  for (let i = 0; i < 1000; i++) {
    const type = i % 2 === 0 ? 'interval' : 'time';
    const keys = type === 'interval' ? `interval_seconds = ${60 + i}` : KINDS.time((i - 1) / 2);
    parts.push(`[[condition]]\nname = "C${i}"\ntype = "${type}"\nrecurring = true\ntasks = ["True"]\n${keys}\n`);
  }
  const file = fresh('.toml');
  writeFileSync(file, parts.join('\n'));
  return file;
};

/** Runs the program to its end: ms, and the greatest memory in MiB. */
const run = (args) =>
  new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(process.execPath, [whenever, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
    let mib = 0;
    // Rarely: looking costs time that is measured.
    const look = setInterval(() => {
      try {
        mib = Math.max(mib, memory(child.pid).peak);
      } catch {
        // It has just ended.
      }
    }, 500);
    child.once('exit', (code) => {
      const ms = performance.now() - began;
      clearInterval(look);
      if (code !== 0) reject(new Error(`${args[0]} ended with ${code}`));
      else resolve({ ms, mib });
    });
  });

const year = async (quick) => {
  const args = quick ? mixed(MONTH, 31) : mixed();
  const runs = [];
  for (let i = 0; i < (quick ? 1 : 3); i++) runs.push(await run(args));
  return [
    amountRow({
      figure: `simulate a ${quick ? 'month' : 'year'}, tick 5 s, 100 conditions of mixed kinds`,
      unit: 's',
      ours: runs.map(({ ms }) => ms / 1000),
      atMost: quick ? 20 / 12 : 20,
    }),
    amountRow({ figure: 'memory of it', unit: 'MiB', ours: runs.map(({ mib }) => mib), atMost: 200 }),
  ];
};

/** A thousand conditions, each with a cron pattern of its own. */
const patterns = () => {
  const parts = ['scheduler_tick_seconds = 5\n', TASK];
  for (let i = 0; i < 1000; i++) {
    const cron = `${i % 60} ${Math.floor(i / 60)} * * MON-FRI`;
    const keys = `time_specifications = [{ cron = "${cron}" }]`;
    parts.push(`[[condition]]\nname = "C${i}"\ntype = "time"\nrecurring = true\ntasks = ["True"]\n${keys}\n`);
  }
  const file = fresh('.toml');
  writeFileSync(file, parts.join('\n'));
  return file;
};

const next = async (quick) => {
  const [mixedFile, cronFile] = [thousand(5), patterns()];
  const { interval, cron } = await alternate(quick ? 5 : 15, {
    interval: async () => (await run(['next', mixedFile])).ms,
    cron: async () => (await run(['next', cronFile])).ms,
  });
  const figure = 'next, 1,000 conditions, with the start of the process';
  return [
    amountRow({ figure, unit: 'ms', ours: interval, atMost: 300 }),
    amountRow({ figure: 'the same, each with a cron pattern of its own', unit: 'ms', ours: cron, atMost: 300 }),
  ];
};

/** How late a bare timer is that is set for each half second, when the daemon has nothing to do: what the machine does to both. */
const TIMER = `
  const next = () => {
    const left = 1000 - ((Date.now() + 500) % 1000);
    setTimeout(() => {
      const late = (Date.now() + 500) % 1000;
      if (late < 900) console.log(late); // Timers may be early by a moment.
      next();
    }, left);
  };
  next();
`;
/** Ticks at the start of both are left out: there is more to do than ticks. */
const FIRST = 5;

const percentile = (samples, share) => {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * share) - 1];
};

/** Each tick begins with a BUSY record; the others of its second come when a condition gets busy or free. */
const ticksOf = (log) => {
  const late = new Map();
  for (const line of readFileSync(log, 'utf8').split('\n')) {
    if (!line.includes('"scheduler_tick"') || !line.includes('"when":"BUSY"')) continue;
    const [, second, ms] = /"time":"([^"]*)\.(\d{3})/.exec(line) ?? [];
    if (!late.has(second)) late.set(second, Number(ms));
  }
  return [...late.values()].slice(FIRST);
};

const lateness = async () => {
  const log = fresh('.log');
  const one = daemon([thousand(1), '-J', '-L', 'trace', '-l', log], { stdout: 'ignore' });
  const timer = bare(TIMER);
  let said = '';
  timer.child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  await sleep(300_000);
  await timer.stop();
  one.say('exit');
  await one.ended;
  const [ours, peer] = [ticksOf(log), said.trim().split('\n').slice(FIRST).map(Number)];
  const row = (name, share, limit = {}) =>
    amountRow({
      figure: `lateness of ticks, ${name}; 1,000 conditions visited each second`,
      unit: 'ms',
      ours: [percentile(ours, share)],
      peerName: 'node with a timer for each half second',
      peer: [percentile(peer, share)],
      ...limit,
    });
  return [row('median', 0.5), row(`99th percentile of ${ours.length}`, 0.99, { atMost: 5 }), row('the latest', 1)];
};

export default async ({ quick }) => [
  ...(await year(quick)),
  ...(await next(quick)),
  // Of a short time the 99th percentile says nothing.
  ...(quick ? [] : await lateness()),
];
