// npm run coverage [-- FILES]: runs the tests and reports which lines and branches of src/ they execute, in their own process, and in
// the built programs and Lua threads that they start (which write it at their end: those that are killed do not). The report is in
// coverage/. Ends with status 1 when a figure of the whole is below its threshold; with FILES, only reports.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mergeProcessCovs } from '@bcoe/v8-coverage';
import { convert } from 'ast-v8-to-istanbul';
import libCoverage from 'istanbul-lib-coverage';
import libReport from 'istanbul-lib-report';
import reports from 'istanbul-reports';
import { parseAstAsync } from 'vite';

/** Percent, of the whole: what has been reached, raised as it grows. */
const THRESHOLDS = { lines: 98, branches: 95 };

const ROOT = resolve(import.meta.dirname, '..');
process.chdir(ROOT);

/** Not counted: what runs in a browser, and files that hold types only. */
const isCounted = (file) =>
  file.startsWith(join(ROOT, 'src')) &&
  !file.startsWith(join(ROOT, 'src/renderings/html/page')) &&
  !file.startsWith(join(ROOT, 'src/web/page')) &&
  !/\.d\.ts$/.test(file);

/** The files of dist/ that the started programs and threads executed, with their counts added up. */
const executed = (folder) => {
  const ours = new URL('dist/', `file://${ROOT}/`).href;
  const each = readdirSync(folder).flatMap((name) => {
    try {
      const { result } = JSON.parse(readFileSync(join(folder, name), 'utf8'));
      return [{ result: result.filter(({ url }) => url.startsWith(ours)) }];
    } catch {
      // A program was killed while it wrote.
      return [];
    }
  });
  return { processes: each.length, scripts: mergeProcessCovs(each).result };
};

/** The coverage of the sources of one file of dist/. */
const inSources = async (script) => {
  const code = readFileSync(fileURLToPath(script.url), 'utf8');
  const encoded = /\/\/# sourceMappingURL=data:application\/json;base64,(\S+)/.exec(code)?.[1];
  if (encoded === undefined) return {};
  const sourceMap = JSON.parse(Buffer.from(encoded, 'base64').toString('utf8'));
  const coverage = await convert({ code, ast: parseAstAsync(code), coverage: script, sourceMap, wrapperLength: 0 });
  // As the report of the tests has them: an end of a line is `null` there, and Infinity here. Places that differ are counted twice.
  return JSON.parse(JSON.stringify(coverage));
};

/**
 * The branches of a file at the places that the report has already. The two builds put the beginning of an expression at different
 * columns where it calls what is imported, so that a branch would be counted twice; its last arm begins at the same place in both.
 */
const placed = (file, branches) => {
  const keyOf = ({ type, locations }) =>
    JSON.stringify([type, locations.length, locations[0].start.line, locations.at(-1).start]);
  const known = map.files().includes(file) ? map.fileCoverageFor(file).branchMap : {};
  const places = new Map(Object.values(known).map((branch) => [keyOf(branch), branch]));
  return Object.fromEntries(Object.entries(branches).map(([id, branch]) => [id, places.get(keyOf(branch)) ?? branch]));
};

const files = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'whenever-coverage-'));
mkdirSync(join(folder, 'programs'));
const env = { ...process.env, TZ: 'UTC', WHENEVER_COVERAGE: join(folder, 'programs') };
const run = (...args) => spawnSync(process.execPath, args, { stdio: 'inherit', env }).status ?? 1;

let status = run('scripts/build.mjs');
if (status !== 0) process.exit(status);
status = run(
  'node_modules/vitest/vitest.mjs',
  'run',
  '--coverage',
  `--coverage.reportsDirectory=${folder}/tests`,
  ...files,
);
const { processes, scripts } = executed(env.WHENEVER_COVERAGE);
const map = libCoverage.createCoverageMap();
const add = (data) => {
  for (const [file, coverage] of Object.entries(data))
    if (isCounted(file)) map.addFileCoverage({ ...coverage, path: file, branchMap: placed(file, coverage.branchMap) });
};
add(JSON.parse(readFileSync(join(folder, 'tests/coverage-final.json'), 'utf8')));
for (const script of scripts) add(await inSources(script));
// These are larger and slower than those that people use; the next start builds anew.
rmSync('dist', { recursive: true, force: true, maxRetries: 3 });
rmSync(folder, { recursive: true, force: true });

const context = libReport.createContext({ dir: 'coverage', coverageMap: map, defaultSummarizer: 'nested' });
for (const name of ['json-summary', 'html', 'text']) reports.create(name).execute(context);
console.log(`\nwith what ${processes} started programs and threads executed`);
const summary = map.getCoverageSummary();
for (const [what, least] of Object.entries(THRESHOLDS)) {
  const { pct, covered, total } = summary[what];
  console.log(`${what}: ${pct} % (${covered} of ${total}), at least ${least} %`);
  if (files.length === 0 && pct < least) status ||= 1;
}
process.exit(status);
