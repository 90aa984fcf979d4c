import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../../error-message.ts';
import { type ServerSettings, serverConfig } from '../../fleet/server-config.ts';
import { findExecutable } from '../executable.ts';
import { makePrivateDirectory } from '../private-directory.ts';

/** What nats-server logs when it can be asked. */
const READY = 'Server is ready';
/** What a token is made of: nothing that means something in an address or in the file of the server. */
const TOKEN = /^[\w-]{16,}$/;

/** The path of nats-server; undefined: it is not installed. */
export const findServer = (path = process.env.PATH): string | undefined =>
  path ? findExecutable('nats-server', '/', path) : undefined;

/** The token that is kept in a directory, or a new one. @throws Error when the file has something else */
export const keptToken = (directory: string): string => {
  const file = join(directory, 'token');
  try {
    const token = randomBytes(24).toString('hex');
    writeFileSync(file, `${token}\n`, { mode: 0o600, flag: 'wx' });
    return token;
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  }
  const token = readFileSync(file, 'utf8').trim();
  if (!TOKEN.test(token))
    throw new Error(
      `${file}: expected a token of at least 16 letters, digits, "_" or "-"; remove the file for a new one`,
    );
  return token;
};

/** Whether a process still runs this file. Its number can be that of another one by now. */
const isServing = (pid: number, file: string): boolean => {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(file);
  } catch {
    return false;
  }
};

/** Two servers would tear the data of one directory. @throws Error when one runs there, perhaps left by a program that was killed */
const refuseSecond = (pidFile: string, file: string): void => {
  let pid: number;
  try {
    pid = Number(readFileSync(pidFile, 'utf8'));
  } catch {
    return;
  }
  if (Number.isSafeInteger(pid) && pid > 0 && isServing(pid, file))
    throw new Error(`a server of this directory is running already, process ${pid} (${file} says where it listens)`);
};

/** A nats-server that runs as long as this program. */
export class LocalServer {
  readonly settings: ServerSettings;
  readonly #process: ChildProcess;
  readonly #ready: Promise<void>;
  /** Has the number of its process. */
  readonly #pidFile: string;
  /** Resolves with the exit status, or the signal, when it has ended. Rejects if it could not be started. */
  readonly ended: Promise<number | string>;

  /**
   * Writes its configuration file and starts it. @param directory private to this user, made if it is not there
   * @param log called with what the server logs @throws Error when the directory cannot be used
   */
  constructor(
    program: string,
    listen: Pick<ServerSettings, 'host' | 'port'>,
    directory: string,
    log: (text: string) => void,
  ) {
    makePrivateDirectory(directory);
    this.settings = { ...listen, token: keptToken(directory), directory };
    const file = join(directory, 'nats-server.conf');
    this.#pidFile = join(directory, 'nats-server.pid');
    refuseSecond(this.#pidFile, file);
    writeFileSync(file, serverConfig(this.settings), { mode: 0o600 });
    this.#process = spawn(program, ['--config', file], { stdio: ['ignore', 'inherit', 'pipe'] });
    if (this.#process.pid !== undefined) writeFileSync(this.#pidFile, `${this.#process.pid}\n`, { mode: 0o600 });
    let seen = '';
    this.#ready = new Promise((resolve) => {
      this.#process.stderr!.setEncoding('utf8').on('data', (text: string) => {
        log(text);
        seen = (seen + text).slice(-4096);
        if (seen.includes(READY)) resolve();
      });
    });
    this.ended = once(this.#process, 'close').then(([code, signal]) => (code as number | null) ?? (signal as string));
  }

  /** Resolves with whether it can be asked: false if it has ended. */
  ready(): Promise<boolean> {
    return Promise.race([this.#ready.then(() => true), this.ended.then(() => false)]);
  }

  /** Ends it in order. A second SIGINT, as of a terminal, does it no harm. */
  async end(): Promise<void> {
    this.#process.kill('SIGINT');
    await this.ended.catch(() => {});
    rmSync(this.#pidFile, { force: true });
  }
}
