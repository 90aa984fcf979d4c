import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { CalendarCell } from '../api.ts';
import { useAnswer, useClock, useLive, useNow } from './hooks.ts';
import type { PageProps } from './pages.tsx';
import { Badge, ItemName, Waiting } from './parts.tsx';
import { isRun, RunTable } from './runs.tsx';
import { type Day, type HourSum, hourRows, hourWords, signsOf, sumHours, weekOf, zoneReader } from './weeks.ts';

const HOUR_MS = 3_600_000;
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
/** Runs of one hour that are listed. */
const MOST_RUNS = 100;

const two = (n: number): string => String(n).padStart(2, '0');

/** What ran, was missed, or is to come in one hour. */
const HourDetails = ({
  hour,
  title,
  cells,
  condition,
}: {
  readonly hour: number;
  readonly title: string;
  readonly cells: readonly CalendarCell[];
  readonly condition: string;
}) => {
  const query = { since: hour, until: hour + HOUR_MS - 1, count: MOST_RUNS };
  const { answer, error } = useAnswer('runs', condition === '' ? query : { ...query, item: `condition/${condition}` });
  const own = cells.filter((cell) => cell.hour === hour && (condition === '' || cell.condition === condition));
  const coming = own.filter((cell) => cell.coming > 0);
  return (
    <section aria-labelledby="hour">
      <h2 id="hour">{title}</h2>
      {answer === undefined && <Waiting error={error} what="the runs" />}
      {answer && answer.entries.length > 0 && (
        <>
          <ul class="hour-items">
            {[
              ...new Set(
                answer.entries.flatMap((entry) => (isRun(entry) || entry.kind === 'missed' ? entry.condition : [])),
              ),
            ].map((name) => (
              <li key={name}>
                <ItemName of={`condition/${name}`} />
              </li>
            ))}
          </ul>
          <RunTable entries={answer.entries} caption={`${answer.entries.length} entries of the history`} />
        </>
      )}
      {answer?.entries.length === 0 && coming.length === 0 && <p class="empty">Nothing.</p>}
      {coming.length > 0 && (
        <ul class="hour-items">
          {coming.map((cell) => (
            <li key={cell.condition}>
              <Badge kind="open">{cell.coming === 1 ? 'to come' : `${cell.coming} to come`}</Badge>
              <ItemName of={`condition/${cell.condition}`} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
};

/** Where the arrow keys lead from a cell. */
const STEPS: Readonly<Record<string, readonly [days: number, hours: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** A week as a grid: a column for each day, a row for each hour. */
const Grid = ({
  days,
  sums,
  now,
  zone,
  opened,
  onOpen,
}: {
  readonly days: readonly Day[];
  readonly sums: ReadonlyMap<number, HourSum>;
  readonly now: number;
  readonly zone: string;
  readonly opened: number | null;
  readonly onOpen: (hour: number) => void;
}) => {
  const table = useRef<HTMLTableElement>(null);
  const [focused, setFocused] = useState<readonly [day: number, hour: number]>([0, 0]);
  const read = useMemo(() => zoneReader(zone), [zone]);
  const rows = useMemo(() => hourRows(days, zone), [days, zone]);
  const move = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const day = Math.min(6, Math.max(0, focused[0] + step[0]));
    const down = step[1] > 0 ? 1 : -1;
    let row = focused[1] + step[1];
    // An hour that the day does not have is passed over.
    while (rows[row] !== undefined && rows[row]?.beginnings[day] === undefined) row += down;
    if (rows[row] === undefined) return;
    setFocused([day, row]);
    table.current?.querySelector<HTMLElement>(`[data-cell="${day} ${row}"]`)?.focus();
  };
  return (
    <div class="frame">
      <table ref={table} class="week">
        <caption>
          ✗ failed, ! missed, ✓ succeeded, · to come. Arrow keys move, Enter shows an hour. Times are of {zone}.
        </caption>
        <thead>
          <tr>
            <td />
            {days.map(({ date }, i) => (
              <th key={date} scope="col" aria-current={date === read.date(now) ? 'date' : undefined}>
                {WEEKDAYS[i]} <span class="below">{date.slice(5)}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ hour: clock, beginnings }, row) => (
            <tr key={row}>
              <th scope="row">{two(clock)}:00</th>
              {days.map(({ date }, day) => {
                const hour = beginnings[day];
                if (hour === undefined) return <td key={date} class="none" />;
                const sum = sums.get(hour);
                const isNow = hour <= now && now < hour + HOUR_MS;
                return (
                  <td key={date} data-kind={sum?.kind ?? 'empty'} class={isNow ? 'present' : undefined}>
                    <button
                      type="button"
                      data-cell={`${day} ${row}`}
                      tabIndex={focused[0] === day && focused[1] === row ? 0 : -1}
                      aria-pressed={opened === hour}
                      onFocus={() => setFocused([day, row])}
                      onKeyDown={move}
                      onClick={() => onOpen(hour)}
                    >
                      <span aria-hidden="true">{sum === undefined ? '' : signsOf(sum)}</span>
                      <span class="sr">{`${WEEKDAYS[day]} ${date}, ${two(read.hour(hour))}:00: ${hourWords(sum)}`}</span>
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
};

/** Below this width, px, days are lists. */
const NARROW = 700;
const isNarrow = (): boolean => innerWidth < NARROW;

/** A week as lists, for narrow windows: the hours of each day that have something. */
const DayLists = ({
  days,
  sums,
  zone,
  onOpen,
}: {
  readonly days: readonly Day[];
  readonly sums: ReadonlyMap<number, HourSum>;
  readonly zone: string;
  readonly onOpen: (hour: number) => void;
}) => {
  const read = zoneReader(zone);
  return (
    <>
      {days.map(({ date, hours }, i) => {
        const full = hours.filter((hour) => sums.has(hour));
        if (full.length === 0) return null;
        return (
          <section key={date} aria-label={date} class="day">
            <h2>
              {WEEKDAYS[i]} <span class="count">{date}</span>
            </h2>
            <ul>
              {full.map((hour) => (
                <li key={hour} data-kind={sums.get(hour)!.kind}>
                  <button type="button" class="link" onClick={() => onOpen(hour)}>
                    {two(read.hour(hour))}:00 {signsOf(sums.get(hour)!)}
                  </button>{' '}
                  <span class="below">{hourWords(sums.get(hour))}</span>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
    </>
  );
};

/** A week: what ran, what was missed, what is to come. */
export const CalendarPage = (_: PageProps) => {
  const zone = useLive(({ overview }) => overview?.zone ?? 'UTC');
  const conditions = useLive(({ overview }) => overview?.status?.conditions ?? []);
  const latest = useLive(({ runs }) => runs.find(({ outcome }) => outcome !== 'running'));
  const now = useNow(60_000);
  const [shift, setShift] = useState(0);
  const [condition, setCondition] = useState('');
  const [opened, setOpened] = useState<number | null>(null);
  const [narrow, setNarrow] = useState(isNarrow);
  useEffect(() => {
    const update = (): void => setNarrow(isNarrow());
    addEventListener('resize', update);
    return () => removeEventListener('resize', update);
  }, []);
  const today = zoneReader(zone).date(now);
  const days = useMemo(() => weekOf(now, zone, shift), [today, zone, shift]);
  const [since, until] = [days[0]!.hours[0]!, days[6]!.hours.at(-1)! + HOUR_MS - 1];
  const { answer, error } = useAnswer('calendar', { since, until }, latest);
  const cells = answer?.cells ?? [];
  const sums = useMemo(() => sumHours(cells, condition), [cells, condition]);
  const open = (hour: number): void => {
    setOpened(hour);
    requestAnimationFrame(() => document.getElementById('hour')?.scrollIntoView({ block: 'nearest' }));
  };
  const read = zoneReader(zone);
  const clock = useClock();
  return (
    <>
      <h1>
        Week of {days[0]!.date} to {days[6]!.date}
      </h1>
      <div class="tools">
        <fieldset class="buttons" aria-label="Weeks">
          <button type="button" onClick={() => setShift(shift - 1)}>
            Week before
          </button>
          <button type="button" disabled={shift === 0} onClick={() => setShift(0)}>
            This week
          </button>
          <button type="button" onClick={() => setShift(shift + 1)}>
            Week after
          </button>
        </fieldset>
        <label>
          Condition{' '}
          <select value={condition} onChange={({ currentTarget }) => setCondition(currentTarget.value)}>
            <option value="">all</option>
            {conditions
              .map(({ name }) => name)
              .sort()
              .map((name) => (
                <option key={name}>{name}</option>
              ))}
          </select>
        </label>
      </div>
      {answer === undefined && <Waiting error={error} what="the calendar" />}
      {answer && answer.comingUntil < until && (
        <p class="notice">
          What is coming is counted up to {clock.full(answer.comingUntil)}: there is too much of it to count all.
        </p>
      )}
      {narrow ? (
        <DayLists days={days} sums={sums} zone={zone} onOpen={open} />
      ) : (
        <Grid days={days} sums={sums} now={now} zone={zone} opened={opened} onOpen={open} />
      )}
      {opened !== null && (
        <HourDetails
          key={`${opened} ${condition}`}
          hour={opened}
          title={`${read.date(opened)}, ${two(read.hour(opened))}:00 to ${two((read.hour(opened) + 1) % 24)}:00`}
          cells={cells}
          condition={condition}
        />
      )}
    </>
  );
};
