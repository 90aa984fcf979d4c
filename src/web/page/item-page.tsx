import { useMemo, useState } from 'preact/hooks';
import type { ItemAnswer, SlimEntry } from '../api.ts';
import { ActionButton, ConditionActions, useActions } from './actions.tsx';
import { Chart } from './chart.tsx';
import { useAnswer, useClock, useLive, useNow } from './hooks.ts';
import { LiveOutput } from './live-output.tsx';
import type { PageProps } from './pages.tsx';
import { Badge, Instant, ItemName, Outcome, TextBox, Waiting } from './parts.tsx';
import { byHook, isFailed } from './run-states.ts';
import { isRun, RunStrip, RunTable } from './runs.tsx';
import { Chapters } from './story-page.tsx';
import { decidedBy, durationText, nextText, STATE_KINDS, streakText, taskSign, whyText } from './words.ts';

/** Runs that are asked for. */
const RUNS = 100;

/** "Why not at …?" */
const WhyForm = ({ condition }: { readonly condition: string }) => {
  const [text, setText] = useState('');
  const [at, setAt] = useState<string | undefined>();
  const { answer, error, loading } = useAnswer('why', at === undefined ? undefined : { condition, at });
  return (
    <section aria-labelledby="why">
      <h2 id="why">Why, or why not, at …?</h2>
      <form
        class="tools"
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== '') setAt(text.trim());
        }}
      >
        <label>
          Instant{' '}
          <input
            value={text}
            required
            placeholder="2026-11-26 02:30"
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </label>
        <button type="submit">Explain</button>
      </form>
      <div role="status">
        {at !== undefined &&
          (error !== undefined ? (
            <p class="notice bad">{error}</p>
          ) : loading || answer === undefined ? (
            <p class="empty">Looking …</p>
          ) : (
            answer.sentences.map((sentence) => <p key={sentence}>{sentence}</p>)
          ))}
      </div>
    </section>
  );
};

/** How a condition stands, which changes while one looks. */
const ConditionState = ({ name }: { readonly name: string }) => {
  const one = useLive(({ overview }) => overview?.status?.conditions.find((other) => other.name === name));
  const clock = useClock();
  const now = useNow();
  if (one === undefined) return null;
  const next = nextText(one, now, clock);
  return (
    <dl class="facts">
      <div>
        <dt>State</dt>
        <dd>
          <Badge kind={STATE_KINDS[one.group]}>{one.group}</Badge> {whyText(one)}
        </dd>
      </div>
      {next !== '' && (
        <div>
          <dt>Next</dt>
          <dd>{next}</dd>
        </div>
      )}
      {one.last && (
        <div>
          <dt>Last run</dt>
          <dd>
            <Outcome outcome={one.last.outcome} /> <Instant at={one.last.time} now={now} />, took{' '}
            {durationText(one.last.seconds * 1000)} <span class="below">{streakText(one.last, now, clock)}</span>
            {one.last.failed && <span class="why">{decidedBy(one.tasks, one.last.with) + one.last.reason}</span>}
            {one.last.lastLine !== null && <code class="output">{one.last.lastLine}</code>}
          </dd>
        </div>
      )}
      <div>
        <dt>Tasks</dt>
        <dd>
          {one.tasks.map((task) => (
            <span key={task} class="listed">
              <ItemName of={`task/${task}`} />
            </span>
          ))}
        </dd>
      </div>
    </dl>
  );
};

const TaskState = ({ name }: { readonly name: string }) => {
  const one = useLive(({ overview }) => overview?.status?.tasks.find((other) => other.name === name));
  const conditions = useLive(({ overview }) => overview?.status?.conditions ?? []).filter(({ tasks }) =>
    tasks.includes(name),
  );
  if (one === undefined) return null;
  return (
    <dl class="facts">
      <div>
        <dt>State</dt>
        <dd>
          <Badge kind={taskSign(one.state)}>{one.state}</Badge>
        </dd>
      </div>
      <div>
        <dt>Conditions</dt>
        <dd>
          {conditions.map((condition) => (
            <span key={condition.name} class="listed">
              <ItemName of={`condition/${condition.name}`} />
            </span>
          ))}
        </dd>
      </div>
    </dl>
  );
};

const Source = ({ source }: { readonly source: NonNullable<ItemAnswer['source']> }) => (
  <section aria-labelledby="source">
    <h2 id="source">In the file</h2>
    <p class="below">
      <a href={`#/file?path=${encodeURIComponent(source.file)}&line=${source.line}`}>
        {source.file}, line {source.line}
      </a>
    </p>
    <TextBox title="Its part of the file">{source.text}</TextBox>
  </section>
);

const History = ({ entries, name }: { readonly entries: readonly SlimEntry[]; readonly name: string }) => {
  const runs = useMemo(() => entries.filter(isRun).toReversed(), [entries]);
  const { own, hooks } = useMemo(() => byHook(runs), [runs]);
  const chart = useMemo(() => {
    const ended = (own.length > 0 ? own : hooks).filter(({ seconds }) => seconds !== null);
    const line = (label: string, colour: string, fits: (outcome: string) => boolean) => ({
      ...{ label, colour, points: true as const },
      values: ended.map(({ outcome, seconds }) => (fits(outcome) ? seconds! * 1000 : null)),
    });
    const lines = [
      line('succeeded', '--success', (outcome) => outcome === 'success'),
      line('failed', '--failure', isFailed),
      line('other', '--none', (outcome) => outcome !== 'success' && !isFailed(outcome)),
    ];
    return { times: ended.map(({ began }) => began), lines };
  }, [own, hooks]);
  return (
    <>
      {own.length > 0 && <RunStrip runs={own} label="Outcomes, the oldest first" />}
      {hooks.length > 0 && (
        <>
          <p class="below">Begun as hooks:</p>
          <RunStrip runs={hooks} label="Outcomes of runs begun as hooks, the oldest first" />
        </>
      )}
      {chart.times.length > 1 && (
        <Chart
          label={`How long the last ${chart.times.length} runs of ${name} took; the table has each`}
          {...chart}
          format={durationText}
        />
      )}
      <RunTable entries={entries} caption={`The last ${entries.length}, the newest first`} />
    </>
  );
};

/** The latest run of an item that has come; whether it runs; the state of a condition. */
const useItem = (section: string, name: string) => {
  const latest = useLive(({ runs }) =>
    runs.find(({ condition, tasks }) =>
      section === 'condition' ? condition === name : tasks.some(({ task }) => task === name),
    ),
  );
  const running = useLive(({ overview }) =>
    section === 'task'
      ? overview?.status?.tasks.some((one) => one.name === name && one.state === 'running')
      : overview?.status?.conditions.some((one) => one.name === name && one.group === 'running'),
  );
  const group = useLive(({ overview }) => overview?.status?.conditions.find((one) => one.name === name)?.group);
  return { latest, running, group: section === 'condition' ? group : undefined };
};

/** What its tasks write while they run, each by itself. */
const RunningOutput = ({ section, name }: { readonly section: string; readonly name: string }) => {
  const one = useLive(({ overview }) => overview?.status?.conditions.find((other) => other.name === name));
  const tasks = section === 'task' ? [name] : (one?.tasks ?? []);
  return (
    <>
      {tasks.map((task) => (
        <figure key={task}>
          <figcaption>{task}</figcaption>
          <LiveOutput item={`task/${task}`} />
        </figure>
      ))}
    </>
  );
};

/** Its runs, or why they are not shown. */
const RunsSection = ({ of, again }: { readonly of: string; readonly again: unknown }) => {
  const { answer, error } = useAnswer('runs', { item: of, count: RUNS }, again);
  return (
    <section aria-labelledby="runs">
      <h2 id="runs">Runs</h2>
      {answer === undefined ? (
        <Waiting error={error} what="the runs" />
      ) : answer.entries.length === 0 ? (
        <p class="empty">No run is known.</p>
      ) : (
        <History entries={answer.entries} name={of} />
      )}
    </section>
  );
};

/** One item: how it stands, its runs, its story, its part of the file. */
export const ItemPage = ({ route }: PageProps) => {
  const key = route.path[1] ?? '';
  const at = key.indexOf('/');
  const [section, name] = [key.slice(0, at), key.slice(at + 1)];
  const offered = useActions();
  // Asked again when a run of it has begun or ended.
  const { latest, running, group } = useItem(section, name);
  const item = useAnswer('item', { key }, latest);
  const { answer } = item;
  return (
    <div data-item-page={key}>
      <p class="below">
        <a href="#/now">Now</a> / {section}
      </p>
      <h1>
        <bdi>{name}</bdi>
      </h1>
      {group !== undefined && <ConditionActions name={name} group={group} />}
      {section === 'event' && offered && (
        <span class="buttons">
          <ActionButton action="trigger" name={name} label="Trigger" />
        </span>
      )}
      {answer === undefined && <Waiting error={item.error} what="the item" />}
      {answer?.description.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      <section aria-label="How it stands">
        {section === 'condition' && <ConditionState name={name} />}
        {section === 'task' && <TaskState name={name} />}
        {answer && answer.coming.length > 0 && (
          <p>
            Coming:{' '}
            {answer.coming.slice(0, 5).map((instant) => (
              <span key={instant} class="listed">
                <Instant at={instant} />
              </span>
            ))}
          </p>
        )}
      </section>
      {running && (
        <section aria-labelledby="live">
          <h2 id="live">What it writes now</h2>
          <RunningOutput section={section} name={name} />
        </section>
      )}
      {section !== 'event' && <RunsSection of={key} again={latest} />}
      {section === 'condition' && <WhyForm condition={name} />}
      {answer && (
        <section aria-labelledby="story">
          <h2 id="story">Story</h2>
          <Chapters chapters={answer.story} />
        </section>
      )}
      {answer?.source && <Source source={answer.source} />}
    </div>
  );
};
