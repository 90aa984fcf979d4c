import type { PageSpan, TimelineEntry } from '../../renderings/html/page/page-model.ts';
import type { RunModel, RunSpan } from './run-model.ts';

/** A pair of entries, the second of which the first led to. */
export type Arrow = readonly [cause: TimelineEntry, effect: PageSpan];

/** The arrows of the run that a span is part of: to its tasks in their order, to the hooks it began, from the event or the run that began it. */
export const arrowsOf = ({ runs }: RunModel, { of }: RunSpan): readonly Arrow[] => {
  const path = of.spans.toSorted((a, b) => a.start - b.start || (a.category === 'run' ? -1 : 1));
  const arrows: Arrow[] = path.slice(1).map((effect, i) => [path[i]!, effect] as const);
  const head = of.spans[0]!;
  if (of.fired) arrows.push([of.fired, head]);
  const ofSession = runs.get(of.session);
  for (const hook of ofSession?.values() ?? []) if (hook.cause === of.run) arrows.push([head, hook.spans[0]!]);
  const cause = ofSession?.get(of.cause);
  if (cause) arrows.push([cause.spans[0]!, head]);
  return arrows;
};
