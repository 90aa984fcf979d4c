import { APPLICATION, contextWords, type Format, PRIORITY } from './format.ts';
import { oneLine } from './one-line.ts';

/**
 * Makes the entries of the journal of systemd as `logger --journald` reads them: a field on each line. That program has no form for values with
 * line ends as the export format of the journal has one; it joins several MESSAGE instead. It cannot take a NUL, which is an escape here. In
 * all other fields control characters are escapes.
 */
export const journalEntry =
  ({ pid }: { readonly pid: number }): Format =>
  ({ time, level, context, mark, message, origin, details }) => {
    const { emitter, action, item } = context;
    const text = `${contextWords(context)}: ${message}`.replaceAll('\0', '\\x00');
    const fields: readonly (readonly [name: string, value: string | number | null | undefined])[] = [
      ['PRIORITY', PRIORITY[level]],
      ['SYSLOG_IDENTIFIER', APPLICATION],
      ['SYSLOG_PID', pid],
      ['WHENEVER_TIME', new Date(time).toISOString()],
      ['WHENEVER_LEVEL', level],
      ['WHENEVER_MARK', mark],
      ['WHENEVER_EMITTER', emitter],
      ['WHENEVER_ACTION', action],
      ['WHENEVER_ITEM', item],
      ['WHENEVER_RUN', origin?.run],
      ['WHENEVER_CAUSE', origin?.cause],
      ['CODE_FILE', details?.source?.file],
      ['CODE_LINE', details?.source?.line],
    ];
    let entry = text
      .split('\n')
      .map((line) => `MESSAGE=${line}\n`)
      .join('');
    for (const [name, value] of fields)
      if (value !== null && value !== undefined) entry += `${name}=${oneLine(String(value))}\n`;
    return entry;
  };
