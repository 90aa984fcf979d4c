import type { EventHandlers } from '../core/engine-events.ts';
import { countsAsFailed } from '../core/outcome.ts';
import type { Config, Spec } from '../core/spec.ts';
import { type KeptOutput, lastLineOf } from '../history/history-line.ts';
import type { TraceContext } from '../log/record.ts';
import { Redactor } from '../redact.ts';
import { runSecrets } from '../run-secrets.ts';
import { lastBytes, OutputTail } from './output-tail.ts';

/** Where a piece of output comes from: `log` is what a script logs. */
export type OutputStream = 'stdout' | 'stderr' | 'log';
export const OUTPUT_STREAMS: readonly OutputStream[] = ['stdout', 'stderr', 'log'];

/** The latest output of an item. */
export interface LatestOutput {
  /** Of a task: its run. Of a condition: the run, or the check, which has a run of its own. */
  readonly run: string;
  readonly running: boolean;
  readonly output: KeptOutput;
}

/** The last lines of runs that are under way. */
export interface LastLines {
  /** The last line, with secrets masked; undefined: there is none. */
  lastLine(item: string, run: string): string | undefined;
}

/** The last lines of runs that have ended. */
export interface OutputExcerpts {
  /** Undefined: it has written nothing. */
  excerpt(item: string, run: string): string | undefined;
}

/** What runs have written, with secrets masked. */
export interface RunOutputs extends LastLines {
  /** The output of an item within a run, once: `task/Backup`. */
  take(item: string, run: string): KeptOutput;
  /** A text without secrets. */
  readonly mask: (text: string) => string;
}

/** Takes what a run writes while it is under way. */
export interface OutputListener {
  piece(stream: OutputStream, chunk: Uint8Array | string): void;
  /** The run has ended. */
  end(output: KeptOutput): void;
}

/** A run that is under way. */
interface OpenOutput {
  readonly run: string;
  /** Undefined: it has written nothing. */
  tails: Map<OutputStream, OutputTail> | undefined;
  /** Undefined: there are none. */
  listeners: Set<OutputListener> | undefined;
}

/** That of a run that has written nothing. */
export const NO_OUTPUT: KeptOutput = {};

/** The output of a run that has ended. */
interface EndedOutput {
  readonly run: string;
  readonly output: KeptOutput;
  readonly bytes: number;
  /** The history has not taken it yet. */
  held: boolean;
}

/** What is kept of ended runs of all items together, in characters: of what is older the history has it. */
const MOST_ENDED = 1 << 20;

/** Items whose secrets are collected at a tick: with a thousand items it takes long. What is needed before is done at once. */
const SPECS_PER_TICK = 20;

/** Lines and bytes of an output that are shown with a reason. */
const EXCERPT_LINES = 3;
const EXCERPT_BYTES = 400;

/** The last lines of an output: of standard error, else of standard output, else of what a script logged. */
export const excerptOf = ({ stderr, stdout, log }: KeptOutput): string | undefined => {
  for (const text of [stderr, stdout, log]) {
    const whole = text?.trim();
    if (whole) return lastBytes(whole.split(/\r?\n/).slice(-EXCERPT_LINES).join('\n'), EXCERPT_BYTES).trim();
  }
  return undefined;
};

const keptWhen = (spec: Spec<unknown>): unknown => spec.values.keep_output;

/** What runs have written: the tails of those that are under way, and the last output of each item. */
export class LiveOutputs implements RunOutputs, OutputExcerpts {
  /** Undefined: none is under way. Deleting the last entry of a map makes a new table each time. */
  readonly #open = new Map<string, OpenOutput | undefined>();
  /** By item, the oldest first. */
  readonly #ended = new Map<string, EndedOutput>();
  /** The last one of them. */
  #newest: string | undefined;
  #endedBytes = 0;
  /** Runs that other machines have asked for. */
  readonly #collected = new Map<string, OpenOutput>();
  /** Knows the secrets of the configuration. */
  #redactor = new Redactor();
  /** The items whose secrets are not collected yet. */
  #specs: Spec<unknown>[] = [];

  readonly handlers: EventHandlers = {
    'scheduler.loading': ({ config }) => this.#load(config),
    'tick.started': () => {
      if (this.#specs.length > 0) this.#collect(SPECS_PER_TICK);
    },
    'reload.finished': ({ config }) => this.#load(config),
    'process.output': ({ item, stream, chunk }, trace) => this.#add(item, stream, chunk, trace),
    'script.logged': ({ item, text }, trace) => this.#add(item, 'log', `${text}\n`, trace),
    'task.started': ({ task }, { run }) => {
      if (run !== null) this.#begin(`task/${task.name}`, run);
    },
    'attempt.started': ({ task, attempt }) => {
      // Kept is what the last attempt writes; until it begins, what the one before has written can be read.
      if (attempt.number > 1) this.#open.get(`task/${task.name}`)?.tails?.clear();
    },
    'task.finished': ({ task, outcome }, { run }) => {
      const dropped = keptWhen(task.spec) === 'failure' && !countsAsFailed(outcome);
      if (run !== null) this.#end(`task/${task.name}`, run, dropped, true);
    },
    'check.finished': ({ condition, result }, { run }) => {
      const when = run === null ? undefined : keptWhen(condition.spec);
      if (run === null || when === undefined) return;
      const passed = result.kind === 'passed';
      const item = `condition/${condition.name}`;
      if (this.#open.get(item)?.run !== run) this.#begin(item, run);
      this.#end(item, run, when === 'failure' && passed, passed);
    },
    'guard.answered': ({ guard, answer }, { run }) => {
      const when = run === null ? undefined : keptWhen(guard.spec);
      if (run !== null && when !== undefined)
        this.#end(`condition/${guard.name}`, run, when === 'failure' && answer.holds, false);
    },
    'item.removed': ({ section, name }) => {
      const item = `${section}/${name}`;
      this.#forget(item);
      if (this.#open.get(item) === undefined) this.#open.delete(item);
    },
  };

  take(item: string, run: string): KeptOutput {
    const ended = this.#ended.get(item);
    if (ended?.run !== run) return NO_OUTPUT;
    ended.held = false;
    this.#limit();
    return ended.output;
  }

  /** The output of a run in short, once it has ended: its last lines. */
  excerpt(item: string, run: string): string | undefined {
    const ended = this.#ended.get(item);
    return ended?.run === run ? excerptOf(ended.output) : undefined;
  }

  /** The last line that the run under way has written. */
  lastLine(item: string, run: string): string | undefined {
    const open = this.#open.get(item);
    return open?.run === run ? lastLineOf(this.#textsOf(open)) : undefined;
  }

  /** The output of the run that is under way, or of the last one; undefined: nothing is known of it. */
  latest(item: string): LatestOutput | undefined {
    const open = this.#open.get(item);
    if (open) return { run: open.run, running: true, output: this.#textsOf(open) };
    const ended = this.#ended.get(item);
    return ended && { run: ended.run, running: false, output: ended.output };
  }

  /** Hands over what the run that is under way writes from now on. Returns how to end that; undefined: none is under way. */
  follow(item: string, listener: OutputListener): (() => void) | undefined {
    const open = this.#open.get(item);
    if (open === undefined) return undefined;
    open.listeners ??= new Set();
    open.listeners.add(listener);
    return () => open.listeners?.delete(listener);
  }

  /** Keeps what a run writes that another machine has asked for, apart from the runs of this one. Returns how to end that and get it. */
  collect(run: string): () => KeptOutput {
    const open: OpenOutput = { run, tails: undefined, listeners: undefined };
    this.#collected.set(run, open);
    return () => {
      this.#collected.delete(run);
      return this.#textsOf(open);
    };
  }

  /** A text without the secrets that are recognised in it, and without those of the configuration. */
  readonly mask = (text: string): string => {
    if (this.#specs.length > 0) this.#collect(this.#specs.length);
    return this.#redactor.mask(runSecrets.mask(text));
  };

  #load({ tasks, conditions, events }: Config): void {
    this.#redactor = new Redactor();
    this.#specs = [...tasks, ...conditions, ...events];
  }
  /** Collects the secrets of so many items. */
  #collect(count: number): void {
    for (const { values } of this.#specs.splice(0, count)) this.#redactor.redact(values);
  }

  #begin(item: string, run: string): OpenOutput {
    const open: OpenOutput = { run, tails: undefined, listeners: undefined };
    this.#open.set(item, open);
    return open;
  }

  #add(item: string, stream: OutputStream, chunk: Uint8Array | string, { run }: TraceContext): void {
    if (run === null) return;
    let open = this.#collected.get(run) ?? this.#open.get(item);
    if (open?.run !== run) {
      // The run of a task has ended: a process of it still writes.
      if (item.startsWith('task/')) return;
      open = this.#begin(item, run);
    }
    open.tails ??= new Map();
    let tail = open.tails.get(stream);
    if (tail === undefined) {
      tail = new OutputTail();
      open.tails.set(stream, tail);
    }
    tail.add(chunk);
    if (open.listeners) for (const listener of open.listeners) listener.piece(stream, chunk);
  }

  #end(item: string, run: string, dropped: boolean, held: boolean): void {
    const open = this.#open.get(item);
    if (open?.run !== run) return;
    this.#open.set(item, undefined);
    const output = dropped ? NO_OUTPUT : this.#textsOf(open);
    // It becomes the last one.
    if (item !== this.#newest) this.#forget(item);
    const bytes = 100 + Object.values(output).reduce((sum, text) => sum + text.length, 0);
    this.#endedBytes += bytes - (this.#ended.get(item)?.bytes ?? 0);
    this.#ended.set(item, { run, output, bytes, held });
    this.#newest = item;
    this.#limit();
    if (open.listeners) for (const listener of open.listeners) listener.end(output);
  }

  #textsOf({ tails }: OpenOutput): KeptOutput {
    if (tails === undefined) return NO_OUTPUT;
    return Object.fromEntries([...tails].map(([stream, tail]) => [stream, tail.text(this.mask)]));
  }

  #forget(item: string): void {
    this.#endedBytes -= this.#ended.get(item)?.bytes ?? 0;
    this.#ended.delete(item);
  }

  /** Forgets the oldest outputs that the history has. */
  #limit(): void {
    if (this.#endedBytes <= MOST_ENDED) return;
    for (const [item, { held }] of this.#ended) {
      if (!held) this.#forget(item);
      if (this.#endedBytes <= MOST_ENDED) return;
    }
  }
}
