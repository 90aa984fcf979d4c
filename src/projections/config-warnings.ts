import type { EventHandlers } from '../core/engine-events.ts';
import type { Config } from '../core/spec.ts';
import type { Log, Logger, Mark, TraceContext } from '../log/record.ts';
import { counted } from '../plural.ts';

/** Warnings about a file that are logged one by one. */
const MOST_WARNINGS = 20;

/**
 * Logs what the file says that is surely not what was meant, after the start and after a reload: nothing waits for it. What was replaced meanwhile is
 * not logged any more.
 */
export const configWarnings = (log: Log): EventHandlers => {
  let running: Config | undefined;
  const check = async (logger: Logger, mark: Mark, config: Config, trace: TraceContext): Promise<void> => {
    running = config;
    await new Promise((resolve) => setImmediate(resolve));
    const warnings = await config.findWarnings();
    if (running !== config) return;
    const more = warnings.length - MOST_WARNINGS;
    for (const { line } of warnings.slice(0, MOST_WARNINGS)) logger.warn(mark, line, trace);
    if (more > 0)
      logger.warn(
        mark,
        `${config.file}: and ${counted(more, 'more warning')}, see 'whenever check ${config.file}'`,
        trace,
      );
  };
  const [starting, reconfigure] = [log.for('MAIN', 'starting'), log.for('MAIN', 'reconfigure')];
  return {
    'scheduler.loading': ({ config }, trace) => void check(starting, 'START/MSG', config, trace),
    'reload.finished': ({ config }, trace) => void check(reconfigure, 'PROC/MSG', config, trace),
    'scheduler.ended': () => {
      running = undefined;
    },
  };
};
