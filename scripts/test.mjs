// npm test: sets up what is missing, checks types and style, runs the tests, and ends with one line that counts them.
// --long runs the long tests instead. A skipped test is a failure where CI is set.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setUp } from './setup.mjs';

await setUp();
const long = process.argv.includes('--long');
const files = process.argv.slice(2).filter((arg) => arg !== '--long');
const run = (program, args, env = {}) =>
  spawnSync(process.execPath, [program, ...args], { stdio: 'inherit', env: { ...process.env, ...env } }).status ?? 1;

let status = 0;
if (files.length === 0 && !long) {
  status ||= run('node_modules/typescript/bin/tsc', ['--noEmit']);
  // The script of the page sees a browser, not Node.
  status ||= run('node_modules/typescript/bin/tsc', ['-p', 'src/renderings/html/page']);
  status ||= run('node_modules/@biomejs/biome/bin/biome', ['check', '.']);
  if (status !== 0) process.exit(status);
}
const folder = mkdtempSync(join(tmpdir(), 'whenever-test-'));
const report = join(folder, 'report.json');
status = run(
  'node_modules/vitest/vitest.mjs',
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...files],
  { TZ: 'UTC', WHENEVER_TEST_LONG: long ? '1' : '' },
);
const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = JSON.parse(readFileSync(report, 'utf8'));
rmSync(folder, { recursive: true });
const skipped = numPendingTests + numTodoTests;
console.log(`\n${numPassedTests} passed, ${numFailedTests} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
if (skipped > 0 && process.env.CI) status ||= 1;
if (numPassedTests === 0) status ||= 1;
process.exit(status);
