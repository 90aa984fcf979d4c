// A daemon with a day of many runs, and the server of its page.
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { basename, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { WebSocket } from 'ws';
import { fresh, whenever } from './support.mjs';

/** What the file and its history have. */
export const CONDITIONS = 1000;
export const RUNS = 100_000;
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

export const get = (port, path, cookie) =>
  new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, headers: cookie ? { cookie } : {} }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => resolve({ headers: response.headers, text: Buffer.concat(chunks).toString() }));
    });
    asked.on('error', reject);
    asked.end();
  });

/** Where the history of a file is kept, as `src/adapters/history/directory.ts` has it. */
const directoryOf = (config, state) =>
  join(state, 'whenever', `${basename(config)}-${crc32(config).toString(16).padStart(8, '0')}`);

/** Writes the file, and a history of a day that ends now. */
export const dayOfRuns = () => {
  const config = configuration();
  const state = fresh('-state');
  const directory = directoryOf(config, state);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const now = Date.now();
  writeSegments(directory, historyLines(config, now), new Date(now - 86_400_000).toISOString().slice(0, 7));
  return { config, state, now };
};

/** Starts the server, and lets this process in. */
export const webOf = async (env) => {
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
