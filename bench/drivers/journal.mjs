// journal MODE ROUNDS: what ticks tell at trace of ten thousand conditions that are not due, as JSON on standard output, with the
// journal and nobody listening (`alone`), with a recording (`recorded`), or without a journal (`none`). Says how much processor
// time it took and how much memory there was after a tenth and at the end.
import { systemClock } from '../../src/adapters/clock.ts';
import { standardStream } from '../../src/adapters/line-output.ts';
import { RecordingWriter } from '../../src/adapters/recording-writer.ts';
import { TraceIds } from '../../src/core/trace-ids.ts';
import { Journal } from '../../src/journal/journal.ts';
import { json } from '../../src/log/format.ts';
import { LogHub } from '../../src/log/log.ts';

const [, , mode, rounds, file] = process.argv;
const CONDITIONS = 10_000;
/** Conditions between two turns of the event loop, as ticks have it. */
const A_TURN = 32;

const lost = (n) => {
  throw new Error(`${n} records lost`);
};
const output = standardStream(1, { onLost: lost, onClosed: lost, onTrouble: lost });
const log = new LogHub(systemClock.wall);
const journal = new Journal(systemClock);
if (mode !== 'none') log.numberWith(journal);
log.attach({ level: 'trace', write: (record) => output.write(json(record)) });
let recording;
if (mode === 'recorded') {
  recording = new RecordingWriter(file, { version: '0', session: 's', started: Date.now(), pid: 1 }, undefined, lost);
  journal.subscribe(recording.write, recording.writeRecord);
}

const ids = new TraceIds();
const tick = log.for('MAIN', 'scheduler_tick');
const conditions = Array.from({ length: CONDITIONS }, (_, i) => {
  const name = `Condition_${i + 1}`;
  return {
    name,
    active: log.for('CONDITION', 'active', name, i + 1),
    taken: log.for('CONDITION_REGISTRY', 'tick', name, i + 1),
    track: journal.track(`condition/${name}`, 'waiting'),
  };
});
const visit = ({ name, active, taken }, origin, left) => {
  taken.trace('START/MSG', 'condition taken for checking', origin);
  active.trace('PROC/OK', 'check begins', origin);
  active.trace('PROC/MSG', () => `interval: ${(left / 1000).toFixed(1)} s left of 86400 s`, origin);
  active.trace('END/OK', 'check ended negative', origin);
  tick.trace('PROC/MSG', () => `condition ${name}: tasks not executed`, origin);
};

const run = async (ticks) => {
  for (let t = 0; t < ticks; t++) {
    const origin = { cause: ids.cause('tick').cause, run: null };
    for (const [i, condition] of conditions.entries()) {
      visit(condition, origin, 86_400_000 - t * 1000);
      if (i % A_TURN === A_TURN - 1) await systemClock.turn();
    }
    await output.flush(60_000);
  }
};

const settle = async () => {
  await systemClock.sleep(100);
  globalThis.gc?.();
  return process.memoryUsage.rss() / 2 ** 20;
};

const main = async () => {
  await run(2);
  const before = await settle();
  const began = process.cpuUsage();
  await run(Number(rounds));
  const { user, system } = process.cpuUsage(began);
  recording?.flush();
  const after = await settle();
  const facts = Number(rounds) * CONDITIONS * 5;
  console.error(JSON.stringify({ us: (user + system) / facts, facts, before, after }));
  process.exit(0);
};

void main();
