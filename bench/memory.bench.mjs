// Memory of a daemon that waits, against a node that waits.
import { alternate, bare, configuration, daemon, memory, ratioRow, sleep } from './support.mjs';

/** After this the start is over and what it left has been collected or not. */
const SETTLE_MS = 3000;

const afterwards = async (process) => {
  await sleep(SETTLE_MS);
  const found = memory(process.pid);
  await process.stop();
  return found;
};

export default async ({ quick }) => {
  const file = configuration({ conditions: 20, tick: 5 });
  const waiting = {
    peer: () => afterwards(bare('setInterval(() => {}, 1e9)')),
    ours: () => afterwards(daemon([file])),
  };
  const { ours, peer } = await alternate(quick ? 2 : 9, waiting, { warm: true });
  const row = (figure, part, atMost) =>
    ratioRow({
      figure,
      unit: 'MiB',
      ours: ours.map(part),
      peerName: 'node that waits',
      peer: peer.map(part),
      atMost,
    });
  return [
    row('resident memory, idle, 20 conditions', (found) => found.resident, 1.3),
    row('private part of it', (found) => found.own, 2.2),
  ];
};
