import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { pagePartsOfTests } from './scripts/page.mjs';

const long = process.env.WHENEVER_TEST_LONG === '1';

export default defineConfig({
  plugins: [pagePartsOfTests],
  test: {
    include: long ? ['test/**/*.long.test.ts'] : ['test/**/*.test.ts'],
    exclude: long ? [] : ['test/**/*.long.test.ts'],
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
  },
});
