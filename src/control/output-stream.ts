import {
  type LatestOutput,
  OUTPUT_STREAMS,
  type OutputListener,
  type OutputStream,
} from '../projections/run-outputs.ts';
import type { ResponseStream } from './request.ts';

/** The answer to `output`. */
export interface OutputAnswer {
  /** `task/Backup` or `condition/Backup`. */
  readonly item: string;
  /** It is in the running configuration. */
  readonly known: boolean;
  /** The directory of its history; null: none is kept. */
  readonly history: string | null;
  /** The run that is under way, or the last one; null: this instance knows of none. */
  readonly latest: LatestOutput | null;
  /** The run was under way, and its output came as parts. */
  readonly followed: boolean;
  /** Bytes at the end that are in no part, because there were too many. */
  readonly leftOut: number;
}

/** A part of the answer with `follow`: the run at first, then what was written, or how much is left out here. */
export type OutputPart =
  | { readonly item: string; readonly running: string }
  | { readonly stream: OutputStream; readonly text: string }
  | { readonly leftOut: number };

/** Longest line that is waited for, in characters. */
const LONGEST_LINE = 8192;
const KEY_BEGINS = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY/g;
const KEY_ENDS = '-----END';

/** Makes whole lines of pieces, without secrets. */
class MaskedLines {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #mask: (text: string) => string;
  #rest = '';
  /** Some of it was left out: the rest of that line is left out as well, because a secret could begin before it. */
  #skips = false;
  /** Within a private key, of which no line is shown. */
  #inKey = false;

  constructor(mask: (text: string) => string) {
    this.#mask = mask;
  }

  add(chunk: Uint8Array | string): string {
    let text = this.#rest + (typeof chunk === 'string' ? chunk : this.#decoder.decode(chunk, { stream: true }));
    if (this.#skips) {
      const next = text.indexOf('\n') + 1;
      if (next === 0) return '';
      this.#skips = false;
      text = text.slice(next);
    }
    const end = text.length > LONGEST_LINE ? text.length : Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1;
    this.#rest = text.slice(end);
    return this.#masked(text.slice(0, end));
  }
  /** Something is left out here. */
  skip(): void {
    this.#rest = '';
    this.#skips = true;
  }
  end(): string {
    return this.#masked(this.#rest + this.#decoder.decode());
  }

  #masked(lines: string): string {
    let text = lines;
    if (this.#inKey) {
      const end = text.indexOf(KEY_ENDS);
      if (end === -1) return '';
      text = text.slice(end);
    }
    const begins = [...text.matchAll(KEY_BEGINS)].at(-1)?.index ?? -1;
    this.#inKey = begins !== -1 && !text.includes(KEY_ENDS, begins);
    return text === '' ? '' : this.#mask(text);
  }
}

/** Bytes that are sent to one client at once, and in a second. Masking costs time of the instance. */
const BURST_BYTES = 1 << 18;
const BYTES_PER_SECOND = 1 << 20;

/** Sends what a run writes to a client. More than a client reads, or than the limit, is counted and left out. */
export class OutputFollower implements OutputListener {
  /** Resolves when the run has ended. */
  readonly ended: Promise<void>;
  readonly #stream: ResponseStream;
  readonly #mask: (text: string) => string;
  readonly #now: () => number;
  readonly #lines = new Map<OutputStream, MaskedLines>();
  #allowance = BURST_BYTES;
  #since: number;
  #leftOut = 0;
  #resolve: () => void = () => {};

  /** @param now ms */
  constructor(stream: ResponseStream, mask: (text: string) => string, now: () => number) {
    this.#stream = stream;
    this.#mask = mask;
    this.#now = now;
    this.#since = now();
    this.ended = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Bytes at the end that were not sent. */
  get leftOut(): number {
    return this.#leftOut;
  }

  /** Sends what the run has written so far. */
  begin(output: LatestOutput['output']): void {
    for (const stream of OUTPUT_STREAMS) {
      const text = output[stream];
      if (text !== undefined) this.#send({ stream, text: this.#linesOf(stream).add(text) });
    }
  }

  piece(stream: OutputStream, chunk: Uint8Array | string): void {
    const lines = this.#linesOf(stream);
    if (this.#allows(chunk.length)) this.#send({ stream, text: lines.add(chunk) });
    else {
      this.#leftOut += chunk.length;
      lines.skip();
    }
  }

  end(): void {
    for (const [stream, lines] of this.#lines) this.#send({ stream, text: lines.end() });
    this.#resolve();
  }

  #linesOf(stream: OutputStream): MaskedLines {
    let lines = this.#lines.get(stream);
    if (lines === undefined) {
      lines = new MaskedLines(this.#mask);
      this.#lines.set(stream, lines);
    }
    return lines;
  }

  #allows(bytes: number): boolean {
    const now = this.#now();
    const more = (Math.max(0, now - this.#since) / 1000) * BYTES_PER_SECOND;
    this.#allowance = Math.min(BURST_BYTES, this.#allowance + more);
    this.#since = now;
    if (bytes > this.#allowance) return false;
    this.#allowance -= bytes;
    return true;
  }

  #send(part: { readonly stream: OutputStream; readonly text: string }): void {
    if (part.text === '') return;
    if (this.#leftOut > 0 && this.#stream.send({ leftOut: this.#leftOut })) this.#leftOut = 0;
    if (this.#leftOut > 0 || !this.#stream.send(part)) this.#leftOut += part.text.length;
  }
}
