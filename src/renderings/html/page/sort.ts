type Key = string | number;

const keyOf = (row: HTMLTableRowElement, column: number): Key => {
  const cell = row.cells[column];
  const key = cell?.dataset.key ?? cell?.textContent ?? '';
  return key !== '' && Number.isFinite(Number(key)) ? Number(key) : key.toLowerCase();
};

/** Numbers before texts; texts as people order them. */
const compare = (a: Key, b: Key): number =>
  typeof a === 'number' && typeof b === 'number'
    ? a - b
    : typeof a === 'number'
      ? -1
      : typeof b === 'number'
        ? 1
        : a.localeCompare(b);

/** Lets the headings of a table sort its rows: the first time numbers fall and texts rise, then the other way. */
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
