// fleet KIND URL NODE COUNT: one of several clients of a server, which begins when a line comes on standard input. `all`: a member of a fleet
// that asks for each firing; `bare-all`: a client of the key-value store that asks the server for each, and does nothing else. `one`: a member
// that asks for one after the other; `idle`: one that asks for none, and has COUNT conditions. Says on standard output what came of it.
import { once } from 'node:events';
import { jetstream } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { connect } from '@nats-io/transport-node';
import { systemClock } from '../../src/adapters/clock.ts';
import { definitionHash } from '../../src/adapters/fleet/definition-hash.ts';
import { NatsStore } from '../../src/adapters/fleet/nats-store.ts';
import { FleetMember } from '../../src/fleet/member.ts';

const [, , kind, url, node, count] = process.argv;
const [NODE, COUNT] = [node, count].map(Number);
/** How many firings of a machine are under way at once: those of a tick. */
const AT_ONCE = 1000;
/** So many firings of its own a client asks for before, until Node has compiled what they need. */
const WARM = 300;
const definitions = new Map(
  Array.from({ length: kind === 'idle' ? COUNT : 1 }, (_, i) => [`${kind === 'idle' ? 'D' : 'C'}${i + 1}`, 'C']),
);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const member = async () => {
  const store = new NatsStore({ servers: [url], node: `n${NODE}` }, () => {});
  if (!store.connected) await new Promise((resolve) => store.onConnection((up) => up && resolve()));
  const one = new FleetMember({
    ...{
      node: `n${NODE}`,
      session: `s${process.pid}`,
      version: 'bench',
      tags: [],
      store,
      clock: systemClock,
      tickMs: 5000,
    },
    ...{
      withoutEngine: 'hold',
      hash: (text) => (text === 'C' ? 'hash' : definitionHash(text)),
      definitions: () => definitions,
      report: () => {},
    },
  });
  one.join();
  while (one.skew === undefined) await sleep(50);
  return {
    ask: async (key) => {
      const claim = await one.claim(
        { condition: 'C1', key, definition: 'C', onLost: 'miss' },
        new AbortController().signal,
      );
      if (claim.kind === 'won') await claim.finish('success');
      return claim.kind === 'won';
    },
    end: async () => {
      await one.leave();
      await store.close();
    },
  };
};

const client = async () => {
  const connection = await connect({ servers: [url], noAsyncTraces: true });
  const kv = await new Kvm(jetstream(connection)).create('bare', { history: 1, allow_direct: false });
  const value = JSON.stringify({ node: 'n0', session: 'session', hash: 'hash', began: Date.now(), state: 'running' });
  return {
    ask: async (key) => {
      const revision = await kv.put(`fire.C.${key}`, value, { previousSeq: 0 }).catch(() => undefined);
      if (revision === undefined) await kv.get(`fire.C.${key}`);
      else await kv.put(`fire.C.${key}`, value, { previousSeq: revision });
      return revision !== undefined;
    },
    end: () => connection.close(),
  };
};

const main = async () => {
  const { ask, end } = await (kind.startsWith('bare') ? client() : member());
  if (kind !== 'idle') for (let i = 0; i < WARM; i++) await ask(`warm-${i % 10 === 0 ? NODE : kind}-${i}`);
  console.log('ready');
  await once(process.stdin, 'data');
  if (kind === 'idle') {
    await end();
    process.exit(0);
  }
  const [used, began] = [process.cpuUsage(), performance.now()];
  const took = [];
  let won = 0;
  let next = 0;
  const work = async () => {
    while (next < COUNT) {
      const key = `${kind}-${next}`;
      next += 1;
      const before = performance.now();
      if (await ask(key)) won += 1;
      took.push(performance.now() - before);
    }
  };
  await Promise.all(Array.from({ length: kind === 'one' ? 1 : AT_ONCE }, work));
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(used);
  console.log(JSON.stringify({ won, ms, took: kind === 'one' ? took : [], processorMs: (user + system) / 1000 }));
  await once(process.stdin, 'data');
  await end();
  process.exit(0);
};
void main();
