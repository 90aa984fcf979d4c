import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
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
    this.#server = spawn('Xvfb', [this.name, '-screen', '0', '640x480x8', '-nolisten', 'tcp'], { stdio: 'ignore' });
    await eventually(() => existsSync(`/tmp/.X11-unix/X${this.#number}`), 'the X server is there');
  }
  /** Moves the mouse. */
  touch(): void {
    execFileSync('xdotool', ['mousemove', String(10 + Math.floor(Math.random() * 600)), '10'], {
      env: { ...process.env, DISPLAY: this.name },
    });
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
