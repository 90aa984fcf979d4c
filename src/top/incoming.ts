import type { Json, TopicEvent } from '../journal/fact.ts';
import { type Input, only, type Update } from './inputs.ts';
import { listed, outputItems, type Page, type TopState } from './model.ts';
import { outputPieces } from './pages.ts';

/** Log records and pieces of output that are kept. */
const MOST_RECORDS = 1000;
const MOST_PIECES = 2000;
/** Takes an answer: conditions and tasks that it has, instead of those that are known. */
export const withStatus = (state: TopState, { report, whole }: Extract<Input, { type: 'status' }>): Update => {
  const { conditions, tasks, ...head } = report;
  const merged = <T extends { readonly name: string }>(known: ReadonlyMap<string, T>, given: readonly T[]) =>
    new Map([...(whole ? [] : known), ...given.map((one) => [one.name, one] as const)]);
  const next: TopState = {
    ...{ ...state, head, connection: { kind: 'running' } },
    ...{ conditions: merged(state.conditions, conditions), tasks: merged(state.tasks, tasks) },
  };
  const selected =
    next.selected !== undefined && next.conditions.has(next.selected) ? next.selected : listed(next)[0]?.name;
  const { page } = next;
  const shown = page?.kind === 'condition' ? next.conditions.get(page.condition) : undefined;
  const about = shown !== undefined && conditions.some(({ name }) => name === shown.name);
  return only(
    { ...next, selected, began: new Map([...state.began].filter(([task]) => next.tasks.has(task))) },
    ...(about ? [{ do: 'read-condition', condition: shown.name, items: outputItems(shown) } as const] : []),
  );
};

const isRecord = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Takes when a task began, and that it has ended. */
export const withEvent = (state: TopState, { item, time, cause, message }: TopicEvent): TopState => {
  const { command } = state;
  if (cause !== null && isRecord(message) && command && message.action === 'command' && command.line === message.line)
    return { ...state, command: { line: command.line, cause } };
  if (item === null || !item.startsWith('task/') || !isRecord(message) || message.action !== 'transition') return state;
  const name = item.slice('task/'.length);
  const began = new Map(state.began);
  if (message.finish === 'running') began.set(name, time);
  else began.delete(name);
  return { ...state, began };
};

/** Takes what came for the page that is open; what came for another one is dropped. */
export const withPage = (state: TopState, input: Input): TopState => {
  const { page } = state;
  switch (input.type) {
    case 'story':
      return page?.kind === 'condition' && page.condition === input.condition
        ? { ...state, page: { ...page, story: input.story } }
        : state;
    case 'output':
      return page?.kind === 'condition' && page.condition === input.condition
        ? { ...state, page: { ...page, output: input.output } }
        : state;
    case 'records':
      return page?.kind === 'log'
        ? { ...state, page: { ...page, records: [...page.records, ...input.records].slice(-MOST_RECORDS) } }
        : state;
    case 'events':
      return page?.kind === 'events' ? { ...state, page: { ...page, names: input.names } } : state;
    default:
      return page?.kind === 'output' ? { ...state, page: withOutput(page, input) } : state;
  }
};

const withOutput = (page: Extract<Page, { kind: 'output' }>, input: Input): Page => {
  if (!('item' in input) || input.item !== page.item) return page;
  if (input.type === 'follows') return { ...page, run: input.run, state: 'running', pieces: [] };
  if (input.type === 'piece') return { ...page, pieces: [...page.pieces, input.piece].slice(-MOST_PIECES) };
  const { output } = input;
  if (output === undefined) return { ...page, state: 'ended' };
  return { ...page, state: 'ended', run: output.run, pieces: outputPieces(output.output) };
};
