import type { RunOutcome } from '../history/history-line.ts';
import type { RecentRun } from '../history/run-statistics.ts';

/** Durations from short to long, and a run that did not succeed. */
const UNICODE = { bars: '▁▂▃▄▅▆▇█', failed: '×' } as const;
const ASCII = { bars: '_.-~=+*#', failed: 'x' } as const;

const isSuccess = (outcome: RunOutcome): boolean => outcome === 'success' || outcome === 'none';

/** The last runs as bars, one a run, by how long each took, and a mark for each that did not succeed. The oldest is the first. */
export const sparkline = (recent: readonly RecentRun[], unicode: boolean): string => {
  const { bars, failed } = unicode ? UNICODE : ASCII;
  const durations = recent.flatMap(([outcome, seconds]) => (isSuccess(outcome) ? [seconds] : []));
  const [least, greatest] = [Math.min(...durations), Math.max(...durations)];
  const range = greatest - least;
  return recent
    .map(([outcome, seconds]) => {
      if (!isSuccess(outcome)) return failed;
      // Small differences are not shown as large ones.
      const part = range < greatest / 10 ? 0.5 : (seconds - least) / range;
      return bars[Math.min(bars.length - 1, Math.floor(part * bars.length))]!;
    })
    .join('');
};
