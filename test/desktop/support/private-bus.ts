import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.ts';

const accepts = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    }).on('error', () => resolve(false));
  });

/** A message bus of our own, that can be ended and started again at the same place. */
export class PrivateBus {
  readonly folder = mkdtempSync(join(tmpdir(), 'whenever-bus-'));
  readonly path = join(this.folder, 'bus');
  readonly address = `unix:path=${this.path}`;
  readonly #type: 'session' | 'system';
  #daemon: ChildProcess | undefined;

  constructor(type: 'session' | 'system' = 'session') {
    this.#type = type;
  }

  async start(): Promise<this> {
    const file = join(this.folder, 'bus.conf');
    const policy = '<allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/><allow user="*"/>';
    writeFileSync(
      file,
      `<busconfig><type>${this.#type}</type><listen>${this.address}</listen><auth>EXTERNAL</auth><policy context="default">${policy}</policy></busconfig>`,
    );
    this.#daemon = spawn('dbus-daemon', [`--config-file=${file}`, '--nofork', '--nopidfile'], { stdio: 'ignore' });
    await eventually(() => accepts(this.path), 'the bus accepts connections');
    return this;
  }
  async stop(): Promise<void> {
    const daemon = this.#daemon;
    if (!daemon) return;
    this.#daemon = undefined;
    const ended = new Promise((resolve) => daemon.once('exit', resolve));
    daemon.kill('SIGKILL');
    await ended;
    rmSync(this.path, { force: true });
  }
  async close(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
