import { type Client, type ClientStream, type ConnectOptions, connect } from '../../src/library.ts';
import { onDemand, Place, type Program, shellTask, TICK } from '../support/program.ts';

/** A task that is over at once, and one that goes on until the file `end` is there, or the place is gone, also when the instance was killed. */
export const CONFIG = `${TICK}${shellTask('Hello', 'echo hello')}${onDemand('OnDemand', ['Hello'])}${shellTask(
  'Long',
  'echo begun; while [ ! -e PLACE/end ] && [ -d PLACE ]; do sleep 0.05; done; echo over',
)}${onDemand('Slow', ['Long'])}`;

/** A place with an instance and its clients. */
export class ClientPlace extends Place {
  readonly #clients: Client[] = [];

  get socket(): string {
    return this.file('run/whenever.sock');
  }
  async client(options: ConnectOptions = {}): Promise<Client> {
    const made = await connect({ socket: this.socket, ...options });
    this.#clients.push(made);
    return made;
  }
  /** Starts the program, and waits until conditions are checked. */
  async instance(toml = CONFIG): Promise<Program> {
    const text = toml.replaceAll('PLACE', this.path);
    const program = this.start(['--log-json', '--log-level', 'debug'], { toml: text });
    await program.record(/task Hello added/);
    return program;
  }
  override async clear(): Promise<void> {
    for (const client of this.#clients.splice(0)) await client.close();
    await super.clear();
  }
}

/** Reads a stream until an entry fits, which is the last of the list. */
export const readUntil = async <T>(stream: ClientStream<T>, fits: (entry: T) => boolean): Promise<readonly T[]> => {
  const seen: T[] = [];
  for (;;) {
    const { done, value } = await stream.next();
    if (done) throw new Error(`the stream has ended after ${JSON.stringify(seen)}`);
    seen.push(value);
    if (fits(value)) return seen;
  }
};
