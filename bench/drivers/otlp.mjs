// otlp MODE RUNS: what runs of a task tell, of one command each, with nothing that listens (`none`) or sent by OTLP (`sent`) to PORT, until the
// receiver has all. Says the processor time of an event in µs; a run is eight events of spans and three records.
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../src/adapters/clock.ts';
import { Journal } from '../../src/journal/journal.ts';
import { LogHub } from '../../src/log/log.ts';
import { startOtlp } from '../../src/otlp/otlp-exporter.ts';
import { TraceIdentity } from '../../src/tracing/trace-identity.ts';

const [, , mode, count, port] = process.argv;
const runs = Number(count);
/** Events of a run, and runs of a batch that does not fill the queues. */
const [EVENTS, A_BATCH] = [11, 100];

const lost = [];
const log = new LogHub(systemClock.wall);
const journal = new Journal(systemClock);
log.numberWith(journal);
let otlp;
if (mode === 'sent') {
  process.env.OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${port}`;
  process.env.OTEL_BSP_SCHEDULE_DELAY = '5';
  process.env.OTEL_BLRP_SCHEDULE_DELAY = '5';
  const identity = new TraceIdentity('bench');
  otlp = startOtlp({ identity, version: '0', journal, log, level: 'info', paused: false, env: process.env });
  log.attach({ level: 'warn', write: ({ message }) => lost.push(message) });
} else log.attach({ level: 'info', write: () => {} });

const task = log.for('TASK', 'active', 'Copy', 1);
const run = (n) => {
  const [condition, item] = ['condition/Backup', 'task/Copy'];
  const origin = { cause: `tick-${n}`, run: `run-${n}` };
  const { spans } = journal;
  const check = spans.start('check', condition, origin, () => ({ condition: 'Backup' }));
  check?.finish({ outcome: 'positive', why: 'its interval of 60 s has passed' });
  const whole = spans.start(
    'run',
    condition,
    origin,
    () => ({ condition: 'Backup', tasks: ['Copy'], sequence: true }),
    undefined,
    origin.run,
  );
  task.info('START/MSG', 'running', origin);
  const one = spans.start('task', item, origin, () => ({ task: 'Copy', condition: 'Backup' }));
  const command = spans.start('command', item, origin, () => ({ command: '/usr/bin/cp', args: ['-a', 'from', 'to'] }));
  command?.finish({
    outcome: 'success',
    how: 'exit',
    exit_status: 0,
    rule: 'exit code 0',
    pid: n,
    stdout_bytes: 0,
    stderr_bytes: 0,
  });
  task.info('PROC/OK', 'exit code 0 is the success status 0', origin);
  one?.finish({ outcome: 'success', why: 'exit code 0' });
  whole?.finish({ outcome: 'success', executed: 1, of: 1 });
  task.info('END/OK', 'succeeded in 0.00 s', origin);
};

const work = async (from, to) => {
  for (let n = from; n < to; n++) {
    run(n);
    if (n % A_BATCH === A_BATCH - 1) await pause(mode === 'sent' ? 20 : 0);
  }
};

const main = async () => {
  await work(0, runs / 5);
  const before = process.cpuUsage();
  await work(runs / 5, runs);
  await otlp?.close();
  const { user, system } = process.cpuUsage(before);
  if (lost.length > 0) throw new Error(lost.join('\n'));
  console.error(JSON.stringify({ microseconds: (user + system) / (0.8 * runs * EVENTS) }));
};

void main();
