import { find, make } from './dom.ts';
import type { TimelineEntry } from './page-model.ts';

type Key = string | number;

const keyOf = (row: HTMLTableRowElement, column: number): Key => {
  const cell = row.cells[column];
  const key = cell?.dataset.key ?? cell?.textContent ?? '';
  return key !== '' && Number.isFinite(Number(key)) ? Number(key) : key.toLowerCase();
};

/** Numbers before texts; texts in alphabetical order. */
const compare = (a: Key, b: Key): number => {
  if (typeof a === 'string' && typeof b === 'string') return a.localeCompare(b);
  return typeof a === 'number' && typeof b === 'number' ? a - b : typeof a === 'number' ? -1 : 1;
};

/** Makes the headings of a table sort its rows: first numbers descending and texts ascending, then the other way. */
export const makeSortable = (table: HTMLTableElement): void => {
  const body = table.tBodies[0];
  const headings = [...(table.tHead?.rows[0]?.cells ?? [])];
  for (const [column, heading] of headings.entries())
    heading.querySelector('button')?.addEventListener('click', () => {
      const before = heading.getAttribute('aria-sort');
      const rises = before === null ? !heading.classList.contains('number') : before === 'descending';
      for (const other of headings) other.removeAttribute('aria-sort');
      heading.setAttribute('aria-sort', rises ? 'ascending' : 'descending');
      const keyed = [...(body?.rows ?? [])].map((row) => ({ row, key: keyOf(row, column) }));
      keyed.sort((a, b) => compare(a.key, b.key) * (rises ? 1 : -1));
      body?.append(...keyed.map(({ row }) => row));
    });
};

const DARK = '(prefers-color-scheme: dark)';

/** Makes a button change between light and dark. The choice is not stored: a page from a file cannot store anything. */
export const setUpTheme = (changed: () => void): void => {
  const button = find('theme');
  const system = matchMedia(DARK);
  const root = document.documentElement;
  const dark = () => (root.dataset.theme ?? (system.matches ? 'dark' : 'light')) === 'dark';
  const show = () => {
    if (button) button.textContent = dark() ? 'Light' : 'Dark';
    changed();
  };
  if (button) {
    button.hidden = false;
    button.setAttribute('aria-description', 'Changes between light and dark');
    button.addEventListener('click', () => {
      root.dataset.theme = dark() ? 'light' : 'dark';
      show();
    });
  }
  system.addEventListener('change', show);
  // The printed page is light, and so is its timeline.
  matchMedia('print').addEventListener('change', changed);
  show();
};

/** Shows a tooltip beside a point of the timeline, px; without an entry, hides it. */
export const placeTip = (text: string | undefined, entry: TimelineEntry | undefined, x: number, y: number): void => {
  const tip = find('tip');
  if (!tip) return;
  tip.hidden = text === undefined || entry === undefined;
  if (!entry || !text) return;
  const ids = [entry.cause, entry.run].filter((id) => id !== null).join(', ');
  tip.replaceChildren(make('b', {}, text), ...(ids ? [make('br'), ids] : []));
  const { clientWidth, clientHeight } = tip.parentElement!;
  tip.style.left = `${Math.max(4, Math.min(x + 12, clientWidth - tip.offsetWidth - 4))}px`;
  tip.style.top = `${y + 22 + tip.offsetHeight > clientHeight ? Math.max(0, y - tip.offsetHeight - 8) : y + 22}px`;
};
