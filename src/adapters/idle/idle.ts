import type { Idle, IdleReading } from '../../core/ports.ts';
import { messageOf } from '../../error-message.ts';

/** One way to learn how long the session has been idle. */
export interface IdleSource {
  /** For messages. */
  readonly name: string;
  /** Milliseconds without input. @throws Error with the reason when it is not known. */
  read(): Promise<number>;
  /** Lets go of what it holds open, for good. */
  close?(): void;
}

/** How long a source may take to answer, in ms. */
export const SOURCE_MS = 5000;

/** How long no source is tried again after all have failed, in ms. */
const GIVEN_UP_MS = 30_000;

/** The idle time, with what was opened to learn it. */
interface ClosableIdle extends Idle {
  close(): void;
}

/** Reads one source after the other, and stays with the one that answers. */
export const createIdle = (
  sources: readonly IdleSource[],
  mono: () => number = () => performance.now(),
): ClosableIdle => {
  let found: IdleSource | undefined;
  let failed: { readonly until: number; readonly reading: IdleReading } | undefined;
  const readFrom = async (source: IdleSource): Promise<IdleReading> => ({
    how: 'idle',
    ms: await source.read(),
    source: source.name,
  });
  const search = async (): Promise<IdleReading> => {
    const tried: string[] = [];
    for (const source of sources) {
      try {
        const reading = await readFrom(source);
        found = source;
        return reading;
      } catch (error) {
        tried.push(`${source.name}: ${messageOf(error)}`);
      }
    }
    const reading: IdleReading = { how: 'unknown', tried };
    failed = { until: mono() + GIVEN_UP_MS, reading };
    return reading;
  };
  return {
    read: async () => {
      if (found) {
        try {
          return await readFrom(found);
        } catch {
          found = undefined;
        }
      }
      return failed && mono() < failed.until ? failed.reading : search();
    },
    close: () => {
      for (const source of sources) source.close?.();
    },
  };
};
