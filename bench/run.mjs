// node bench/run.mjs [--quick] [--write] [NAME …]: measures the figures of bench/*.bench.mjs, or the named ones, and prints one table.
// --write puts it into bench/README.md, too, unless subjects are named: what stands there is of one run of one build.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readArguments, refuse } from '../scripts/arguments.mjs';
import { setUp } from '../scripts/setup.mjs';
import { machine } from './machine.mjs';
import { limitWaits, median, root } from './support.mjs';
import { tableOf } from './table.mjs';

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

const README = join(root, 'bench', 'README.md');
const [BEGIN, END] = ['<!-- figures: written by "node bench/run.mjs --write" -->', '<!-- end of the figures -->'];

/** Puts the table between the marks of the README. What costs, and why, is said around it. */
const writeTable = (text) => {
  const before = readFileSync(README, 'utf8');
  const parts = before.split(BEGIN);
  const [head] = parts;
  const tail = parts.at(1)?.split(END).at(1);
  if (tail === undefined) throw new Error(`${README}: the marks of the figures are missing`);
  writeFileSync(README, `${head}${BEGIN}\n\n${text}\n\n${END}${tail}`);
};

/** Subjects that a quick run leaves out, unless they are named: they wait for long, or need many samples. */
const LONG = [
  ...[
    'desktop',
    'fleet',
    'held',
    'history',
    'idle',
    'journal',
    'metrics',
    'otlp',
    'renderings',
    'specifications',
    'timespans',
  ],
  ...['top', 'web', 'web-page'],
];

/** How long all samples of a quick run may wait for a quiet machine together, in ms. */
const QUICK_WAITS_MS = 8000;

const names = readdirSync(join(root, 'bench'))
  .filter((file) => file.endsWith('.bench.mjs'))
  .map((file) => file.replace('.bench.mjs', ''))
  .sort();
const USAGE = `usage: node bench/run.mjs [--quick] [--write] [NAME …]\nnames: ${names.join(', ')}`;
const { values, positionals: wanted } = readArguments(USAGE, {
  allowPositionals: true,
  options: { quick: { type: 'boolean', default: false }, write: { type: 'boolean', default: false } },
});
const { quick, write } = values;
const unknown = wanted.find((name) => !names.includes(name));
if (unknown !== undefined) refuse(`there is no subject "${unknown}"\n${USAGE}`);

await setUp();

if (quick) limitWaits(QUICK_WAITS_MS);
const rows = [];
const chosen = quick ? names.filter((name) => !LONG.includes(name)) : names;
for (const name of wanted.length > 0 ? wanted : chosen) {
  process.stderr.write(`measuring ${name} …`);
  const began = performance.now();
  const { default: measure } = await import(`./${name}.bench.mjs`);
  rows.push(...(await measure({ quick })));
  process.stderr.write(` ${((performance.now() - began) / 1000).toFixed(0)} s\n`);
}
const what = `${machine()}${quick ? '; quick run, few samples' : ''}; medians (least to greatest)`;
const text = `${what}\n\n${tableOf(HEAD, rows.map(cells))}`;
console.log(text);
if (write && wanted.length === 0) writeTable(text);
if (rows.some((row) => verdict(row) === 'OVER')) process.exitCode = 1;
