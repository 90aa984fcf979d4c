/** Longest delay of a timer of Node.js: longer ones fire at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

/** Calls `then` after a time of any length. Returns a function that cancels this. */
export const callAfter = (ms: number, then: () => void): (() => void) => {
  let timer: NodeJS.Timeout;
  let left = ms;
  const wait = (): void => {
    const delay = Math.min(left, LONGEST_DELAY_MS);
    left -= delay;
    timer = setTimeout(() => (left > 0 ? wait() : then()), delay);
  };
  wait();
  return () => clearTimeout(timer);
};
