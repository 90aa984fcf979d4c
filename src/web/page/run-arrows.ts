import type { PageSpan, TimelineEntry } from '../../renderings/html/page/page-model.ts';
import type { RunModel } from './run-model.ts';

/** A pair of entries, the second of which the first led to. */
export type Arrow = readonly [cause: TimelineEntry, effect: PageSpan];

/** Spans by their run, and conditions' runs by what caused them. */
interface RunIndex {
  readonly byRun: ReadonlyMap<string, readonly PageSpan[]>;
  readonly byCause: ReadonlyMap<string, readonly PageSpan[]>;
}

const pushTo = (map: Map<string, PageSpan[]>, key: string, span: PageSpan): void => {
  const list = map.get(key);
  if (list) list.push(span);
  else map.set(key, [span]);
};

/** Made once for each model, when the first arrow is asked for. */
const indices = new WeakMap<RunModel, RunIndex>();
const indexOf = (model: RunModel): RunIndex => {
  let index = indices.get(model);
  if (!index) {
    const [byRun, byCause] = [new Map<string, PageSpan[]>(), new Map<string, PageSpan[]>()];
    for (const span of model.spans) {
      pushTo(byRun, span.run!, span);
      const session = model.places.get(span.id)?.session;
      if (span.category === 'run' && span.cause) pushTo(byCause, `${session}/${span.cause}`, span);
    }
    index = { byRun, byCause };
    indices.set(model, index);
  }
  return index;
};

/** The arrows of the run that a span is part of: to its tasks in their order, to the hooks it began, from the event or the run that began it. */
export const arrowsOf = (model: RunModel, span: PageSpan): readonly Arrow[] => {
  const { byRun, byCause } = indexOf(model);
  const path = (byRun.get(span.run ?? '') ?? []).toSorted(
    (a, b) => a.start - b.start || (a.category === 'run' ? -1 : 1),
  );
  const arrows: Arrow[] = path.slice(1).map((effect, i) => [path[i]!, effect] as const);
  const session = model.places.get(span.id)?.session;
  const head = path[0];
  if (session === undefined || head === undefined) return arrows;
  const event = model.fired.get(span.run ?? '');
  if (event) arrows.push([event, head]);
  for (const hook of byCause.get(span.run ?? '') ?? []) arrows.push([head, hook]);
  for (const cause of byRun.get(`${session}/${head.cause}`) ?? [])
    if (cause.category === 'run') arrows.push([cause, head]);
  return arrows;
};
