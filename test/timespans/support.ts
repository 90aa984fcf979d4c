import type { SpanFact, SpanId } from '../../src/timespans/index.ts';

/** Events with instants that are told, and numbers that go on. */
export const script = () => {
  let seq = 0;
  const event =
    (edge: SpanFact['edge']) =>
    (category: string, id: SpanId, timestamp = ++seq * 10, more: Partial<SpanFact> = {}): SpanFact => ({
      ...{ kind: 'span', seq: ++seq, time: 1_000_000 + timestamp / 1e6, mono: timestamp / 1e6 },
      ...{ item: null, run: null, cause: null, edge, category, id, timeline: null, timestamp },
      ...more,
    });
  return { start: event('start'), finish: event('finish'), instant: event('instant') };
};

/** An event of an item, told by the daemon: `of('start', 'task/Backup', 'task', 'task-1', {…})`. */
export const of = (
  edge: SpanFact['edge'],
  item: string | null,
  category: string,
  id: SpanId,
  timeline: unknown = {},
  run: string | null = null,
): SpanFact => {
  const { start } = script();
  return { ...start(category, id), edge, item, run, timeline };
};

/** What a callback for errors was told: `[message, where]`. */
export const complaints = () => {
  const told: [message: string, where: string][] = [];
  const onError = (error: unknown, where: string) => {
    told.push([error instanceof Error ? error.message : String(error), where]);
  };
  return { told, onError };
};
