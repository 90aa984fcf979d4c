import type { Problem } from './problem.ts';

/** Days that some months do not have: files without them are not parsed again. */
const LATE_DAY = /\d{4}-\d{2}-(?:29|30|31)/;

/** A date that is not in the calendar, which the parser takes for one of the next month. */
export const missingDates = async (text: string): Promise<Problem[]> => {
  if (!LATE_DAY.test(text)) return [];
  const { parseTOML } = await import('toml-eslint-parser');
  try {
    parseTOML(text, { tomlVersion: '1.1' });
    return [];
  } catch (error) {
    const { message, index } = error as { message: string; index?: number };
    if (!message.includes('invalid date') || index === undefined) return [];
    const before = text.slice(0, index + 1);
    const date = [...before.matchAll(/\d{4}-\d{2}-\d{2}/g)].at(-1);
    if (!date) return [];
    const lines = before.slice(0, date.index).split('\n');
    return [
      {
        path: [],
        at: 'value',
        position: { line: lines.length, column: lines.at(-1)!.length + 1 },
        text: `not valid TOML: the calendar does not have the date ${date[0]}`,
      },
    ];
  }
};
