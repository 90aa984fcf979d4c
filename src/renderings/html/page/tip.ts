import { find, make } from './dom.ts';
import type { TimelineEntry } from './page-model.ts';

/** Shows a word about a thing beside a point of the timeline, px; undefined hides it. */
export const placeTip = (text: string | undefined, thing: TimelineEntry | undefined, x: number, y: number): void => {
  const tip = find('tip');
  if (!tip) return;
  tip.hidden = text === undefined || thing === undefined;
  if (tip.hidden || !thing || !text) return;
  const why = [thing.cause, thing.run].filter((id) => id !== null).join(', ');
  tip.replaceChildren(make('b', {}, text), ...(why ? [make('br'), why] : []));
  const { clientWidth, clientHeight } = tip.parentElement!;
  tip.style.left = `${Math.max(4, Math.min(x + 12, clientWidth - tip.offsetWidth - 4))}px`;
  tip.style.top = `${y + 22 + tip.offsetHeight > clientHeight ? Math.max(0, y - tip.offsetHeight - 8) : y + 22}px`;
};
