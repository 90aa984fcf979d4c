import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A port of this machine that nothing uses. */
export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** A real NATS server with JetStream, in a directory of its own. */
export class NatsServer {
  readonly #directory = mkdtempSync(join(tmpdir(), 'whenever-nats-'));
  #port = 0;
  #process: ChildProcess | undefined;

  get url(): string {
    return `nats://127.0.0.1:${this.#port}`;
  }

  /** Starts it, again at the same port and with the same data if it ran before. */
  async start(): Promise<void> {
    this.#port ||= await freePort();
    this.#process = spawn('nats-server', ['-a', '127.0.0.1', '-p', String(this.#port), '-js', '-sd', this.#directory], {
      stdio: 'ignore',
    });
    for (let open = false; !open; ) {
      open = await new Promise<boolean>((resolve) => {
        const socket = connect(this.#port, '127.0.0.1', () => resolve(true)).on('error', () =>
          setTimeout(() => resolve(false), 20),
        );
        socket.on('connect', () => socket.destroy());
      });
    }
  }

  /** Ends it as a power cut does. */
  async kill(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    if (process === undefined || process.exitCode !== null || process.signalCode !== null) return;
    await new Promise((resolve) => {
      process.on('exit', resolve);
      process.kill('SIGKILL');
    });
  }

  /** Ends it, and removes its data. */
  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
