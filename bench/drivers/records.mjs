// records ours|pino-sync|pino-async COUNT: writes the same trace records to standard output and tells how long it took.
import { createRequire } from 'node:module';
import { standardStream } from '../../src/adapters/line-output.ts';
import { json } from '../../src/log/format.ts';
import { createLog } from '../../src/log/log.ts';
import { timestamp } from '../../src/log/timestamp.ts';

const [writer, count] = [process.argv[2], Number(process.argv[3])];
/** Records between two turns of the event loop: 32 checks of 5 records each, as the ticks of the scheduler write them. */
const A_TURN = 160;
const WARM_UP = 50_000;

const turn = () => new Promise((resolve) => setImmediate(resolve));
const message = (i) => `interval: ${i % 1000} s left of 3600 s`;

/** Ours: from the call to the pipe. */
const ours = () => {
  const lost = () => {
    throw new Error('records were lost');
  };
  const output = standardStream(1, { onLost: lost, onClosed: lost, onTrouble: lost });
  const log = createLog('trace', Date.now, (record) => output.write(json(record)));
  const logger = log.for('CONDITION', 'active', 'Backup', 17);
  return { write: (i) => logger.trace('PROC/MSG', message(i)), settle: () => output.flush(60_000) };
};

/** The peer is given the same object, with the time stamp made as ours is. */
const peer = (sync) => {
  const pino = createRequire(__filename)('pino');
  const destination = sync ? pino.destination(1) : pino.destination({ fd: 1, sync: false, minLength: 4096 });
  const logger = pino({ level: 'trace', base: null, timestamp: false }, destination);
  const context = { action: 'active', emitter: 'CONDITION', item: 'Backup', item_id: 17 };
  const write = (i) =>
    logger.trace({
      header: { application: 'whenever', level: 'TRACE', time: `${timestamp(Date.now())}000` },
      contents: { context, message: message(i), message_type: { status: 'MSG', when: 'PROC' } },
    });
  // A pipe knows no fsync, which comes after everything is written.
  const written = (resolve, reject) =>
    destination.flush((error) => (!error || error.code === 'EINVAL' ? resolve() : reject(error)));
  const settle = () => (sync ? Promise.resolve() : new Promise(written));
  return { write, settle };
};

const { write, settle } = writer === 'ours' ? ours() : peer(writer === 'pino-sync');

const several = async (n) => {
  for (let i = 0; i < n; i++) {
    write(i);
    if (i % A_TURN === A_TURN - 1) await turn();
  }
  await settle();
};

const main = async () => {
  await several(WARM_UP);
  const began = performance.now();
  await several(count);
  console.error(JSON.stringify({ written: WARM_UP + count, ms: performance.now() - began }));
  process.exit(0);
};

void main();
