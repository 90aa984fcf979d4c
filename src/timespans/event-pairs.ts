import { expectFunction, expectObject } from '../check-arguments.ts';
import type { SpanId } from '../journal/fact.ts';
import type { Columns, CoreRow } from './columns.ts';
import { Pairing } from './pairing.ts';

/**
 * Calls `found` with the rows of the start and the finish of each span in `logs`, in order of the later of the two. Rows with a null
 * id and rows where the consumer had failed are passed over; what has only one edge is not told.
 * @throws TypeError when the columns `core` and `id` are not there
 */
export const logsEventPairs = (logs: Columns, found: (start: number, finish: number) => void): void => {
  expectObject('logsEventPairs', 'logs', logs, 'columns as fetchLogs() hands them out');
  expectFunction('logsEventPairs', 'found', found);
  const { core, id } = logs;
  if (!core || !id)
    throw new TypeError(`pairs need the columns "core" and "id", there are: ${Object.keys(logs).join(', ') || 'none'}`);
  const pairing = new Pairing<number>();
  core.forEach((value, row) => {
    if (value === null) return;
    const { kind, category, timestamp } = value as CoreRow;
    const pair = pairing.take(kind, category, id[row] as SpanId, timestamp, row);
    if (pair) found(...pair);
  });
};
