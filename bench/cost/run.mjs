// npm run cost [-- SUBJECT … | --draw]: measures what whenever costs as work grows, beside the peers that can be installed, draws
// docs/pictures/cost-*.svg and writes the tables of docs/cost.md. Of named subjects only their figures are new; the others are in
// docs/pictures/cost.json, of which --draw makes all again. The peers, and what draws, are installed in a temporary folder.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readArguments, refuse } from '../../scripts/arguments.mjs';
import { setUp } from '../../scripts/setup.mjs';
import { machine } from '../machine.mjs';
import { root } from '../support.mjs';
import { tableOf } from '../table.mjs';
import { conditions, copyTo, records, scripts, tasks } from './measure.mjs';
import { downloadCron } from './system-peers.mjs';

const PEERS = { croner: '11.0.1', 'node-cron': '4.6.0', cron: '4.4.0', 'node-schedule': '2.1.1', bree: '9.2.9' };
const DRAWS = { vega: '6.4.0', 'vega-lite': '6.5.0' };
const JOBS = ['whenever', 'croner', 'node-cron', 'cron', 'node-schedule', 'cron of Debian', 'systemd timers'];

/** Ten to the powers from one to another. */
const powers = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));

/** What is measured: each measurement makes one chart, or one for each of its parts. */
const SUBJECTS = [
  {
    of: 'conditions',
    measure: conditions,
    names: JOBS,
    sizes: powers(2, 5),
    charts: [
      { name: 'memory', part: 'resident', title: 'Resident memory', y: 'MiB' },
      { name: 'load', part: 'load', title: 'From the start until all are loaded', y: 's' },
      { name: 'processor', part: 'processor', title: 'Processor time of a second in which nothing is due', y: 'ms' },
    ],
    x: 'conditions (jobs) with a cron pattern',
  },
  {
    of: 'tasks',
    measure: tasks,
    names: ['whenever', 'child_process of Node'],
    sizes: powers(0, 3),
    charts: [{ name: 'tasks', title: 'Commands at once, until all have ended', y: 'ms' }],
    x: 'commands (true)',
  },
  {
    of: 'records',
    measure: records,
    names: ['whenever', 'pino'],
    sizes: powers(3, 6),
    charts: [{ name: 'records', title: 'Records at trace as JSON to a pipe', y: 'ms' }],
    x: 'records',
  },
  {
    of: 'scripts',
    measure: scripts,
    names: ['whenever (Lua)', 'bree (worker threads)'],
    // A thousand threads would need the memory of a whole machine.
    most: { 'bree (worker threads)': 100 },
    sizes: powers(0, 3),
    charts: [{ name: 'scripts', title: 'Trivial scripts at once, until all have ended', y: 'ms' }],
    x: 'scripts',
  },
];

const folder = mkdtempSync(join(tmpdir(), 'whenever-cost-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const install = () => {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: { ...PEERS, ...DRAWS } }));
  const words = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  const { status } = spawnSync('npm', words, { cwd: folder, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error('the peers could not be installed; what npm said is above');
  downloadCron(folder);
  copyTo(folder);
};

/** Measures a subject for all names and sizes, sizes first: what the machine does meanwhile meets all names. */
const measured = async ({ measure, names, sizes, of, most = {} }) => {
  const found = new Map(names.map((name) => [name, []]));
  for (const size of sizes)
    for (const name of names) {
      if (size > (most[name] ?? size)) continue;
      process.stderr.write(`${size.toLocaleString('en')} ${of}, ${name} …`);
      const value = await measure(name.replace(/ \(Lua\)$/, ''), size, folder).catch((error) => {
        process.stderr.write(` ${error.message}`);
      });
      process.stderr.write(` ${JSON.stringify(value)}\n`);
      if (value !== undefined) found.get(name).push([size, value]);
    }
  return found;
};

const number = (value) =>
  value >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));

const chartsOf = async (subject) => {
  const found = await measured(subject);
  return subject.charts.map(({ part, ...chart }) => {
    const points = [...found].map(([name, list]) => [
      name,
      list.map(([at, value]) => [at, part ? value[part] : value]),
    ]);
    return { ...chart, x: subject.x, sizes: subject.sizes, series: Object.fromEntries(points) };
  });
};

const sectionOf = ({ name, title, x, y, sizes, series }) => {
  const head = [`${x}; ${y}`, ...sizes.map((size) => size.toLocaleString('en'))];
  const rows = Object.entries(series).map(([who, points]) => {
    const at = new Map(points);
    return [who, ...sizes.map((size) => (at.has(size) ? number(at.get(size)) : '-'))];
  });
  return `### ${title}\n\n![${title}, in ${y}](pictures/cost-${name}.svg)\n\n${tableOf(head, rows)}\n`;
};

const PAGE = join(root, 'docs', 'cost.md');
const [BEGIN, END] = ['<!-- figures: written by "npm run cost" -->', '<!-- end of the figures -->'];

const writePage = (figures) => {
  const pieces = readFileSync(PAGE, 'utf8').split(BEGIN);
  const [head] = pieces;
  const tail = pieces.at(1)?.split(END).at(1);
  if (tail === undefined) throw new Error(`${PAGE}: the marks of the figures are missing`);
  const versions = Object.entries(PEERS).map(([name, version]) => `${name} ${version}`);
  const parts = SUBJECTS.filter(({ of }) => figures[of]).map(({ of }) => {
    const { machine: where, day, charts } = figures[of];
    return `Measured in one run, ${day}, on ${where}.\n\n${charts.map(sectionOf).join('\n')}`;
  });
  const text = `Versions of the peers: ${versions.join(', ')}.\n\n${parts.join('\n')}`;
  writeFileSync(PAGE, `${head}${BEGIN}\n\n${text}\n${END}${tail}`);
};

const KEPT = join(root, 'docs', 'pictures', 'cost.json');

const known = SUBJECTS.map(({ of }) => of);
const USAGE = `usage: npm run cost -- [--draw] [SUBJECT …]\nsubjects: ${known.join(', ')}`;
const { values, positionals: wanted } = readArguments(USAGE, {
  allowPositionals: true,
  options: { draw: { type: 'boolean', default: false } },
});
const unknown = wanted.find((name) => !known.includes(name));
if (unknown !== undefined) refuse(`there is no subject "${unknown}"\n${USAGE}`);
await setUp();
install();
const figures = existsSync(KEPT) ? JSON.parse(readFileSync(KEPT, 'utf8')) : {};
for (const subject of SUBJECTS)
  if (!values.draw && (wanted.length === 0 || wanted.includes(subject.of))) {
    const day = new Date().toISOString().slice(0, 10);
    figures[subject.of] = { machine: machine(), day, charts: await chartsOf(subject) };
    writeFileSync(KEPT, `${JSON.stringify(figures)}\n`);
  }
const charts = known.flatMap((name) => figures[name]?.charts ?? []);
const { status } = spawnSync(process.execPath, ['draw.mjs', join(root, 'docs', 'pictures')], {
  ...{ cwd: folder, input: JSON.stringify(charts), stdio: ['pipe', 'inherit', 'inherit'] },
});
if (status !== 0) throw new Error('the charts could not be drawn');
writePage(figures);
