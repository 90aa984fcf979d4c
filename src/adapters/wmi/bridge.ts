import { type ChildProcess, spawn } from 'node:child_process';
import { parseJson } from '../../core/json.ts';
import { SCRIPT } from './script.ts';

/** The program at the other end. */
export interface BridgeProgram {
  readonly program: string;
  readonly args: readonly string[];
}

/** PowerShell with the script of the bridge. */
export const POWERSHELL: BridgeProgram = {
  program: 'powershell.exe',
  args: [
    '-NoLogo',
    '-NoProfile',
    '-NonInteractive',
    '-ExecutionPolicy',
    'Bypass',
    '-EncodedCommand',
    Buffer.from(SCRIPT, 'utf16le').toString('base64'),
  ],
};

/** The reply to one request. */
export type BridgeReply = Readonly<Record<string, unknown>>;

interface Waiting {
  settle(said: BridgeReply | Error): void;
  readonly timer: NodeJS.Timeout;
}

/** What happens to a bridge. */
interface BridgeListener {
  /** A subscription has a notification. */
  notified(subscription: number): void;
  /** A subscription is no longer in force. */
  failed(subscription: number, reason: string): void;
  /** Called once, when the program has ended. */
  ended(reason: string): void;
}

/** One run of the program at the other end: requests and answers, one JSON object a line. */
export class Bridge {
  readonly #child: ChildProcess;
  readonly #listener: BridgeListener;
  readonly #waiting = new Map<number, Waiting>();
  #rest = '';
  #lastId = 0;
  #ended: string | undefined;

  constructor({ program, args }: BridgeProgram, listener: BridgeListener) {
    this.#listener = listener;
    // Without descriptors there are no streams.
    const child: ChildProcess = spawn(program, [...args], { stdio: ['pipe', 'pipe', 'ignore'], windowsHide: true });
    this.#child = child;
    child.once('error', (error) => this.#end(`${program} cannot be started: ${error.message}`));
    child.once('exit', (code, signal) => this.#end(`${program} has ended (${signal ?? code})`));
    child.stdin?.on('error', () => {});
    child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#hear(text));
  }

  /** @throws Error when the reply is one, the program has ended, or does not answer in time. */
  ask(
    request: Readonly<Record<string, unknown>>,
    timeoutMs: number,
  ): { readonly id: number; readonly said: Promise<BridgeReply> } {
    this.#lastId += 1;
    const id = this.#lastId;
    const said = new Promise<BridgeReply>((resolve, reject) => {
      if (this.#ended !== undefined) return reject(new Error(this.#ended));
      const timer = setTimeout(() => {
        // It handles one request after the other: one that hangs delays all.
        this.#end(`no answer within ${timeoutMs / 1000} s`);
      }, timeoutMs);
      const settle = (answer: BridgeReply | Error) => {
        clearTimeout(timer);
        if (answer instanceof Error) reject(answer);
        else if (typeof answer.error === 'string') reject(new Error(answer.error));
        else resolve(answer);
      };
      this.#waiting.set(id, { settle, timer });
      this.#child.stdin?.write(`${JSON.stringify({ id, ...request })}\n`);
    });
    return { id, said };
  }

  close(): void {
    this.#end('closed');
  }

  #hear(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      let parsed: unknown;
      try {
        parsed = parseJson(line);
      } catch {
        // Output of other programs is not a reply.
        continue;
      }
      if (typeof parsed !== 'object' || parsed === null) continue;
      const said = parsed as BridgeReply;
      if (typeof said.event === 'bigint') this.#listener.notified(Number(said.event));
      if (typeof said.failed === 'bigint') this.#listener.failed(Number(said.failed), String(said.error));
      const waiting = typeof said.id === 'bigint' ? this.#waiting.get(Number(said.id)) : undefined;
      if (!waiting) continue;
      this.#waiting.delete(Number(said.id));
      waiting.settle(said);
    }
  }

  #end(reason: string): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#child.kill();
    for (const { settle } of this.#waiting.values()) settle(new Error(reason));
    this.#waiting.clear();
    this.#listener.ended(reason);
  }
}
