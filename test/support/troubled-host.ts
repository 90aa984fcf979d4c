import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Place, PROGRAM, Program, RUNNER } from './program.ts';

const FAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';

/** Bytes of the small disk that logs and recordings go to. */
const DISK_MIB = 160;

/** What the test cannot do without; each is a Debian package of nearly the same name. */
export const missingTools = (): string[] =>
  ['unshare', 'prlimit', 'faketime'].filter((tool) => spawnSync('which', [tool]).status !== 0);

/**
 * A machine of which everything can go wrong while the program runs: its disk, its descriptors, its clock, its zone.
 * It is a mount namespace with an `/etc` and a small disk of its own, and a clock from a file. Needs Linux and root.
 */
export class TroubledHost {
  readonly disk: string;
  readonly #place: Place;
  #pid = 0;

  constructor(place: Place) {
    this.#place = place;
    this.disk = place.file('disk');
    mkdirSync(this.disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MIB}m`, 'none', this.disk]);
    cpSync('/etc', place.file('etc'), { recursive: true, verbatimSymlinks: true });
    this.zone('Etc/UTC');
    this.clock(0);
  }

  /** Starts the program in it. */
  start(args: readonly string[], toml: string): Program {
    const place = this.#place;
    const script = `mount --bind ${place.file('etc')} /etc && exec "$@"`;
    const { TZ: _zone, ...env } = place.environment({
      LD_PRELOAD: FAKETIME,
      FAKETIME_TIMESTAMP_FILE: place.file('clock'),
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    });
    const command = [RUNNER, PROGRAM, ...args, place.write('config.toml', toml)];
    const child = spawn('unshare', ['-m', 'sh', '-c', script, 'sh', ...command], { cwd: place.path, env });
    this.#pid = child.pid ?? 0;
    return new Program(child);
  }

  /** Sets the clock of the program this many seconds ahead of the real one. */
  clock(seconds: number): void {
    const path = this.#place.file('clock.new');
    writeFileSync(path, `${seconds < 0 ? '' : '+'}${seconds}\n`);
    renameSync(path, this.#place.file('clock'));
  }

  /** Moves the machine to another time zone. */
  zone(name: string): void {
    const path = this.#place.file('etc/localtime');
    rmSync(path, { force: true });
    symlinkSync(`/usr/share/zoneinfo/${name}`, path);
  }

  /** Leaves the program `spare` descriptors that are not in use; undefined: as many as before. */
  descriptors(spare: number | undefined): void {
    const limit = spare === undefined ? 1024 : readdirSync(`/proc/${this.#pid}/fd`).length - 1 + spare;
    execFileSync('prlimit', ['--pid', String(this.#pid), `--nofile=${limit}:`]);
  }

  /** Fills the disk, or makes room again. */
  full(yes: boolean): void {
    const filler = join(this.disk, 'filler');
    if (!yes) rmSync(filler, { force: true });
    else spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=64k'], { stdio: 'ignore' });
  }

  /** Moves a directory of the disk away. */
  move(from: string, to: string): void {
    renameSync(join(this.disk, from), join(this.disk, to));
  }

  /** Removes a directory of the disk. */
  forget(name: string): void {
    rmSync(join(this.disk, name), { recursive: true, force: true });
  }

  /** Takes the disk away. */
  close(): void {
    execFileSync('umount', ['-l', this.disk]);
  }
}
