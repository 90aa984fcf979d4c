import type { Style } from '../terminal/terminal.ts';

/** What outcomes come down to: how something ended, or that it is still open. */
export const GRADES = ['good', 'quiet', 'bad', 'open'] as const;
/** One of {@link GRADES}. */
export type Grade = (typeof GRADES)[number];

const KNOWN: Readonly<Record<string, Grade>> = {
  ...{ success: 'good', positive: 'good', checked: 'good' },
  ...{ none: 'quiet', negative: 'quiet', dropped: 'quiet' },
  ...{ failure: 'bad', error: 'bad' },
};

/** The grade of an outcome; spans that tell none are taken for good ones. `open`: it has not ended. */
export const gradeOf = (outcome: string | undefined, open = false): Grade =>
  open ? 'open' : (KNOWN[outcome ?? 'success'] ?? 'quiet');

const STYLES: Readonly<Record<Grade, Style | undefined>> = { good: 'green', quiet: 'cyan', bad: 'red', open: 'yellow' };

/** How a grade is painted on a terminal. */
export const gradeStyle = (grade: Grade): Style | undefined => STYLES[grade];
