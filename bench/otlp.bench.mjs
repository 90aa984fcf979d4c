// What an event of a run costs that is sent by OTLP, encoding and sending included, against the same with nothing that listens.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { alternate, amountRow, driver, runDriver } from './support.mjs';

/** Answers everything with 200 and an empty body, on a port that it prints. */
const RECEIVER = `require('node:http').createServer((request, response) => {
  request.resume().on('end', () => response.end());
}).listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;

export default async ({ quick }) => {
  const path = await driver('otlp');
  const receiver = spawn(process.execPath, ['-e', RECEIVER], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = await once(receiver.stdout, 'data');
  const runs = quick ? 5000 : 20_000;
  const one = (mode) => async () => (await runDriver(path, [mode, String(runs), String(port).trim()])).microseconds;
  const { sent, none } = await alternate(quick ? 3 : 7, { sent: one('sent'), none: one('none') });
  receiver.kill();
  return [
    amountRow({
      figure: 'an event of a run that is sent by OTLP, encoding and sending included',
      ...{ unit: 'µs', ours: sent, peerName: 'nothing listens', peer: none, atMost: 10 },
    }),
  ];
};
