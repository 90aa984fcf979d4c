// For each file of tests that shares its process with others. One that changes what the next one would see fails: it has to have a process
// of its own, by CHANGES_PROCESS of vitest.config.mts. Secrets that it read are forgotten, so that they are not masked in what follows.
import { afterAll, expect } from 'vitest';
import { runSecrets } from '../../src/run-secrets.ts';

const seen = () => ({ directory: process.cwd(), variables: { ...process.env } });
const before = seen();
afterAll(() => {
  runSecrets.clear();
  expect(seen()).toEqual(before);
});
