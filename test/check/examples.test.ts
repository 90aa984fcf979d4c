import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findingsOf } from '../../src/check/check-text.ts';
import { fakeMachine } from '../support/daemon.ts';

const folder = join(import.meta.dirname, '..', '..', 'config-examples');

test.each(readdirSync(folder).filter((name) => name.endsWith('.toml')))('nothing is said about %s', async (name) => {
  const { findings } = await findingsOf(name, readFileSync(join(folder, name), 'utf8'), fakeMachine);
  expect(findings.map(({ id, line, message }) => `${line} ${id} ${message}`)).toEqual([]);
});
