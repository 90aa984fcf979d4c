/** Rows above and below the visible ones, so that scrolling does not show gaps. */
const SPARE = 8;

/** What is seen of a long list of rows of one height. Lengths are in pixels. */
export interface Scrolled {
  readonly top: number;
  readonly height: number;
  readonly rowHeight: number;
}

/** The rows that are elements of the page: from `first` up to, but not including `last`. */
export interface RowWindow {
  readonly first: number;
  readonly last: number;
}

export const rowWindow = ({ top, height, rowHeight }: Scrolled, count: number): RowWindow => {
  const last = Math.min(count, Math.ceil((top + height) / rowHeight) + SPARE);
  return { first: Math.max(0, Math.min(last, Math.floor(top / rowHeight) - SPARE)), last };
};

/** Where to scroll so that a row is seen: the same place if it is. @param head what covers the top */
export const revealed = ({ top, height, rowHeight }: Scrolled, row: number, head = 0): number => {
  const at = row * rowHeight;
  if (at < top) return at;
  return at + rowHeight > top + height - head ? at + rowHeight - height + head : top;
};

/** The row that a key leads to; undefined: the key does not lead to one. */
export const rowOfKey = (key: string, at: number, count: number, page: number): number | undefined => {
  const steps: Readonly<Record<string, number>> = {
    ArrowUp: -1,
    ArrowDown: 1,
    PageUp: -page,
    PageDown: page,
    Home: Number.NEGATIVE_INFINITY,
    End: Number.POSITIVE_INFINITY,
  };
  const step = steps[key];
  if (step === undefined || count === 0) return undefined;
  return Math.min(count - 1, Math.max(0, at + step));
};
