// Processor time of a daemon that has nothing to do.
import { amountRow, bare, configuration, daemon, processorMs, sleep } from './support.mjs';

const SETTLE_MS = 5000;

/** In a minute Node once collects what the start left behind: less than a minute, scaled, would count it several times. */
const MEASURED_MS = 60_000;

export default async () => {
  const file = configuration({ conditions: 20, tick: 5 });
  // Side by side: they hardly run.
  const pairs = Array.from({ length: 3 }, () => ({ ours: daemon([file]), peer: bare('setInterval(() => {}, 5000)') }));
  await sleep(SETTLE_MS);
  const read = () => pairs.map(({ ours, peer }) => ({ ours: processorMs(ours.pid), peer: processorMs(peer.pid) }));
  const [began, before] = [performance.now(), read()];
  await sleep(MEASURED_MS);
  const [minutes, after] = [(performance.now() - began) / 60_000, read()];
  await Promise.all(pairs.flatMap(({ ours, peer }) => [ours.stop(), peer.stop()]));
  const used = (who) => after.map((now, i) => (now[who] - before[i][who]) / minutes);
  return [
    amountRow({
      figure: 'processor time a minute, idle, 20 conditions, tick 5 s',
      unit: 'ms',
      ours: used('ours'),
      peerName: 'node with a timer of 5 s',
      peer: used('peer'),
      atMost: 60,
    }),
  ];
};
