// npm test: sets up what is missing, checks types and style, runs the tests, and ends with one line that counts them.
// --long runs the long tests instead, --binary those of OF_BINARY with one executable in the place of the built program: that of
// WHENEVER_BINARY, or a new one. Skipped tests are listed. Where CI is set they are a failure on Linux, where everything that they
// need can be installed.
import { spawnSync } from 'node:child_process';
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
const run = (program, args, env = {}) =>
  spawnSync(process.execPath, [program, ...args], { stdio: 'inherit', env: { ...process.env, ...env } }).status ?? 1;
const long = process.argv.includes('--long');
const binary = process.argv.includes('--binary');
let files = process.argv.slice(2).filter((arg) => !['--long', '--binary'].includes(arg));
if (binary) {
  if (files.length === 0) files = OF_BINARY;
  if (!process.env.WHENEVER_BINARY) {
    if (run('scripts/binary.mjs', []) !== 0) process.exit(1);
    process.env.WHENEVER_BINARY = resolve('binary/whenever');
  }
}

let status = 0;
if (files.length === 0 && !long) {
  status ||= run('node_modules/typescript/bin/tsc', ['--noEmit']);
  // The scripts of the pages see a browser, not Node.
  for (const page of ['src/renderings/html/page', 'src/web/page'])
    status ||= run('node_modules/typescript/bin/tsc', ['-p', page]);
  status ||= run('node_modules/@biomejs/biome/bin/biome', ['check', '.']);
  if (status !== 0) process.exit(status);
}
const folder = mkdtempSync(join(tmpdir(), 'whenever-test-'));
const [report, errors] = ['report.json', 'errors.json'].map((name) => join(folder, name));
const reporters = ['default', 'json', './scripts/unhandled-errors.mjs'].map((name) => `--reporter=${name}`);
status = run(
  'node_modules/vitest/vitest.mjs',
  ['run', ...reporters, `--outputFile.json=${report}`, '--dangerouslyIgnoreUnhandledErrors', ...files],
  { TZ: 'UTC', WHENEVER_TEST_LONG: long ? '1' : '', UNHANDLED_ERRORS: errors },
);
// What no test has caught is a failure. A worker that was busy for a minute hears late that its report was taken: that is none.
const uncaught = JSON.parse(readFileSync(errors, 'utf8')).filter(
  (text) => !text.includes('Timeout calling "onTaskUpdate"'),
);
if (uncaught.length > 0) status ||= 1;
const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
  readFileSync(report, 'utf8'),
);
rmSync(folder, { recursive: true });
const skipped = numPendingTests + numTodoTests;
for (const { name, assertionResults } of testResults)
  for (const { status, fullName } of assertionResults)
    if (!['passed', 'failed'].includes(status)) console.log(`skipped: ${relative('.', name)}: ${fullName}`);
console.log(`\n${numPassedTests} passed, ${numFailedTests} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
if (skipped > 0 && process.env.CI && process.platform === 'linux') status ||= 1;
if (numPassedTests === 0) status ||= 1;
process.exit(status);
