// Runs of `true`, one after the other and all at once: the process adapter alone, and the whole daemon, against plain child_process loops.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { alternate, daemon, driver, fresh, ratioRow, runDriver, sleep } from './support.mjs';

const RUNS = 200;
const QUICK_RUNS = 100;
/** All runs are made twice by each sample, and the second time is measured. */
const WARM = { warm: true };

export const tasksFile = (sequence, runs = RUNS) => {
  const names = Array.from({ length: runs }, (_, i) => `True_${i}`);
  const tasks = names.map(
    (name) =>
      `[[task]]\nname = "${name}"\ntype = "command"\nstartup_path = "/"\ncommand = "true"\ncommand_arguments = []\n`,
  );
  const file = fresh('.toml');
  writeFileSync(
    file,
    `scheduler_tick_seconds = 1\n${tasks.join('')}
[[condition]]
name = "Once"
type = "bucket"
recurring = true
execute_sequence = ${sequence}
tasks = [${names.map((name) => `"${name}"`).join(', ')}]
[[event]]
name = "Go"
type = "cli"
condition = "Once"
`,
  );
  return file;
};

/** The history in a log: what, when (ms), and how a run ended. */
const history = (log) =>
  readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.includes('"when":"HIST"') && line.endsWith('}'))
    .map((line) => JSON.parse(line))
    .map(({ header, contents }) => ({ at: Date.parse(header.time.slice(0, 23)), message: contents.message }));

/** From the first HIST START to the last HIST END, as the records say; the second time, as the loop's is. */
const wholeDaemon = async (file, runs) => {
  const log = fresh('.log');
  const one = daemon([file, '-J', '-L', 'trace', '-l', log]);
  const recorded = async (count) => {
    one.say('trigger Go');
    // Looked at seldom, so that looking takes nothing from what is measured.
    do await sleep(500);
    while (!existsSync(log) || history(log).length < count);
    return history(log);
  };
  await recorded(2 * runs);
  const records = (await recorded(4 * runs)).slice(2 * runs);
  await one.stop();
  const good = records.filter(({ message }) => message.startsWith('OK/'));
  if (good.length !== 2 * runs) throw new Error(`${2 * runs - good.length} runs of true did not succeed`);
  return records.at(-1).at - records[0].at;
};

export default async ({ quick }) => {
  const path = await driver('spawn');
  const runs = quick ? QUICK_RUNS : RUNS;
  const { both } = await alternate(quick ? 1 : 15, { both: () => runDriver(path, ['both', String(runs), '1']) }, WARM);
  const adapter = (way) => both.map((sample) => sample[way][0]);
  const [inSequence, together] = [tasksFile(true, runs), tasksFile(false, runs)];
  const loop = (how) => async () => (await runDriver(path, [how, String(runs), '1']))[how][0];
  const ways = {
    peerSequence: loop('peerSequence'),
    sequence: () => wholeDaemon(inSequence, runs),
    peerTogether: loop('peerTogether'),
    together: () => wholeDaemon(together, runs),
  };
  const samples = await alternate(quick ? 2 : 9, ways, WARM);
  const row = (figure, ours, peer, peerName, atMost) => ratioRow({ figure, unit: 'ms', ours, peerName, peer, atMost });
  const [one, all] = ['child_process, one after the other', 'child_process, all at once'];
  return [
    row(`${runs} × true in sequence, process adapter`, adapter('sequence'), adapter('peerSequence'), one, 1.3),
    row(`${runs} × true in sequence, whole daemon at trace`, samples.sequence, samples.peerSequence, one, 1.3),
    row(`${runs} × true side by side, process adapter`, adapter('together'), adapter('peerTogether'), all, 1.1),
    row(`${runs} × true side by side, whole daemon at trace`, samples.together, samples.peerTogether, all, 1.1),
    row('the same, against the loop', samples.together, samples.peerSequence, one, 1),
  ];
};
