// Time: a simulated year, the table of the coming firings, and how late the ticks of a loaded daemon are.
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { amountRow, daemon, fresh, memory, sleep, whenever } from './support.mjs';

const YEAR = ['--from', '2026-01-01T00:00:00', '--to', '2027-01-01T00:00:00'];
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

/** A hundred conditions of mixed kinds, and assumed instants for the events of some of them. */
const mixed = () => {
  const parts = ['scheduler_tick_seconds = 5\n', TASK];
  const assumed = [];
  Object.entries(KINDS).forEach(([type, keys]) => {
    for (let i = 0; i < 20; i++) {
      const name = `${type}_${i}`;
      parts.push(`[[condition]]\nname = "${name}"\ntype = "${type}"\nrecurring = true\ntasks = ["True"]\n${keys(i)}\n`);
      if (type !== 'bucket') continue;
      parts.push(`[[event]]\nname = "E${i}"\ntype = "cli"\ncondition = "${name}"\n`);
      const at = Array.from({ length: 365 }, (_, day) => Date.UTC(2026, 0, 1 + day, i, 7, 11));
      assumed.push(`[event.E${i}]\nat = [${at.map((ms) => `"${new Date(ms).toISOString()}"`).join(', ')}]\n`);
    }
  });
  const [file, assume] = [fresh('.toml'), fresh('.toml')];
  writeFileSync(file, parts.join('\n'));
  writeFileSync(assume, assumed.join('\n'));
  return ['simulate', file, '--assume', assume, ...YEAR, '-L', 'warn'];
};

/** A thousand conditions that know when they are due. */
const thousand = (tick) => {
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
  const args = mixed();
  const runs = [];
  for (let i = 0; i < (quick ? 1 : 3); i++) runs.push(await run(args));
  return [
    amountRow({
      figure: 'simulate a year, tick 5 s, 100 conditions of mixed kinds',
      unit: 's',
      ours: runs.map(({ ms }) => ms / 1000),
      atMost: 20,
    }),
    amountRow({ figure: 'memory of it', unit: 'MiB', ours: runs.map(({ mib }) => mib), atMost: 200 }),
  ];
};

const next = async (quick) => {
  const file = thousand(5);
  const runs = [];
  for (let i = 0; i < (quick ? 5 : 15); i++) runs.push(await run(['next', file]));
  return amountRow({
    figure: 'next, 1,000 conditions, with the start of the process',
    unit: 'ms',
    ours: runs.map(({ ms }) => ms),
    atMost: 300,
  });
};

/** Each tick begins with a BUSY record: how long after its whole second it was written. */
const lateness = async (quick) => {
  const log = fresh('.log');
  const one = daemon([thousand(1), '-J', '-L', 'trace', '-l', log], { stdout: 'ignore' });
  await sleep((quick ? 40 : 110) * 1000);
  one.say('exit');
  await one.ended;
  const ms = [];
  for (const line of readFileSync(log, 'utf8').split('\n')) {
    if (!line.includes('"scheduler_tick"') || !line.includes('"when":"BUSY"')) continue;
    ms.push(Number(/"time":"[^"]*\.(\d{3})/.exec(line)?.[1]));
  }
  // Not the start, and not what conditions write when they become busy within a tick.
  const ticks = ms.slice(5).filter((late) => late < 500);
  ticks.sort((a, b) => a - b);
  return amountRow({
    figure: 'lateness of ticks at the 99th percentile, 1,000 conditions visited each second',
    unit: 'ms',
    ours: [ticks[Math.ceil(ticks.length * 0.99) - 1]],
    atMost: 5,
  });
};

export default async ({ quick }) => [...(await year(quick)), await next(quick), await lateness(quick)];
