import type { Transition } from '../../journal/fact.ts';
import { useAnswer, useLive } from './hooks.ts';
import type { PageProps } from './pages.tsx';
import { CauseName, Instant, ItemName, Waiting } from './parts.tsx';

/** Changes of state, the newest first. */
export const Chapters = ({ chapters }: { readonly chapters: readonly Transition[] }) =>
  chapters.length === 0 ? (
    <p class="empty">Nothing is recorded since the start.</p>
  ) : (
    <ol class="chapters">
      {chapters.toReversed().map((one) => (
        <li key={`${one.seq}`}>
          <Instant at={one.lastTime} /> <ItemName of={one.key} />{' '}
          <span>
            {one.start === one.finish ? one.finish : `${one.start} → ${one.finish}`}
            {one.count > 1 && ` (${one.count} times)`}
          </span>{' '}
          <span class="why">{one.why}</span>
          <span class="below">
            {(one.lastCause ?? one.cause) !== null && <CauseName of={(one.lastCause ?? one.cause)!} />}{' '}
            {(one.lastRun ?? one.run) !== null && <CauseName of={(one.lastRun ?? one.run)!} />}
          </span>
          {one.output && <code class="output">{one.output}</code>}
        </li>
      ))}
    </ol>
  );

/** What a cause or a run led to. */
export const StoryPage = ({ route }: PageProps) => {
  const of = route.path[1] ?? '';
  const latest = useLive(({ runs }) => runs[0]);
  const { answer, error } = useAnswer('story', { of }, latest);
  return (
    <>
      <p class="below">
        <a href="#/now">Now</a> / story
      </p>
      <h1>What {of} led to</h1>
      <section aria-label="Story">
        {answer === undefined ? <Waiting error={error} what="the story" /> : <Chapters chapters={answer.chapters} />}
        {answer !== undefined && answer.dropped > 0 && (
          <p class="note">{answer.dropped} older changes of state are no longer kept.</p>
        )}
      </section>
    </>
  );
};
