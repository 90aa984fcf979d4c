// npm test: sets up what is missing, checks types and style, runs the tests, and ends with one line that counts them.
// --long runs the long tests instead, --binary those of OF_BINARY with one executable in the place of the built program: that of
// WHENEVER_BINARY, or a new one. Skipped tests are listed. Where CI is set they are a failure on Linux, where everything that they
// need can be installed.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { setUp } from './setup.mjs';

/** Tests of what an executable has to find inside itself, and of what another engine could do in another way. */
const OF_BINARY = [
  ...['e2e/check', 'e2e/commands', 'e2e/journal', 'e2e/limits', 'e2e/plugins', 'e2e/shared-with-scripts', 'e2e/top'],
  ...['desktop/dbus-events', 'desktop/files', 'mcp/mcp', 'web/live'],
].map((name) => `test/${name}.test.ts`);

await setUp();
/** Runs programs of Node one after the other, as long as they succeed, and returns the status of the last one. */
const run = async (env, ...programs) => {
  for (const args of programs) {
    // On a terminal each of several runs of Vitest would draw over what the other one shows.
    const stdio = env.WHENEVER_TEST_PART ? ['inherit', 'pipe', 'inherit'] : 'inherit';
    const child = spawn(process.execPath, args, { stdio, env: { ...process.env, ...env } });
    child.stdout?.pipe(process.stdout, { end: false });
    const [status] = await once(child, 'close');
    if (status !== 0) return status ?? 1;
  }
  return 0;
};
const long = process.argv.includes('--long');
const binary = process.argv.includes('--binary');
let files = process.argv.slice(2).filter((arg) => !['--long', '--binary'].includes(arg));
if (binary) {
  if (files.length === 0) files = OF_BINARY;
  if (!process.env.WHENEVER_BINARY) {
    if ((await run({}, ['scripts/binary.mjs'])) !== 0) process.exit(1);
    process.env.WHENEVER_BINARY = resolve('binary/whenever');
  }
}

const all = files.length === 0 && !long;
if (all) {
  const tsc = 'node_modules/typescript/bin/tsc';
  // The scripts of the pages see a browser, not Node.
  const pages = ['src/renderings/html/page', 'src/web/page'].map((page) => [tsc, '-p', page]);
  const statuses = await Promise.all([
    run({}, [tsc, '--noEmit']),
    run({}, ['node_modules/@biomejs/biome/bin/biome', 'check', '.'], ...pages),
  ]);
  if (statuses.some((status) => status !== 0)) process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), 'whenever-test-'));
/** Runs tests and returns the status, the report and the errors that no test has caught. */
const runTests = async (part) => {
  const [report, errors] = ['report', 'errors'].map((name) => join(folder, `${name}-${part}.json`));
  const reporters = ['json', './scripts/test-reporter.mjs'].map((name) => `--reporter=${name}`);
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', ...reporters, `--outputFile.json=${report}`];
  const env = {
    ...{ TZ: 'UTC', UNHANDLED_ERRORS: errors },
    ...{ WHENEVER_TEST_LONG: long ? '1' : '', WHENEVER_TEST_PART: part },
  };
  const status = await run(env, [...vitest, '--dangerouslyIgnoreUnhandledErrors', ...files]);
  const [results, uncaught] = [report, errors].map((file) => JSON.parse(readFileSync(file, 'utf8')));
  return { status, uncaught, ...results };
};
// All of them by two at the same time: that of the files that share processes, and that of those that do not.
const parts = await Promise.all((all ? ['shared', 'own'] : ['']).map(runTests));
let status = Math.max(...parts.map((part) => part.status));
// What no test has caught is a failure.
const uncaught = parts.flatMap((part) => part.uncaught);
if (uncaught.length > 0) status ||= 1;
const sum = (name) => parts.reduce((total, part) => total + part[name], 0);
const [numPassedTests, numFailedTests] = [sum('numPassedTests'), sum('numFailedTests')];
rmSync(folder, { recursive: true });
const skipped = sum('numPendingTests') + sum('numTodoTests');
for (const { name, assertionResults } of parts.flatMap(({ testResults }) => testResults))
  for (const { status, fullName } of assertionResults)
    if (!['passed', 'failed'].includes(status)) console.log(`skipped: ${relative('.', name)}: ${fullName}`);
console.log(`\n${numPassedTests} passed, ${numFailedTests} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
if (skipped > 0 && process.env.CI && process.platform === 'linux') status ||= 1;
if (numPassedTests === 0) status ||= 1;
process.exit(status);
