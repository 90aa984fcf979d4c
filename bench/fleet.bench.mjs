// Several machines with one server: what a claim takes, how many firings ten machines can have in a second, what a tick costs with nothing
// due, and how much later a task starts on another machine.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  alternate,
  amountRow,
  daemon,
  driver,
  fresh,
  median,
  processorMs,
  quiet,
  ratioRow,
  root,
  sleep,
  workspace,
} from './support.mjs';

const NODES = 10;
const CONDITIONS = 10_000;

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** Starts a server with nothing in it. */
const serve = async () => {
  const port = await freePort();
  const child = spawn(
    'nats-server',
    ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', mkdtempSync(join(workspace, 'js'))],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.stderr.on('data', (text) => String(text).includes('Server is ready') && resolve());
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  return {
    url: `nats://127.0.0.1:${port}`,
    pid: child.pid,
    stop: () => {
      child.kill('SIGKILL');
      return ended;
    },
  };
};

/** One of the clients in a process of its own. */
const client = (path, kind, url, node, count) => {
  const child = spawn(process.execPath, [path, kind, url, node, count].map(String), {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, NODE_PATH: join(root, 'node_modules') },
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const ended = new Promise((resolve) => child.once('close', resolve));
  return {
    next: async () => (await lines.next()).value,
    say: () => child.stdin.write('\n'),
    ended,
  };
};

/** Lets clients ask for so many firings, with a server of their own. */
const firings = async (path, kind, nodes, count) => {
  const server = await serve();
  const clients = Array.from({ length: nodes }, (_, node) => client(path, kind, server.url, node, count));
  try {
    await Promise.all(clients.map((one) => one.next()));
    await quiet();
    const used = processorMs(server.pid);
    const began = performance.now();
    for (const one of clients) one.say();
    const found = (await Promise.all(clients.map((one) => one.next()))).map((line) => JSON.parse(line));
    const seconds = (performance.now() - began) / 1000;
    const won = found.reduce((sum, one) => sum + one.won, 0);
    if (won !== count) throw new Error(`${won} of ${count} firings were won`);
    return {
      took: found[0].took,
      aSecond: count / seconds,
      ofServer: (processorMs(server.pid) - used) / count,
      ofClients: found.reduce((sum, one) => sum + one.processorMs, 0) / count,
    };
  } finally {
    for (const one of clients) one.say();
    await Promise.all(clients.map((one) => one.ended));
    await server.stop();
  }
};

const claims = async (path, quick) => {
  const count = 20_000;
  const { one } = await alternate(1, { one: () => firings(path, 'one', 1, quick ? 500 : 2000) });
  const { all, bareAll } = await alternate(quick ? 1 : 3, {
    all: () => firings(path, 'all', NODES, count),
    bareAll: () => firings(path, 'bare-all', NODES, count / 2),
  });
  const rates = (samples) => samples.map(({ aSecond }) => aSecond);
  return [
    amountRow({ figure: 'fleet: one claim with the end of its run, median', unit: 'ms', ours: one[0].took, atMost: 5 }),
    amountRow({
      ...{
        figure: 'firings in a second, each of them one of ten machines',
        unit: '/s',
        ours: rates(all),
        atLeast: 1000,
      },
      ...{ peerName: 'ten bare clients: create or get, and update', peer: rates(bareAll) },
    }),
    amountRow({
      figure: 'processor time of the server for one of these firings',
      unit: 'ms',
      ours: all.map((x) => x.ofServer),
    }),
    amountRow({
      figure: 'processor time of all ten machines for it',
      unit: 'ms',
      ours: all.map((x) => x.ofClients),
      peerName: 'of ten bare clients',
      peer: bareAll.map((x) => x.ofClients),
    }),
  ];
};

/** A file of a machine. @param more its tables, without those of the fleet */
const fleetFile = (url, name, more) => {
  const file = fresh('.toml');
  const fleet = url === undefined ? '' : `[fleet]\nservers = ["${url}"]\nname = "${name}"\n`;
  writeFileSync(file, `scheduler_tick_seconds = 1\n${fleet}${more}`);
  return file;
};

const command = (name, script, more = '') =>
  `[[task]]\nname = "${name}"\ntype = "command"\nstartup_path = "/"\ncommand = "sh"\ncommand_arguments = ["-c", "${script}"]\n${more}`;

/** Conditions that are not due for a day. */
const notDue = (count, more) => {
  const parts = [command('True', 'true')];
  for (let i = 1; i <= count; i++)
    parts.push(
      `[[condition]]\nname = "C${i}"\ntype = "interval"\ninterval_seconds = 86400\nrecurring = true\ntasks = ["True"]\n${more}`,
    );
  return parts.join('\n');
};

/** Processor time of a second of each of these daemons, in ms. */
const perSecond = async (daemons, quick) => {
  const samples = daemons.map(() => []);
  for (let round = 0; round < (quick ? 5 : 10); round++) {
    const before = daemons.map(({ pid }) => processorMs(pid));
    await sleep(10_000);
    daemons.forEach(({ pid }, i) => {
      samples[i].push((processorMs(pid) - before[i]) / 10);
    });
  }
  return samples;
};

const ticks = async (path, quick) => {
  const server = await serve();
  const others = Array.from({ length: NODES - 1 }, (_, i) => client(path, 'idle', server.url, i, CONDITIONS));
  const start = (file) => daemon([file, '-L', 'warn'], { stdout: 'ignore' });
  const daemons = [
    start(fleetFile(server.url, 'many', notDue(CONDITIONS, 'shared = true\n'))),
    start(fleetFile(server.url, 'one', notDue(1, 'shared = true\n'))),
    start(fleetFile(undefined, '', notDue(1, ''))),
  ];
  try {
    await Promise.all(others.map((one) => one.next()));
    await sleep(quick ? 30_000 : 100_000);
    const [many, one, alone] = await perSecond(daemons, quick);
    return [
      ratioRow({
        figure: `a second with a tick, ${CONDITIONS.toLocaleString('en')} shared conditions not due on ten machines`,
        ...{ unit: 'ms', ours: many, peerName: 'one shared condition', peer: one, atMost: 1.5 },
      }),
      amountRow({
        figure: 'the same, one shared condition, as one of eleven machines',
        ...{ unit: 'ms', ours: one, peerName: 'without a fleet', peer: alone, atMost: 10 },
      }),
    ];
  } finally {
    for (const one of others) one.say();
    await Promise.all([...daemons.map((one) => one.stop()), ...others.map((one) => one.ended)]);
    await server.stop();
  }
};

/** How much later a task starts on another machine: each run has a task here after one that says when it ran, then one there after such. */
const dispatched = async (quick) => {
  const server = await serve();
  const paths = ['Before', 'Here', 'Again', 'There'].map((name) => [name, fresh('.times')]);
  const tasks = paths
    .map(([name, path]) => command(name, `date +%s%N >> ${path}`, name === 'There' ? 'where = "host:two"\n' : ''))
    .join('\n');
  const condition = `[[condition]]\nname = "C"\ntype = "interval"\ninterval_seconds = 1\nrecurring = true\ntasks = ["Before", "Here", "Again", "There"]\n`;
  const one = daemon([fleetFile(server.url, 'one', `${tasks}\n${condition}`), '-L', 'warn'], { stdout: 'ignore' });
  const two = daemon([fleetFile(server.url, 'two', tasks), '-L', 'warn'], { stdout: 'ignore' });
  try {
    await sleep(quick ? 25_000 : 65_000);
  } finally {
    await Promise.all([one.stop(), two.stop()]);
    await server.stop();
  }
  const [before, here, again, there] = paths.map(([, path]) =>
    readFileSync(path, 'utf8').trim().split('\n').map(BigInt),
  );
  const apart = (a, b) => b.map((at, i) => Number(at - a[i]) / 1e6).slice(3);
  const local = apart(before, here);
  if (there.length < 10) throw new Error(`only ${there.length} tasks were done on the other machine`);
  return amountRow({
    figure: 'how much later a task starts on another machine than here',
    ...{ unit: 'ms', ours: apart(again, there).map((ms) => ms - median(local)), atMost: 20 },
  });
};

export default async ({ quick }) => {
  const path = await driver('fleet');
  return [...(await claims(path, quick)), ...(await ticks(path, quick)), await dispatched(quick)];
};
