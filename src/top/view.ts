import { stripVTControlCharacters } from 'node:util';
import type { ConditionReport, TaskReport } from '../control/status.ts';
import { sinceText } from '../history/last-outcome.ts';
import { oneLine } from '../log/one-line.ts';
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
} from '../terminal/status-text.ts';
import type { Style, Terminal } from '../terminal/terminal.ts';
import { widthOf } from '../terminal/wrap.ts';
import { cut, ends, selectedLine, shownWidth } from './fit.ts';
import { KEYS } from './keys.ts';
import { listed, type Page, placesOf, type StatusMessage, selectedIndex, subject, type TopState } from './model.ts';
import { firstOutputLine, pageLines, pageRoom, titleOf } from './pages.ts';

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

const pageScreen = (page: Page, state: TopState): readonly string[] => {
  const { terminal } = state;
  const lines = pageLines(page, state);
  const room = pageRoom(state);
  const first = firstOutputLine(page, lines.length, room);
  const place = lines.length > room ? `${first + 1}-${Math.min(lines.length, first + room)} of ${lines.length}` : '';
  const title = `${titleOf(page)}${page.filter === '' ? '' : `, lines with "${page.filter}"`}`;
  return [headLine(state), terminal.paint('bold', ends(title, place, terminal)), ...lines.slice(first, first + room)];
};

const MESSAGE_STYLES: Readonly<Record<StatusMessage['kind'], Style | undefined>> = {
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
