// How long `whenever check` takes for 500 items, process and all, against a node that does nothing; and what finding positions adds.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { alternate, amountRow, fresh, ratioRow, whenever } from './support.mjs';

const ITEMS = 500;

/** A clean file of so many items: commands, scripts, intervals and times. With `broken`, one key of the last item is unknown. */
const configuration = (broken) => {
  const parts = ['scheduler_tick_seconds = 5\n'];
  for (let i = 0; i < ITEMS / 2; i++) {
    parts.push(
      i % 5 === 0
        ? `[[task]]\nname = "Task_${i}"\ntype = "lua"\nscript = """\nlocal n = ${i}\nfor k = 1, n do result = k end\n"""\nexpected_results = { result = ${i} }\n`
        : `[[task]]\nname = "Task_${i}"\ntype = "command"\nstartup_path = "/"\ncommand = "sh"\ncommand_arguments = ["-c", "exit ${i % 2}"]\nsuccess_status = 0\n`,
      `[[condition]]\nname = "Condition_${i}"\nrecurring = true\ntasks = ["Task_${i}"]\n${
        i % 3 === 0
          ? `type = "time"\ntime_specifications = [{ hour = ${i % 24}, minute = ${i % 60} }, { cron = "*/15 9-17 * * MON-FRI" }]\ntimezone = "UTC"\n`
          : `type = "interval"\ninterval_seconds = ${60 + i}\n`
      }${broken && i === ITEMS / 2 - 1 ? 'nonsense = 1\n' : ''}`,
    );
  }
  const file = fresh('.toml');
  writeFileSync(file, parts.join('\n'));
  return file;
};

const timed = (args) =>
  new Promise((resolve) => {
    const began = performance.now();
    spawn(process.execPath, args, { stdio: 'ignore' }).once('exit', () => resolve(performance.now() - began));
  });

export default async ({ quick }) => {
  const [clean, broken] = [configuration(false), configuration(true)];
  const { ours, peer, located } = await alternate(quick ? 5 : 21, {
    peer: () => timed(['-e', '0']),
    ours: () => timed([whenever, 'check', clean]),
    located: () => timed([whenever, 'check', broken]),
  });
  const figure = `check of ${ITEMS} items, process and all`;
  return [
    amountRow({ figure, unit: 'ms', ours, peerName: 'node -e 0', peer, atMost: 400 }),
    ratioRow({
      figure: `check of ${ITEMS} items with one mistake, which is looked up`,
      unit: 'ms',
      ours: located,
      peerName: 'the same without it',
      peer: ours,
      atMost: 2,
    }),
  ];
};
