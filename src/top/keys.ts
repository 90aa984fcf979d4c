import type { Key as NodeKey } from 'node:readline';

/** Where a key works: in the list of conditions, on a page about one of them, on the log, on a list of events, or everywhere. */
export type KeyPlace = 'list' | 'condition' | 'log' | 'any';

/** What keys do. The help of the view and the manual page are made from these rows. */
export const KEYS = [
  { id: 'up', keys: ['up', 'k'], shown: '↑ k', place: 'any', help: 'One line up.' },
  { id: 'down', keys: ['down', 'j'], shown: '↓ j', place: 'any', help: 'One line down.' },
  { id: 'page-up', keys: ['pageup', 'ctrl-b'], shown: 'PgUp', place: 'any', help: 'One page up.' },
  { id: 'page-down', keys: ['pagedown', 'ctrl-f', 'space'], shown: 'PgDn', place: 'any', help: 'One page down.' },
  { id: 'first', keys: ['home', 'g'], shown: 'Home g', place: 'any', help: 'To the first line.' },
  { id: 'last', keys: ['end', 'G'], shown: 'End G', place: 'any', help: 'To the last line, and on with what comes.' },
  {
    ...{ id: 'open', keys: ['return', 'right'], shown: 'Enter', place: 'list', hint: 'open' },
    help: 'Open the condition: how it stands, its story, and what it last wrote.',
  },
  {
    ...{ id: 'output', keys: ['o'], shown: 'o', place: 'condition', hint: 'output' },
    help: 'Show what its task writes while it runs, or what it wrote last; Tab goes on to its next task.',
  },
  {
    ...{ id: 'run', keys: ['r'], shown: 'r', place: 'condition', hint: 'run' },
    help: 'Run its tasks now (`run`).',
  },
  {
    ...{ id: 'cancel', keys: ['c'], shown: 'c', place: 'condition', hint: 'cancel' },
    help: 'End its run, and drop the one that is queued (`cancel`); asks first.',
  },
  {
    ...{ id: 'suspend', keys: ['s'], shown: 's', place: 'condition', hint: 'suspend' },
    help: 'Do not check it any more; if it is suspended: check it again (`suspend_condition`, `resume_condition`).',
  },
  {
    ...{ id: 'suspend-until', keys: ['u'], shown: 'u', place: 'condition' },
    help: 'Do not check it for a time, such as 2h, or until an instant.',
  },
  {
    ...{ id: 'reset', keys: ['x'], shown: 'x', place: 'condition' },
    help: 'Make it as it was at the start (`reset_conditions`); asks first.',
  },
  {
    ...{ id: 'trigger', keys: ['t'], shown: 't', place: 'any', hint: 'trigger' },
    help: 'Fire an event of type cli, which is chosen from a list, with data as JSON or without (`trigger`).',
  },
  {
    ...{ id: 'pause', keys: ['p'], shown: 'p', place: 'any', hint: 'pause' },
    help: 'Check nothing any more; while it is paused: check again (`pause`, `resume`).',
  },
  {
    ...{ id: 'pause-until', keys: ['P'], shown: 'P', place: 'any' },
    help: 'Check nothing for a time, such as 2h, or until an instant.',
  },
  {
    ...{ id: 'reload', keys: ['R'], shown: 'R', place: 'any' },
    help: 'Load the configuration file again (`reload`).',
  },
  {
    ...{ id: 'log', keys: ['l'], shown: 'l', place: 'any', hint: 'log' },
    help: 'Show the log, and go on with it.',
  },
  {
    ...{ id: 'own-log', keys: ['L'], shown: 'L', place: 'condition' },
    help: 'Show the records about the condition.',
  },
  { id: 'more', keys: ['+'], shown: '+', place: 'log', help: 'Less severe records as well.' },
  { id: 'less', keys: ['-'], shown: '-', place: 'log', help: 'Only more severe records.' },
  {
    ...{ id: 'filter', keys: ['/'], shown: '/', place: 'any', hint: 'search' },
    help: 'Show only names, or lines, that have a text in them; an empty one shows all.',
  },
  {
    ...{ id: 'failed', keys: ['f'], shown: 'f', place: 'list', hint: 'failed' },
    help: 'Show only conditions whose last run failed, or all.',
  },
  {
    ...{ id: 'order', keys: ['<', '>'], shown: '< >', place: 'list', hint: 'order' },
    help: 'Another order: by state, name, next, last run, failures.',
  },
  { id: 'redraw', keys: ['ctrl-l'], shown: 'Ctrl-L', place: 'any', help: 'Draw everything again.' },
  { id: 'help', keys: ['?', 'h'], shown: '?', place: 'any', hint: 'help', help: 'List the keys.' },
  {
    ...{ id: 'back', keys: ['escape', 'left', 'backspace'], shown: 'Esc', place: 'any' },
    help: 'Back to the list; in the list: show all again.',
  },
  {
    ...{ id: 'quit', keys: ['q'], shown: 'q', place: 'any', hint: 'quit' },
    help: 'Back to the list; in the list: quit. Ctrl-C quits at once.',
  },
] as const satisfies readonly KeyRow[];

interface KeyRow {
  readonly id: string;
  readonly keys: readonly string[];
  /** As help shows it. */
  readonly shown: string;
  readonly place: KeyPlace;
  /** A word for the last line of the screen. */
  readonly hint?: string;
  readonly help: string;
}

/** What a key does. */
export type KeyAction = (typeof KEYS)[number]['id'];

/** A key that was pressed: its name (`r`, `up`, `ctrl-l`), and the text that it writes, if it writes any. */
export interface Key {
  readonly name: string;
  readonly text: string;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: keys without a text send them
const UNPRINTABLE = /[\x00-\x1f\x7f]/;
const NAMES: Readonly<Record<string, string>> = { enter: 'return', ' ': 'space' };

/** A key as Node reads it from the terminal. */
export const readKey = (text: string | undefined, { name, ctrl, meta }: NodeKey): Key => {
  const typed = text === undefined || UNPRINTABLE.test(text) || ctrl || (meta && text.length > 1) ? '' : text;
  if (ctrl) return { name: `ctrl-${name ?? ''}`, text: '' };
  // Letters are what they write: Node has the same name for small and capital ones.
  const base = typed !== '' && typed !== ' ' ? typed : (name ?? typed);
  return { name: NAMES[base] ?? base, text: typed };
};

const BY_KEY = new Map<string, KeyAction>(KEYS.flatMap(({ keys, id }) => keys.map((key) => [key, id] as const)));
const PLACES = new Map<KeyAction, KeyPlace>(KEYS.map(({ id, place }) => [id, place]));

/** What a key does where any of these places are; undefined: nothing. */
export const actionOf = ({ name }: Key, places: readonly KeyPlace[]): KeyAction | undefined => {
  const action = BY_KEY.get(name);
  return action !== undefined && places.includes(PLACES.get(action)!) ? action : undefined;
};
