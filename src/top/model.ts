import type { StoryAnswer } from '../control/queries.ts';
import { type ConditionReport, GROUPS, type StatusReport, type TaskReport } from '../control/status.ts';
import type { KeptOutput } from '../history/history-line.ts';
import type { LogFact } from '../journal/fact.ts';
import type { Level } from '../log/record.ts';
import type { OutputStream } from '../projections/run-outputs.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { KeyPlace } from './keys.ts';

/** The orders of the list. */
export const ORDERS = ['state', 'name', 'next', 'last run', 'failures'] as const;
/** One of {@link ORDERS}. */
export type ListOrder = (typeof ORDERS)[number];

/** What an item wrote in a run. */
export interface ItemOutput {
  /** `task/Backup`. */
  readonly item: string;
  /** null: no run is known. */
  readonly run: string | null;
  readonly running: boolean;
  readonly output: KeptOutput;
}

/** A piece of output. */
export interface OutputPiece {
  readonly stream: OutputStream;
  readonly text: string;
}

/** Where the lines of a page begin to be shown; `end`: the last ones are, also when more come. */
type Scroll = number | 'end';

interface AnyPage {
  readonly scroll: Scroll;
  /** Only lines with this text are shown. */
  readonly filter: string;
}

/** What is shown in the place of the list. */
export type Page =
  | (AnyPage & {
      readonly kind: 'condition';
      readonly condition: string;
      readonly story?: StoryAnswer;
      readonly output?: ItemOutput;
    })
  | (AnyPage & {
      readonly kind: 'output';
      readonly condition: string;
      /** Whose output it is, and that of what else can be shown. */
      readonly item: string;
      readonly items: readonly string[];
      readonly run: string | null;
      readonly state: 'asked' | 'running' | 'ended';
      readonly pieces: readonly OutputPiece[];
    })
  | (AnyPage & {
      readonly kind: 'log';
      readonly level?: Level;
      readonly item?: string;
      readonly records: readonly LogFact[];
    })
  | (AnyPage & { readonly kind: 'events'; readonly names?: readonly string[]; readonly selected: number })
  | (AnyPage & { readonly kind: 'help' });

/** A question on the last line but one. */
export interface Prompt {
  readonly kind: 'filter' | 'confirm' | 'text';
  readonly label: string;
  readonly text: string;
  /** The command that is given, before the text that is typed. */
  readonly line: string;
}

/** Whether the instance runs. */
export type FeedState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'running' }
  /** `since`: undefined if it has not run while this view was open. */
  | { readonly kind: 'lost'; readonly since?: number; readonly why: string };

/** The answer to an action, or why there is none. */
export interface StatusMessage {
  readonly text: string;
  readonly kind: 'note' | 'good' | 'bad';
  /** The command that it answers. */
  readonly line?: string;
}

/** Everything that is shown. Instants are wall-clock ms. */
export interface TopState {
  readonly terminal: Terminal & { readonly width: number; readonly height: number };
  readonly now: number;
  readonly connection: FeedState;
  /** The last answer, without conditions and tasks. */
  readonly head: Omit<StatusReport, 'conditions' | 'tasks'> | undefined;
  readonly conditions: ReadonlyMap<string, ConditionReport>;
  readonly tasks: ReadonlyMap<string, TaskReport>;
  /** When the tasks that run began. */
  readonly began: ReadonlyMap<string, number>;
  readonly selected: string | undefined;
  readonly order: ListOrder;
  readonly filter: string;
  readonly failedOnly: boolean;
  readonly page: Page | undefined;
  readonly prompt: Prompt | undefined;
  readonly message: StatusMessage | undefined;
  /** The last command that was given, and the cause of what it changes. */
  readonly command: { readonly line: string; readonly cause?: string } | undefined;
}

/** A view that knows nothing yet. */
export const initialTop = (terminal: TopState['terminal'], now: number): TopState => ({
  ...{ terminal, now, connection: { kind: 'connecting' }, head: undefined },
  ...{ conditions: new Map(), tasks: new Map(), began: new Map(), selected: undefined },
  ...{
    order: 'state',
    filter: '',
    failedOnly: false,
    page: undefined,
    prompt: undefined,
    message: undefined,
    command: undefined,
  },
});

const RANK = new Map(GROUPS.map((group, i) => [group, i]));
const NEVER = Number.MAX_VALUE;
const failures = ({ last }: ConditionReport): number => (last?.failed ? last.streak.count : 0);

const COMPARE: Readonly<Record<ListOrder, (a: ConditionReport, b: ConditionReport) => number>> = {
  state: (a, b) => RANK.get(a.group)! - RANK.get(b.group)! || (a.next ?? NEVER) - (b.next ?? NEVER),
  name: (a, b) => (a.name < b.name ? -1 : 1),
  next: (a, b) => (a.next ?? NEVER) - (b.next ?? NEVER),
  'last run': (a, b) => (b.last?.time ?? 0) - (a.last?.time ?? 0),
  failures: (a, b) => failures(b) - failures(a) || (b.last?.time ?? 0) - (a.last?.time ?? 0),
};

const inOrder = ({ conditions, order, filter, failedOnly }: TopState): readonly ConditionReport[] => {
  const wanted = filter.toLowerCase();
  return [...conditions.values()]
    .filter(({ name, last }) => (!failedOnly || last?.failed) && name.toLowerCase().includes(wanted))
    .sort((a, b) => COMPARE[order](a, b) || (a.name < b.name ? -1 : 1));
};

/** The last list of conditions that were known, and what it was made for: most keys change neither. */
const lists = new WeakMap<
  TopState['conditions'],
  { readonly made: string; readonly rows: readonly ConditionReport[] }
>();

/** The conditions of the list, in its order. */
export const listed = (state: TopState): readonly ConditionReport[] => {
  const { conditions, order, filter, failedOnly } = state;
  const made = `${order} ${failedOnly} ${filter}`;
  const known = lists.get(conditions);
  if (known?.made === made) return known.rows;
  const rows = inOrder(state);
  lists.set(conditions, { made, rows });
  return rows;
};

/** Where the selected condition is in the list; 0 if it is not there. */
export const selectedIndex = (rows: readonly ConditionReport[], { selected }: TopState): number =>
  Math.max(
    0,
    rows.findIndex(({ name }) => name === selected),
  );

/** The condition that actions are about. */
export const subject = (state: TopState): ConditionReport | undefined => {
  const { page, conditions } = state;
  if (page?.kind === 'condition' || page?.kind === 'output') return conditions.get(page.condition);
  if (page) return undefined;
  const rows = listed(state);
  return rows[selectedIndex(rows, state)];
};

/** Where keys are pressed. */
export const placesOf = ({ page }: TopState): readonly KeyPlace[] => {
  if (page === undefined) return ['any', 'condition', 'list'];
  if (page.kind === 'condition' || page.kind === 'output') return ['any', 'condition'];
  return page.kind === 'log' ? ['any', 'log'] : ['any'];
};

/** The items whose output can be shown, the one that matters most first: what runs, what decided, the others, the condition. */
export const outputItems = ({ name, tasks, running, last }: ConditionReport): readonly string[] => {
  const decided = last?.with;
  const all = [
    ...running,
    ...(decided !== null && decided !== undefined && tasks.includes(decided) ? [decided] : []),
    ...tasks,
  ];
  return [...new Set(all.map((task) => `task/${task}`)), `condition/${name}`];
};
