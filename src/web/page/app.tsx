import { useEffect, useMemo, useState } from 'preact/hooks';
import type { SlimRun } from '../api.ts';
import { store } from './connection.ts';
import { useLive, useNow, useRoute } from './hooks.ts';
import { KEYS, PAGES, type PageRow } from './pages.tsx';
import { Dialog, Instant, ItemName, Outcome } from './parts.tsx';
import { isFailed } from './run-states.ts';
import type { PageState } from './store.ts';
import { decidedBy, durationText } from './words.ts';

/** The clocks of the page and of the daemon are the same, but instants of the daemon are rounded. ms */
const CLOCK_MS = 1000;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input, select, textarea, dialog') !== null;

/** Runs the condition whose row has the focus, or whose page is open. */
const runFocused = (): void =>
  (document.activeElement?.closest('[data-condition]') ?? document.querySelector('[data-item-page]'))
    ?.querySelector<HTMLButtonElement>('button[data-action="run"]')
    ?.click();

/** The pages of the navigation. */
const useListed = (): readonly PageRow[] => {
  const hasFleet = useLive(({ overview }) => overview?.hasFleet === true);
  return useMemo(() => PAGES.filter(({ key, fleet }) => key !== undefined && (hasFleet || !fleet)), [hasFleet]);
};

/** Keys that work on every page. */
const useShortcuts = (listed: readonly PageRow[], showHelp: () => void): void =>
  useEffect(() => {
    const acts: Readonly<Record<string, () => void>> = {
      '?': showHelp,
      '/': () => document.querySelector<HTMLElement>('main input[type="search"]')?.focus(),
      r: runFocused,
      ...Object.fromEntries(listed.map(({ key, path }) => [key, () => (location.hash = `#/${path}`)])),
    };
    const listen = (event: KeyboardEvent): void => {
      const { key, ctrlKey, metaKey, altKey, target } = event;
      const perform = ctrlKey || metaKey || altKey || isTyping(target) ? undefined : acts[key];
      if (perform === undefined) return;
      perform();
      event.preventDefault();
    };
    addEventListener('keydown', listen);
    return () => removeEventListener('keydown', listen);
  }, [listed]);

/** What is wrong with the connection, the instance, or its file. */
const Banners = () => {
  const connection = useLive((state) => state.connection);
  const overview = useLive((state) => state.overview);
  const now = useNow();
  const { instance, status } = overview ?? {};
  const refused = status?.refused;
  return (
    <>
      {connection === 'lost' && (
        <p class="notice" role="alert">
          The connection to <code>whenever web</code> is lost: trying again. If the command has ended, start it again.
        </p>
      )}
      {instance && instance.state !== 'running' && (
        <p class="notice" role="alert">
          {instance.state === 'silent' ? 'No answer from the instance' : 'Not running'}
          {instance.since > 0 && (
            <>
              {' '}
              since <Instant at={instance.since} now={now} />
            </>
          )}
          {instance.why && `: ${instance.why}`}. What is shown is what is known from before. This page goes on by itself
          when it {instance.state === 'silent' ? 'answers' : 'runs'} again.
        </p>
      )}
      {refused && instance?.state === 'running' && (
        <p class="notice" role="alert">
          The file was refused, so what runs is older: {refused.problems[0]} <a href="#/file">Show the file</a>
        </p>
      )}
    </>
  );
};

/** The run that the last action began, as far as it is known. */
const runOfAction = ({ said, runs }: PageState): SlimRun | undefined => {
  if (said?.run === undefined) return undefined;
  const { condition, since } = said.run;
  return runs.find(
    (one) => one.condition === condition && one.began >= since - CLOCK_MS && one.cause.startsWith('command-'),
  );
};

/** How a run has gone, and what it wrote last. */
const RunOfAction = ({ run }: { readonly run: SlimRun }) => (
  <>
    <Outcome outcome={run.outcome} />
    {run.seconds !== null && <>after {durationText(run.seconds * 1000)}: </>}
    {decidedBy(run.tasks, run.task)}
    {run.reason} <ItemName of={`condition/${run.condition}`}>Its output</ItemName>
    {run.lastLine !== null && <code class="output">{run.lastLine}</code>}
  </>
);

/** The answer to the last action. */
const SaidLine = () => {
  const said = useLive((state) => state.said);
  const run = useLive(runOfAction);
  const isBad = said?.bad || (run !== undefined && isFailed(run.outcome));
  return (
    <div role="status" class="said">
      {said && (
        <p class={isBad ? 'notice bad' : 'notice good'}>
          {said.text} {run && <RunOfAction run={run} />} {said.link && <a href={said.link.to}>{said.link.text}</a>}{' '}
          <button type="button" class="link" onClick={() => store.set({ said: null })}>
            Close
          </button>
        </p>
      )}
    </div>
  );
};

const Help = ({ listed, onClose }: { readonly listed: readonly PageRow[]; readonly onClose: () => void }) => (
  <Dialog title="Keys" onClose={onClose}>
    <dl class="facts">
      {listed.map(({ key, title }) => (
        <div key={key}>
          <dt>
            <kbd>{key}</kbd>
          </dt>
          <dd>{title}</dd>
        </div>
      ))}
      {KEYS.map(([key, help]) => (
        <div key={key}>
          <dt>
            <kbd>{key}</kbd>
          </dt>
          <dd>{help}</dd>
        </div>
      ))}
    </dl>
    <p class="buttons">
      <button type="button" onClick={onClose}>
        Close
      </button>
    </p>
  </Dialog>
);

export const App = () => {
  const route = useRoute();
  const [help, setHelp] = useState(false);
  const listed = useListed();
  useShortcuts(listed, () => setHelp(true));
  const { path, title, Page } = PAGES.find((page) => page.path === route.path[0]) ?? PAGES[0]!;
  const name = path === 'item' ? (route.path[1] ?? '') : path === 'story' ? (route.path[1] ?? '') : title;
  useEffect(() => {
    document.title = `${name} - whenever`;
    // A new page is read from its heading.
    scrollTo(0, 0);
  }, [name]);
  return (
    <>
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        Skip to the content
      </button>
      <nav aria-label="Pages">
        <ul>
          {listed.map((page) => (
            <li key={page.path}>
              <a href={`#/${page.path}`} aria-current={page.path === path ? 'page' : undefined}>
                {page.title}
              </a>
            </li>
          ))}
          <li class="end">
            <button type="button" aria-label="Keys" onClick={() => setHelp(true)}>
              ?
            </button>
          </li>
        </ul>
      </nav>
      <main id="main" tabIndex={-1}>
        <Banners />
        <SaidLine />
        <Page route={route} key={name} />
      </main>
      {help && <Help listed={listed} onClose={() => setHelp(false)} />}
    </>
  );
};
