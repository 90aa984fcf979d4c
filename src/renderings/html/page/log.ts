import { counted } from '../../../plural.ts';
import type { WallClock } from './clock.ts';
import { find, inNextFrame, make } from './dom.ts';
import { filterRecords, type PageModel, type PageRecord } from './page-model.ts';
import { type LogFilter, RECORD_LEVELS } from './record-filter.ts';
import { revealed, rowOfKey } from './row-window.ts';

/** Rows above and below the visible ones, so that scrolling does not show gaps. */
const SPARE = 8;

/** The log. Only the visible rows and a few more are elements of the page. */
export class LogGrid {
  readonly #grid: HTMLElement;
  readonly #rows: HTMLElement;
  readonly #model: PageModel;
  readonly #clock: WallClock;
  readonly #open: (record: PageRecord, by: 'key' | 'pointer') => void;
  #records: readonly PageRecord[];
  #at = -1;
  readonly #drawn = new Map<number, HTMLElement>();
  #height = 26;
  readonly #draw = inNextFrame(() => this.#show());

  /** @param open shows the whole of a record */
  constructor(
    grid: HTMLElement,
    model: PageModel,
    clock: WallClock,
    open: (record: PageRecord, by: 'key' | 'pointer') => void,
  ) {
    this.#grid = grid;
    this.#rows = find('rows')!;
    this.#model = model;
    this.#clock = clock;
    this.#open = open;
    this.#records = model.records;
    grid.addEventListener('scroll', this.#draw);
    const layOut = inNextFrame(() => this.#layOut());
    new ResizeObserver(layOut).observe(grid);
    grid.addEventListener('keydown', (event) => this.#key(event));
    this.#rows.addEventListener('click', (event) => {
      const row = (event.target as Element).closest<HTMLElement>('[data-row]');
      if (!row) return;
      this.#go(Number(row.dataset.row));
      this.#open(this.#records[this.#at]!, 'pointer');
    });
    this.#form();
  }

  /** Shows the records of a cause or a run; the other filters are cleared. */
  only(cause: string): void {
    for (const id of ['level', 'item', 'text'] as const) this.#field(id).value = id === 'level' ? '0' : '';
    this.#field('cause').value = cause;
    this.#filter();
  }

  /** Moves the keys to a record; clears the filters if they hide it. */
  pointAt(record: PageRecord): void {
    if (!this.#records.includes(record)) this.only('');
    this.#go(this.#records.indexOf(record));
  }

  #field(id: keyof LogFilter): HTMLInputElement {
    return find<HTMLInputElement>(id)!;
  }

  #form(): void {
    const form = find('filters')!;
    form.addEventListener('input', () => this.#filter());
    form.addEventListener('submit', (event) => event.preventDefault());
    // The fields are empty after the event.
    form.addEventListener('reset', () => setTimeout(() => this.#filter()));
    this.#filter();
  }

  #filter(): void {
    const { records } = this.#model;
    this.#records = filterRecords(records, {
      level: Number(this.#field('level').value),
      item: this.#field('item').value,
      text: this.#field('text').value.trim().toLowerCase(),
      cause: this.#field('cause').value.trim(),
    });
    const [some, all] = [this.#records.length, records.length].map((count) => count!.toLocaleString('en'));
    find('shown')!.textContent = some === all ? counted(all!, 'record') : `${some} of ${counted(all!, 'record')}`;
    this.#at = -1;
    this.#grid.removeAttribute('aria-activedescendant');
    this.#grid.scrollTop = 0;
    this.#layOut();
  }

  /** Lays out the rows again after a change of the records or of the width. */
  #layOut(): void {
    for (const row of this.#drawn.values()) row.remove();
    this.#drawn.clear();
    const height = Number.parseFloat(getComputedStyle(this.#grid).getPropertyValue('--row'));
    this.#height = Number.isFinite(height) && height > 0 ? height : 26;
    this.#grid.setAttribute('aria-rowcount', String(this.#records.length + 1));
    this.#rows.style.height = `${this.#records.length * this.#height}px`;
    this.#rows.classList.toggle('none', this.#records.length === 0);
    this.#show();
  }

  #show(): void {
    const { scrollTop, clientHeight } = this.#grid;
    const most = this.#records.length;
    const room = this.#rows.offsetTop;
    const first = Math.max(0, Math.floor((scrollTop - room) / this.#height) - SPARE);
    const last = Math.min(most, Math.ceil((scrollTop + clientHeight) / this.#height) + SPARE);
    for (const [place, row] of this.#drawn)
      if (place < first || place >= last) {
        row.remove();
        this.#drawn.delete(place);
      }
    let before: HTMLElement | undefined;
    for (let place = first; place < last; place += 1) {
      let row = this.#drawn.get(place);
      if (!row) {
        row = this.#row(this.#records[place]!, place);
        this.#drawn.set(place, row);
        // In order, for screen readers.
        if (before) before.after(row);
        else this.#rows.prepend(row);
      }
      row.setAttribute('aria-selected', String(place === this.#at));
      before = row;
    }
  }

  #row(record: PageRecord, place: number): HTMLElement {
    const { wall, level, item, who, mark, message, cause } = record;
    const cell = (style: string, text: string) => make('span', { role: 'gridcell', class: style }, text);
    const row = make(
      'div',
      {
        class: 'row',
        role: 'row',
        id: `row-${place}`,
        'aria-rowindex': place + 2,
        'data-row': place,
        'data-level': RECORD_LEVELS[level]!,
      },
      cell('time', this.#clock.text(wall).slice(5)),
      cell('level', RECORD_LEVELS[level]!),
      cell('item', item ?? who),
      cell('cause', cause ?? ''),
      make('span', { role: 'gridcell', class: 'message' }, make('span', { class: 'below' }, `[${mark}] `), message),
    );
    row.style.transform = `translateY(${place * this.#height}px)`;
    return row;
  }

  #key(event: KeyboardEvent): void {
    const page = Math.max(1, Math.floor(this.#grid.clientHeight / this.#height) - 2);
    const row = rowOfKey(event.key, this.#at, this.#records.length, page);
    if (row !== undefined) {
      event.preventDefault();
      this.#go(row);
    } else if (event.key === 'Enter' && this.#records[this.#at]) {
      event.preventDefault();
      this.#open(this.#records[this.#at]!, 'key');
    }
  }

  #go(place: number): void {
    if (this.#records.length === 0) return;
    this.#at = Math.min(this.#records.length - 1, Math.max(0, place));
    const { scrollTop: top, clientHeight: height } = this.#grid;
    this.#grid.scrollTop = revealed({ top, height, rowHeight: this.#height }, this.#at, this.#rows.offsetTop);
    this.#show();
    this.#grid.setAttribute('aria-activedescendant', `row-${this.#at}`);
  }
}
