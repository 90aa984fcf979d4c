import { expect, it, vi } from 'vitest';
import type { QueuedWork, WorkQueue } from '../../src/fleet/work-queue.ts';

/** What every queue of a fleet does, the one in memory and that of a real server. @param connect a further connection */
export const workQueueContract = (connect: () => Promise<WorkQueue>): void => {
  let count = 0;
  const newSubject = () => `any.contract${Date.now()}${count++}`;

  it('Work is given to one of those that take it, once.', async () => {
    const [a, b, c] = [await connect(), await connect(), await connect()];
    const [subject, other] = [newSubject(), newSubject()];
    const taken: string[] = [];
    const take = async (work: QueuedWork): Promise<void> => {
      taken.push(work.value);
      work.done();
    };
    const ends = [a.take(subject, take), b.take(subject, take)];
    for (const n of ['1', '2', '3']) await c.offer(subject, `${subject}-${n}`, n);
    // The same once more, and what is for others.
    await c.offer(subject, `${subject}-1`, '1');
    await c.offer(other, `${other}-9`, '9');
    await vi.waitFor(() => expect(taken.toSorted()).toEqual(['1', '2', '3']), 5000);
    for (const end of ends) end();
  });

  it('Work that came first waits for those that take it; what one releases comes again.', async () => {
    const [a, b] = [await connect(), await connect()];
    const subject = newSubject();
    await a.offer(subject, `${subject}-1`, 'one');
    await a.offer(subject, `${subject}-2`, 'two');
    const taken: string[] = [];
    const end = b.take(subject, async (work) => {
      taken.push(work.value);
      if (taken.length === 1) work.release(20);
      else work.done();
    });
    await vi.waitFor(() => expect(taken.toSorted()).toEqual(['one', 'one', 'two']), 5000);
    end();
  });
};
