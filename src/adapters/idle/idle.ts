import type { Idle, IdleReading } from '../../core/ports.ts';
import type { IdleSource } from './source.ts';

/** How long it is taken for granted that no source answers, in ms. */
const GIVEN_UP_MS = 30_000;

/** The idle time, with what was opened to learn it. */
export interface ClosableIdle extends Idle {
  close(): void;
}

/** Asks one source after the other and remembers the one that answers. */
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
        tried.push(`${source.name}: ${error instanceof Error ? error.message : String(error)}`);
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
