import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { RECORD_LEVELS } from '../../renderings/html/page/record-filter.ts';
import { revealed, rowOfKey, rowWindow } from '../../renderings/html/page/row-window.ts';
import { useClock, useLive } from './hooks.ts';
import { highlighted } from './log/highlight.ts';
import { EVERYTHING, type LogRow } from './log/log-records.ts';
import { useRecords } from './log/use-records.ts';
import type { PageProps } from './pages.tsx';
import { CauseName, ItemName, TextBox } from './parts.tsx';
import { linkTo } from './route.ts';

/** Height of a row, px; as in the style sheet. */
const ROW = 24;
/** From when records are shown: minutes before the choice; 0: all. */
const SINCE = [
  [0, 'the first that is kept'],
  [5, '5 minutes ago'],
  [60, 'an hour ago'],
  [24 * 60, 'a day ago'],
] as const;
/** The level of a page that was opened without one: at trace every page would get all that the daemon does. */
const INFO = String(RECORD_LEVELS.indexOf('info'));

const Highlighted = ({ text, wanted }: { readonly text: string; readonly wanted: string }) => (
  <>{highlighted(text, wanted).map(({ text: piece, hit }, i) => (hit ? <mark key={`${i}`}>{piece}</mark> : piece))}</>
);

/** Everything about one record. */
const RecordDetails = ({ row, onClose }: { readonly row: LogRow; readonly onClose: () => void }) => {
  const clock = useClock();
  const { fact, item, who, mark, message, cause, run } = row;
  return (
    <section aria-labelledby="record-title">
      <h2 id="record-title">
        Record{' '}
        <button type="button" onClick={onClose}>
          Close
        </button>{' '}
        <button type="button" onClick={() => void navigator.clipboard?.writeText(JSON.stringify(fact))}>
          Copy as JSON
        </button>
      </h2>
      <dl class="facts">
        {(
          [
            ['Time', clock.full(row.time)],
            ['Level', RECORD_LEVELS[row.level]],
            ['Item', item && <ItemName of={item}>{item}</ItemName>],
            ['By', who],
            ['Mark', mark],
            ['Cause', cause && <CauseName of={cause} />],
            ['Run', run && <CauseName of={run} />],
          ] as const
        ).map(([name, value]) =>
          value ? (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ) : null,
        )}
      </dl>
      <TextBox title="Message">{message}</TextBox>
    </section>
  );
};

/** The records, of which only those that are seen are elements. */
const LogGrid = ({
  rows,
  version,
  wanted,
  follow,
  setFollow,
  onOpen,
}: {
  readonly rows: readonly LogRow[];
  readonly version: number;
  readonly wanted: string;
  readonly follow: boolean;
  readonly setFollow: (follow: boolean) => void;
  readonly onOpen: (row: LogRow) => void;
}) => {
  const box = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [at, setAt] = useState(0);
  const clock = useClock();
  const height = box.current?.clientHeight ?? 600;
  const { first, last } = rowWindow({ top, height, rowHeight: ROW }, rows.length);
  useEffect(() => {
    if (follow && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [version, follow]);
  const move = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && rows[at]) {
      onOpen(rows[at]);
      return;
    }
    const row = rowOfKey(event.key, at, rows.length, Math.floor(height / ROW));
    if (row === undefined || box.current === null) return;
    event.preventDefault();
    setAt(row);
    setFollow(row === rows.length - 1);
    box.current.scrollTop = revealed({ top: box.current.scrollTop, height, rowHeight: ROW }, row, ROW);
  };
  return (
    <div
      ref={box}
      class="log"
      role="listbox"
      aria-label={`${rows.length} log records`}
      aria-activedescendant={rows[at] && at >= first && at < last ? `record-${at}` : undefined}
      tabIndex={0}
      onKeyDown={move}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        setTop(scrollTop);
        if (scrollHeight - scrollTop - clientHeight > 2 * ROW) setFollow(false);
      }}
    >
      <div class="log-space" style={{ height: `${rows.length * ROW}px` }}>
        <div class="log-rows" style={{ top: `${first * ROW}px` }}>
          {rows.slice(first, last).map((row, i) => (
            <div
              key={`${row.fact.seq} ${row.time}`}
              id={`record-${first + i}`}
              role="option"
              aria-selected={first + i === at}
              tabIndex={-1}
              class="log-row"
              data-level={RECORD_LEVELS[row.level]}
              onClick={() => {
                setAt(first + i);
                onOpen(row);
              }}
              onKeyDown={() => {}}
            >
              <span class="time">{clock.full(row.time).slice(5, 19)}</span>
              <b class="level">{RECORD_LEVELS[row.level]}</b>
              <span class="of">{row.item ?? row.who}</span>
              <span class="message">
                <Highlighted text={row.message} wanted={wanted} />
              </span>
            </div>
          ))}
        </div>
      </div>
    </div>
  );
};

/** The log, with filters. */
export const LogPage = ({ route }: PageProps) => {
  const { item = '', cause = '', text = '', level = INFO, minutes = '0' } = route.query;
  const least = Number(level) || 0;
  const since = useMemo(() => (Number(minutes) > 0 ? Date.now() - Number(minutes) * 60_000 : 0), [minutes]);
  const { records, version, dropped, gap, error, sift } = useRecords(least, since);
  const [typed, setTyped] = useState(text);
  const [follow, setFollow] = useState(true);
  const [open, setOpen] = useState<LogRow | null>(null);
  const clock = useClock();
  const runs = useLive(({ overview }) => overview?.instance.state === 'running');
  const wanted = typed.trim().toLowerCase();
  useEffect(() => {
    records.filter({ ...EVERYTHING, level: least, item, cause, text: wanted, since });
    sift();
  }, [item, cause, level, since, wanted]);
  const seen = useRef(0);
  if (follow) seen.current = records.shown.length;
  const fresh = records.shown.length - seen.current;
  const go = (change: Readonly<Record<string, string>>): void => {
    location.hash = linkTo(['log'], { item, cause, level, minutes, ...change });
  };
  const items = records.items();
  return (
    <>
      <h1>Log</h1>
      {!runs && <p class="note">The daemon does not run: these are the last records that are known.</p>}
      <form class="tools" aria-label="Filters of the log" onSubmit={(event) => event.preventDefault()}>
        <label>
          Level{' '}
          <select value={level} onChange={({ currentTarget }) => go({ level: currentTarget.value })}>
            {RECORD_LEVELS.map((name, i) => (
              <option key={name} value={String(i)}>
                {i === 0 ? 'all' : i === RECORD_LEVELS.length - 1 ? name : `${name} and above`}
                {i >= least && ` (${records.counts.slice(i).reduce((sum, n) => sum + n, 0)})`}
              </option>
            ))}
          </select>
        </label>
        <label>
          Item{' '}
          <select value={item} onChange={({ currentTarget }) => go({ item: currentTarget.value })}>
            <option value="">all</option>
            {[...new Set([...items, ...(item === '' ? [] : [item])])].map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label>
          Since{' '}
          <select value={minutes} onChange={({ currentTarget }) => go({ minutes: currentTarget.value })}>
            {SINCE.map(([value, name]) => (
              <option key={value} value={String(value)}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label>
          Text{' '}
          <input
            type="search"
            value={typed}
            autoComplete="off"
            onInput={({ currentTarget }) => setTyped(currentTarget.value)}
          />
        </label>
        {cause !== '' && (
          <button type="button" onClick={() => go({ cause: '' })}>
            Only {cause}: show all
          </button>
        )}
        <button type="button" aria-pressed={follow} onClick={() => setFollow(!follow)}>
          {follow ? 'Following' : fresh > 0 ? `Follow (${fresh} new)` : 'Follow'}
        </button>
      </form>
      {runs && error !== undefined && <p class="notice">The records of before cannot be shown: {error}</p>}
      {dropped > 0 && <p class="notice">{dropped} messages did not reach this page, because it did not read.</p>}
      {gap && (
        <p class="notice">
          Records from {clock.full(gap[0])} to {clock.full(gap[1])} may be missing here: more came than are asked for at
          once. They are in the log file.
        </p>
      )}
      <LogGrid rows={records.shown} {...{ version, wanted, follow, setFollow }} onOpen={setOpen} />
      <p class="below">
        {records.shown.length} of {records.total} records
        {records.first && `, since ${clock.full(records.first.time)}: what is older is in the log file`}
        {records.forgotten > 0 && `; ${records.forgotten} older ones were dropped by this page`}. Arrow keys move, Enter
        shows a record.
      </p>
      {open && <RecordDetails row={open} onClose={() => setOpen(null)} />}
    </>
  );
};
