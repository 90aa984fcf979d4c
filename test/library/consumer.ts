/** A program in TypeScript that uses what the library gives. Each expected error is one, or it does not compile. */
export const CONSUMER = `
import {
  type Client, type ClientStream, type CommandResult, ConfigError, connect, ConnectionLostError, createDaemon, type Daemon, type DaemonOptions, enableLogging, EventLoopDelay, type Fact, fetchLogs, flatten,
  getLogger, Handler, type HeldStatus,
  type MetricRecord, MultiEventLog, type RunResult, type SystemFigures, setupMetricLogger, showLogs,
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
const answer: CommandResult = await daemon.submit('pause');
if (answer.kind === 'refused') answer.reason.toUpperCase();
const run: RunResult = await daemon.runNow('Backup', { queue: true });
if (run.kind === 'done') run.outcome satisfies 'success' | 'failure' | 'none' | 'cancelled' | 'replaced';
else run.reason.toUpperCase();
const held: HeldStatus | undefined = daemon.status().conditions[0]?.held;
held?.guard.toUpperCase();
const ending: 'exit' | 'kill' = await daemon.stop(1);
await daemon.pause('1h', controllerOf());
export const asked = async (): Promise<void> => {
  await using client: Client = await connect({ reconnect: { firstMs: 10 }, ...controllerOf() });
  (await client.status(['Backup'])).conditions[0]?.why.toUpperCase();
  (await client.story('Backup', 'tick-1', controllerOf()))[0]?.finish.toUpperCase();
  (await client.getEvents('mine')).length satisfies number;
  (await client.getEvents()).get('mine')?.length satisfies number | undefined;
  const stream: ClientStream<unknown> = client.logs({ level: 'WARN', count: 3 });
  await stream.opened;
  for await (const entry of client.events('mine', { limit: 10, ...controllerOf() })) {
    if ('dropped' in entry) entry.dropped satisfies number;
    else if ('connected' in entry) entry.connected satisfies boolean;
    else entry.message satisfies unknown;
  }
  for await (const part of client.output('Backup', { follow: true })) if ('text' in part) part.text.toUpperCase();
  (await client.output('Backup')).latest?.run.toUpperCase();
  for await (const run of client.history({ items: ['Backup'], limit: 1 })) run.kind satisfies 'run' | 'task' | 'missed';
  const done = await client.run('Backup', { queue: true });
  if (done.kind === 'done') done.outcome.toUpperCase();
  await client.state.set('mine', 'n', 1);
  await client.state.set('mine', { n: 1, on: true });
  (await client.state.get('mine'))?.n satisfies unknown;
  (await client.state.list()).length satisfies number;
  await using lock = await client.lock('mine', { waitSeconds: 0 });
  lock.lost.aborted satisfies boolean;
  const lost: Error = new ConnectionLostError('path');
  lost.name.toUpperCase();
  // @ts-expect-error a level of the log
  client.logs({ level: 'loud' });
};
const log: MultiEventLog = enableLogging({ timeline: true });
const mine: readonly number[] = log.set('mine', ({ category }) => category.length).fetch().mine;
const typed = new MultiEventLog({ consumers: { name: ({ category }) => category } }).set('bytes', () => 1);
typed.fetch().bytes satisfies readonly number[];
typed.fetch().name satisfies readonly string[];
// @ts-expect-error a column of numbers
typed.fetch().bytes satisfies readonly string[];
enableLogging().fetch().core satisfies readonly { readonly timestamp: number }[];
for await (const event of daemon.events('errors', { limit: 10 + mine.length })) {
  if ('dropped' in event) event.dropped satisfies number;
  else event.time satisfies number;
}
function controllerOf() {
  return controller;
}
const controller = { signal: { aborted: false, addEventListener() {}, removeEventListener() {} } };
{
  using subscription = daemon.subscribe(() => {}, controller);
  await using other = await createDaemon('', { ...controller, level: 'WARNING' });
  await using setup = await setupMetricLogger({ loggers: [] });
  using sink = new MultiEventLog();
  subscription();
}
getLogger('mine').child({ host: 'db1' }).warn('slow', { fields: { ms: 5 } });
daemon.records({ level: 'warning' });
const text: string = showLogs(fetchLogs(), 'summary', { width: 80 });
await setupMetricLogger({ loggers: ['async'], runName: text + ending });
class Mine extends Handler {
  emit(record: MetricRecord): void {
    record.step satisfies number | undefined;
  }
}
new Mine({ level: 'trace' }).close();
export const delay = (figures: SystemFigures): void => {
  using consumer = EventLoopDelay(figures);
};
const flat: Record<string, unknown> = flatten({ a: { b: 1 } });
export const problems = (error: unknown): readonly string[] => (error instanceof ConfigError ? error.lines : Object.keys(flat));

// @ts-expect-error there is no such option
await createDaemon('', { tikSeconds: 1 });
// @ts-expect-error a daemon is made by createDaemon
import { Daemon as Made } from 'whenever'; new Made();
// @ts-expect-error a level of the log
await createDaemon('', { level: 'loud' });
`;

/** The same in CommonJS. */
export const CONSUMER_CJS = `
import whenever = require('whenever');
const daemon: Promise<whenever.Daemon> = whenever.createDaemon('', { tickSeconds: 1 });
// @ts-expect-error a name that is not there
whenever.createDemon('');
export = daemon;
`;
