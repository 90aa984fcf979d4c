import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NatsStore } from '../../src/adapters/fleet/nats-store.ts';
import { seeded } from '../../src/simulation/simulation.ts';
import { PROGRAM } from '../support/program.ts';

/**
 * Real machines as far as one machine can be several: daemons in network namespaces, whose lines are cut in one and both directions by
 * nft, are slow by netem; daemons and the server are stopped and killed. Needs root, iproute2, nftables and nats-server.
 */
const NODES = ['a', 'b', 'c'] as const;
type Node = (typeof NODES)[number];
const SECONDS = 220;
const BRIDGE = 'whenever-fl';
const folder = mkdtempSync(join(tmpdir(), 'whenever-faults-'));
const ran = join(folder, 'ran');
const url = 'nats://10.77.0.1:14877';

const sh = (line: string): void => {
  const { status, stderr } = spawnSync('sh', ['-c', line], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${line}: ${stderr}`);
};
const tryTo = (line: string): void => void spawnSync('sh', ['-c', line]);
const inside = (node: Node, line: string): void => sh(`ip netns exec whenever-${node} ${line}`);

let server: ReturnType<typeof spawn> | undefined;
const startServer = (): void => {
  server = spawn('nats-server', ['-a', '10.77.0.1', '-p', '14877', '-js', '-sd', join(folder, 'js')], {
    stdio: 'ignore',
  });
};
const programs = new Map<Node, ReturnType<typeof spawn>>();
const startNode = (node: Node): void => {
  const home = join(folder, node);
  sh(`mkdir -p ${home} && chmod 700 ${home}`);
  writeFileSync(
    join(home, 'fleet.toml'),
    `scheduler_tick_seconds = 1
[fleet]
servers = ["${url}"]
name = "${node}"
[[task]]
name = "T"
type = "command"
command = "sh"
command_arguments = ["-c", "echo $WHENEVER_FENCE ${node} >> ${ran}"]
startup_path = "/"
[[condition]]
name = "Second"
type = "interval"
interval_seconds = 1
recurring = true
shared = true
tasks = ["T"]
`,
  );
  const program = spawn(
    'ip',
    [
      'netns',
      'exec',
      `whenever-${node}`,
      process.execPath,
      PROGRAM,
      '-q',
      '-L',
      'info',
      '-l',
      join(home, 'log'),
      '-a',
      join(home, 'fleet.toml'),
    ],
    {
      env: { ...process.env, XDG_RUNTIME_DIR: home, XDG_STATE_HOME: home, XDG_CONFIG_HOME: home },
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  );
  programs.set(node, program);
};

beforeAll(() => {
  tryTo(`ip link del ${BRIDGE}`);
  sh(`ip link add ${BRIDGE} type bridge && ip addr add 10.77.0.1/24 dev ${BRIDGE} && ip link set ${BRIDGE} up`);
  for (const [i, node] of NODES.entries()) {
    tryTo(`ip netns del whenever-${node}`);
    sh(
      `ip netns add whenever-${node} && ip link add whenever-v${node} type veth peer name eth0 netns whenever-${node}`,
    );
    sh(`ip link set whenever-v${node} master ${BRIDGE} up`);
    inside(node, `ip addr add 10.77.0.${i + 2}/24 dev eth0`);
    inside(node, 'ip link set eth0 up');
    inside(node, 'ip link set lo up');
    inside(node, 'nft add table ip t');
    inside(node, "nft 'add chain ip t in { type filter hook input priority 0; }'");
    inside(node, "nft 'add chain ip t out { type filter hook output priority 0; }'");
  }
});
afterAll(() => {
  for (const program of programs.values()) program.kill('SIGKILL');
  server?.kill('SIGKILL');
  for (const node of NODES) tryTo(`ip netns pids whenever-${node} | xargs -r kill -9; ip netns del whenever-${node}`);
  tryTo(`ip link del ${BRIDGE}`);
  rmSync(folder, { recursive: true, force: true });
});

/** What can happen to a node, and how it ends. */
const FAULTS: readonly ((node: Node, seconds: number) => Promise<void>)[] = [
  ...['in', 'out'].map((chain) => async (node: Node, seconds: number) => {
    inside(node, `nft add rule ip t ${chain} drop`);
    await pause(seconds * 1000);
    inside(node, `nft flush chain ip t ${chain}`);
  }),
  async (node, seconds) => {
    for (const chain of ['in', 'out']) inside(node, `nft add rule ip t ${chain} drop`);
    await pause(seconds * 1000);
    for (const chain of ['in', 'out']) inside(node, `nft flush chain ip t ${chain}`);
  },
  async (node, seconds) => {
    tryTo(`ip netns exec whenever-${node} tc qdisc add dev eth0 root netem delay 150ms 100ms loss 5%`);
    await pause(seconds * 1000);
    tryTo(`ip netns exec whenever-${node} tc qdisc del dev eth0 root`);
  },
  async (node, seconds) => {
    programs.get(node)?.kill('SIGSTOP');
    await pause(seconds * 1000);
    programs.get(node)?.kill('SIGCONT');
  },
  async (node, seconds) => {
    programs.get(node)?.kill('SIGKILL');
    await pause(seconds * 1000);
    startNode(node);
  },
  async (_, seconds) => {
    server?.kill('SIGKILL');
    await pause((seconds * 1000) / 3);
    startServer();
  },
];

it('Every second is run once over three machines, or reported, while lines break, and machines and the server stop and die.', async () => {
  const random = seeded(7);
  startServer();
  for (const node of NODES) startNode(node);
  await pause(5000);
  const begun = Math.ceil(Date.now() / 1000);
  const happened: string[] = [];
  while (Date.now() / 1000 - begun < SECONDS) {
    const [fault, node] = [Math.floor(random() * FAULTS.length), NODES[Math.floor(random() * NODES.length)]!];
    const seconds = random() < 0.3 ? 14 : 1 + random() * 4;
    happened.push(`${Math.round(Date.now() / 1000 - begun)} s: fault ${fault} of ${node} for ${seconds.toFixed(1)} s`);
    await FAULTS[fault]!(node, seconds);
    await pause(1000 + random() * 2000);
  }
  // What waits for the server, or is taken for lost.
  await pause(25_000);
  const ended = begun + SECONDS;
  for (const program of programs.values()) program.kill('SIGTERM');
  await pause(3000);
  const store = new NatsStore({ servers: [url], node: 'test' }, () => {});
  const claims = new Map<number, { state: string; unclaimed?: true }>();
  const all = new Promise<void>((resolve) => {
    store.onConnection((up) => {
      if (!up) return;
      void store.create('fire.end.1', '{}').then((last) =>
        store.watch('fire.', ({ key, value, revision }) => {
          if (revision === last) resolve();
          else claims.set(Number(key.split('.')[2]) / 1000, JSON.parse(value) as { state: string });
        }),
      );
    });
  });
  await all;
  await store.close();
  const fences = readFileSync(ran, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' ')[0]);
  const seconds = Array.from({ length: SECONDS }, (_, i) => begun + i);
  const twice = fences.filter((fence, i) => fences.indexOf(fence) !== i);
  const open = seconds.filter((at) => !['done', 'lost', 'missed'].includes(claims.get(at)?.state ?? ''));
  const done = [...claims].filter(([at, { state }]) => at >= begun && at < ended && state === 'done').length;
  console.log(happened.join('\n'), `\n${done} of ${SECONDS} done, ${fences.length} runs, not claimed: ${open.length}`);
  expect(twice).toEqual([]);
  // What no machine could ask for, because it was stopped or the next second had come, is no claim: that is what `verify` names.
  expect(open.length).toBeLessThan(SECONDS / 2);
  expect(done).toBeGreaterThan(SECONDS / 3);
});
