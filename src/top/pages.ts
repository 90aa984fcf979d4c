import { stripVTControlCharacters } from 'node:util';
import { formatStory } from '../commands/story.ts';
import type { LogFact } from '../journal/fact.ts';
import { plain } from '../log/format.ts';
import { oneLine } from '../log/one-line.ts';
import type { Level } from '../log/record.ts';
import { counted } from '../plural.ts';
import { conditionTable, taskTable } from '../terminal/status-text.ts';
import type { Style, Terminal } from '../terminal/terminal.ts';
import { widthOf, wrap } from '../terminal/wrap.ts';
import { selectedLine } from './fit.ts';
import { KEYS } from './keys.ts';
import type { ItemOutput, OutputPiece, Page, TopState } from './model.ts';

const LEVEL_STYLES: Readonly<Record<Level, Style | undefined>> = {
  ...{ error: 'red', warn: 'yellow', info: undefined, debug: 'dim', trace: 'dim' },
};

/** A text as lines that fit, in one style. */
const fitted = (text: string, { width, paint }: TopState['terminal'], style?: Style): readonly string[] =>
  wrap(text, width).map((line) => paint(style, line));

const recordLines = (record: LogFact, terminal: TopState['terminal']): readonly string[] =>
  fitted(plain(record).trimEnd(), terminal, LEVEL_STYLES[record.level]);

const TAB = 8;
/** A line that a program wrote, as a terminal would leave it: what a carriage return overwrote is gone, and so are colours. */
const writtenLine = (line: string): string => {
  const last = line.replace(/\r+$/, '').split('\r').at(-1)!;
  let text = '';
  for (const piece of stripVTControlCharacters(last).split(/(\t)/))
    text += piece === '\t' ? ' '.repeat(TAB - (text.length % TAB)) : piece;
  return oneLine(text);
};

/** The lines of what was written. */
const writtenLines = (pieces: readonly OutputPiece[], terminal: TopState['terminal']): readonly string[] => {
  const lines: { stream: OutputPiece['stream']; text: string; open: boolean }[] = [];
  for (const { stream, text } of pieces) {
    const parts = text.split('\n');
    parts.forEach((part, i) => {
      const last = lines.at(-1);
      if (i === 0 && last?.open && last.stream === stream) last.text += part;
      else if (i < parts.length - 1 || part !== '') lines.push({ stream, text: part, open: true });
      if (i < parts.length - 1) lines.at(-1)!.open = false;
    });
  }
  return lines.flatMap(({ stream, text }) =>
    fitted(writtenLine(text), terminal, stream === 'stderr' ? 'yellow' : undefined),
  );
};

/** What is kept of an output, in the order of its streams. */
export const outputPieces = ({ stdout, log, stderr }: ItemOutput['output']): readonly OutputPiece[] =>
  [
    { stream: 'stdout', text: stdout ?? '' },
    { stream: 'log', text: log ?? '' },
    { stream: 'stderr', text: stderr ?? '' },
  ].filter((piece): piece is OutputPiece => piece.text !== '');

const nameOf = (item: string): string => item.replace('/', ' ');

/** The page of a condition: how it stands, its tasks, its story, what it wrote. */
const conditionLines = (page: Extract<Page, { kind: 'condition' }>, state: TopState): readonly string[] => {
  const { terminal, now, conditions, tasks } = state;
  const report = conditions.get(page.condition);
  if (report === undefined) return ['It is not in the running configuration any more.'];
  const heading = (text: string) => ['', terminal.paint('bold', text)];
  const facts = conditionTable([report], now, terminal).trimEnd().split('\n');
  const own = report.tasks.flatMap((name) => tasks.get(name) ?? []);
  const { story, output } = page;
  return [
    ...facts,
    ...taskTable(own, now, terminal).trimEnd().split('\n'),
    ...(output === undefined ? [] : outputLines(output, terminal, heading)),
    ...heading('Story'),
    ...(story === undefined ? ['…'] : story.chapters.length === 0 ? ['(nothing)'] : storyLines(story, terminal)),
  ];
};
const storyLines = (story: NonNullable<Extract<Page, { kind: 'condition' }>['story']>, terminal: Terminal) =>
  formatStory(story, terminal).trimEnd().split('\n');

/** Lines of an output on the page of a condition. */
const MOST_OUTPUT = 12;
const outputLines = (
  { item, run, running, output }: ItemOutput,
  terminal: TopState['terminal'],
  heading: (text: string) => readonly string[],
): readonly string[] => {
  if (run === null) return [];
  const lines = writtenLines(outputPieces(output), terminal);
  const what = `What ${nameOf(item)} ${running ? 'has written so far' : 'wrote'} (${run})`;
  if (lines.length === 0) return heading(`${what}: nothing`);
  const more = lines.length > MOST_OUTPUT ? [`(${counted(lines.length - MOST_OUTPUT, 'line')} before: o)`] : [];
  return [...heading(what), ...more.map((text) => terminal.paint('dim', text)), ...lines.slice(-MOST_OUTPUT)];
};

/** The keys with what they do. */
const helpLines = ({ terminal }: TopState): readonly string[] => {
  const room = Math.max(...KEYS.map(({ shown }) => widthOf(shown))) + 2;
  const places = { any: 'Everywhere', list: 'In the list', condition: 'On a condition', log: 'On the log' } as const;
  return Object.entries(places).flatMap(([place, title]) => [
    terminal.paint('bold', title),
    ...KEYS.filter((row) => row.place === place).flatMap(({ shown, help }) =>
      wrap(help.replaceAll('`', ''), Math.max(20, terminal.width - room)).map((line, i) =>
        i === 0 ? `${shown}${' '.repeat(room - widthOf(shown))}${line}` : `${' '.repeat(room)}${line}`,
      ),
    ),
    '',
  ]);
};

/** The names of a page of events that are shown. */
export const eventNames = ({ names = [], filter }: Extract<Page, { kind: 'events' }>): readonly string[] =>
  names.filter((name) => name.toLowerCase().includes(filter.toLowerCase()));

const eventLines = (page: Extract<Page, { kind: 'events' }>, { terminal }: TopState): readonly string[] => {
  if (page.names === undefined) return ['…'];
  const names = eventNames(page);
  if (names.length === 0) return ['There are no events of type cli here.'];
  return names.map((name, i) =>
    i === page.selected
      ? selectedLine(`${terminal.unicode ? '▶' : '>'} ${oneLine(name)}`, terminal)
      : `  ${oneLine(name)}`,
  );
};

const ALL_LINES: {
  readonly [K in Page['kind']]: (page: Extract<Page, { kind: K }>, state: TopState) => readonly string[];
} = {
  condition: conditionLines,
  output: ({ pieces }, { terminal }) => writtenLines(pieces, terminal),
  log: ({ records }, { terminal }) => records.flatMap((record) => recordLines(record, terminal)),
  events: eventLines,
  help: (_, state) => helpLines(state),
};

/** All lines of a page, of which those that the filter leaves are shown. */
export const pageLines = (page: Page, state: TopState): readonly string[] => {
  const lines = (ALL_LINES[page.kind] as (page: Page, state: TopState) => readonly string[])(page, state);
  const wanted = page.filter.toLowerCase();
  if (wanted === '' || page.kind === 'events') return lines;
  return lines.filter((line) => stripVTControlCharacters(line).toLowerCase().includes(wanted));
};

/** What a page shows, in a line. */
export const titleOf = (page: Page): string => {
  switch (page.kind) {
    case 'condition':
      return `condition ${page.condition}`;
    case 'output': {
      const { run, state, items, item } = page;
      const ended = run === null ? 'no run is known' : `${run}, ended`;
      const what = { asked: '…', running: `${run}, which is under way`, ended }[state];
      return `output of ${nameOf(item)}: ${what}${items.length > 1 ? ` (${items.indexOf(item) + 1} of ${items.length}: Tab)` : ''}`;
    }
    case 'log':
      return `log${page.item === undefined ? '' : ` of ${nameOf(page.item)}`}: ${page.level ?? 'what is logged'}${page.level ? ' and more severe' : ''} (+ -)`;
    case 'events':
      return 'fire an event: Enter chooses it';
    case 'help':
      return 'the keys of whenever top';
  }
};

/** Lines of a page that fit on the screen. */
export const pageRoom = ({ terminal: { height } }: TopState): number => Math.max(1, height - 4);

/** The first line of a page that is shown. */
export const firstOutputLine = ({ scroll }: Page, count: number, room: number): number => {
  const last = Math.max(0, count - room);
  return scroll === 'end' ? last : Math.min(scroll, last);
};
