// node bench/compare.mjs OLD NEW [FIGURE …] [--limit PERCENT]: measures two builds in turn and prints one table; status 1 if any
// figure of NEW is worse by more than the limit (10 %). A build is a checkout, its `dist` or an executable; FIGURE is a part of a name.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readArguments, refuse } from '../scripts/arguments.mjs';
import { tasksFile } from './spawn.bench.mjs';
import {
  configuration,
  countedPipe,
  daemon,
  firstByte,
  fresh,
  median,
  memory,
  processorMs,
  sleep,
  sleepToFraction,
} from './support.mjs';
import { tableOf } from './table.mjs';
import { MONTH, mixed, thousand } from './time.bench.mjs';

/** Pairs after which a figure is judged; one that is over the limit is measured on, up to the last number. */
const PAIRS = [5, 11, 21];

/** The words that start a build. */
const startOf = (path) => {
  const at = resolve(path);
  const isFolder = statSync(at, { throwIfNoEntry: false })?.isDirectory() === true;
  const launcher = ['bin/whenever', 'launch.cjs', 'whenever.cjs']
    .map((name) => join(at, name))
    .find((file) => isFolder && existsSync(file));
  if (launcher === join(at, 'bin/whenever') && !existsSync(join(at, 'dist', 'whenever.cjs')))
    refuse(`${path} is not built: node ${join(path, 'scripts', 'setup.mjs')}`);
  if (launcher) return [process.execPath, launcher];
  if (!isFolder && existsSync(at)) return at.endsWith('.cjs') ? [process.execPath, at] : [at];
  return refuse(`${path}: expected a checkout, its dist folder or an executable`);
};

/** Processor time of a command that ends by itself, in ms: other work of the machine hardly changes it. */
const processorOf = (build, args, { status = 0, env = {} } = {}) => {
  const line = '"$@" > /dev/null 2>&1; [ $? = "$STATUS" ] && times';
  const directory = fresh('');
  mkdirSync(directory, { mode: 0o700 });
  const own = { XDG_RUNTIME_DIR: directory, XDG_STATE_HOME: directory, STATUS: String(status), ...env };
  const said = execFileSync('bash', ['-c', line, 'bash', ...build, ...args], {
    env: { ...process.env, ...own },
    encoding: 'utf8',
  });
  const times = [
    ...said
      .trim()
      .split('\n')[1]
      .matchAll(/(\d+)m([\d.]+)s/g),
  ];
  return times.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000, 0);
};

/** Starts a daemon, and looks at it when it has said something. */
const started = async (build, args, look) => {
  const began = performance.now();
  const one = daemon([...args, '-L', 'info'], { build });
  const said = await firstByte(one.child.stdout);
  one.child.stdout.resume();
  try {
    return await look(one, said - began);
  } finally {
    await one.stop();
  }
};

/** Has a daemon run all its tasks, and waits until it does nothing. */
const runAll = async (one) => {
  one.say('trigger Go');
  for (let before = -1, now = processorMs(one.pid); now - before > 5; now = processorMs(one.pid)) {
    before = now;
    await sleep(1100);
  }
};

/** Processor time of a daemon for one command, until its log is quiet. */
const worked = (build, file) =>
  started(build, [file, '-J'], async (one) => {
    await sleep(300);
    await runAll(one);
    const before = processorMs(one.pid);
    await runAll(one);
    return processorMs(one.pid) - before;
  });

/** Resident memory of a daemon when all its tasks have run four times. */
const afterRuns = (build, file) =>
  started(build, [file, '-J', '-L', 'trace'], async (one) => {
    await sleep(300);
    for (let i = 0; i < 4; i++) await runAll(one);
    return memory(one.pid).resident;
  });

/** Looks at the memory of a daemon after some time. */
const later =
  (ms, part) =>
  async ({ pid }) => {
    await sleep(ms);
    return memory(pid)[part];
  };

const luaFile = () => {
  const names = Array.from({ length: 100 }, (_, i) => `Lua_${i}`);
  const tasks = names.map((name) => `[[task]]\nname = "${name}"\ntype = "lua"\nscript = "x = 1"\n`).join('');
  const once = `type = "bucket"\nrecurring = true\nexecute_sequence = false\ntasks = ${JSON.stringify(names)}`;
  const file = fresh('.toml');
  writeFileSync(
    file,
    `scheduler_tick_seconds = 60\n${tasks}[[condition]]\nname = "Once"\n${once}\n[[event]]\nname = "Go"\ntype = "cli"\ncondition = "Once"\n`,
  );
  return file;
};

/** A daemon of ten thousand conditions at trace: processor time of a tick. */
const tracedTick = async (build, file) => {
  const pipe = countedPipe();
  const one = daemon([file, '-J', '-L', 'trace'], { stdout: pipe.fd, build });
  pipe.close();
  await sleep(2500);
  await sleepToFraction(0.85);
  const before = processorMs(one.pid);
  await sleep(1500);
  await sleepToFraction(0.85);
  const used = (processorMs(one.pid) - before) / 2;
  await one.stop();
  await pipe.lines;
  return used;
};

/** What is compared: a name, a unit, and what measures a build once. */
const figures = () => {
  const [twenty, many] = [20, 10_000].map((conditions) => configuration({ conditions, tick: 1 }));
  const [mix, month, lua] = [thousand(5), mixed(MONTH, 31), luaFile()];
  const [sequence, together] = [tasksFile(true), tasksFile(false)];
  const wrong = fresh('.toml');
  writeFileSync(wrong, '[[task]]\nname = "T"\ntype = "comand"\n');
  const cpu = (args, options) => (build) => processorOf(build, args, options);
  return [
    ['start to the first record, 20 conditions', 'ms', (build) => started(build, [twenty], (_, took) => took)],
    ['processor: that start', 'ms', (build) => started(build, [twenty], ({ pid }) => processorMs(pid))],
    ['processor: refusal of a wrong file', 'ms', cpu([wrong], { status: 2 })],
    ['processor: check of 10,000 conditions', 'ms', cpu(['check', many])],
    ['processor: next of 1,000 conditions', 'ms', cpu(['next', mix])],
    ['processor: a simulated month, 100 conditions', 'ms', cpu(month)],
    ['processor: a tick at trace, 10,000 conditions', 'ms', (build) => tracedTick(build, many)],
    ['processor: 200 × true in sequence', 'ms', (build) => worked(build, sequence)],
    ['processor: 200 × true side by side', 'ms', (build) => worked(build, together)],
    ['processor: 100 Lua scripts at once', 'ms', (build) => worked(build, lua)],
    ['memory: idle, 20 conditions, private', 'MiB', (build) => started(build, [twenty], later(1500, 'own'))],
    ['memory: after 800 runs of true', 'MiB', (build) => afterRuns(build, sequence)],
    ['memory: the greatest of a load of 10,000', 'MiB', (build) => started(build, [many], later(700, 'peak'))],
  ].map(([figure, unit, measure]) => ({ figure, unit, measure }));
};

/** One figure of both builds, in turn; each pair begins with the other one. */
const compared = async ({ figure, unit, measure }, builds, limit) => {
  const samples = [[], []];
  const ratio = () => median(samples[1].map((value, i) => value / samples[0][i]));
  // The first of each finds files that are not in memory yet.
  for (const build of builds) await measure(build);
  for (const pairs of PAIRS) {
    while (samples[1].length < pairs) {
      const order = samples[1].length % 2 === 0 ? [0, 1] : [1, 0];
      for (const i of order) samples[i].push(await measure(builds[i]));
    }
    if (ratio() <= limit) break;
  }
  const [old, now] = samples.map((list) => `${median(list).toPrecision(3)} ${unit}`);
  const isWorse = ratio() > limit;
  return {
    isWorse,
    cells: [figure, old, now, ratio().toFixed(2), String(samples[0].length), isWorse ? 'WORSE' : 'ok'],
  };
};

const all = figures();
const USAGE = `usage: node bench/compare.mjs OLD NEW [FIGURE …] [--limit PERCENT]
figures, of which a part of the name is enough:
${all.map(({ figure }) => `  ${figure}`).join('\n')}`;
const { values, positionals } = readArguments(USAGE, {
  allowPositionals: true,
  options: { limit: { type: 'string', default: '10' } },
});
const [old, now, ...wanted] = positionals;
if (positionals.length < 2) refuse(`expected two builds\n${USAGE}`);
if (!(Number(values.limit) > 0)) refuse(`--limit ${values.limit}: expected a number above 0\n${USAGE}`);
const unknown = wanted.find((part) => !all.some(({ figure }) => figure.includes(part)));
if (unknown !== undefined) refuse(`there is no figure "${unknown}"\n${USAGE}`);
const builds = [startOf(old), startOf(now)];
const chosen = all.filter(({ figure }) => wanted.length === 0 || wanted.some((part) => figure.includes(part)));
const rows = [];
for (const figure of chosen) {
  console.error(`measuring ${figure.figure} …`);
  rows.push(await compared(figure, builds, 1 + Number(values.limit) / 100));
}
console.log(
  tableOf(
    ['figure', old, now, 'ratio', 'pairs', ''],
    rows.map(({ cells }) => cells),
  ),
);
console.log(
  `\nMedians. The ratio is the median of those of the pairs; over ${1 + Number(values.limit) / 100} it is WORSE.`,
);
if (rows.some(({ isWorse }) => isWorse)) process.exitCode = 1;
