import { useEffect, useMemo, useState } from 'preact/hooks';
import { RECORD_LEVELS } from '../../../renderings/html/page/record-filter.ts';
import { ask, want } from '../connection.ts';
import { useLive } from '../hooks.ts';
import { gapBefore, LogRecords } from './log-records.ts';

/** Records that are asked for at once; the server has no more in one answer. */
const MOST_ASKED = 1000;
/** New records are shown at most so often, ms. */
const GATHER_MS = 200;

/**
 * The records of the daemon: those of before are asked for, and then they come. They are asked for again when the connection, or the
 * daemon, is back, and when messages were left out. @param level index of the least severe level that is wanted @param since wall-clock ms
 */
export const useRecords = (level: number, since: number) => {
  const records = useMemo(() => new LogRecords(), []);
  const [version, setVersion] = useState(0);
  const [dropped, setDropped] = useState(0);
  const [gap, setGap] = useState<readonly [number, number]>();
  const [error, setError] = useState<string>();
  const isOpen = useLive(({ connection }) => connection !== 'lost');
  const instance = useLive(({ overview }) => `${overview?.instance.state} ${overview?.instance.since}`);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const changed = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        setVersion((n) => n + 1);
      }, GATHER_MS);
    };
    // Without a level everything comes that is logged.
    const wanted = level === 0 ? {} : { level: RECORD_LEVELS[level]! };
    const leave = want({ type: 'logs', on: true, ...wanted }, (message) => {
      if (message.type === 'dropped') setDropped((n) => n + message.count);
      if (message.type !== 'logs') return;
      records.add(message.records);
      changed();
    });
    return () => {
      leave();
      clearTimeout(timer);
    };
  }, [level]);
  useEffect(() => {
    if (!isOpen) return;
    const leaving = new AbortController();
    const before = records.last?.time;
    const query = { count: MOST_ASKED, level: RECORD_LEVELS[level]!, ...(since > 0 ? { since } : {}) };
    ask('logs', query, leaving.signal).then(
      (answer) => {
        const found = gapBefore(answer.records, before, MOST_ASKED);
        if (found) setGap(found);
        records.merge(answer.records);
        setError(undefined);
        setVersion((n) => n + 1);
      },
      (reason: unknown) => leaving.signal.aborted || setError((reason as Error).message),
    );
    return () => leaving.abort();
  }, [level, since, isOpen, instance, dropped]);
  return { records, version, dropped, gap, error, sift: () => setVersion((n) => n + 1) };
};
