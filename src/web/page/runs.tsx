import { useState } from 'preact/hooks';
import type { SlimEntry, SlimRun, SlimTask } from '../api.ts';
import { useAnswer, useClock } from './hooks.ts';
import { Badge, CauseName, Duration, Instant, ItemName, Outcome, TextBox, useIsPast, Waiting } from './parts.tsx';
import { storyLink } from './route.ts';
import { isFailed } from './run-states.ts';
import { decidedBy, durationText, outcomeOf } from './words.ts';

/** Whether a row of the history is a run. */
export const isRun = (entry: SlimEntry): entry is SlimRun | SlimTask => entry.kind === 'run' || entry.kind === 'task';

const STREAMS = [
  ['stdout', 'Standard output'],
  ['stderr', 'Standard error'],
  ['log', 'Log of the script'],
] as const;

/** What a run wrote: each of its tasks, and its check. `task`: only this one. `machine`: another one of the fleet. */
export const RunOutputView = ({
  session,
  run,
  task,
  machine,
}: {
  readonly session: string;
  readonly run: string;
  readonly task?: string;
  readonly machine?: string | undefined;
}) => {
  const { answer, error } = useAnswer('output', { session, run, ...(machine === undefined ? {} : { machine }) });
  if (answer === undefined) return <Waiting error={error} what="the output" />;
  const outputs = answer.outputs.filter((one) => task === undefined || one.task === task);
  const written = outputs.flatMap((one) =>
    STREAMS.flatMap(([stream, name]) => {
      const text = one[stream];
      return text ? [{ key: `${one.task} ${stream}`, title: `${name} of ${one.task ?? 'the check'}`, text }] : [];
    }),
  );
  if (written.length === 0) return <p class="empty">It wrote nothing.</p>;
  return (
    <>
      {written.map(({ key, title, text }) => (
        <figure key={key}>
          <figcaption>{title}</figcaption>
          <TextBox title={title}>{text}</TextBox>
        </figure>
      ))}
    </>
  );
};

/** The tasks of a run as a path: what began it, each task with how it ended. `foreign`: the instance of this page knows nothing of its cause. */
export const RunPath = ({ run, foreign = false }: { readonly run: SlimRun; readonly foreign?: boolean }) => (
  <ol class="path">
    <li>
      {foreign ? run.cause : <CauseName of={run.cause} at={run.began} />} <span class="below">{run.why}</span>
    </li>
    {run.tasks.map((task) => (
      <li key={task.task}>
        <Outcome outcome={task.outcome} />
        <ItemName of={`task/${task.task}`} />{' '}
        <span class="below">
          {task.seconds !== null && durationText(task.seconds * 1000)}
          {task.attempts !== undefined && task.attempts > 1 && `, ${task.attempts} attempts`}
        </span>
        {task.outcome !== 'success' && <span class="why">{task.why}</span>}
        {task.lastLine !== null && <code class="output">{task.lastLine}</code>}
      </li>
    ))}
  </ol>
);

/** Where it ran, and what. */
const MachineCells = ({ machine, condition }: { readonly machine: string; readonly condition: string | undefined }) => (
  <>
    <td data-label="Machine">
      <bdi>{machine}</bdi>
    </td>
    <td data-label="Condition">
      <bdi>{condition}</bdi>
    </td>
  </>
);

const RunRow = ({
  entry,
  machine,
  open,
  onOpen,
}: {
  readonly entry: SlimRun | SlimTask;
  readonly machine: string | undefined;
  readonly open: boolean;
  readonly onOpen: () => void;
}) => {
  const [reason, decided] = entry.kind === 'run' ? [entry.reason, decidedBy(entry.tasks, entry.task)] : [entry.why, ''];
  const { kind } = outcomeOf(entry.outcome);
  const isPast = useIsPast(entry.began);
  return (
    <>
      <tr class={isFailed(entry.outcome) ? 'bad' : undefined}>
        <td data-label="Began">
          <Instant at={entry.began} />
        </td>
        {machine !== undefined && <MachineCells machine={machine} condition={entry.condition} />}
        <td data-label="Outcome">
          <Outcome outcome={entry.outcome} />
          {entry.hook && <span class="below">{entry.hook}</span>}
        </td>
        <td data-label="Took" class="number">
          {entry.seconds !== null && <Duration ms={entry.seconds * 1000} />}
        </td>
        <td data-label="Why">
          {kind !== 'success' && reason && <span class="why">{decided + reason}</span>}
          {entry.lastLine !== null && <code class="output">{entry.lastLine}</code>}
        </td>
        <td>
          <button type="button" aria-expanded={open} onClick={onOpen}>
            {open ? 'Less' : 'Output and more'}
          </button>
        </td>
      </tr>
      {open && (
        <tr class="more">
          <td colSpan={machine === undefined ? 5 : 7}>
            <p>
              {entry.run}, because of{' '}
              {machine === undefined ? <CauseName of={entry.cause} at={entry.began} /> : entry.cause}:{' '}
              {entry.kind === 'run' ? entry.why : ''}{' '}
              {machine === undefined && !isPast && <a href={storyLink(entry.run)}>Its story</a>}
            </p>
            {entry.kind === 'run' && <RunPath run={entry} foreign={machine !== undefined} />}
            <RunOutputView
              session={entry.session}
              run={entry.run}
              machine={machine}
              {...(entry.kind === 'task' ? { task: entry.task } : {})}
            />
          </td>
        </tr>
      )}
    </>
  );
};

const MissedRow = ({
  entry,
  machine,
}: {
  readonly entry: Exclude<SlimEntry, SlimRun | SlimTask>;
  readonly machine: string | undefined;
}) => {
  const clock = useClock();
  const [kind, text, at] =
    entry.kind === 'missed'
      ? [
          'failure',
          `missed${entry.count > 1 ? ` ${entry.count} times, the last at ${clock.full(entry.last)}` : ''}: ${entry.why}`,
          entry.first,
        ]
      : entry.kind === 'not-running'
        ? ['negative', `whenever was not running until ${clock.full(entry.to)}`, entry.from]
        : ['failure', `${entry.lines} lines of the history were lost: ${entry.why}`, entry.at];
  return (
    <tr>
      <td data-label="Began">
        <Instant at={at as number} />
      </td>
      {machine !== undefined && (
        <MachineCells machine={machine} condition={entry.kind === 'missed' ? entry.condition : undefined} />
      )}
      <td colSpan={4}>
        <Badge kind={kind as string}>{text}</Badge>
      </td>
    </tr>
  );
};

const keyOf = (entry: SlimEntry): string =>
  isRun(entry)
    ? `${entry.session} ${entry.run} ${entry.kind === 'task' ? entry.task : ''} ${entry.began}`
    : `${entry.kind} ${entry.kind === 'missed' ? entry.first : entry.kind === 'lost' ? entry.at : entry.from}`;

/** Runs as a table, each of which opens. `machines`: where each of them ran; absent: all here. */
export const RunTable = ({
  entries,
  machines,
  caption,
}: {
  readonly entries: readonly SlimEntry[];
  readonly machines?: readonly string[];
  readonly caption: string;
}) => {
  const [open, setOpen] = useState<string | null>(null);
  return (
    <div class="frame">
      <table class="cards">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Began</th>
            {machines && <th scope="col">Machine</th>}
            {machines && <th scope="col">Condition</th>}
            <th scope="col">Outcome</th>
            <th scope="col" class="number">
              Took
            </th>
            <th scope="col">Why, and what it wrote last</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {entries.map((entry, i) => {
            const machine = machines?.[i];
            const key = `${machine ?? ''} ${keyOf(entry)}`;
            const toggle = (): void => setOpen(open === key ? null : key);
            return isRun(entry) ? (
              <RunRow key={key} {...{ entry, machine }} open={open === key} onOpen={toggle} />
            ) : (
              <MissedRow key={key} {...{ entry, machine }} />
            );
          })}
        </tbody>
      </table>
    </div>
  );
};

/** The outcomes of runs as a strip, the oldest first; the height says how long each took. */
export const RunStrip = ({
  runs,
  label,
}: {
  readonly runs: readonly (SlimRun | SlimTask)[];
  readonly label: string;
}) => {
  const clock = useClock();
  const longest = Math.max(1e-3, ...runs.map(({ seconds }) => seconds ?? 0));
  const letter = { success: '', failure: '✗', error: '✗', none: '·', negative: '!', other: '–', open: '…' } as const;
  return (
    <ol class="strip" aria-label={label}>
      {runs.map((run) => {
        const { kind, text } = outcomeOf(run.outcome);
        const sentence = `${clock.full(run.began)}: ${text}${run.seconds === null ? '' : ` in ${durationText(run.seconds * 1000)}`}`;
        return (
          <li key={`${run.session} ${run.run} ${run.began}`} data-kind={kind} title={sentence}>
            <span aria-hidden="true">{letter[kind as keyof typeof letter]}</span>
            <meter class="sr" min={0} max={longest} value={run.seconds ?? 0}>
              {sentence}
            </meter>
          </li>
        );
      })}
    </ol>
  );
};
