/** A process to run. Times in seconds or ms as named; `cwd` is entered before a relative `command` is looked up. */
export interface ProcessRequest {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The daemon's own environment first, then `variables` over it. */
  readonly inheritEnvironment: boolean;
  readonly variables: Readonly<Record<string, string>>;
  /** 0: no limit. */
  readonly timeoutSeconds: number;
  /** Takes the lines that the process writes to the descriptor named in WHENEVER_EVENTS_FD; absent: there is none. */
  readonly events?: EventLines;
  /** Somebody wants to know what it used: it costs a look at it now and then. */
  readonly measure?: true;
}

/** What a process and its ended children used. */
export interface Usage {
  /** Processor time, ms. */
  readonly cpuMs: number;
  /** Greatest resident memory that was seen, bytes. */
  readonly peakBytes: number;
}

/** Takes lines that a process writes. */
export interface EventLines {
  /** One line, without its end. */
  line(text: string): void;
  /** A line that is not UTF-8, or too long. */
  bad(reason: string): void;
}

/** What was written to one stream, decoded as UTF-8; `dropped` counts the bytes over the cap. */
export interface Captured {
  readonly text: string;
  readonly dropped: number;
}

/** How a process ended. Nothing here is thrown: a bad exit is a result. */
export type ProcessEnd =
  | { readonly how: 'exit'; readonly code: number }
  | { readonly how: 'signal'; readonly signal: string }
  | { readonly how: 'timeout' }
  | { readonly how: 'killed' }
  | { readonly how: 'not-started'; readonly reason: string };

export interface ProcessResult {
  readonly end: ProcessEnd;
  readonly stdout: Captured;
  readonly stderr: Captured;
  /** Only when asked for, and where the system tells. */
  readonly usage?: Usage;
}

/** Runs commands. Children have an empty stdin, a process group of their own and nothing of the daemon's. */
export interface Processes {
  run(request: ProcessRequest): Promise<ProcessResult>;
  /** Ends the process groups of everything running: SIGTERM, then SIGKILL after `graceMs`. Their runs, and all later ones, end as `killed`. */
  killAll(graceMs: number): Promise<void>;
}
