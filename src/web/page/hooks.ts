import { useEffect, useMemo, useState } from 'preact/hooks';
import type { QuestionName, Questions } from '../api.ts';
import { AnswerError, ask, store } from './connection.ts';
import { parseRoute, type Route } from './route.ts';
import type { PageState } from './store.ts';
import { clockOf, type PageClock } from './words.ts';

/** The live state; the component is drawn again when the part that `pick` takes has changed. */
export const useLive = <T>(pick: (state: PageState) => T): T => {
  const [value, setValue] = useState(() => pick(store.state));
  useEffect(() => {
    const update = (): void => setValue(() => pick(store.state));
    update();
    return store.subscribe(update);
  }, []);
  return value;
};

/** The clock in the zone of the server. */
export const useClock = (): PageClock => {
  const zone = useLive(({ overview }) => overview?.zone ?? 'UTC');
  return useMemo(() => clockOf(zone), [zone]);
};

/** The present, each second; it stands still while the page is hidden. Wall-clock ms. */
export const useNow = (everyMs = 1000): number => {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => document.hidden || setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
};

const routeNow = (): Route => parseRoute(location.hash);
/** What the address says. */
export const useRoute = (): Route => {
  const [route, setRoute] = useState(routeNow);
  useEffect(() => {
    const update = (): void => setRoute(routeNow());
    addEventListener('hashchange', update);
    return () => removeEventListener('hashchange', update);
  }, []);
  return route;
};

/** How a question stands: the last answer stays while a new one is under way. */
export interface Asked<T> {
  readonly answer: T | undefined;
  readonly error: string | undefined;
  readonly loading: boolean;
}

/** Asks a question again whenever it or `again` changes; `undefined`: nothing is asked. */
export const useAnswer = <K extends QuestionName>(
  name: K,
  query: Questions[K]['query'] | undefined,
  again: unknown = 0,
): Asked<Questions[K]['answer']> => {
  const [asked, setAsked] = useState<Asked<Questions[K]['answer']>>({
    answer: undefined,
    error: undefined,
    loading: true,
  });
  const key = JSON.stringify(query);
  useEffect(() => {
    if (query === undefined) return;
    const leaving = new AbortController();
    setAsked((before) => ({ ...before, loading: true }));
    ask(name, query, leaving.signal).then(
      (answer) => leaving.signal.aborted || setAsked({ answer, error: undefined, loading: false }),
      (error: unknown) => {
        if (leaving.signal.aborted) return;
        const text = error instanceof AnswerError ? error.message : 'the server of this page cannot be reached';
        setAsked((before) => ({ ...before, error: text, loading: false }));
      },
    );
    return () => leaving.abort();
  }, [name, key, again]);
  return asked;
};
