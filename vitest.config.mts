import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { pagePartsOfTests } from './scripts/page.mjs';

// Threads have the zone of the process.
process.env.TZ = 'UTC';
const long = process.env.WHENEVER_TEST_LONG === '1';

/** Folders of tests that start no program, and leave nothing behind in the modules that they use. */
const FOLDERS =
  'check contract control convert fleet hooks journal log mcp metrics otlp property renderings service time timespans top tracing web';
const IN_PROCESS = FOLDERS.split(' ');
/**
 * What changes the process or its built-in objects (as the parts of Lua do), replaces modules, or measures the memory: such a file has
 * a process of its own.
 */
const CHANGES_PROCESS =
  /\bvi\.(?:mock|doMock|hoisted|stub\w+|useFakeTimers)\b|\bprocess\.(?:env|chdir|umask|on|once|memoryUsage|getuid|stdout|stderr|exit|kill)\b|support\/(?:allocations|browser|program|nats-server|web-client|lua-worker)|run-secrets|createDaemon|src\/lua\/|node:(?:child_process|worker_threads)/;
const sharing = IN_PROCESS.flatMap((folder) =>
  readdirSync(join(import.meta.dirname, 'test', folder))
    .map((name) => `test/${folder}/${name}`)
    .filter((file) => file.endsWith('.test.ts') && !file.endsWith('.long.test.ts'))
    .filter((file) => !CHANGES_PROCESS.test(readFileSync(join(import.meta.dirname, file), 'utf8'))),
);

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
    pool: 'forks',
    poolOptions: { threads: { isolate: false, maxThreads: 1, minThreads: 1 } },
    coverage: {
      provider: 'v8',
      experimentalAstAwareRemapping: true,
      include: ['src/**/*.ts'],
      exclude: ['src/renderings/html/page/**', 'src/web/page/**', '**/*.d.ts'],
      reporter: ['json'],
      reportOnFailure: true,
    },
    // More than there are cores: many tests wait for a program, or for a time limit.
    maxWorkers: long ? 2 : 3,
    minWorkers: 1,
    projects: long
      ? [{ extends: true, test: { name: 'long', include: ['test/**/*.long.test.ts'] } }]
      : [
          // One thread runs them all: reading the sources anew for each file takes longer than the tests. Vitest takes what is
          // isolated from the options of the pool, not from the project.
          { extends: true, test: { name: 'shared', include: sharing, pool: 'threads' } },
          {
            extends: true,
            test: { name: 'own', include: ['test/**/*.test.ts'], exclude: ['test/**/*.long.test.ts', ...sharing] },
          },
        ],
  },
});
