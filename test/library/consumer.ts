/** A program in TypeScript that uses what the library gives. Each expected error is one, or it does not compile. */
export const CONSUMER = `
import {
  type Answer, ConfigError, createDaemon, type Daemon, type DaemonOptions, enableLogging, type Fact, fetchLogs, flatten, Handler,
  type MetricRecord, MultiEventLog, setupMetricLogger, showLogs,
} from 'whenever';

const options: DaemonOptions = {
  level: 'debug',
  onFact: (fact: Fact) => {
    if (fact.kind === 'span') fact.edge satisfies 'start' | 'finish' | 'instant';
    // @ts-expect-error only timespans have a category
    fact.category;
  },
};
const daemon: Daemon = await createDaemon('', options);
const answer: Answer = await daemon.submit('pause');
if (answer.kind === 'refused') answer.reason.toUpperCase();
const ending: 'exit' | 'kill' = await daemon.stop(1);
const log: MultiEventLog = enableLogging({ timeline: true });
log.set('mine', ({ category }) => category.length);
const text: string = showLogs(fetchLogs(), 'summary', { width: 80 });
await setupMetricLogger({ loggers: ['async'], runName: text + ending });
class Mine extends Handler {
  emit(record: MetricRecord): void {
    record.step satisfies number | undefined;
  }
}
new Mine({ level: 'info' }).close();
const flat: Record<string, unknown> = flatten({ a: { b: 1 } });
export const problems = (error: unknown): readonly string[] => (error instanceof ConfigError ? error.lines : Object.keys(flat));

// @ts-expect-error there is no such option
await createDaemon('', { tikSeconds: 1 });
// @ts-expect-error a daemon is made by createDaemon
import { Daemon as Made } from 'whenever'; new Made();
// @ts-expect-error a level of the log
await createDaemon('', { level: 'warning' });
`;

/** The same in CommonJS. */
export const CONSUMER_CJS = `
import whenever = require('whenever');
const daemon: Promise<whenever.Daemon> = whenever.createDaemon('', { tickSeconds: 1 });
// @ts-expect-error a name that is not there
whenever.createDemon('');
export = daemon;
`;
