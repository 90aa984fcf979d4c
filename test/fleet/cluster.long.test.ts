import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BUCKET } from '../../src/adapters/fleet/nats-store.ts';
import { NatsServer } from '../support/nats-server.ts';
import { type Account, RealMembers } from '../support/real-members.ts';

const sh = (line: string): void => {
  const { status, stderr } = spawnSync('sh', ['-c', line], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${line}: ${stderr}`);
};
const tryTo = (line: string): void => void spawnSync('sh', ['-c', line]);

const expectAll = (account: Account): void => {
  console.log(JSON.stringify(account));
  const { twice, lost, instants, run } = account;
  expect({ twice, lost }).toEqual({ twice: [], lost: [] });
  expect(account.verified).toMatchObject({ unproven: 0, open: 0, running: 0 });
  expect(instants).toBeGreaterThan(200);
  expect(run).toBeGreaterThan(instants * 0.6);
};

/** Servers in network namespaces, which routes connect. Needs root, iproute2, nftables and nats-server. */
describe('Six machines at three servers', () => {
  const SERVERS = ['one', 'two', 'three'] as const;
  type Server = (typeof SERVERS)[number];
  const BRIDGE = 'whenever-cl';
  const addressOf = (server: Server): string => `10.78.0.${SERVERS.indexOf(server) + 2}`;
  const urls = SERVERS.map((server) => `nats://${addressOf(server)}:4222`);
  const inside = (server: Server, line: string): void => sh(`ip netns exec whenever-cl-${server} ${line}`);
  const folder = mkdtempSync(join(tmpdir(), 'whenever-cluster-'));
  const processes = new Map<Server, ReturnType<typeof spawn>>();

  const start = (server: Server): void => {
    const routes = SERVERS.filter((one) => one !== server).map((one) => `"nats://${addressOf(one)}:6222"`);
    const config = join(folder, `${server}.conf`);
    writeFileSync(
      config,
      `server_name: ${server}
host: "${addressOf(server)}"
port: 4222
jetstream { store_dir: "${join(folder, server)}" }
cluster { name: office, listen: "${addressOf(server)}:6222", routes: [${routes.join(', ')}] }
`,
    );
    const args = ['netns', 'exec', `whenever-cl-${server}`, 'nats-server', '-c', config];
    processes.set(server, spawn('ip', args, { stdio: 'ignore' }));
  };
  const others = (server: Server): string =>
    SERVERS.filter((one) => one !== server)
      .map(addressOf)
      .join(', ');

  beforeAll(() => {
    tryTo(`ip link del ${BRIDGE}`);
    sh(`ip link add ${BRIDGE} type bridge && ip addr add 10.78.0.1/24 dev ${BRIDGE} && ip link set ${BRIDGE} up`);
    for (const [i, server] of SERVERS.entries()) {
      tryTo(`ip netns del whenever-cl-${server}; ip link del whenever-cl${i}`);
      sh(`ip netns add whenever-cl-${server}`);
      sh(`ip link add whenever-cl${i} type veth peer name eth0 netns whenever-cl-${server}`);
      sh(`ip link set whenever-cl${i} master ${BRIDGE} up`);
      inside(server, `ip addr add ${addressOf(server)}/24 dev eth0`);
      inside(server, 'ip link set eth0 up');
      inside(server, 'ip link set lo up');
      inside(server, 'nft add table ip t');
      inside(server, "nft 'add chain ip t in { type filter hook input priority 0; }'");
      inside(server, "nft 'add chain ip t out { type filter hook output priority 0; }'");
      start(server);
    }
  });
  afterAll(() => {
    for (const server of SERVERS) {
      tryTo(`ip netns pids whenever-cl-${server} | xargs -r kill -9; ip netns del whenever-cl-${server}`);
      processes.get(server)?.kill('SIGKILL');
    }
    tryTo(`ip link del ${BRIDGE}`);
    rmSync(folder, { recursive: true, force: true });
  });

  it('lose no instant, and say which the servers have had run twice, while the leader is cut off from the other servers, then from all, and servers stop and die.', async () => {
    const members = new RealMembers(urls, 6);
    await members.begin();
    const happened: string[] = [];
    const note = (what: string): void => void happened.push(`instant ${members.instants}: ${what}`);
    const signal = (server: Server, name: string): void => sh(`kill -${name} $(ip netns pids whenever-cl-${server})`);
    const restartAll = (): void => {
      note('no server leads any more: all are killed and started');
      for (const server of SERVERS) signal(server, 'KILL');
      for (const server of SERVERS) start(server);
    };
    const leader = async (): Promise<Server> => {
      for (let since = Date.now(); ; ) {
        // Servers of this version were seen that never found a leader again.
        if (Date.now() - since > 30_000) {
          restartAll();
          since = Date.now();
        }
        try {
          const manager = await jetstreamManager(members.store.connection!);
          const { cluster } = await manager.streams.info(`KV_${BUCKET}`);
          if (cluster?.leader) return cluster.leader as Server;
        } catch {
          await pause(200);
        }
      }
    };
    const cut = async (from: (server: Server) => readonly [string, string], what: string): Promise<void> => {
      const server = await leader();
      note(`${server}, which leads, is cut off from ${what}`);
      const [input, output] = from(server);
      inside(server, `nft add rule ip t in ${input} drop`);
      inside(server, `nft add rule ip t out ${output} drop`);
      await pause(15_000);
      for (const chain of ['in', 'out']) inside(server, `nft flush chain ip t ${chain}`);
      note('and back');
      await pause(8000);
    };

    await pause(5000);
    await cut((server) => [`"ip saddr { ${others(server)} }"`, `"ip daddr { ${others(server)} }"`], 'the others');
    await cut(() => ['', ''], 'all');
    const stopped = await leader();
    note(`${stopped}, which leads, is stopped`);
    signal(stopped, 'STOP');
    await pause(15_000);
    signal(stopped, 'CONT');
    note('and goes on');
    await pause(8000);
    const killed = await leader();
    note(`${killed}, which leads, is killed`);
    signal(killed, 'KILL');
    await pause(8000);
    start(killed);
    note('and started');
    await pause(8000);
    // Without two of three no server answers.
    note('two of three are killed');
    for (const server of SERVERS.slice(1)) signal(server, 'KILL');
    await pause(5000);
    for (const server of SERVERS.slice(1)) start(server);
    note('and started');
    await pause(10_000);
    const account = await members.end();
    console.log(happened.join('\n'));
    expectAll(account);
  });
});

describe('Four machines at one server', () => {
  const server = new NatsServer();
  beforeEach(() => server.start());
  afterEach(() => server.remove());

  it('lose no instant and run none twice when the server loses its last second, again and again.', async () => {
    const members = new RealMembers([server.url], 4);
    await members.begin();
    for (let i = 0; i < 4; i++) {
      await pause(8000);
      const copy = `${server.directory}-copy`;
      cpSync(server.directory, copy, { recursive: true });
      await pause(1000);
      await server.kill();
      rmSync(server.directory, { recursive: true });
      cpSync(copy, server.directory, { recursive: true });
      rmSync(copy, { recursive: true });
      await pause(i * 500);
      await server.start();
    }
    await pause(6000);
    const account = await members.end();
    expectAll(account);
    expect(account.saidTwice).toBe(0);
  });
});
