// Two hundred runs of `true`: the process adapter alone, and the whole daemon, against plain child_process loops.
import { writeFileSync } from 'node:fs';
import { alternate, daemon, driver, fresh, ratioRow, runDriver } from './support.mjs';

const RUNS = 200;

const tasksFile = (sequence) => {
  const names = Array.from({ length: RUNS }, (_, i) => `True_${i}`);
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

/** From the first HIST START to the last HIST END, as the records say; the second time, as the loop's is. */
const wholeDaemon = async (file) => {
  const one = daemon([file, '-J', '-L', 'trace']);
  const instants = [];
  let rest = '';
  one.say('trigger Go');
  await new Promise((resolve, reject) => {
    one.child.stdout.on('data', (chunk) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop();
      for (const line of lines) {
        if (line.includes('no condition is busy') && instants.length === 2 * RUNS) one.say('trigger Go');
        if (!line.includes('"when":"HIST"')) continue;
        const { header, contents } = JSON.parse(line);
        if (contents.message_type.status === 'END' && !contents.message.startsWith('OK/')) reject(new Error(line));
        instants.push(Date.parse(header.time.slice(0, 23)));
        if (instants.length === 4 * RUNS) resolve();
      }
    });
  });
  await one.stop();
  return instants[4 * RUNS - 1] - instants[2 * RUNS];
};

export default async ({ quick }) => {
  const path = await driver('spawn');
  const { both } = await alternate(quick ? 5 : 15, { both: () => runDriver(path, ['both', String(RUNS), '1']) });
  const adapter = (way) => both.map((sample) => sample[way][0]);
  const [inSequence, together] = [tasksFile(true), tasksFile(false)];
  const loop = (how) => async () => (await runDriver(path, [how, String(RUNS), '1']))[how][0];
  const samples = await alternate(quick ? 3 : 9, {
    peerSequence: loop('peerSequence'),
    sequence: () => wholeDaemon(inSequence),
    peerTogether: loop('peerTogether'),
    together: () => wholeDaemon(together),
  });
  const row = (figure, ours, peer, peerName, atMost) => ratioRow({ figure, unit: 'ms', ours, peerName, peer, atMost });
  const [one, all] = ['child_process, one after the other', 'child_process, all at once'];
  return [
    row('200 × true in sequence, process adapter', adapter('sequence'), adapter('peerSequence'), one, 1.3),
    row('200 × true in sequence, whole daemon at trace', samples.sequence, samples.peerSequence, one, 1.3),
    row('200 × true side by side, process adapter', adapter('together'), adapter('peerTogether'), all, 1.1),
    row('200 × true side by side, whole daemon at trace', samples.together, samples.peerTogether, all, 1.1),
    row('the same, against the loop', samples.together, samples.peerSequence, one, 1),
  ];
};
