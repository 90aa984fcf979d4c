import type { ComponentChildren, RefObject, TargetedEvent } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { RunOutcome } from '../../history/history-line.ts';
import { useClock, useLive } from './hooks.ts';
import { itemLink, storyLink } from './route.ts';
import { durationText, outcomeOf } from './words.ts';

/** A sign with its word. */
export const Badge = ({ kind, children }: { readonly kind: string; readonly children: ComponentChildren }) => (
  <span class="badge" data-kind={kind}>
    <i aria-hidden="true" />
    {children}
  </span>
);

export const Outcome = ({ outcome }: { readonly outcome: RunOutcome | 'running' }) => {
  const { kind, text } = outcomeOf(outcome);
  return <Badge kind={kind}>{text}</Badge>;
};

/** An instant, short beside `now`; the whole one is in its title. */
export const Instant = ({ at, now }: { readonly at: number; readonly now?: number }) => {
  const clock = useClock();
  return (
    <time dateTime={new Date(at).toISOString()} title={clock.full(at)}>
      {now === undefined ? clock.full(at) : clock.short(at, now)}
    </time>
  );
};

export const Duration = ({ ms }: { readonly ms: number }) => <span class="duration">{durationText(ms)}</span>;

/** The name of an item, as a link to its page. */
export const ItemName = ({ of, children }: { readonly of: string; readonly children?: ComponentChildren }) => (
  <a class="item" href={itemLink(of)}>
    <bdi>{children ?? of.slice(of.indexOf('/') + 1)}</bdi>
  </a>
);

/** Whether something happened before the instance that runs: its numbers are given again, and its story is gone. */
export const useIsPast = (at: number | undefined): boolean => {
  const started = useLive(({ overview }) => overview?.status?.started);
  return at !== undefined && started !== undefined && at < started;
};

/** A cause or a run, as a link to what it led to. `at`: when it was, if it can be one of an earlier instance. */
export const CauseName = ({ of, at }: { readonly of: string; readonly at?: number }) =>
  useIsPast(at) ? <span title="before the last start">{of}</span> : <a href={storyLink(of)}>{of}</a>;

/** What is said while there is no answer. */
export const Waiting = ({ error, what }: { readonly error: string | undefined; readonly what: string }) =>
  error === undefined ? (
    <p class="empty" role="status">
      Loading {what} …
    </p>
  ) : (
    <p class="notice" role="alert">
      {what} cannot be shown: {error}
    </p>
  );

/** Text as it is, which scrolls by itself. */
export const TextBox = ({
  title,
  box,
  onScroll,
  children,
}: {
  readonly title: string;
  readonly box?: RefObject<HTMLElement | null>;
  readonly onScroll?: (event: TargetedEvent<HTMLElement>) => void;
  readonly children: ComponentChildren;
}) => (
  <section
    {...(box ? { ref: box } : {})}
    class="box"
    aria-label={title}
    tabIndex={0}
    {...(onScroll ? { onScroll } : {})}
  >
    <pre>{children}</pre>
  </section>
);

/** A question over the page. It takes the focus, and gives it back. */
export const Dialog = ({
  title,
  onClose,
  children,
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}) => {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element?.showModal();
    return () => {
      // While it is open, nothing else can have the focus.
      element?.close();
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby="dialog-title"
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <h2 id="dialog-title">{title}</h2>
      {children}
    </dialog>
  );
};
