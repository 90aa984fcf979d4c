import type { LogFact } from '../journal/fact.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Instant, ItemList, Span } from './span-data.ts';

/** What all spans lie in. */
export interface Window {
  /** First and last instant, monotonic ns; equal when there is nothing. */
  readonly from: number;
  readonly to: number;
  /** Wall clock at `from`, ms since 1970; undefined: it is not told. */
  readonly time: number | undefined;
  /** Ends whose beginnings are not there, and beginnings that came again before their end. */
  readonly lost: number;
}

/**
 * A rendering being made. It is told what happened in the order in which it was written down, keeps what it needs of that, and
 * has written everything when `end` returns. What it does not want it leaves out.
 */
export interface Rendering {
  /** A span has begun; the same object comes again when it has ended. It may have begun a moment before it is told. */
  begun?(span: Span): void;
  /** It has ended at `at` (monotonic ns), or, `finish` being undefined, was still open then. */
  ended?(span: Span, at: number): void;
  /** It has begun again at `at` before it ended: how it ended will never be known. */
  lost?(span: Span, at: number): void;
  instant?(instant: Instant): void;
  record?(record: LogFact): void;
  /** The configuration that counts from now on. */
  items?(items: ItemList): void;
  /** What comes is a simulation. May be called again. */
  simulated?(): void;
  /** Nothing comes any more. */
  end(window: Window): void;
}

/** Takes text as it is made, in order. */
export type Out = (text: string) => void;

/** How something is to be shown; each mode knows the options it takes. */
export interface RenderingOptions {
  /** Columns of the terminal; undefined: as wide as needed (`gantt`: 80). */
  readonly width?: number;
  /** Colours text for a terminal; undefined: no colours. */
  readonly paint?: Terminal['paint'];
  /** Whether to tell times. */
  readonly times?: boolean;
  /** What colours stand for. */
  readonly colorBy?: 'outcome' | 'kind' | 'none';
  /** What stands above it. */
  readonly title?: string;
}

/** Which part is to be shown; nothing set: everything. */
export interface Selection {
  /** `condition/Backup`, `Backup` of any section, or `scheduler` for what belongs to no item. */
  readonly items?: readonly string[];
  readonly categories?: readonly string[];
  /** Wall clock, ms since 1970: spans that touch this range, instants and records in it. */
  readonly from?: number;
  readonly to?: number;
}

/** A mode or option that is not there, or a value that an option does not have: the text names those there are. */
export class RenderingError extends Error {}

export const SIMULATION = 'This is a simulation.';
export const ASSUMED =
  'Nothing of it happened: the clock was virtual, and what commands, scripts and events did was assumed.';

/** What stands above the figures of a simulation. */
export const SIMULATION_NOTE = `${SIMULATION} ${ASSUMED}`;

/** Makes a rendering that can ask, when it is done, whether what it shows is a simulation. */
export const withSimulationFlag = (make: (simulated: () => boolean) => Rendering): Rendering => {
  let simulated = false;
  return Object.assign(
    make(() => simulated),
    {
      simulated: () => {
        simulated = true;
      },
    },
  );
};
