import { memo } from 'preact/compat';
import { useMemo, useState } from 'preact/hooks';
import { type ConditionReport, GROUPS } from '../../control/status.ts';
import type { SlimEntry, SlimRun } from '../api.ts';
import { ConditionActions, SchedulerActions } from './actions.tsx';
import { useAnswer, useClock, useLive, useNow } from './hooks.ts';
import { LiveOutput } from './live-output.tsx';
import type { PageProps } from './pages.tsx';
import { Badge, Instant, ItemName, Outcome } from './parts.tsx';
import {
  type ConditionOrder,
  chosen,
  decidedBy,
  durationText,
  headlineOf,
  nextText,
  type PageClock,
  STATE_KINDS,
  streakText,
  whyText,
} from './words.ts';

/** Rows that are shown at first; drawing more takes long. */
const ROWS = 200;
/** A run that is under way is one of the latest of its condition. */
const LATEST = 5;

const COLUMNS: readonly (readonly [order: ConditionOrder | null, heading: string])[] = [
  ['name', 'Condition'],
  ['state', 'State'],
  ['next', 'Next'],
  ['last', 'Last run'],
  [null, 'Why'],
];

const LastCell = ({
  one,
  now,
  clock,
}: {
  readonly one: ConditionReport;
  readonly now: number;
  readonly clock: PageClock;
}) => {
  const { last, missed } = one;
  if (missed)
    return (
      <>
        <Badge kind="failure">missed</Badge>
        <Instant at={missed.time} now={now} /> <span class="below">{missed.reason}</span>
      </>
    );
  if (last === null) return <span class="below">not yet</span>;
  const streak = streakText(last, now, clock);
  return (
    <>
      <Outcome outcome={last.outcome} />
      <Instant at={last.time} now={now} />
      {streak !== '' && <span class="below"> {streak}</span>}
      {last.failed && last.reason && <span class="why">{decidedBy(one.tasks, last.with) + last.reason}</span>}
      {last.failed && last.lastLine && <code class="output">{last.lastLine}</code>}
    </>
  );
};

const Row = memo(
  ({ one, next, now }: { readonly one: ConditionReport; readonly next: string; readonly now: number }) => {
    const clock = useClock();
    return (
      <tr data-condition={one.name} class={one.last?.failed ? 'bad' : undefined}>
        <th scope="row">
          <ItemName of={`condition/${one.name}`} />
        </th>
        <td data-label="State">
          <Badge kind={STATE_KINDS[one.group]}>{one.group}</Badge>
        </td>
        <td data-label="Next">{next}</td>
        <td data-label="Last run">
          <LastCell one={one} now={now} clock={clock} />
        </td>
        <td data-label="Why">{whyText(one) && <span class="why">{whyText(one)}</span>}</td>
        <td>
          <ConditionActions name={one.name} group={one.group} />
        </td>
      </tr>
    );
  },
);

/** How long the run of a condition has lasted. One that began before the page was opened is in the history. */
const Elapsed = ({ of, now }: { readonly of: string; readonly now: number }) => {
  const isOpen = (entry: SlimEntry): entry is SlimRun =>
    entry.kind === 'run' && entry.outcome === 'running' && entry.condition === of;
  const seen = useLive(({ runs }) => runs.find(isOpen));
  const { answer } = useAnswer('runs', seen === undefined ? { item: `condition/${of}`, count: LATEST } : undefined);
  const run = seen ?? answer?.entries.find(isOpen);
  if (run === undefined) return null;
  return <span class="below">for {durationText(Math.max(0, Math.floor((now - run.began) / 1000) * 1000))}</span>;
};

/** What runs, with how long. */
const Running = ({ now }: { readonly now: number }) => {
  const conditions = useLive(({ overview }) => overview?.status?.conditions);
  const [open, setOpen] = useState<string | null>(null);
  const running = conditions?.filter(({ group }) => group === 'running') ?? [];
  if (running.length === 0) return null;
  return (
    <section aria-labelledby="running">
      <h2 id="running">
        Running <span class="count">{running.length}</span>
      </h2>
      <ul class="running">
        {running.map(({ name, tasks: all, running: known }) => {
          // Which of them runs comes later than that one does.
          const tasks = known.length > 0 ? known : all;
          return (
            <li key={name}>
              <Badge kind="open">running</Badge> <ItemName of={`condition/${name}`} /> <Elapsed of={name} now={now} />{' '}
              {tasks.map((task) => (
                <span key={task} class="listed">
                  <ItemName of={`task/${task}`} />
                </span>
              ))}{' '}
              <button
                type="button"
                aria-expanded={open === name}
                aria-label={`Output of ${name}`}
                onClick={() => setOpen(open === name ? null : name)}
              >
                Output
              </button>
              {open === name && tasks.map((task) => <LiveOutput key={task} item={`task/${task}`} />)}
            </li>
          );
        })}
      </ul>
    </section>
  );
};

/** How everything stands. */
export const NowPage = (_: PageProps) => {
  const overview = useLive((state) => state.overview);
  const now = useNow();
  const clock = useClock();
  const [text, setText] = useState('');
  const [group, setGroup] = useState('');
  const [order, setOrder] = useState<ConditionOrder>('urgency');
  const [rows, setRows] = useState(ROWS);
  const conditions = overview?.status?.conditions;
  const shown = useMemo(() => chosen(conditions ?? [], { text, group, order }), [conditions, text, group, order]);
  if (overview === null)
    return (
      <h1>
        <span role="status">Loading …</span>
      </h1>
    );
  const { status, instance } = overview;
  const headline = headlineOf(overview);
  // Texts about the past change with the minute only.
  const minute = Math.floor(now / 60_000) * 60_000;
  return (
    <>
      <header class="top">
        <div>
          <h1 class={headline.bad ? 'bad' : undefined}>
            {headline.text}
            {headline.names.map((name, index) => (
              <span key={name}>
                {index === 0 ? ': ' : ', '}
                <ItemName of={`condition/${name}`} />
              </span>
            ))}
            {headline.more > 0 && ` and ${headline.more} more`}
          </h1>
          {status && (
            <p class="when">
              {instance.state === 'running' && (
                <span>
                  whenever {status.version} is {status.state}
                  {status.pausedUntil !== null && (
                    <>
                      {' '}
                      until <Instant at={status.pausedUntil} now={now} />
                    </>
                  )}
                  ; it began at <Instant at={status.started} now={now} />, process {status.pid}
                </span>
              )}
              <a class="file" href="#/file">
                {status.config}
              </a>
            </p>
          )}
        </div>
        <SchedulerActions />
      </header>
      {instance.state === 'running' && <Running now={now} />}
      {status && (
        <section aria-labelledby="conditions">
          <h2 id="conditions">
            Conditions{' '}
            <span class="count">
              {shown.length === status.conditions.length
                ? shown.length
                : `${shown.length} of ${status.conditions.length}`}
            </span>
          </h2>
          <div class="tools">
            <label>
              Filter <input type="search" value={text} onInput={({ currentTarget }) => setText(currentTarget.value)} />
            </label>
            <label>
              State{' '}
              <select value={group} onChange={({ currentTarget }) => setGroup(currentTarget.value)}>
                <option value="">all</option>
                <option value="failed">failed at the last run ({status.failed?.length ?? 0})</option>
                {GROUPS.filter((one) => status.counts[one] > 0).map((one) => (
                  <option key={one} value={one}>
                    {one} ({status.counts[one]})
                  </option>
                ))}
              </select>
            </label>
            {order !== 'urgency' && (
              <button type="button" onClick={() => setOrder('urgency')}>
                What failed first
              </button>
            )}
          </div>
          <div class="frame">
            <table class="cards">
              <thead>
                <tr>
                  {COLUMNS.map(([by, heading]) => (
                    <th key={heading} scope="col" aria-sort={by !== null && by === order ? 'ascending' : undefined}>
                      {by === null ? (
                        heading
                      ) : (
                        <button type="button" onClick={() => setOrder(by)}>
                          {heading}
                        </button>
                      )}
                    </th>
                  ))}
                  <td />
                </tr>
              </thead>
              <tbody>
                {shown.slice(0, rows).map((one) => (
                  <Row
                    key={one.name}
                    one={one}
                    next={instance.state === 'running' ? nextText(one, now, clock) : ''}
                    now={minute}
                  />
                ))}
              </tbody>
            </table>
          </div>
          {shown.length > rows && (
            <p>
              <button type="button" onClick={() => setRows(rows + 5 * ROWS)}>
                Show {Math.min(5 * ROWS, shown.length - rows)} more
              </button>
            </p>
          )}
          {shown.length === 0 && <p class="empty">No condition fits.</p>}
        </section>
      )}
    </>
  );
};
