import { showNs } from '../../renderings/duration.ts';
import { useAnswer } from './hooks.ts';
import { Instant, ItemName, Waiting } from './parts.tsx';
import type { RangeFigures } from './range-figures.ts';
import { OUTCOMES, type ShownRuns, type TimelineRun } from './run-model.ts';
import { isRun, RunOutputView, RunPath } from './runs.tsx';

const [MINUTE_MS, HOUR_MS, DAY_MS] = [60_000, 3_600_000, 86_400_000] as const;
/** How much is loaded at first, and how much is shown of it. */
export const RANGES = {
  '6 hours': 6 * HOUR_MS,
  '1 day': DAY_MS,
  '1 week': 7 * DAY_MS,
  '30 days': 30 * DAY_MS,
} as const;
export type RangeName = keyof typeof RANGES;

/** The run of a span: as a path, with what it wrote. */
export const RunPanel = ({ place, onClose }: { readonly place: TimelineRun; readonly onClose: () => void }) => {
  const { session, run, condition, event, began } = place;
  const { answer, error } = useAnswer('runs', {
    item: `condition/${condition}`,
    since: began - MINUTE_MS,
    until: began + MINUTE_MS,
    count: 1000,
  });
  const found = answer?.entries.find((entry) => isRun(entry) && entry.session === session && entry.run === run);
  return (
    <>
      <div class="head">
        <h3>
          <ItemName of={`condition/${condition}`} />
        </h3>
        <button type="button" onClick={onClose}>
          Close
        </button>
      </div>
      <p class="below">
        {run}, <Instant at={began} />
        {event !== null && `, fired by the event ${event}`}
      </p>
      {answer === undefined && <Waiting error={error} what="the run" />}
      {answer && found === undefined && <p class="empty">It has not ended yet.</p>}
      {found && isRun(found) && found.kind === 'run' && <RunPath run={found} />}
      {found && <RunOutputView session={session} run={run} />}
    </>
  );
};

/** Items of a range that are listed. */
const MOST_ITEMS = 100;

/** Counts and durations of a range. */
export const FiguresTable = ({
  figures,
  onClose,
}: {
  readonly figures: readonly RangeFigures[];
  readonly onClose: () => void;
}) => (
  <section aria-labelledby="selection">
    <h2 id="selection">
      Selection{' '}
      <button type="button" onClick={onClose}>
        Close
      </button>
    </h2>
    <div class="frame">
      <table>
        <thead>
          <tr>
            {['Item', 'Runs', 'Failed', 'Total', 'Median', 'Longest'].map((heading, i) => (
              <th key={heading} scope="col" class={i > 0 ? 'number' : undefined}>
                {heading}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {figures.slice(0, MOST_ITEMS).map(({ item, runs, failed, total, median, longest }) => (
            <tr key={item}>
              <th scope="row">{item === '' ? 'all conditions' : <ItemName of={item} />}</th>
              {[runs, failed, showNs(total), showNs(median), showNs(longest)].map((cell, i) => (
                <td key={`${item} ${i}`} class="number">
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
    {figures.length > MOST_ITEMS && <p class="below">and {figures.length - MOST_ITEMS} more items</p>}
  </section>
);

/** What is above the timeline. */
export const Tools = ({
  range,
  setRange,
  follow,
  setFollow,
  outcome,
  setOutcome,
  onSelect,
}: {
  readonly range: RangeName;
  readonly setRange: (range: RangeName) => void;
  readonly follow: boolean;
  readonly setFollow: (follow: boolean) => void;
  readonly outcome: ShownRuns;
  readonly setOutcome: (outcome: ShownRuns) => void;
  readonly onSelect: () => void;
}) => (
  <div class="tools" role="toolbar" aria-label="Timeline">
    <div class="buttons">
      {[
        ['zoom-in', 'Zoom in', '+'],
        ['zoom-out', 'Zoom out', '−'],
        ['earlier', 'Earlier', '◀'],
        ['later', 'Later', '▶'],
        ['fit', 'Fit everything', 'Fit'],
      ].map(([id, name, text]) => (
        <button key={id} type="button" id={id!} aria-label={name!} title={name!}>
          {text}
        </button>
      ))}
    </div>
    <label>
      Range{' '}
      <select value={range} onChange={({ currentTarget }) => setRange(currentTarget.value as RangeName)}>
        {Object.keys(RANGES).map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
    <label>
      <input type="checkbox" checked={follow} onChange={({ currentTarget }) => setFollow(currentTarget.checked)} />{' '}
      follow
    </label>
    <label>
      Show{' '}
      <select value={outcome} onChange={({ currentTarget }) => setOutcome(currentTarget.value as ShownRuns)}>
        {Object.keys(OUTCOMES).map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </label>
    <label>
      Items <input type="search" id="lanes" placeholder="part of a name" autoComplete="off" spellcheck={false} />
    </label>
    <label>
      <input type="checkbox" name="category" value="task" checked /> tasks
    </label>
    <label>
      <input type="checkbox" name="decisions" checked /> misses and events
    </label>
    <button type="button" onClick={onSelect}>
      Count what is shown
    </button>
  </div>
);

/** What the colours and patterns mean. */
const SIGNS = [
  ['success', 'succeeded'],
  ['failure', 'failed'],
  ['error', 'error or interrupted'],
  ['none', 'no outcome'],
  ['open', 'running'],
  ['other', 'cancelled or replaced'],
] as const;

export const Legend = () => (
  <ul class="legend" aria-label="Signs">
    {SIGNS.map(([kind, text]) => (
      <li key={kind} class="badge" data-kind={kind}>
        <i />
        {text}
      </li>
    ))}
  </ul>
);
