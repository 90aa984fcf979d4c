import { type StatusReport, statusReport } from '../control/status.ts';
import type { Config } from '../core/spec.ts';

/** How a daemon stands that has not begun, or ended before it had. */
export const statusBefore = (
  { file, settings, conditions }: Config,
  only: readonly string[],
  over: boolean,
): Omit<StatusReport, 'state'> & { readonly state: 'ready' | 'ended' } => {
  const now = Date.now();
  const report = statusReport(
    {
      ...{ pid: process.pid, config: file, started: now, now, state: 'ended', tickMs: settings.tickSeconds * 1000 },
      conditions: conditions.map(({ name, type, traits: { suspended, tasks } }) => ({
        ...{
          name,
          type,
          tasks,
          running: [],
          state: suspended ? 'suspended' : 'waiting',
          due: over ? undefined : ('soon' as const),
        },
        why: over ? 'the daemon has ended' : 'the daemon does not run yet',
      })),
      pending: () => false,
    },
    only,
  );
  return { ...report, state: over ? 'ended' : 'ready' };
};
