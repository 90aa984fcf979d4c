// node bench/run.mjs [--quick] [NAME …]: measures the figures of bench/*.bench.mjs, or the named ones, and prints one table.
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { median, root } from './support.mjs';

const number = (x) => (x === 0 ? '0' : Math.abs(x) >= 1000 ? Math.round(x).toLocaleString('en') : x.toPrecision(3));

/** The median, and the least and greatest sample. */
const amount = (samples, unit) => {
  if (!samples) return '';
  const spread = samples.length > 1 ? ` (${number(Math.min(...samples))} to ${number(Math.max(...samples))})` : '';
  return `${number(median(samples))} ${unit}${spread}`;
};

const limit = ({ atMost, atLeast, limitUnit }) => {
  if (atMost !== undefined) return `≤ ${number(atMost)} ${limitUnit}`;
  return atLeast === undefined ? '' : `≥ ${number(atLeast)} ${limitUnit}`;
};

const verdict = ({ judged, atMost, atLeast }) => {
  if (atMost === undefined && atLeast === undefined) return 'for information';
  return judged <= (atMost ?? Number.POSITIVE_INFINITY) && judged >= (atLeast ?? 0) ? 'ok' : 'OVER';
};

const cells = (row) => [
  row.figure,
  amount(row.ours, row.unit),
  row.peerName ? `${row.peerName}: ${amount(row.peer, row.unit)}` : '',
  row.ratio === undefined ? '' : row.ratio.toFixed(2),
  limit(row),
  verdict(row),
];

const HEAD = ['figure', 'ours', 'peer', 'ratio', 'limit', ''];

const table = (rows) => {
  const lines = [HEAD, ...rows.map(cells)];
  const widths = HEAD.map((_, i) => Math.max(3, ...lines.map((line) => line[i].length)));
  const text = lines.map((line) => `| ${line.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`);
  return [text[0], `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`, ...text.slice(1)].join('\n');
};

const machine = () => {
  const model = /^model name\s*: (.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? process.arch;
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
  return `${availableParallelism()} cores (${model}), ${memory}, Node ${process.versions.node}`;
};

const quick = process.argv.includes('--quick');
const wanted = process.argv.slice(2).filter((arg) => !arg.startsWith('--'));
const names = readdirSync(join(root, 'bench'))
  .filter((file) => file.endsWith('.bench.mjs'))
  .map((file) => file.replace('.bench.mjs', ''))
  .sort();
for (const name of wanted) {
  if (names.includes(name)) continue;
  console.error(`there is no figure "${name}" (there are: ${names.join(', ')})`);
  process.exit(2);
}

const rows = [];
for (const name of wanted.length > 0 ? wanted : names) {
  console.error(`measuring ${name} …`);
  const { default: measure } = await import(`./${name}.bench.mjs`);
  rows.push(...(await measure({ quick })));
}
console.log(`${machine()}${quick ? '; quick run, few samples' : ''}; medians (least to greatest)\n`);
console.log(table(rows));
if (rows.some((row) => verdict(row) === 'OVER')) process.exitCode = 1;
