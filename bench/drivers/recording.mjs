// Writes a recording of FACTS facts to PATH.
import { closeSync, openSync, writeSync } from 'node:fs';
import { recordingLines } from '../../test/support/recordings.ts';

const [, , path, facts] = process.argv;
const fd = openSync(path, 'w');
let [text, bytes] = ['', 0];
const flush = () => {
  bytes += writeSync(fd, text);
  text = '';
};
for (const line of recordingLines({ seed: 1, facts: Number(facts) })) {
  text += line;
  if (text.length > 1 << 20) flush();
}
flush();
closeSync(fd);
console.error(JSON.stringify({ bytes }));
