// The peers that are programs of the system: cron of Debian, and timers of a user manager of systemd. Both need root, to be apart from
// those of the machine. `{ began, ready, pid, stop }`: `ready` resolves with the instant at which all jobs are loaded.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, sleep } from '../support.mjs';

/** Of a crontab; cron takes no more of one file than some thousands. */
const MOST_LINES = 900;
/** How often it is looked whether cron has begun, in ms. */
const LOOK_MS = 20;

/** Downloads the cron of Debian into a folder; what apt says goes to standard error. Where there is no apt, it cannot be measured. */
export const downloadCron = (folder) => {
  const script = 'apt-get download -qq cron && dpkg -x cron_*.deb debian';
  spawnSync('sh', ['-c', script], { cwd: folder, stdio: ['ignore', 2, 2] });
};

/** @param pattern of the job with a number */
export const debianCron = async (count, pattern, folder) => {
  const program = join(folder, 'debian', 'usr', 'sbin', 'cron');
  if (!existsSync(program)) throw new Error('cron of Debian is not there');
  const tabs = mkdtempSync(join(folder, 'tabs-'));
  const began = join(tabs, '..', `began-${count}`);
  const lines = Array.from({ length: count }, (_, i) => `${pattern(i)} root true\n`);
  for (let i = 0; i < count; i += MOST_LINES)
    writeFileSync(join(tabs, `jobs${i}`), lines.slice(i, i + MOST_LINES).join(''), { mode: 0o644 });
  // Jobs of the start run when all crontabs have been read.
  writeFileSync(join(tabs, 'start'), `@reboot root touch ${began}\n`, { mode: 0o644 });
  const at = performance.now();
  const child = spawn('sh', [join(import.meta.dirname, 'debian-cron.sh'), program, tabs], { stdio: ['ignore', 2, 2] });
  const ready = async () => {
    while (!existsSync(began)) {
      const end = child.exitCode ?? child.signalCode;
      if (end !== null) throw new Error(`cron has ended with ${end}`);
      await sleep(LOOK_MS);
    }
    return performance.now();
  };
  return { began: at, ready: ready(), pid: () => child.pid, stop: () => child.kill('SIGKILL') };
};

/** The user manager whose home is a folder. */
const managerOf = (home) =>
  readdirSync('/proc').find((pid) => {
    try {
      const [program, option] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      if (!program.endsWith('/systemd') || option !== '--user') return false;
      return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`HOME=${home}`);
    } catch {
      return false;
    }
  });

/** @param hour of the first job */
export const systemdTimers = async (count, hour, folder) => {
  const home = mkdtempSync(join(folder, 'home-'));
  const script = [
    join(root, 'test', 'support', 'user-manager.sh'),
    home,
    join(import.meta.dirname, 'systemd-timers.sh'),
  ];
  const env = { ...process.env, COUNT: String(count), HOUR: String(hour) };
  const child = spawn('sh', script, { env, stdio: ['pipe', 'pipe', 'ignore'] });
  const ended = once(child, 'close');
  let said = '';
  child.stdout.setEncoding('utf8');
  /** Resolves when a line has come. */
  const line = async (text) => {
    while (!said.includes(text)) {
      const [chunk] = await Promise.race([once(child.stdout, 'data'), ended.then(() => [])]);
      if (typeof chunk !== 'string') throw new Error('there is no user manager of systemd');
      said += chunk;
    }
    return performance.now();
  };
  const stop = async () => {
    child.stdin.end();
    // A manager that still starts timers is not waited for: without it the script comes to its end.
    const manager = managerOf(home);
    if (manager !== undefined) process.kill(Number(manager), 'SIGKILL');
    await ended;
  };
  return { began: await line('begin'), ready: line('ready'), pid: () => Number(managerOf(home)), stop };
};
