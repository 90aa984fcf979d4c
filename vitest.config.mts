import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { pagePartsOfTests } from './scripts/page.mjs';

process.env.TZ = 'UTC';
const long = process.env.WHENEVER_TEST_LONG === '1';
/** What `npm test` starts this Vitest for: the files that share processes, or those that do not. Without it Vitest runs all. */
const part = process.env.WHENEVER_TEST_PART;

/**
 * What changes the process or its built-in objects (as the parts of Lua do), replaces modules, or measures the memory. Such a file has
 * a process of its own; all others share a few, because reading the sources anew takes longer than most tests. It is only programs
 * that tests write which listen to signals.
 */
const CHANGES_PROCESS =
  /\bvi\.(?:mock|doMock|hoisted|stub\w+|useFakeTimers)\b|\bprocess\.env(?:\.\w+|\[\w+\])? = |\bdelete process\.env|\bprocess\.(?:chdir|umask|memoryUsage|(?:on|once)\((?!'SIG))|support\/(?:allocations|lua-worker)|createDaemon|src\/lua\/|node:worker_threads/;
const own = readdirSync(join(import.meta.dirname, 'test'), { recursive: true, encoding: 'utf8' })
  .map((name) => `test/${name.replaceAll('\\', '/')}`)
  .filter((file) => file.endsWith('.test.ts') && !file.endsWith('.long.test.ts'))
  .filter((file) => CHANGES_PROCESS.test(readFileSync(join(import.meta.dirname, file), 'utf8')));

/** Files that take longest, so that none of them is the last one, for which all others wait. */
const LONGEST = [
  ...['renderings/html', 'e2e/targets', 'e2e/history', 'web/page', 'web/page-now', 'web/security', 'property/scheduler'],
  ...['e2e/leftovers', 'e2e/instance', 'desktop/hangup', 'service/formats', 'docs/documents', 'control/terminal'],
  ...['lua/long-texts', 'lua/again', 'contract/processes', 'control/one-winner', 'time/once', 'library/package'],
].map((name) => `/test/${name}.test.ts`);

/** What has to be waited for longest begins first; Vitest knows that only of what it has run before. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => LONGEST.some((name) => moduleId.endsWith(name));
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

// More than there are cores: many tests wait for a program, or for a time limit.
const workers = long ? 2 : part === 'own' ? 1 : 3;

export default defineConfig({
  plugins: [pagePartsOfTests],
  test: {
    // Builds the program when its sources are newer.
    globalSetup: ['scripts/setup.mjs'],
    // No test writes to the histories of the user.
    env: { TZ: 'UTC', XDG_STATE_HOME: join(tmpdir(), 'whenever-test-state') },
    // Generous: a busy machine is not a fault. What hangs has limits of its own.
    testTimeout: long ? 600_000 : 120_000,
    hookTimeout: 60_000,
    // Limits by the clock, as that of a script that holds up others, are met on a busy machine, too, at the second try.
    retry: process.env.CI ? 1 : 0,
    include: [long ? 'test/**/*.long.test.ts' : 'test/**/*.test.ts'],
    exclude: [...(long ? [] : ['test/**/*.long.test.ts']), ...(part === 'shared' ? own : [])],
    ...(part === 'own' && { include: own }),
    sequence: { sequencer: LongestFirst },
    pool: 'forks',
    // Shared: Vitest ends a process that is idle twice, and fails, unless all of them stay. Own: none is started that has nothing to do.
    poolOptions: { forks: { isolate: part !== 'shared', minForks: part === 'shared' ? workers : 0 } },
    maxWorkers: workers,
    setupFiles: part === 'shared' ? ['test/support/nothing-left.ts'] : [],
    coverage: {
      provider: 'v8',
      experimentalAstAwareRemapping: true,
      include: ['src/**/*.ts'],
      exclude: ['src/renderings/html/page/**', 'src/web/page/**', '**/*.d.ts'],
      reporter: ['json'],
      reportOnFailure: true,
    },
  },
});
