import { dropCounts } from './adapters/files/dropped.ts';
import { takeInventory } from './adapters/history/inventory.ts';
import type { RequestHandlerDeps } from './control/request-handler.ts';
import type { LiveFigures } from './metrics/families.ts';

/** The bytes of a directory; undefined: there is none. */
const bytesOf = (directory: string | undefined): number | undefined => {
  if (directory === undefined) return undefined;
  try {
    return takeInventory(directory).bytes;
  } catch {
    return undefined;
  }
};

/** What of a daemon can be looked up at any moment, and need not be counted: it costs something at a scrape only. */
export const liveFigures = ({
  scheduler,
  schedulerStatus,
  overdue,
  history,
  historyDirectory,
  now,
}: Pick<
  RequestHandlerDeps,
  'scheduler' | 'schedulerStatus' | 'overdue' | 'history' | 'historyDirectory' | 'now'
>): LiveFigures => {
  const conditions = schedulerStatus.conditions();
  const historyBytes = bytesOf(historyDirectory);
  return {
    due: new Map(
      conditions.flatMap(({ name, due }) =>
        due === undefined ? [] : [[name, (due === 'soon' ? now() : due) / 1000] as const],
      ),
    ),
    overdue: new Map(conditions.map(({ name }) => [name, overdue.of(name)?.state === 'overdue'])),
    dropped: dropCounts.all,
    file: scheduler.file,
    session: history.state.session ?? '',
    ...(historyBytes === undefined ? {} : { historyBytes }),
  };
};
