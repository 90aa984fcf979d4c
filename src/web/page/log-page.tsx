import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { RECORD_LEVELS } from '../../renderings/html/page/record-filter.ts';
import { revealed, rowOfKey, rowWindow } from '../../renderings/html/page/row-window.ts';
import { ask, want } from './connection.ts';
import { useClock, useLive } from './hooks.ts';
import { highlighted } from './log/highlight.ts';
import { EVERYTHING, LogRecords, type LogRow } from './log/log-records.ts';
import type { PageProps } from './pages.tsx';
import { CauseName, ItemName, TextBox } from './parts.tsx';
import { linkTo } from './route.ts';

/** Height of a row, px; as in the style sheet. */
const ROW = 24;
/** Records that are asked for at first. */
const FIRST = 1000;
/** New records are shown at most so often, ms. */
const GATHER_MS = 200;

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

/** The records of the daemon while the page is open: those of before are asked for once, and then they come. */
const useRecords = () => {
  const records = useMemo(() => new LogRecords(), []);
  const [version, setVersion] = useState(0);
  const [dropped, setDropped] = useState(0);
  const [error, setError] = useState<string>();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const changed = (): void => {
      timer ??= setTimeout(() => {
        timer = undefined;
        setVersion((n) => n + 1);
      }, GATHER_MS);
    };
    const leave = want({ type: 'logs', on: true }, (message) => {
      if (message.type === 'dropped') setDropped((n) => n + message.count);
      if (message.type !== 'logs') return;
      records.add(message.records);
      changed();
    });
    const leaving = new AbortController();
    ask('logs', { count: FIRST }, leaving.signal).then(
      (answer) => {
        records.merge(answer.records);
        changed();
      },
      (reason: unknown) => leaving.signal.aborted || setError((reason as Error).message),
    );
    return () => {
      leave();
      leaving.abort();
      clearTimeout(timer);
    };
  }, []);
  return { records, version, dropped, error, sift: () => setVersion((n) => n + 1) };
};

/** The log, with filters. */
export const LogPage = ({ route }: PageProps) => {
  const { records, version, dropped, error, sift } = useRecords();
  const { item = '', cause = '', text = '', level = '0' } = route.query;
  const [typed, setTyped] = useState(text);
  const [follow, setFollow] = useState(true);
  const [open, setOpen] = useState<LogRow | null>(null);
  const clock = useClock();
  const runs = useLive(({ overview }) => overview?.instance.state === 'running');
  const wanted = typed.trim().toLowerCase();
  useEffect(() => {
    records.filter({ ...EVERYTHING, level: Number(level) || 0, item, cause, text: wanted });
    sift();
  }, [item, cause, level, wanted]);
  const seen = useRef(0);
  if (follow) seen.current = records.shown.length;
  const fresh = records.shown.length - seen.current;
  const go = (change: Readonly<Record<string, string>>): void => {
    location.hash = linkTo(['log'], { item, cause, level: level === '0' ? '' : level, ...change });
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
                {i === 0 ? 'all' : i === RECORD_LEVELS.length - 1 ? name : `${name} and above`} (
                {records.counts.slice(i).reduce((sum, n) => sum + n, 0)})
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
      {error !== undefined && <p class="notice">The records of before cannot be shown: {error}</p>}
      {dropped > 0 && <p class="notice">{dropped} messages did not reach this page, because it did not read.</p>}
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
