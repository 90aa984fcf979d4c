import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Place } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

test('whenever schema prints the file that is shipped', async () => {
  const { end, stdout, stderr } = await place.run(['schema']);
  expect({ code: end.code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toBe(readFileSync(join(import.meta.dirname, '../../schema/whenever.schema.json'), 'utf8'));
});

test('whenever schema takes no arguments', async () => {
  const { end, stderr } = await place.run(['schema', 'my.toml']);
  expect(end.code).toBe(2);
  expect(stderr).toContain('schema');
});
