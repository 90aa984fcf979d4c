import { expect, it } from 'vitest';
import { readPresence } from '../../src/fleet/causes.ts';
import { TestFleet } from '../support/fleet-nodes.ts';

const SECOND = 1000;

it('A machine writes when it was connected and how far its clock was off, and that it was paused, in parts, also after its end.', async () => {
  const fleet = new TestFleet();
  const a = fleet.node('a');
  const b = fleet.node('b');
  const start = fleet.clock.wall();
  await fleet.clock.advance(21 * SECOND);
  a.store.setConnected(false);
  await fleet.clock.advance(30 * SECOND);
  a.store.setConnected(true);
  await fleet.clock.advance(20 * SECOND);
  a.skew = -7000;
  await fleet.clock.advance(10 * SECOND);
  a.member.setPaused(true);
  await fleet.clock.advance(9 * SECOND);
  await fleet.after(SECOND, a.member.leave());
  const found = await fleet.after(0, readPresence(b.store));
  const parts = found
    .filter(({ node }) => node === 'a')
    .map(({ began, from, to, skew, paused = false }) => [
      ...[began, from, to].map((at) => Math.round((at - start) / SECOND)),
      ...[skew, paused],
    ]);
  expect(parts).toEqual([
    [0, 0, 20, 0, false],
    [0, 51, 70, 0, false],
    [0, 70, 80, -7000, false],
    [0, 80, 90, -7000, true],
  ]);
  expect(found.filter(({ node }) => node === 'b')).toHaveLength(1);
});
