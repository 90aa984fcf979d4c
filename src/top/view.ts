import { stripVTControlCharacters } from 'node:util';
import { formatStory } from '../commands/story.ts';
import type { ConditionReport, TaskReport } from '../control/status.ts';
import { sinceText } from '../history/last-outcome.ts';
import type { LogFact } from '../journal/fact.ts';
import { plain } from '../log/format.ts';
import { oneLine } from '../log/one-line.ts';
import type { Level } from '../log/record.ts';
import { counted } from '../plural.ts';
import { formatInstant, showDuration } from '../terminal/instant.ts';
import {
  conditionTable,
  countsOf,
  failuresOf,
  headOf,
  lastReason,
  overdueOf,
  refusalOf,
  taskTable,
} from '../terminal/status-text.ts';
import type { Style, Terminal } from '../terminal/terminal.ts';
import { truncateToWidth, widthOf, wrap } from '../terminal/wrap.ts';
import { KEYS } from './keys.ts';
import {
  type ItemOutput,
  listed,
  type Message,
  type Page,
  type Piece,
  placesOf,
  selectedIndex,
  subject,
  type TopState,
} from './model.ts';

/** A text cut to a width, with a mark where something is left out. */
const cut = (text: string, width: number, unicode = true): string =>
  widthOf(text) <= width ? text : `${truncateToWidth(text, Math.max(1, width - 1)).trimEnd()}${unicode ? '…' : '~'}`;

const shownWidth = (painted: string): number => widthOf(stripVTControlCharacters(painted));

/** Two texts at both ends of a line; the second one only if there is room. */
const ends = (left: string, right: string, { width, unicode }: TopState['terminal']): string => {
  const room = width - widthOf(right) - 2;
  if (right === '' || room < 30) return cut(left, width, unicode);
  const text = cut(left, room, unicode);
  return `${text}${' '.repeat(width - widthOf(text) - widthOf(right))}${right}`;
};

/** What runs, or that nothing does. */
const headLine = (state: TopState): string => {
  const { connection, head, terminal, now } = state;
  const clock = formatInstant(now).slice(11, 19);
  if (connection.kind === 'lost') {
    const { since, why } = connection;
    const what = since === undefined ? 'not running' : `not running since ${sinceText(since, now)}`;
    return terminal.paint('red', ends(why === '' ? `${what}; waiting for it` : oneLine(why), clock, terminal));
  }
  if (head === undefined) return ends('whenever top: connecting', clock, terminal);
  return terminal.paint(
    'bold',
    ends(headOf({ ...head, now, conditions: [], tasks: [] }, undefined).trimEnd(), clock, terminal),
  );
};

/** What fails, is overdue or was refused: a line each. */
const problemLines = ({ head, conditions, terminal }: TopState): readonly string[] => {
  if (head === undefined) return [];
  const report = { ...head, conditions: [...conditions.values()], tasks: [] };
  const plainly = { ...terminal, width: undefined as never, paint: (_: Style | undefined, text: string) => text };
  const { failed } = head;
  const texts = [
    refusalOf(report, plainly),
    failed?.length ? failuresOf(report, plainly) : '',
    overdueOf(report, plainly),
  ];
  return texts.flatMap((text) =>
    text === '' ? [] : [terminal.paint('red', cut(text.trimEnd(), terminal.width, terminal.unicode))],
  );
};

/** The tasks that run, the longest one first. */
const runningTasks = ({ tasks, began }: TopState): readonly TaskReport[] =>
  [...tasks.values()]
    .filter(({ state }) => state === 'running')
    .sort((a, b) => (began.get(a.name) ?? 0) - (began.get(b.name) ?? 0));

const runningLines = (state: TopState, most: number): readonly string[] => {
  const { terminal, conditions, began, now } = state;
  const tasks = runningTasks(state);
  const by = new Map(
    [...conditions.values()].flatMap(({ name, running }) => running.map((task) => [task, name] as const)),
  );
  const line = ({ name }: TaskReport): string => {
    const since = began.get(name);
    const long = since === undefined ? '' : ` for ${showDuration(Math.max(0, now - since))}`;
    const condition = by.get(name);
    return `${terminal.unicode ? '▸' : '*'} ${name} runs${long}${condition === undefined ? '' : ` (${condition})`}`;
  };
  const shown = tasks.length > most ? tasks.slice(0, most - 1) : tasks;
  const rest = tasks.length - shown.length;
  return [...shown.map(line), ...(rest > 0 ? [`  and ${counted(rest, 'more task')}`] : [])].map((text) =>
    terminal.paint('green', cut(text, terminal.width, terminal.unicode)),
  );
};

/** The lines above the list. At the least height three rows of it are seen. */
const LEAST_LIST = 4;
const above = (state: TopState): readonly string[] => {
  const { head, terminal } = state;
  const { width, height, unicode } = terminal;
  const counts = head === undefined ? [] : [cut(countsOf({ ...head, conditions: [], tasks: [] }), width, unicode)];
  const room = Math.max(1, height - 2 - LEAST_LIST - 1 - counts.length);
  const problems = problemLines(state).slice(0, Math.max(1, Math.floor(room / 2)));
  const running = runningLines(state, Math.max(1, Math.min(5, room - problems.length)));
  return [headLine(state), ...counts, ...[...problems, ...running].slice(0, room)];
};

/** What the order and the filter of the list are, where they are not the usual ones. */
const listNote = ({ order, filter, failedOnly, conditions }: TopState, count: number): string => {
  const notes = [
    ...(order === 'state' ? [] : [`ordered by ${order}`]),
    ...(failedOnly ? ['only failed'] : []),
    ...(filter === '' ? [] : [`with "${filter}"`]),
  ];
  const all = conditions.size;
  return notes.length === 0
    ? ''
    : `${count === all ? counted(all, 'condition') : `${count} of ${all}`}: ${notes.join(', ')}`;
};

const GUTTER = 2;

/** The last table of a list, and what it was made for: moving in a long list does not make it again. */
const tables = new WeakMap<
  readonly ConditionReport[],
  { readonly second: number; readonly terminal: Terminal; readonly lines: readonly string[] }
>();

/** The list as a table: its heading, and a line each. */
const tableLines = (rows: readonly ConditionReport[], { terminal, now }: TopState): readonly string[] => {
  const second = Math.floor(now / 1000);
  const known = tables.get(rows);
  if (known?.second === second && known.terminal === terminal) return known.lines;
  const inner: Terminal = { ...terminal, width: terminal.width - GUTTER, clipped: true };
  const lines = conditionTable(rows, now, inner).trimEnd().split('\n');
  tables.set(rows, { second, terminal, lines });
  return lines;
};

/** The rows of the list that fit, with the selected one among them. */
const listLines = (state: TopState, room: number): readonly string[] => {
  const { terminal, head } = state;
  const rows = listed(state);
  if (head === undefined) return [];
  const note = listNote(state, rows.length);
  const notes = note === '' ? [] : [terminal.paint('dim', cut(note, terminal.width, terminal.unicode))];
  if (rows.length === 0) return notes;
  const [heading = '', ...lines] = tableLines(rows, state);
  const index = selectedIndex(rows, state);
  const height = Math.max(1, room - 1 - notes.length);
  const first = Math.max(0, Math.min(index - Math.floor(height / 2), lines.length - height));
  const mark = terminal.unicode ? '▶ ' : '> ';
  const shown = lines
    .slice(first, first + height)
    .map((line, i) => (first + i === index ? selectedLine(`${mark}${line}`, terminal) : `  ${line}`));
  return [...notes, `  ${heading}`, ...shown];
};

const selectedLine = (line: string, { width, paint }: TopState['terminal']): string =>
  paint('inverse', `${line}${' '.repeat(Math.max(0, width - shownWidth(line)))}`);

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
const writtenLines = (pieces: readonly Piece[], terminal: TopState['terminal']): readonly string[] => {
  const lines: { stream: Piece['stream']; text: string; open: boolean }[] = [];
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
export const piecesOf = ({ stdout, log, stderr }: ItemOutput['output']): readonly Piece[] =>
  [
    { stream: 'stdout', text: stdout ?? '' },
    { stream: 'log', text: log ?? '' },
    { stream: 'stderr', text: stderr ?? '' },
  ].filter((piece): piece is Piece => piece.text !== '');

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
  const lines = writtenLines(piecesOf(output), terminal);
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

const titleOf = (page: Page): string => {
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
export const firstLine = ({ scroll }: Page, count: number, room: number): number => {
  const last = Math.max(0, count - room);
  return scroll === 'end' ? last : Math.min(scroll, last);
};

const pageScreen = (page: Page, state: TopState): readonly string[] => {
  const { terminal } = state;
  const lines = pageLines(page, state);
  const room = pageRoom(state);
  const first = firstLine(page, lines.length, room);
  const place = lines.length > room ? `${first + 1}-${Math.min(lines.length, first + room)} of ${lines.length}` : '';
  const title = `${titleOf(page)}${page.filter === '' ? '' : `, lines with "${page.filter}"`}`;
  return [headLine(state), terminal.paint('bold', ends(title, place, terminal)), ...lines.slice(first, first + room)];
};

const MESSAGE_STYLES: Readonly<Record<Message['kind'], Style | undefined>> = {
  note: undefined,
  good: 'green',
  bad: 'red',
};

/** Why the last run of the selected condition failed; nothing where it did not. */
const failureLine = (state: TopState): string => {
  const { terminal, page, now } = state;
  const { name, last } = (page === undefined && subject(state)) || { name: '', last: null };
  if (!last?.failed) return '';
  const what = last.with === null ? name : `${name} with ${last.with}`;
  const text = `${what} failed at ${sinceText(last.time, now)}: ${lastReason(last)}`;
  return terminal.paint('red', cut(oneLine(text), terminal.width, terminal.unicode));
};

/** The question that is open, the last answer, or why the selected condition failed. */
const messageLine = (state: TopState): string => {
  const { prompt, message, command, terminal } = state;
  const { width, paint } = terminal;
  if (prompt)
    return paint(
      'bold',
      endOf(oneLine(`${prompt.label}${prompt.kind === 'confirm' ? '' : ` ${prompt.text}_`}`), width),
    );
  if (message === undefined) return failureLine(state);
  const cause = message.line !== undefined && message.line === command?.line ? command.cause : undefined;
  return paint(MESSAGE_STYLES[message.kind], ends(oneLine(message.text), cause ?? '', terminal));
};
/** The end of a text that is being typed. */
const endOf = (text: string, width: number): string => {
  let shown = text;
  while (widthOf(shown) > width) shown = shown.slice([...shown][0]!.length);
  return shown;
};

/** Keys in short, as many as there is room for. */
const hintLine = (state: TopState): string => {
  const { terminal, prompt, page } = state;
  const { width, paint } = terminal;
  if (prompt) return paint('dim', prompt.kind === 'confirm' ? 'y yes  n no' : 'Enter done  Esc away');
  const places = placesOf(state);
  const back = page ? ['Esc back'] : [];
  const rows = KEYS.flatMap((row) => ('hint' in row && places.includes(row.place) ? [`${row.shown} ${row.hint}`] : []));
  const least = rows.filter((text) => text.startsWith('?') || text.startsWith('q'));
  let shown = [...back, ...least];
  for (const text of rows.filter((one) => !least.includes(one))) {
    const more = [...shown.slice(0, -least.length), text, ...least];
    if (more.join('  ').length <= width) shown = more;
  }
  return paint('dim', shown.join('  '));
};

/** The screen: as many lines as it has, none wider than it is. */
export const screenLines = (state: TopState): readonly string[] => {
  const { width, height, unicode } = state.terminal;
  const room = Math.max(0, height - 2);
  const top = state.page ? [] : above(state);
  const main = state.page ? pageScreen(state.page, state) : [...top, ...listLines(state, room - top.length)];
  const body = main.slice(0, room);
  const blank = Array.from({ length: room - body.length }, () => '');
  // Narrower than its headings a table cannot be.
  return [...body, ...blank, messageLine(state), hintLine(state)]
    .slice(-height)
    .map((line) => (shownWidth(line) <= width ? line : cut(stripVTControlCharacters(line), width, unicode)));
};
