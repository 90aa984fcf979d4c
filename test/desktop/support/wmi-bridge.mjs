// The other end of the WMI bridge as a script: answers what a query asks for by its words, instead of PowerShell.
import { createInterface } from 'node:readline';

const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
// What other programs print must not disturb.
process.stdout.write('Windows PowerShell says hello\n\n');

const ROWS = {
  disks: [
    { DeviceID: 'C:', FreeSpace: 5000000000, Percent: 12.5, Boot: true, Label: null },
    { DeviceID: 'D:', FreeSpace: 7, Percent: 90.0, Boot: false, Label: 'data' },
  ],
  none: [],
};
createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, op, query, namespace, subscription } = JSON.parse(line);
  if (op === 'idle') return say({ id, ms: 4711 });
  if (op === 'unsubscribe') return say({ id, ok: true, subscription });
  if (query === 'die') process.exit(3);
  if (query === 'hang') return;
  if (query === 'bad') return say({ id, error: 'Invalid query' });
  if (op === 'query') {
    if (query === 'namespace') return say({ id, rows: [{ Name: namespace ?? 'default' }] });
    if (query === 'huge')
      return process.stdout.write(`{"id":${id},"rows":[{"Size":18446744073709551615,"Exact":9007199254740993}]}\n`);
    return say({ id, rows: ROWS[query] });
  }
  say({ id, ok: true });
  if (query === 'events') setTimeout(() => say({ event: id }), 10);
  if (query === 'failing') setTimeout(() => say({ failed: id, error: 'quota' }), 10);
  if (query === 'mortal') setTimeout(() => process.exit(1), 10);
});
