import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Program } from './program.ts';

/** Whether a command is there. Where `CI` is set it has to be, on Linux. */
export const hasCommand = (name: string): boolean => {
  const there = spawnSync('sh', ['-c', 'command -v "$1"', 'sh', name]).status === 0;
  if (!there && process.env.CI && process.platform === 'linux') throw new Error(`${name} is missing`);
  return there;
};

/** A socket for notifications, as a service manager has one. */
export class ServiceManager {
  readonly #reader: Program;

  private constructor(reader: Program) {
    this.#reader = reader;
  }

  /** @param path of the socket */
  static async listen(path: string): Promise<ServiceManager> {
    const reader = new Program(spawn('python3', [join(import.meta.dirname, 'datagrams.py'), path]));
    await reader.until(() => reader.stdout.includes('ready'), 'the socket');
    return new ServiceManager(reader);
  }

  /** The notifications so far, each as its assignments; without the barriers, which have no meaning of their own. */
  get messages(): readonly (readonly string[])[] {
    return this.#reader.stdout
      .split('\n')
      .slice(1, -1)
      .map((line) => JSON.parse(line) as string[])
      .filter(([first]) => first !== 'BARRIER=1');
  }

  /** Waits for a notification with this assignment; `from` skips as many messages. Returns its position. */
  async message(assignment: string | RegExp, from = 0): Promise<number> {
    let found = -1;
    const is = (text: string) => (typeof assignment === 'string' ? text === assignment : assignment.test(text));
    await this.#reader.until(() => {
      found = this.messages.findIndex((message, i) => i >= from && message.some(is));
      return found !== -1;
    }, String(assignment));
    expect(found).toBeGreaterThanOrEqual(from);
    return found;
  }

  async close(): Promise<void> {
    this.#reader.kill('SIGKILL');
    await this.#reader.ended;
  }
}
