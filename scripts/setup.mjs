// Installs the packages and builds the program when they are missing or out of date. Says nothing when there is nothing to do.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);

const changed = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);
// The time of a folder changes when a file in it is added or removed.
const newest = (path) =>
  statSync(path).isDirectory()
    ? Math.max(changed(path), ...readdirSync(path).map((name) => newest(join(path, name))))
    : changed(path);

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`whenever needs Node 20.19 or later, this is ${process.version}`);
  process.exit(1);
}

/** npm leaves this file when an installation is complete. */
const INSTALLED = 'node_modules/.package-lock.json';

const packagesIn = (lock) => JSON.parse(readFileSync(lock, 'utf8')).packages;

/** Whether the packages of the lock file are there, and no others. */
const isInstalled = () => {
  if (!existsSync(INSTALLED)) return false;
  const [wanted, there] = [packagesIn('package-lock.json'), packagesIn(INSTALLED)];
  const isSame = (path) => wanted[path]?.version === there[path]?.version;
  // What is optional may be for another system.
  const needed = Object.keys(wanted).filter((path) => path !== '' && !wanted[path].optional);
  return Object.keys(there).every(isSame) && needed.every(isSame);
};

const install = () => {
  console.error('Installing the packages …');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status === 0) return;
  console.error('The packages could not be installed; what npm said is above.');
  process.exit(1);
};

export const setUp = async () => {
  if (changed(INSTALLED) < changed('package-lock.json')) {
    if (!isInstalled()) install();
    // An installation that was up to date already leaves the file as old as it was.
    utimesSync(INSTALLED, new Date(), new Date());
  }
  const sources = Math.max(newest('src'), newest('scripts'), changed('package-lock.json'));
  if (changed('dist/whenever.cjs') < sources) {
    console.error('Building …');
    const { buildProgram } = await import('./build.mjs');
    await buildProgram();
  }
};

/** Called by vitest before it runs tests, and before it runs them again: the tests of the program use the built one. */
export const setup = async (project) => {
  const fresh = () =>
    setUp().catch((error) => {
      throw new Error(`The program could not be built, so no test was run: ${error.message}`);
    });
  project.onTestsRerun(fresh);
  await fresh();
};

if (process.argv[1] === fileURLToPath(import.meta.url)) await setUp();
