import { expect, test } from 'vitest';
import { closeExporters, type Exporter } from '../../src/exporters.ts';
import { deferred } from '../support/deferred.ts';

test('one that waits for a server does not hold up the others; the recording is closed when all have reported', async () => {
  const hanging = deferred<void>();
  const closed: string[] = [];
  const exporter = (name: string, end: Promise<void>, more: Partial<Exporter> = {}): Exporter => ({
    ...more,
    close: async (exitStatus) => {
      closed.push(`${name} ${exitStatus}`);
      await end;
    },
  });
  const now = Promise.resolve();
  const all = [exporter('metrics', hanging.promise), exporter('recording', now, { last: true }), exporter('otlp', now)];
  const closing = closeExporters(all, 3);
  await now;
  expect(closed).toEqual(['metrics 3', 'otlp 3']);
  hanging.resolve();
  await closing;
  expect(closed).toEqual(['metrics 3', 'otlp 3', 'recording 3']);
});
