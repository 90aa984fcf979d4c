import { LEVELS, type Level } from '../log/record.ts';
import { withEvent, withPage, withStatus } from './incoming.ts';
import { type Effect, type Input, only, type Update } from './inputs.ts';
import { actionOf, type Key, type KeyAction } from './keys.ts';
import { listed, ORDERS, outputItems, type Page, placesOf, selectedIndex, subject, type TopState } from './model.ts';
import { eventNames, firstOutputLine, pageLines, pageRoom } from './pages.ts';

const NO_FILTER = { scroll: 0, filter: '' } as const;

/** The command and its question, for actions on a condition. */
const confirmation = (label: string, line: string): TopState['prompt'] => ({
  kind: 'confirm',
  label: `${label} y/n`,
  text: '',
  line,
});

const open = (state: TopState, page: Page, ...effects: readonly Effect[]): Update =>
  only({ ...state, page, message: undefined }, { do: 'leave' }, ...effects);

const openOutput = (state: TopState, condition: string, items: readonly string[], item: string): Update =>
  open(
    state,
    { kind: 'output', condition, item, items, run: null, state: 'asked', pieces: [], scroll: 'end', filter: '' },
    { do: 'follow-output', item },
  );

const openLog = (state: TopState, level: Level | undefined, item: string | undefined): Update => {
  const about = { ...(level === undefined ? {} : { level }), ...(item === undefined ? {} : { item }) };
  return open(state, { kind: 'log', ...about, records: [], scroll: 'end', filter: '' }, { do: 'follow-log', ...about });
};

/** The next level of the log: more or fewer records. The first key makes the level of the instance one that is known. */
const otherLevel = (level: Level | undefined, by: number): Level =>
  LEVELS[Math.max(0, Math.min(LEVELS.length - 1, LEVELS.indexOf(level ?? 'info') + by))]!;

/** Moves the selection of the list, the choice of an event, or what of a page is shown. */
const move = (state: TopState, action: KeyAction): TopState => {
  const { page } = state;
  const room = page ? pageRoom(state) : Math.max(1, state.terminal.height - 8);
  const by = { up: -1, down: 1, 'page-up': -room, 'page-down': room }[action as 'up'];
  const target = (at: number, count: number): number =>
    action === 'first' ? 0 : action === 'last' ? count - 1 : Math.max(0, Math.min(count - 1, at + by));
  if (page === undefined) {
    const rows = listed(state);
    const next = rows[target(selectedIndex(rows, state), rows.length)];
    return next ? { ...state, selected: next.name } : state;
  }
  if (page.kind === 'events') {
    const selected = Math.max(0, target(page.selected, eventNames(page).length));
    return { ...state, page: { ...page, selected, scroll: Math.max(0, selected - Math.floor(room / 2)) } };
  }
  const count = pageLines(page, state).length;
  const first = target(firstOutputLine(page, count, room), count);
  const atEnd = action === 'last' || first + room >= count;
  const live = page.kind === 'log' || page.kind === 'output';
  return { ...state, page: { ...page, scroll: atEnd && live ? 'end' : Math.min(first, Math.max(0, count - room)) } };
};

const back = (state: TopState): Update =>
  state.page === undefined
    ? only({ ...state, filter: '', failedOnly: false, message: undefined })
    : only({ ...state, page: undefined, message: undefined }, { do: 'leave' });

/** The commands on a condition, and the keys that ask for more. */
const onCondition = (state: TopState, action: KeyAction): Update | undefined => {
  const condition = subject(state);
  if (condition === undefined) return undefined;
  const { name, group } = condition;
  const asking = (prompt: TopState['prompt']): Update => only({ ...state, prompt, message: undefined });
  const items = outputItems(condition);
  switch (action) {
    case 'open':
      return open(
        state,
        { kind: 'condition', condition: name, ...NO_FILTER },
        { do: 'read-condition', condition: name, items },
      );
    case 'output':
      return openOutput(state, name, items, items[0]!);
    case 'run':
      return only(state, { do: 'command', line: `run ${name}` });
    case 'suspend':
      return only(state, {
        do: 'command',
        line: `${group === 'suspended' ? 'resume_condition' : 'suspend_condition'} ${name}`,
      });
    case 'suspend-until':
      return asking({
        kind: 'text',
        label: `Do not check ${name} for (2h) or until:`,
        text: '',
        line: `suspend_condition ${name}`,
      });
    case 'cancel':
      return asking(confirmation(`End the run of ${name}?`, `cancel ${name}`));
    case 'reset':
      return asking(confirmation(`Make ${name} as it was at the start?`, `reset_conditions ${name}`));
    case 'own-log':
      return openLog(state, undefined, `condition/${name}`);
    default:
      return undefined;
  }
};

/** What a key does that is not about a condition. */
const everywhere = (state: TopState, action: KeyAction): Update => {
  const { page, head, order } = state;
  switch (action) {
    case 'trigger':
      return open(state, { kind: 'events', selected: 0, ...NO_FILTER }, { do: 'read-events' });
    case 'pause':
      return only(state, { do: 'command', line: head?.state === 'paused' ? 'resume' : 'pause' });
    case 'pause-until':
      return only({
        ...state,
        prompt: { kind: 'text', label: 'Check nothing for (2h) or until:', text: '', line: 'pause' },
      });
    case 'reload':
      return only(state, { do: 'command', line: 'reload' });
    case 'log':
      return openLog(state, undefined, undefined);
    case 'more':
    case 'less':
      return page?.kind === 'log'
        ? openLog(state, otherLevel(page.level, action === 'more' ? -1 : 1), page.item)
        : only(state);
    case 'filter':
      return only({
        ...state,
        prompt: { kind: 'filter', label: 'With:', text: page?.filter ?? state.filter, line: '' },
      });
    case 'failed':
      return only({ ...state, failedOnly: !state.failedOnly });
    case 'order':
      return only({ ...state, order: ORDERS[(ORDERS.indexOf(order) + 1) % ORDERS.length]! });
    case 'help':
      return page?.kind === 'help' ? back(state) : open(state, { kind: 'help', ...NO_FILTER });
    case 'redraw':
      return only(state, { do: 'redraw' });
    case 'back':
      return back(state);
    case 'quit':
      return page ? back(state) : only(state, { do: 'quit' });
    default:
      return only(state);
  }
};

/** Keys that mean something else on one page: Enter on an event, Tab on an output, Enter on that of a condition. */
const onPage = (state: TopState, { name }: Key): Update | undefined => {
  const { page } = state;
  if (page?.kind === 'events' && name === 'return') {
    const event = eventNames(page)[page.selected];
    if (event === undefined) return only(state);
    return only({
      ...state,
      prompt: { kind: 'text', label: `Data for ${event}, as JSON, or nothing:`, text: '', line: `trigger ${event}` },
    });
  }
  if (page?.kind === 'output' && (name === 'tab' || name === 'return')) {
    const { items, item, condition } = page;
    return openOutput(state, condition, items, items[(items.indexOf(item) + 1) % items.length]!);
  }
  return undefined;
};

const MOVES: ReadonlySet<string> = new Set(['up', 'down', 'page-up', 'page-down', 'first', 'last']);

const onKey = (state: TopState, key: Key): Update => {
  const own = onPage(state, key);
  if (own) return own;
  const action = actionOf(key, placesOf(state));
  if (action === undefined) return only(state);
  if (MOVES.has(action)) return only(move(state, action));
  return onCondition(state, action) ?? everywhere(state, action);
};

/** A text with a key pressed at its end. */
const typed = (text: string, { name, text: more }: Key): string => {
  if (name === 'backspace') return [...text].slice(0, -1).join('');
  if (name === 'ctrl-u') return '';
  if (name === 'ctrl-w') return text.replace(/\S*\s*$/, '');
  return text + more;
};

const filtered = (state: TopState, filter: string): TopState =>
  state.page
    ? { ...state, page: { ...state.page, filter, scroll: 0, ...(state.page.kind === 'events' ? { selected: 0 } : {}) } }
    : { ...state, filter };

/** A key while a question is open. */
const onPrompt = (state: TopState, prompt: NonNullable<TopState['prompt']>, key: Key): Update => {
  const closed = { ...state, prompt: undefined };
  const { kind, line, text } = prompt;
  if (kind === 'confirm') return key.name === 'y' ? only(closed, { do: 'command', line }) : only(closed);
  if (key.name === 'escape') return only(kind === 'filter' ? filtered(closed, '') : closed);
  if (key.name === 'return') {
    if (kind === 'filter') return only(closed);
    const given = line.startsWith('trigger ') ? { ...closed, page: undefined } : closed;
    return only(given, { do: 'command', line: `${line} ${text.trim()}`.trim() });
  }
  const next = { ...state, prompt: { ...prompt, text: typed(text, key) } };
  return only(kind === 'filter' ? filtered(next, next.prompt.text) : next);
};

/** Remembers the command that is given: an event says what cause it is. */
const withCommand = ({ state, effects }: Update): Update => {
  const given = effects.find((effect) => effect.do === 'command');
  return given === undefined ? { state, effects } : { effects, state: { ...state, command: { line: given.line } } };
};

/** What comes of an input. */
export const update = (state: TopState, input: Input): Update => withCommand(reduce(state, input));

const reduce = (state: TopState, input: Input): Update => {
  switch (input.type) {
    case 'key':
      if (input.key.name === 'ctrl-c') return only(state, { do: 'quit' });
      return state.prompt ? onPrompt(state, state.prompt, input.key) : onKey(state, input.key);
    case 'resized':
      return only({ ...state, terminal: { ...state.terminal, width: input.width, height: input.height } });
    case 'clock':
      return only({ ...state, now: input.now });
    case 'status':
      return withStatus(state, input);
    case 'event':
      return only(withEvent(state, input.event));
    case 'lost': {
      const { since, why } = input;
      return only({
        ...state,
        connection: { kind: 'lost', why, ...(since === undefined ? {} : { since }) },
        began: new Map(),
      });
    }
    case 'message':
      return only({ ...state, message: input.message });
    default:
      return only(withPage(state, input));
  }
};
