// Draws the pictures of `whenever web`: writes a history of two weeks, starts an instance and the server of the page, and opens it in a
// browser (see browser.mjs). Writes docs/images/*.png; with `--narrow DIRECTORY` also how it is at 390 pixels.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { crc32 } from 'node:zlib';
import { setUp } from './setup.mjs';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const images = resolve('docs/images');
const narrow = process.argv[2] === '--narrow' ? resolve(process.argv[3]) : undefined;
const folder = mkdtempSync(join(tmpdir(), 'whenever-screenshots-'));
const config = join(folder, 'home.toml');
const program = resolve('bin/whenever');
const env = { ...process.env, TZ: 'UTC', XDG_RUNTIME_DIR: join(folder, 'run'), XDG_STATE_HOME: join(folder, 'state') };
const NO_SPACE = 'rsync: write failed on "/mnt/backup": No space left on device (28)';

const command = (name, script, more = '') => `[[task]]
name = "${name}"
type = "command"
startup_path = "/"
command = "sh"
command_arguments = ["-c", '''${script}''']
success_status = 0
${more}
`;
const time = (name, specification, tasks, more = '') => `[[condition]]
name = "${name}"
type = "time"
recurring = true
time_specifications = [${specification}]
tasks = ${JSON.stringify(tasks)}
${more}
`;

const CONFIGURATION = `# What runs at home.
scheduler_tick_seconds = 1

${command('Backup', `echo "sending incremental file list"; echo "home/me/photos/2026/"; sleep 1; echo '${NO_SPACE}' >&2; exit 11`)}
${command('Mail', 'echo "sent to me@example.org: $WHENEVER_FAILED_CONDITION failed"')}
${command('CheckDisk', 'echo "/ is 71 % full"')}
${command('SyncPhotos', 'for i in $(seq 1 900); do echo "copied IMG_$((4000 + i)).jpg"; sleep 1; done')}
${time('Nightly', '{ hour = 2, minute = 30 }', ['Backup'], 'on_failure = ["Mail"]')}
${time('Hourly', '{ minute = 5, second = 0 }', ['CheckDisk'])}
[[condition]]
name = "PhotosCame"
type = "event"
recurring = true
tasks = ["SyncPhotos"]

[[event]]
name = "Photos"
type = "cli"
condition = "PhotosCame"
`;

/** The runs of two weeks, oldest first: an hourly check, and a backup that has failed for three nights. */
const pastRuns = (now) => {
  const midnight = Math.floor(now / DAY) * DAY;
  const runs = [];
  for (let at = midnight - 14 * DAY + 5 * 60_000; at < now - 10_000; at += HOUR)
    runs.push({
      at,
      seconds: 0.04 + (at % 7) / 100,
      condition: 'Hourly',
      task: 'CheckDisk',
      output: '/ is 71 % full\n',
    });
  for (let night = 0; night <= 14; night += 1) {
    const at = midnight - (14 - night) * DAY + 2.5 * HOUR;
    const failed = night > 10;
    const seconds = failed ? 41 : 312 + ((night * 37) % 90);
    const output = failed ? 'sending incremental file list\n' : 'sending incremental file list\nsent 1,204 files\n';
    if (at < now - 10_000) runs.push({ at, seconds, condition: 'Nightly', task: 'Backup', output, failed });
  }
  return runs.sort((a, b) => a.at - b.at);
};

/** The lines of the history of these runs, as `src/history/history-line.ts` has them. */
const historyLines = (runs) => {
  const iso = (ms) => new Date(ms).toISOString();
  const first = { kind: 'start', time: iso(runs[0].at - 1000), session: 'before', format: 1, version: '2.0.0', pid: 1 };
  const lines = [{ ...first, config, zone: 'UTC', tick_seconds: 1, paused: false }];
  runs.forEach(({ at, seconds, condition, task, output, failed }, number) => {
    const of = { session: 'before', condition, run: `run-${number + 1}`, cause: `tick-${number + 1}` };
    const ended = { began: iso(at), seconds, time: iso(at + seconds * 1000) };
    const outcome = failed ? 'failure' : 'success';
    const why = condition === 'Nightly' ? 'it is 02:30:00' : 'it is five past the hour';
    const reason = failed ? 'exit code 11 is not the success status 0' : 'exit code 0 is the success status 0';
    lines.push({ kind: 'claim', time: iso(at), ...of, tasks: [task], code: 'time', why, until: iso(at) });
    const written = failed ? { stdout: output, stderr: `${NO_SPACE}\n` } : { stdout: output };
    lines.push({ kind: 'task', ...of, ...ended, task, outcome, code: 'exit-status', why: reason, ...written });
    lines.push({ kind: 'run', ...of, ...ended, outcome, why, tasks: [{ task, outcome }], task, reason });
  });
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
};

/** Starts the program; resolves with the first text on its standard output, and ends it by `end`. */
const start = async (...args) => {
  const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const text = await new Promise((found, failed) => {
    child.stdout.once('data', (data) => found(String(data).trim()));
    child.once('exit', (status) => failed(new Error(`whenever ${args.join(' ')} ended with ${status}`)));
  });
  const end = () =>
    new Promise((ended) => {
      child.once('exit', ended);
      child.kill();
    });
  return { text, end };
};
const run = (...args) =>
  new Promise((ended) => {
    spawn(process.execPath, [program, ...args], { env, stdio: 'ignore' }).once('exit', ended);
  });
const sleep = (ms) => new Promise((ended) => setTimeout(ended, ms));

await setUp();
const { startBrowser } = await import('./browser.mjs');
mkdirSync(env.XDG_RUNTIME_DIR, { mode: 0o700 });
writeFileSync(config, CONFIGURATION);
const now = Date.now();
const history = join(
  env.XDG_STATE_HOME,
  'whenever',
  `${basename(config)}-${crc32(config).toString(16).padStart(8, '0')}`,
);
mkdirSync(history, { recursive: true, mode: 0o700 });
writeFileSync(
  join(history, `${new Date(now - 14 * DAY).toISOString().slice(0, 7)}-001.jsonl`),
  historyLines(pastRuns(now)),
);

const daemon = await start(config, '-L', 'info');
const web = await start('web');
const browser = await startBrowser('--force-color-profile=srgb');
/** Opens the output of what runs, unless it is open. */
const openOutput = async (tab) => {
  if ((await tab.locator('.running pre').count()) === 0)
    await tab.locator('.running').getByRole('button').first().click({ timeout: 3000 });
};
/** What is drawn: name, hash, height, and what is done before. */
const VIEWS = [
  ['now', '#/now', 800, openOutput],
  ['item', '#/item/condition%2FNightly', 980],
  ['timeline', '#/timeline', 540],
  ['calendar', '#/calendar', 860],
];
const problems = [];
const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' });
const tab = await context.newPage();
tab.on('pageerror', (error) => problems.push(String(error)));
await tab.goto(web.text);
await tab.getByRole('heading', { level: 1 }).waitFor();
await run('ctl', 'trigger', 'Photos');
await run('ctl', 'run', 'Nightly');
await sleep(4000);
for (const [name, hash, height, act] of VIEWS) {
  const origin = new URL(web.text).origin;
  const draw = async (width, path) => {
    await tab.setViewportSize({ width, height });
    await tab.goto(`${origin}/${hash}`);
    await sleep(1000);
    if (typeof act === 'function') await act(tab).catch((error) => problems.push(`${name}: ${error.message}`));
    await tab.mouse.move(0, 0);
    await sleep(1200);
    await tab.screenshot({ path });
    console.log(path);
  };
  await draw(1280, join(images, `${name}.png`));
  if (narrow) await draw(390, join(narrow, `${name}-390.png`));
}
await browser.close();
await run('ctl', 'cancel', 'PhotosCame');
await web.end();
await daemon.end();
rmSync(folder, { recursive: true });
for (const problem of problems) console.error(problem);
