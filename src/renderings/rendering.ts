import type { LogFact } from '../journal/fact.ts';
import { formatInstant } from '../terminal/instant.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { showNs } from './duration.ts';
import type { Instant, ItemList, Span } from './span-data.ts';

/** The range of time of a rendering. */
export interface Window {
  /** First and last instant, monotonic ns; equal when there is nothing. */
  readonly from: number;
  readonly to: number;
  /** Wall clock at `from`, ms since 1970; undefined: not known. */
  readonly time: number | undefined;
  /** Finish events without a start event, and start events that came again before their end. */
  readonly lost: number;
}

/**
 * A rendering in progress. Its methods are called in the order in which the facts were written. It keeps what it needs, and has
 * written everything when `end` returns. Methods for what it does not show may be missing.
 */
export interface Rendering {
  /** Called at the start of a span, with the object that `ended` gets later. `start` may be a moment before the last call. */
  begun?(span: Span): void;
  /** Called at the end of a span, at `at` (monotonic ns). If `finish` is undefined, it was still open then. */
  ended?(span: Span, at: number): void;
  /** Called when a span starts again at `at` before it has ended: its end is not recorded. */
  lost?(span: Span, at: number): void;
  instant?(instant: Instant): void;
  record?(record: LogFact): void;
  /** Called with the configuration that holds from now on. */
  items?(items: ItemList): void;
  /** Called if the facts come from a simulation. May be called again. */
  simulated?(): void;
  /** Called with the version of the program that wrote the facts, if it is known, and the session of it. May be called again. */
  writtenBy?(version: string, session?: string): void;
  /** Called last. */
  end(window: Window): void;
}

/** Takes text as it is made, in order. */
export type Out = (text: string) => void;

/** How something is to be shown; each format has its own set of options. */
export interface RenderingOptions {
  /** Columns of the terminal; undefined: as wide as needed (`gantt`: 80). */
  readonly width?: number;
  /** Colours text for a terminal; undefined: no colours. */
  readonly paint?: Terminal['paint'];
  /** Whether to show how long things take. */
  readonly times?: boolean;
  /** What colours mean. */
  readonly colorBy?: 'outcome' | 'kind' | 'none';
  /** The heading. */
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

/** An unknown format or option, or an invalid value; the message lists the valid ones. */
export class RenderingError extends Error {
  override readonly name: string = 'RenderingError';
}

export const SIMULATION = 'This is a simulation.';
export const ASSUMED =
  'Nothing of it happened: the clock was virtual, and what commands, scripts and events did was assumed.';

/** What is printed above the figures of a simulation. */
export const SIMULATION_NOTE = `${SIMULATION} ${ASSUMED}`;

/** Makes a rendering that can ask at its end whether the facts came from a simulation. */
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

/** The first and the last instant of a range of time, or its length if the wall clock is not known. */
export const rangeText = ({ from, to, time }: Window): string =>
  time === undefined ? showNs(to - from) : `${formatInstant(time)} to ${formatInstant(time + (to - from) / 1e6)}`;
