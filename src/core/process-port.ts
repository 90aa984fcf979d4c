import type { EndSignal } from './end-signal.ts';

/** What a process may take of the machine. What is absent is not limited. */
export interface ResourceLimits {
  /** Added to the niceness of the daemon. */
  readonly nice?: number | undefined;
  /** `idle`, `best-effort` or `best-effort:N`. */
  readonly ionice?: string | undefined;
  /** Bytes. */
  readonly memory_max?: number | undefined;
  /** Of one processor. */
  readonly cpu_percent?: number | undefined;
}

/** A process to run. Times in seconds or ms as named; `cwd` is entered before a relative `command` is looked up. */
export interface ProcessRequest {
  /** What runs it, `task/NAME` or `condition/NAME`: the next instance knows it by that if this one is killed. */
  readonly item?: string;
  /** The condition that it is started for: many starts of one do not delay those of others. */
  readonly condition?: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The daemon's own environment first, then `variables` over it. */
  readonly inheritEnvironment: boolean;
  readonly variables: Readonly<Record<string, string>>;
  /** 0: no limit. */
  readonly timeoutSeconds: number;
  /** Aborted: the process is ended, as at the time limit. */
  readonly signal?: EndSignal;
  /** Takes the lines that the process writes to the descriptor named in WHENEVER_EVENTS_FD; absent: there is none. */
  readonly events?: EventLines;
  /** Takes what the process writes, piece by piece; the pieces are not used afterwards. */
  readonly output?: (stream: 'stdout' | 'stderr', chunk: Uint8Array) => void;
  readonly limits?: ResourceLimits;
  /** Called before the start with the limits that are not applied, and why: once for an item, and again when that changes. */
  readonly unlimited?: (text: string) => void;
  /** Its answer is worth nothing to another instance: the next one ends the process if this one is killed. */
  readonly asked?: boolean;
  /** Return the bytes of standard output as well. */
  readonly keepBytes?: boolean;
  /** Measure resource usage (polls the process). */
  readonly measure?: boolean;
}

/** What a process used, as far as the system reports it (Linux); what was never seen is absent. */
export interface Usage {
  /**
   * Processor time, ms: user and system, of the process and of the children it waited for. Exact to some hundredths of a second when
   * its output ended with it; else (a program in the background holds the pipes, there is much to read at the end) as of the last
   * look, which is at most a second before the end.
   */
  readonly cpuMs?: number;
  /**
   * Greatest resident memory of one process, bytes: of it, or of one that it started. Sampled 2 ms after the start, 4 ms after that,
   * then 8 … ms up to each second: what is taken after the last look is not seen, a process of less than 2 ms not at all.
   */
  readonly peakBytes?: number;
}

/** Takes lines that a process writes. */
export interface EventLines {
  /** One line, without its end. */
  line(text: string): void;
  /** A line that is not UTF-8, or too long. */
  bad(reason: string): void;
}

/** What was written to one stream. Of more than the limit the beginning and the end are kept, with the number of bytes left out between. */
export interface Captured {
  /** Decoded as UTF-8. */
  readonly text: string;
  /** Bytes that were written. */
  readonly bytes: number;
  /** Bytes that were left out. */
  readonly dropped: number;
}

/** How a process ended. Nothing here is thrown: a bad exit is a result. */
export type ProcessEnd =
  | { readonly how: 'exit'; readonly code: number }
  | { readonly how: 'signal'; readonly signal: string }
  | { readonly how: 'timeout' }
  /** By the signal of the request. */
  | { readonly how: 'cancelled' }
  | { readonly how: 'killed' }
  | { readonly how: 'not-started'; readonly reason: string };

export interface ProcessResult {
  readonly end: ProcessEnd;
  readonly stdout: Captured;
  readonly stderr: Captured;
  /** Standard output as it was written, cut like the text; only when asked for. */
  readonly bytes?: Uint8Array;
  /**
   * The limit of memory (bytes) under which a process failed. `reached`: the system has ended it for that; false: it is not known
   * whether the limit had to do with it.
   */
  readonly memoryLimit?: { readonly bytes: number; readonly reached: boolean };
  /** Only when asked for, and where the system reports it. */
  readonly usage?: Usage;
  /** Its id; only when usage is asked for. */
  readonly pid?: number;
}

/** What keeps an item from running. */
export interface Blocked {
  /** `waits for …`, for the one who asks why it does not run. */
  readonly why: string;
  /** Resolves with true when it may run, with false when it may not any more. */
  wait(): Promise<boolean>;
}

/** Runs commands. Children have an empty stdin, a process group of their own and nothing of the daemon's. */
export interface Processes {
  run(request: ProcessRequest): Promise<ProcessResult>;
  /** What `task/NAME` or `condition/NAME` waits for before it may run; undefined: nothing. Cheap: asked at each run and check. */
  blocked?(item: string): Blocked | undefined;
  /** The scheduler ends when running work is done: what waits does not begin. */
  noMore?(): void;
  /** Ends the process groups of everything running: SIGTERM, then SIGKILL after `graceMs`. Their runs, and all later ones, end as `killed`. */
  killAll(graceMs: number): Promise<void>;
}
