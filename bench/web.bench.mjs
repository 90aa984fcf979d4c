// What `whenever web` costs the daemon while ten pages are open, against none, and how soon its answers and messages come.
import { amountRow, daemon, firstByte, memory, processorMs, quiet, sleep } from './support.mjs';
import { CONDITIONS, dayOfRuns, get, RUNS, webOf } from './web-support.mjs';

/** How late each tick was, in ms: ticks fall on whole seconds, and the first record of a run comes with its tick. */
const lateness = (text) => {
  const first = new Map();
  for (const line of text.split('\n')) {
    const [, second, ms] = (line.includes('"item":"Often"') && /"time":"([^"]*)\.(\d{3})/.exec(line)) || [];
    if (second !== undefined && !first.has(second)) first.set(second, Number(ms));
  }
  if (first.size === 0) throw new Error('no record of a tick');
  return [...first.values()];
};
const percentile = (list, share) =>
  [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))] ?? 0;

export default async ({ quick }) => {
  const { config, state, now } = dayOfRuns();
  const one = daemon([config, '-L', 'info', '-J'], { state });
  await firstByte(one.child.stdout);
  let text = '';
  one.child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  await sleep(3000);
  const env = { ...process.env, XDG_RUNTIME_DIR: one.runtime, XDG_STATE_HOME: state };
  const web = await webOf(env);
  const seconds = quick ? 10 : 60;
  const watch = async () => {
    await quiet();
    text = '';
    const before = processorMs(one.child.pid);
    await sleep(seconds * 1000);
    return { late: percentile(lateness(text), 0.99), share: (processorMs(one.child.pid) - before) / (seconds * 10) };
  };
  try {
    const alone = await watch();
    const pages = [];
    for (let i = 0; i < 10; i++) pages.push(await web.page());
    await sleep(2000);
    const watched = await watch();
    const times = { overview: [], runs: [], columns: [] };
    const queries = { overview: '', runs: '?count=100', columns: `?since=${now - 86_400_000}&until=${now}` };
    for (let round = 0; round < (quick ? 5 : 15); round++)
      for (const [name, query] of Object.entries(queries)) {
        const began = performance.now();
        await get(web.port, `/api/${name}${query}`, web.cookie);
        if (round > 0) times[name].push(performance.now() - began);
      }
    const messages = [];
    const heard = new Promise((resolve) => {
      pages[0].on('message', (data) => {
        const { type, run } = JSON.parse(String(data));
        if (type !== 'run' || run.ended === null) return;
        messages.push(Date.now() - run.ended);
        if (messages.length === (quick ? 8 : 40)) resolve();
      });
    });
    await heard;
    const rss = memory(web.child.pid).resident;
    for (const page of pages) page.terminate();
    const row = (figure, unit, ours, atMost, peerName, peer) =>
      amountRow({ figure, unit, ours, peerName, peer, atMost });
    return [
      row(
        'ten pages: processor of the daemon, more than with none',
        '% of a core',
        [Math.max(0, watched.share - alone.share)],
        1,
      ),
      row(
        'ten pages: lateness of a tick at the 99th percentile, more than with none',
        'ms',
        [Math.max(0, watched.late - alone.late)],
        5,
      ),
      row(`overview, ${CONDITIONS} conditions`, 'ms', times.overview, 200),
      row(`runs, the last 100 of ${RUNS}`, 'ms', times.runs, 300),
      row(`columns of a day, ${RUNS} runs`, 'ms', times.columns, 1000),
      row('from the end of a run to its message, 95th percentile', 'ms', [percentile(messages, 0.95)], 200),
      row('memory of the server', 'MB', [rss], 150),
    ];
  } finally {
    web.child.kill();
    await one.stop();
  }
};
