import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { eventually } from './eventually.ts';

/** An X server without a screen. */
export class Display {
  readonly name: string;
  readonly #number: number;
  #server: ChildProcess | undefined;

  constructor() {
    let number = 90 + (process.pid % 800);
    while (existsSync(`/tmp/.X11-unix/X${number}`)) number += 1;
    this.#number = number;
    this.name = `:${number}`;
  }
  async start(): Promise<void> {
    // Without -noreset it begins anew when its last client has left, and refuses others meanwhile.
    this.#server = spawn('Xvfb', [this.name, '-screen', '0', '640x480x8', '-nolisten', 'tcp', '-noreset'], {
      stdio: 'ignore',
    });
    await eventually(() => this.#answers(), 'the X server answers');
  }
  #xdotool(...words: readonly string[]): boolean {
    const env = { ...process.env, DISPLAY: this.name };
    return spawnSync('xdotool', words, { env, stdio: 'ignore' }).status === 0;
  }
  /** Its socket is there before it answers. */
  #answers(): boolean {
    return existsSync(`/tmp/.X11-unix/X${this.#number}`) && this.#xdotool('getmouselocation');
  }
  /** Moves the mouse. */
  touch(): void {
    const x = String(10 + Math.floor(Math.random() * 600));
    if (!this.#xdotool('mousemove', x, '10')) throw new Error(`${this.name}: the mouse does not move`);
  }
  async stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill();
    await ended;
  }
}
