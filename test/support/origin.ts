import type { BeginRun } from '../../src/core/instance.ts';
import type { TraceContext } from '../../src/log/record.ts';

/** For items that a test looks at by itself. */
export const ORIGIN: TraceContext = { cause: 'tick-1', run: null };
/** Every run is the first one. */
export const begin: BeginRun = ({ cause }: Pick<TraceContext, 'cause'> = ORIGIN) => ({ cause, run: 'run-1' });
