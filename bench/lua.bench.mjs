// Lua scripts: one warm, a hundred at one tick, a thousand asleep, and a daemon whose scripts have not run yet.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alternate, amountRow, daemon, driver, fresh, memory, ratioRow, root, runDriver, sleep } from './support.mjs';

const idleFile = (item) => {
  const file = fresh('.toml');
  writeFileSync(
    file,
    `scheduler_tick_seconds = 5
${Array.from({ length: 20 }, (_, i) => `[[task]]\nname = "T${i}"\n${item}`).join('\n')}
[[condition]]
name = "C"
type = "interval"
interval_seconds = 86400
tasks = ["T0"]
`,
  );
  return file;
};

/** MiB that a daemon which has not run anything yet has to itself. */
const ownMemory = async (file) => {
  const one = daemon([file]);
  await sleep(2000);
  const { own } = memory(one.pid);
  await one.stop();
  return own;
};

export default async ({ quick }) => {
  const found = await runDriver(await driver('lua'), [join(root, 'dist', 'lua-worker.cjs'), quick ? '5' : '20']);
  const withLua = idleFile('type = "lua"\nscript = "x = 1"\n');
  const without = idleFile('type = "command"\nstartup_path = "/"\ncommand = "true"\ncommand_arguments = []\n');
  const waiting = { ours: () => ownMemory(withLua), peer: () => ownMemory(without) };
  const sizes = await alternate(quick ? 2 : 5, waiting, { warm: true });
  const row = (figure, unit, ours, atMost) => amountRow({ figure, unit, ours, atMost });
  return [
    row('Lua: one trivial script, warm, request to outcome', 'ms', found.single, 1),
    ...(found.spawned.length > 0
      ? [
          ratioRow({
            figure: 'the same against lua5.4 as a process',
            unit: 'ms',
            ours: found.single,
            peerName: 'child_process lua5.4',
            peer: found.spawned,
            atMost: 0.5,
          }),
        ]
      : []),
    row('Lua: 100 trivial scripts at one tick, in all', 'ms', found.hundred, 150),
    row('the latest timer of the main thread meanwhile', 'ms', found.late, 10),
    row('Lua: memory of each of 1,000 sleeping scripts', 'KiB', [found.each], 300),
    row('Lua: the first script, with the start of the host', 'ms', [found.first], 1000),
    row('Lua: a loop of 10 million additions', 'ms', [found.busy]),
    row('Lua: 10⁶ calls with table stores', 'ms', found.called),
    ...(found.warm.length > 0
      ? [
          ratioRow({
            figure: 'the same by `interpreter = "lua5.4"`',
            unit: 'ms',
            ours: found.calledThere,
            peerName: 'the interpreter inside whenever',
            peer: found.called,
            atMost: 0.2,
          }),
          row('Lua: one trivial script by `interpreter = "lua5.4"`, warm', 'ms', found.warm, 3),
        ]
      : []),
    ratioRow({
      figure: 'own memory, 20 Lua tasks that have not run',
      unit: 'MiB',
      ours: sizes.ours,
      peerName: 'the same with 20 command tasks',
      peer: sizes.peer,
      atMost: 1.05,
    }),
  ];
};
