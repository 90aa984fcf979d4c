// What `whenever web` costs the daemon while ten pages are open, against none, and how soon its answers and messages come.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { basename, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { WebSocket } from 'ws';
import { amountRow, daemon, firstByte, fresh, memory, processorMs, quiet, sleep, whenever } from './support.mjs';

const CONDITIONS = 1000;
const RUNS = 100_000;
/** Bytes of a segment of the history. */
const SEGMENT = 16 * 2 ** 20;

/** One condition of many that runs each second, and one that commands run. */
const configuration = () => {
  const idle = Array.from(
    { length: CONDITIONS - 2 },
    (_, i) => `[[condition]]\nname = "C${i}"\ntype = "interval"\ninterval_seconds = 86400\ntasks = ["T"]\n`,
  );
  const path = fresh('.toml');
  writeFileSync(
    path,
    `scheduler_tick_seconds = 1
[[task]]
name = "T"
type = "command"
startup_path = "/"
command = "true"
command_arguments = []
[[condition]]
name = "Often"
type = "interval"
interval_seconds = 1
recurring = true
tasks = ["T"]
[[condition]]
name = "Asked"
type = "bucket"
recurring = true
tasks = ["T"]
${idle.join('')}`,
  );
  return path;
};

/** The lines of so many runs, a day long. */
const historyLines = (config, end) => {
  const at = (ms) => new Date(ms).toISOString();
  const first = end - 86_400_000;
  const lines = [
    {
      kind: 'start',
      time: at(first),
      session: 'old',
      format: 1,
      version: '2.0.0',
      pid: 1,
      config,
      zone: 'UTC',
      tick_seconds: 1,
      paused: false,
    },
  ];
  for (let i = 0; i < RUNS; i++) {
    const began = first + i * 860;
    const of = { session: 'old', condition: `C${i % 900}`, run: `run-${i}`, cause: `tick-${i}` };
    const ended = { began: at(began), seconds: 0.4, time: at(began + 400) };
    lines.push({
      kind: 'claim',
      time: at(began),
      ...of,
      tasks: ['T'],
      code: 'interval',
      why: 'its interval of 60 s has passed',
    });
    lines.push({
      kind: 'task',
      ...of,
      ...ended,
      task: 'T',
      outcome: 'success',
      code: 'exit-status',
      why: 'exit code 0',
      stdout: 'done\n',
    });
    lines.push({
      kind: 'run',
      ...of,
      ...ended,
      outcome: 'success',
      why: 'its interval of 60 s has passed',
      tasks: [{ task: 'T', outcome: 'success' }],
      task: 'T',
      reason: 'exit code 0',
    });
  }
  return lines.map((line) => `${JSON.stringify(line)}\n`);
};

/** Writes the lines as segments of the size that the program has. */
const writeSegments = (directory, lines, month) => {
  for (let number = 1, at = 0; at < lines.length; number++) {
    let bytes = 0;
    const first = at;
    while (at < lines.length && bytes < SEGMENT) bytes += lines[at++].length;
    writeFileSync(
      join(directory, `${month}-${String(number).padStart(3, '0')}.jsonl`),
      lines.slice(first, at).join(''),
    );
  }
};

const get = (port, path, cookie) =>
  new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, headers: cookie ? { cookie } : {} }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve({ headers: response.headers, text: Buffer.concat(chunks).toString() }));
    });
    asked.on('error', reject);
    asked.end();
  });

/** Starts the server, and lets this process in. */
const webOf = async (env) => {
  const child = spawn(process.execPath, [whenever, 'web'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const address = await new Promise((resolve) => child.stdout.once('data', (text) => resolve(String(text).trim())));
  const port = Number(new URL(address).port);
  const { headers } = await get(port, address.slice(address.indexOf('/?')));
  const cookie = headers['set-cookie'][0].split(';')[0];
  const page = () =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/live`, {
        headers: { cookie, origin: `http://127.0.0.1:${port}` },
      });
      socket.once('message', () => resolve(socket));
      socket.once('error', reject);
    });
  return { child, port, cookie, page };
};

/** How late each tick was, in ms: ticks fall on whole seconds, and the first record of a run comes with its tick. */
const lateness = (text) => {
  const first = new Map();
  for (const line of text.split('\n')) {
    const [, second, ms] = (line.includes('"item":"Often"') && /"time":"([^"]*)\.(\d{3})/.exec(line)) || [];
    if (second !== undefined && !first.has(second)) first.set(second, Number(ms));
  }
  if (first.size === 0) throw new Error('no record of a tick');
  return [...first.values()];
};
const percentile = (list, share) =>
  [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))] ?? 0;

export default async ({ quick }) => {
  const config = configuration();
  const state = fresh('-state');
  const historyDirectory = directoryOf(config, state);
  mkdirSync(historyDirectory, { recursive: true, mode: 0o700 });
  const now = Date.now();
  const month = new Date(now - 86_400_000).toISOString().slice(0, 7);
  writeSegments(historyDirectory, historyLines(config, now), month);
  const one = daemon([config, '-L', 'info', '-J'], { state });
  await firstByte(one.child.stdout);
  let text = '';
  one.child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  await sleep(3000);
  const env = { ...process.env, XDG_RUNTIME_DIR: one.runtime, XDG_STATE_HOME: state };
  const web = await webOf(env);
  const seconds = quick ? 10 : 60;
  const watch = async () => {
    await quiet();
    text = '';
    const before = processorMs(one.child.pid);
    await sleep(seconds * 1000);
    return { late: percentile(lateness(text), 0.99), share: (processorMs(one.child.pid) - before) / (seconds * 10) };
  };
  try {
    const alone = await watch();
    const pages = [];
    for (let i = 0; i < 10; i++) pages.push(await web.page());
    await sleep(2000);
    const watched = await watch();
    const times = { overview: [], runs: [], columns: [] };
    const queries = { overview: '', runs: '?count=100', columns: `?since=${now - 86_400_000}&until=${now}` };
    for (let round = 0; round < (quick ? 5 : 15); round++)
      for (const [name, query] of Object.entries(queries)) {
        const began = performance.now();
        await get(web.port, `/api/${name}${query}`, web.cookie);
        if (round > 0) times[name].push(performance.now() - began);
      }
    const messages = [];
    const heard = new Promise((resolve) => {
      pages[0].on('message', (data) => {
        const { type, run } = JSON.parse(String(data));
        if (type !== 'run' || run.ended === null) return;
        messages.push(Date.now() - run.ended);
        if (messages.length === (quick ? 8 : 40)) resolve();
      });
    });
    await heard;
    const rss = memory(web.child.pid).resident;
    for (const page of pages) page.terminate();
    const row = (figure, unit, ours, atMost, peerName, peer) =>
      amountRow({ figure, unit, ours, peerName, peer, atMost });
    return [
      row(
        'ten pages: processor of the daemon, more than with none',
        '% of a core',
        [Math.max(0, watched.share - alone.share)],
        1,
      ),
      row(
        'ten pages: lateness of a tick at the 99th percentile, more than with none',
        'ms',
        [Math.max(0, watched.late - alone.late)],
        5,
      ),
      row(`overview, ${CONDITIONS} conditions`, 'ms', times.overview, 200),
      row(`runs, the last 100 of ${RUNS}`, 'ms', times.runs, 300),
      row(`columns of a day, ${RUNS} runs`, 'ms', times.columns, 1000),
      row('from the end of a run to its message, 95th percentile', 'ms', [percentile(messages, 0.95)], 200),
      row('memory of the server', 'MB', [rss], 150),
    ];
  } finally {
    web.child.kill();
    await one.stop();
  }
};

/** Where the history of a file is kept, as `src/adapters/history/directory.ts` has it. */
const directoryOf = (config, state) =>
  join(state, 'whenever', `${basename(config)}-${crc32(config).toString(16).padStart(8, '0')}`);
