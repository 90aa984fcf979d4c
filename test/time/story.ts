import { type Daemon, type DaemonOptions, daemon } from '../support/daemon.ts';

/** A file with one time condition (or what `keys` says) that runs one task. */
export const file = (keys: string, tick = 5): string => `scheduler_tick_seconds = ${tick}
  task = [{ name = "T", type = "command", command = "t", command_arguments = [], startup_path = "/" }]
  [[condition]]
  name = "C"
  recurring = true
  tasks = ["T"]
  ${keys.includes('type =') ? '' : 'type = "time"'}
  ${keys}`;

/** Starts a daemon with such a file at an instant given as ISO text. */
export const begin = (start: string, keys: string, tick = 5, options: DaemonOptions = {}): Promise<Daemon> =>
  daemon(file(keys, tick), { level: 'info', start, files: { same: file(keys, tick) }, ...options });

/** `HH:MM:SS` in UTC, after the day of the month when it is another than that of the start. */
const clockTime = (ms: number): string => new Date(ms).toISOString().slice(8, 19).replace('T', ' ');

/** When the condition ran its tasks, on the wall clock in UTC: `29 01:00:00`. */
export const runs = (d: Daemon): string[] =>
  d.records.all.filter(({ message }) => message.startsWith('running tasks')).map(({ time }) => clockTime(time));

/** What the condition told of its instants: late ones, misses, what it makes up for. */
export const told = (d: Daemon): string[] =>
  d.records.all
    .filter(({ message }) => message.startsWith('time:'))
    .map(({ level, message }) => `${level} ${message.slice(6)}`);
