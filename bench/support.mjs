// What the figures have in common: samples, rows of the table, configuration files, and daemons that are watched from outside.
import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export { sleep };

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** The launcher, as users start it. */
export const whenever = join(root, 'bin', 'whenever');

/** A folder for everything a run leaves behind; gone at the end. */
export const workspace = mkdtempSync(join(tmpdir(), 'whenever-bench-'));
process.once('exit', () => rmSync(workspace, { recursive: true, force: true }));
let made = 0;
/** A new path in the workspace. */
export const fresh = (ending) => join(workspace, `${++made}${ending}`);

export const median = (samples) => {
  const sorted = [...samples].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** Processor time of the whole machine so far: busy and all, in clock ticks. */
const machineTime = () => {
  const [user, nice, system, idle, wait, ...rest] = /^cpu +(.*)$/m
    .exec(readFileSync('/proc/stat', 'utf8'))[1]
    .split(' ')
    .map(Number);
  const busy = user + nice + system + rest.slice(0, 3).reduce((a, b) => a + b, 0);
  return { busy, all: busy + idle + wait };
};

/** How long all waits for a quiet machine may take from now on, in ms. */
let waitsLeft = Number.POSITIVE_INFINITY;
/** Limits all waits for a quiet machine together. @param ms */
export const limitWaits = (ms) => {
  waitsLeft = ms;
};

/** Waits until others leave the machine alone (four fifths of it idle for a tenth of a second), at most `limitMs`. */
export const quiet = async (limitMs = 5000) => {
  const began = performance.now();
  const end = began + Math.min(limitMs, waitsLeft);
  for (let before = machineTime(); performance.now() < end; ) {
    await sleep(100);
    const now = machineTime();
    if (now.busy - before.busy < (now.all - before.all) / 5) break;
    before = now;
  }
  waitsLeft -= performance.now() - began;
};

/**
 * Runs the measurements in turn (A B A B …), so that what the machine does meanwhile meets all of them. The first round warms up, unless
 * `warm` says that each of them does that by itself.
 */
export const alternate = async (rounds, measurements, { warm = false } = {}) => {
  const samples = Object.fromEntries(Object.keys(measurements).map((name) => [name, []]));
  for (let round = warm ? 1 : 0; round <= rounds; round++) {
    for (const [name, measure] of Object.entries(measurements)) {
      await quiet();
      const sample = await measure();
      if (round > 0) samples[name].push(sample);
    }
  }
  return samples;
};

/**
 * A row whose limit is a ratio of medians. `atMost` or `atLeast`: the limit.
 * `ours` and `peer` are samples in `unit`; `peerName` says what the peer is.
 */
export const ratioRow = ({ figure, unit, ours, peerName, peer, atMost, atLeast }) => {
  const ratio = median(ours) / median(peer);
  return { figure, unit, ours, peerName, peer, ratio, judged: ratio, limitUnit: '×', atMost, atLeast };
};

/** A row whose limit is an amount; a peer, where there is one, is there to compare with. */
export const amountRow = ({ figure, unit, ours, peerName, peer, atMost, atLeast }) => {
  const ratio = peer && median(peer) > 0 ? median(ours) / median(peer) : undefined;
  return { figure, unit, ours, peerName, peer, ratio, judged: median(ours), limitUnit: unit, atMost, atLeast };
};

/** A file with `conditions` interval conditions that are not due for a day, and one task. */
export const configuration = ({ conditions, tick }) => {
  const parts = [
    `scheduler_tick_seconds = ${tick}\n`,
    '[[task]]\nname = "True"\ntype = "command"\nstartup_path = "/"\ncommand = "true"\ncommand_arguments = []\n',
  ];
  for (let i = 1; i <= conditions; i++) {
    parts.push(
      `[[condition]]\nname = "Condition_${i}"\ntype = "interval"\ninterval_seconds = 86400\nrecurring = true\ntasks = ["True"]\n`,
    );
  }
  const file = fresh('.toml');
  writeFileSync(file, parts.join('\n'));
  return file;
};

/**
 * Starts the program under an instance lock of its own. `stdout`: 'pipe', 'ignore' or a file descriptor. `state`: the directory of its
 * history; default: an empty one. `build`: the words that start another build of it.
 */
export const daemon = (args, { stdout = 'pipe', state, build = [process.execPath, whenever] } = {}) => {
  const runtime = mkdtempSync(join(workspace, 'r'));
  const [program, ...launcher] = build;
  const child = spawn(program, [...launcher, ...args], {
    stdio: ['pipe', stdout, 'inherit'],
    env: { ...process.env, XDG_RUNTIME_DIR: runtime, XDG_STATE_HOME: state ?? join(runtime, 'state') },
  });
  return { ...started(child), runtime };
};

/** Starts a bare node with the same streams. */
export const bare = (code, { stdout = 'pipe' } = {}) =>
  started(spawn(process.execPath, ['-e', code], { stdio: ['pipe', stdout, 'inherit'] }));

const started = (child) => {
  const ended = new Promise((resolve) => child.once('close', (code) => resolve(code)));
  child.stdin.on('error', () => {});
  return {
    child,
    pid: child.pid,
    ended,
    say: (line) => child.stdin.write(`${line}\n`),
    stop: async () => {
      child.kill('SIGKILL');
      child.stdout?.resume();
      await ended;
    },
  };
};

/** Resolves with the instant of the first thing a stream says. */
export const firstByte = (stream) => new Promise((resolve) => stream.once('data', () => resolve(performance.now())));

/** Bundles one of the drivers in bench/drivers, with the program's sources it imports; answers the path. */
export const driver = async (name) => {
  const outfile = fresh(`-${name}.cjs`);
  await build({
    entryPoints: [join(root, 'bench', 'drivers', `${name}.mjs`)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20.19',
    external: ['pino'],
    logLevel: 'warning',
  });
  return outfile;
};

/** Runs a driver to its end and answers the JSON object it says on standard error. `node`: options of Node. */
export const runDriver = (path, args, { stdout = 'ignore', node = [] } = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...node, path, ...args], {
      stdio: ['ignore', stdout, 'pipe'],
      env: { ...process.env, NODE_PATH: join(root, 'node_modules') },
    });
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
    });
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(said));
      else reject(new Error(`${path} ended with ${code}: ${said}`));
    });
  });

/** A pipe of the system with a fast reader (`wc -l`) at its end. `lines` resolves when all writers have closed it. */
export const countedPipe = () => {
  const path = fresh('.fifo');
  execFileSync('mkfifo', [path]);
  const reader = spawn('wc', ['-l', path], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  reader.stdout.on('data', (chunk) => {
    said += chunk;
  });
  const lines = new Promise((resolve) => reader.once('close', () => resolve(Number.parseInt(said, 10))));
  const fd = openSync(path, 'w');
  return { fd, close: () => closeSync(fd), lines };
};

/** Processor time of all threads of a process so far, in ms; to the nanosecond where the system tells it. */
export const processorMs = (pid) => {
  try {
    let sum = 0;
    for (const thread of readdirSync(`/proc/${pid}/task`))
      sum += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
    return sum / 1e6;
  } catch {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }
};

const kibibytes = (file, key) => Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(readFileSync(file, 'utf8'))?.[1]);

/** Memory of a process in MiB: resident, its greatest so far, and the part no other process shares. */
export const memory = (pid) => {
  const [status, smaps] = [`/proc/${pid}/status`, `/proc/${pid}/smaps_rollup`];
  return {
    resident: kibibytes(status, 'VmRSS') / 1024,
    peak: kibibytes(status, 'VmHWM') / 1024,
    own: (kibibytes(smaps, 'Private_Clean') + kibibytes(smaps, 'Private_Dirty')) / 1024,
  };
};

/** Sleeps until the wall clock shows `fraction` of a second; a whole number of ticks of 1 s lies between two of these. */
export const sleepToFraction = async (fraction) => {
  const now = Date.now();
  const wanted = Math.floor(now / 1000) * 1000 + fraction * 1000;
  await sleep(wanted > now ? wanted - now : wanted + 1000 - now);
};
