import { emitKeypressEvents, type Interface, type Key as NodeKey } from 'node:readline';
import { isatty } from 'node:tty';
import { callInstance } from '../adapters/control-client.ts';
import { NotRunningError } from '../adapters/control-errors.ts';
import { hostFs, readText } from '../adapters/host-fs.ts';
import { socketPath } from '../adapters/socket-path.ts';
import { itemsOf } from '../config/item-names.ts';
import { KEYS, readKey } from '../top/keys.ts';
import { Screen } from '../top/screen.ts';
import { Session, type SessionPorts } from '../top/session.ts';
import { lastKept } from './output.ts';
import { FOUND, NOT_RUNNING } from './query-common.ts';
import { stdoutTerminal, writeAll } from './stdio.ts';
import { type Subcommand, UsageError } from './subcommand.ts';

/** How long an escape may be the beginning of the sequence of a key, in ms. */
const ESCAPE_MS = 50;
/** Signals that end the program. */
const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const size = () => ({ width: process.stdout.columns || 80, height: process.stdout.rows || 24 });

const portsOf = (screen: Screen): SessionPorts => ({
  screen,
  call: (request, onPart, signal) => callInstance(socketPath(), request, onPart, signal),
  mono: () => performance.now(),
  wall: () => Date.now(),
  after: (ms, act) => {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
  isNotRunning: (error) => error instanceof NotRunningError,
  kept: lastKept,
  eventNames: async (config) =>
    (await itemsOf(config, readText(config), hostFs)).flatMap(({ section, type, name }) =>
      section === 'event' && type === 'cli' ? [name] : [],
    ),
});

/** The terminal while the view has it: its keys, its size, and that it is given back however the program ends. */
class LiveTerminal {
  readonly #screen: Screen;
  readonly #session: Session;
  readonly #listeners: (() => void)[] = [];

  constructor(screen: Screen, session: Session) {
    this.#screen = screen;
    this.#session = session;
  }

  open(): void {
    const { stdin, stdout } = process;
    const session = this.#session;
    // Its type wants more than is read of it.
    emitKeypressEvents(stdin, { escapeCodeTimeout: ESCAPE_MS } as unknown as Interface);
    this.#on(stdin, 'keypress', (text: string | undefined, key: NodeKey) => {
      if (key.ctrl && key.name === 'z') this.#stop(0);
      else session.key(readKey(text, key));
    });
    for (const event of ['end', 'error', 'close']) this.#on(stdin, event, () => session.close());
    this.#on(stdout, 'resize', () => session.take({ type: 'resized', ...size() }));
    for (const signal of ENDING)
      this.#on(process, signal, () => {
        this.close();
        process.kill(process.pid, signal);
      });
    this.#on(process, 'uncaughtExceptionMonitor', () => this.close());
    this.#on(process, 'exit', () => this.close());
    if (process.platform !== 'win32') {
      this.#on(process, 'SIGCONT', () => this.#enter());
      this.#onStop();
    }
    this.#enter();
    stdin.resume();
  }

  close(): void {
    for (const remove of this.#listeners.splice(0)) remove();
    process.stdin.pause();
    this.#leave();
  }

  #enter(): void {
    setRawMode(true);
    this.#screen.enter();
    this.#session.redraw();
  }
  #leave(): void {
    this.#screen.leave();
    setRawMode(false);
  }

  #onStop(): void {
    const stop = () => this.#stop(process.pid);
    process.once('SIGTSTP', stop);
    this.#listeners.push(() => process.removeListener('SIGTSTP', stop));
  }
  /** Stops the program as Ctrl-Z does: it goes on here when it is continued. @param pid 0: the whole job */
  #stop(pid: number): void {
    if (process.platform === 'win32') return;
    this.#leave();
    process.removeAllListeners('SIGTSTP');
    process.kill(pid, 'SIGTSTP');
    // A program that no shell can continue is not stopped.
    setTimeout(() => {
      this.#onStop();
      this.#enter();
    }, ESCAPE_MS);
  }

  #on(target: NodeJS.EventEmitter, event: string, listener: (...args: never[]) => void): void {
    const act = listener as (...args: unknown[]) => void;
    target.on(event, act);
    this.#listeners.push(() => target.removeListener(event, act));
  }
}

/** Fails when the terminal is gone. */
const setRawMode = (on: boolean): void => {
  try {
    process.stdin.setRawMode(on);
  } catch {
    // There is nothing left to restore.
  }
};

export const topCommand: Subcommand = {
  name: 'top',
  help: 'show live on the terminal what runs, what is due, what failed and why, and act on it by keys',
  takes: [],
  options: [],
  words: KEYS.map(({ shown, help }) => ({ name: shown, doc: help })),
  page: 'live',
  more: 'It waits for an instance while none is running, and goes on by itself after a restart. `?` lists the keys.',
  exitStatus:
    'Status 0: it was quit; 2: standard input or output is not a terminal, or one that cannot move its cursor; 3: it was quit while no instance was running.',
  examples: ['whenever top'],
  run: async () => {
    if (!isatty(0) || !isatty(1) || process.env.TERM === 'dumb')
      throw new UsageError(
        "top: standard input and output have to be a terminal that can move its cursor; for programs there is 'whenever status --json'",
      );
    const screen = new Screen((text) => {
      if (!writeAll(1, text)) session.close();
    });
    const session: Session = new Session(portsOf(screen), { ...stdoutTerminal(), ...size() });
    const terminal = new LiveTerminal(screen, session);
    terminal.open();
    try {
      await session.run();
    } finally {
      terminal.close();
    }
    return session.connected ? FOUND : NOT_RUNNING;
  },
};
