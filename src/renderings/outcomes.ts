import type { Style } from '../terminal/terminal.ts';

/** Groups of outcomes: how something ended, or that it is still open. */
export const GRADES = ['good', 'quiet', 'bad', 'open'] as const;
/** One of {@link GRADES}. */
export type Grade = (typeof GRADES)[number];

const KNOWN: ReadonlyMap<string, Grade> = new Map([
  ...['success', 'positive', 'checked'].map((outcome) => [outcome, 'good'] as const),
  ...['failure', 'error'].map((outcome) => [outcome, 'bad'] as const),
]);

/** The grade of an outcome; a span without an outcome counts as good. `open`: it has not ended. */
export const gradeOf = (outcome: string | undefined, open = false): Grade =>
  open ? 'open' : (KNOWN.get(outcome ?? 'success') ?? 'quiet');

const STYLES: Readonly<Record<Grade, Style | undefined>> = { good: 'green', quiet: 'cyan', bad: 'red', open: 'yellow' };

/** How a grade is painted on a terminal. */
export const gradeStyle = (grade: Grade): Style | undefined => STYLES[grade];

/** Names of grades for a legend. */
export const GRADE_LABELS: Readonly<Record<Grade, string>> = {
  good: 'success',
  quiet: 'no or negative outcome',
  bad: 'failure',
  open: 'open',
};

const RANKING: readonly Grade[] = ['good', 'quiet', 'open', 'bad'];

/** The grade that is shown where two bars share a place. */
export const worse = (a: Grade, b: Grade): Grade => (RANKING.indexOf(a) >= RANKING.indexOf(b) ? a : b);
