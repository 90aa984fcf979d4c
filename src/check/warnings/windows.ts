import { WINDOW_KEYS } from '../../items/common/window-fields.ts';
import type { CheckedFile, ItemWarnings } from '../checked-file.ts';

/** Windows that never open, or not any more. */
export const neverOpens: ItemWarnings = (item, warn, { now }) => {
  const { window, shared } = item as CheckedFile['condition']['items'][number];
  if (window === undefined || window.opens(now) !== undefined) return;
  const closed = window.closed(now);
  if (closed?.by === 'until') {
    warn('window-never', ['until'], `until ${closed.text}: this is over: it never counts any more`);
    return;
  }
  const written = shared.window as Readonly<Record<string, unknown>>;
  const keys = WINDOW_KEYS.filter((key) => written[key] !== undefined);
  warn('window-never', [keys.at(-1)!], `${keys.join(', ')}: no time is left: it never counts`);
};
