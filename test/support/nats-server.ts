import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { NatsStore } from '../../src/adapters/fleet/nats-store.ts';

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
  readonly directory = mkdtempSync(join(tmpdir(), 'whenever-nats-'));
  #port = 0;
  #process: ChildProcess | undefined;
  readonly #stores: NatsStore[] = [];

  get url(): string {
    return `nats://127.0.0.1:${this.#port}`;
  }

  /** Starts it, again at the same port and with the same data if it ran before. */
  async start(): Promise<void> {
    this.#port ||= await freePort();
    const server = spawn('nats-server', ['-a', '127.0.0.1', '-p', String(this.#port), '-js', '-sd', this.directory], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#process = server;
    const lines = createInterface(server.stderr);
    await new Promise<void>((resolve, reject) => {
      lines.on('line', (line) => line.includes('Server is ready') && resolve());
      server.on('exit', (code) => reject(new Error(`nats-server has ended with ${code} before it was ready`)));
      server.on('error', reject);
    });
  }

  /** A connection, which is closed with the server. */
  async connect(onNote: (note: string) => void = () => {}): Promise<NatsStore> {
    const options = { servers: [this.url], node: `test-${this.#stores.length}` };
    const store = new NatsStore(options, () => {}, onNote);
    this.#stores.push(store);
    if (!store.connected) await new Promise<void>((resolve) => store.onConnection((up) => up && resolve()));
    return store;
  }

  /** It stands still, or goes on. */
  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process?.kill(name);
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

  /** Ends it and the connections, and removes its data. */
  async remove(): Promise<void> {
    for (const store of this.#stores) await store.close();
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
