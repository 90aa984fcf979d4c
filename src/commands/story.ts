import type { StoryAnswer } from '../control/queries.ts';
import { CAUSES, type Transition } from '../journal/fact.ts';
import { oneLine } from '../log/one-line.ts';
import { formatInstant, repeatedSince } from '../terminal/instant.ts';
import { outputLines } from '../terminal/output-lines.ts';
import { table } from '../terminal/table.ts';
import { PLAIN, type Terminal } from '../terminal/terminal.ts';
import { paragraph } from '../terminal/wrap.ts';
import { countOption } from './option-values.ts';
import {
  answerJson,
  FOUND,
  FROM_OPTION,
  JSON_OPTION,
  NOTHING,
  printUnknown,
  QUERY_STATUS,
  type QueryOptions,
  send,
} from './query-common.ts';
import { printMessage, stdoutTerminal, writeAll } from './stdio.ts';
import type { Subcommand } from './subcommand.ts';

const changeOf = ({ start, finish }: Transition): string => (start === finish ? start : `${start} → ${finish}`);

const HEADINGS = ['WHEN', 'ITEM', 'STATE', 'CAUSE', 'WHY'] as const;
/** Columns that reasons need to be readable. */
const ROOM_FOR_WHY = 30;

/**
 * A story as a table in the order in which each row happened last; as paragraphs where a table has no room for reasons. `verbose`:
 * with the last lines that runs have written.
 */
export const formatStory = (
  { chapters, dropped }: StoryAnswer,
  terminal: Terminal = PLAIN,
  verbose = false,
): string => {
  const { width, paint } = terminal;
  const rows = chapters.map((one): readonly [string, string, string, string, string] => [
    formatInstant(one.lastTime),
    oneLine(one.key),
    oneLine(changeOf(one)),
    oneLine([one.lastCause, one.lastRun].filter((id) => id !== null).join(' ')),
    `${oneLine(one.why)}${repeatedSince(one)}`,
  ]);
  const lost = dropped > 0 ? `(${dropped} older chapters of all items are no longer kept)\n` : '';
  const taken = [0, 1, 2, 3].reduce((sum, i) => sum + 2 + Math.max(...rows.map((row) => row[i]!.length)), 0);
  const written = chapters.map(({ output }) => (verbose && output !== undefined ? outputLines(output, terminal) : ''));
  if (width === undefined || (taken + ROOM_FOR_WHY <= width && !verbose)) {
    const shown = table(
      HEADINGS.map((heading) => ({ heading })),
      rows,
      terminal,
    );
    if (!verbose) return `${shown}${lost}`;
    const [heading, ...lines] = shown.trimEnd().split('\n');
    return `${heading}\n${lines.map((line, i) => `${line}\n${written[i]}`).join('')}${lost}`;
  }
  const paragraphs = rows.map(([when, item, state, cause, why], i) => {
    const head = paragraph(`${when} ${item} ${state}${cause === '' ? '' : ` [${cause}]`}`, width, 6);
    return `${paint('dim', when)}${head.slice(when.length)}${paragraph(`      ${why}`, width, 6)}${written[i]}`;
  });
  return `${paragraphs.join('')}${lost}`;
};

const CAUSE = new RegExp(`^(?:${CAUSES.join('|')}|run)-\\d+$`);

/** Names of items and ids of causes and runs in the chapters. */
const namesIn = (chapters: readonly Transition[]): ReadonlySet<string | null> =>
  new Set(
    chapters.flatMap(({ key, ...ids }) => [
      ...[key, key.slice(key.indexOf('/') + 1)],
      ...[ids.cause, ids.lastCause, ids.run, ids.lastRun],
    ]),
  );

export const storyCommand: Subcommand<QueryOptions & { readonly count: number; readonly verbose?: true }> = {
  name: 'story',
  help: 'show what happened to an item, or because of a cause, oldest first',
  takes: [
    {
      form: '<ITEM...>',
      help: 'names such as Backup, condition/Backup, or causes such as tick-17, command-3',
      names: ['condition', 'task', 'event'],
    },
  ],
  options: [
    { flags: '-v, --verbose', help: 'with the last lines that runs have written' },
    countOption('how many chapters, the last ones'),
    JSON_OPTION,
    FROM_OPTION,
  ],
  exitStatus: QUERY_STATUS,
  examples: ['whenever story Backup -n 20'],
  run: async ({ args: items, options }) => {
    const { count, json, verbose = false } = options;
    const answer = (await send({ request: 'story', items, count }, options)) as StoryAnswer;
    const status = answer.chapters.length > 0 ? FOUND : NOTHING;
    if (json) writeAll(1, answerJson(answer));
    else if (status === FOUND) writeAll(1, formatStory(answer, stdoutTerminal(), verbose));
    if (json) return status;
    const found = namesIn(answer.chapters);
    const [causes, names] = [true, false].map((isCause) =>
      items.filter((item) => !found.has(item) && CAUSE.test(item) === isCause),
    );
    for (const cause of causes!)
      printMessage(`no change of state with cause ${cause} (of repeated changes only the first and the last are kept)`);
    await printUnknown(names!, 'item', options);
    return status;
  },
};
