import { tildeProblem } from '../check-arguments.ts';
import type { Fields, Values } from '../config/field.ts';
import type { Path, Problem } from '../config/problem.ts';
import type { ConditionInstance, EventInstance, Firing, ItemDeps, TaskInstance } from '../core/instance.ts';
import type { OutsidePorts, Ports } from '../core/ports.ts';
import type { ConditionWindow } from './common/condition-window.ts';

export type {
  Accounted,
  AskContext,
  BeginRun,
  CheckContext,
  ConditionInstance,
  Due,
  EarlierInstants,
  EventInstance,
  Firing,
  GuardAnswer,
  TaskInstance,
  TimeRange,
} from '../core/instance.ts';

/** Finds and reads the files that a configuration includes. */
export interface ConfigFiles {
  /** A path as it is written in a file: relative ones begin in the directory of that. */
  beside(file: string, path: string): string;
  join(directory: string, name: string): string;
  /** A text that is the same for two paths that lead to the same file. */
  identity(path: string): Promise<string>;
  /** The names of the files in a directory. Rejects when it cannot be read, with a text that does not name it. */
  list(directory: string): Promise<readonly string[]>;
  /** @throws UnreadableFile */
  read(path: string): Promise<string>;
}

/** What a kind can look up while the file is checked. */
export interface HostFs {
  isDirectory(path: string): boolean;
  isFile(path: string): boolean;
  /** Whether other users than its owner can read a file; not set: it is not known. */
  isReadableByOthers?(path: string): boolean;
  /** Whether a program is there, by its name in the PATH or by its path; not set: it is not known. */
  hasProgram?(name: string): boolean;
  readonly platform: string;
  /** Wall-clock ms; not set: that of the process. */
  now?(): number;
  /** Not set: a file cannot include others. */
  readonly files?: ConfigFiles;
}

/** Reports a problem with one key of the item being checked; `path` is relative to the item. */
export type ReportProblem = (
  path: Path,
  text: string,
  more?: Pick<Problem, 'position' | 'codeFrame' | 'inside' | 'id' | 'help'>,
) => void;

/** A port that reaches outside of the scheduler. */
export type PortName = keyof OutsidePorts;

/** What a kind is given to make one of its items: of the ports that reach outside, those named in `needs`. */
export interface CreateContext<V, C = unknown, N extends PortName = never> extends Omit<ItemDeps, 'ports'> {
  readonly values: V;
  /** What the kind's `compile` made of the values when the file was loaded. */
  readonly compiled: C;
  readonly ports: Omit<Ports, PortName> & Pick<Ports, N>;
}

interface BaseKind<S extends string, F extends Fields, C, N extends PortName, M> {
  readonly section: S;
  /** The word in the file. */
  readonly type: string;
  /** Emitter of the construction record. */
  readonly emitter: string;
  /** One sentence for the manual. */
  readonly doc: string;
  readonly fields: F;
  /** Not in the format of whenever 1. */
  readonly extension?: true;
  /** The ports that its items use and that reach outside. Only these can be used in `create`. */
  readonly needs?: readonly N[];
  /** What takes the place of its items in `whenever simulate`, required with `needs`; otherwise they run there as they are. */
  readonly simulate?: M;
  /** Why the kind cannot be used here, if it cannot. */
  unavailable?(machine: HostFs): string | undefined;
  /**
   * Checks that go beyond single keys, and what is worth making once (expressions, calendars). Imports what it needs late.
   * Keys whose own check failed are absent: all problems are reported at once.
   */
  compile?(
    values: Partial<Values<NoInfer<F>>>,
    report: ReportProblem,
    machine: HostFs,
    window?: ConditionWindow,
    shared?: boolean,
  ): C | Promise<C>;
}

/** A kind of task. A simulation gives it the outcomes assumed. */
export interface TaskKind<F extends Fields = Fields, C = unknown, N extends PortName = PortName>
  extends BaseKind<'task', F, C, N, 'outcomes'> {
  create(context: CreateContext<Values<NoInfer<F>>, NoInfer<C>, NoInfer<N>>): TaskInstance;
}

/** A kind of condition. A simulation gives its checks the outcomes assumed, or makes it true at the instants assumed. */
export interface ConditionKind<F extends Fields = Fields, C = unknown, N extends PortName = PortName>
  extends BaseKind<'condition', F, C, N, 'outcomes' | 'instants'> {
  /**
   * What its window does to it. `instants`: it has none outside, as its `compile` has seen to. `phase`: it is checked there in vain.
   * Absent: it is not checked there, or an event that came is dropped or held.
   */
  readonly outside?: 'instants' | 'phase';
  /** Its checks may be spread over the tick when the file asks for it. */
  readonly delayable: boolean;
  /** Events may fire it. */
  readonly fired?: boolean;
  /** It can be a guard, named in `only_when`: its instances have `ask`. */
  readonly guard?: true;
  /** It can fire once on all machines of a fleet; the values that some of its keys can have then. */
  readonly shareable?: Readonly<Record<string, readonly unknown[]>>;
  /** Keys that only say when it holds as a guard: refused with tasks. */
  readonly guardKeys?: readonly string[];
  /** Keys that cannot be true with a `when_busy` that checks it while its tasks run. */
  readonly idleKeys?: readonly string[];
  /** When it next holds as a guard, from `from` on (wall-clock ms), where it can be known; undefined: it cannot, or never. */
  holdsFrom?(values: Values<NoInfer<F>>, compiled: NoInfer<C>, from: number): number | undefined;
  /**
   * The instants at which it will be true, for a start at `from` (wall-clock ms), where they can be known. Can be endless. `goesOn`: the
   * program runs already at `from`.
   */
  forecast?(
    values: Values<NoInfer<F>>,
    compiled: NoInfer<C>,
    from: number,
    window?: ConditionWindow,
    goesOn?: boolean,
  ): Iterable<Firing> | undefined;
  /** Which parts of it will never be true after `from`, and why: one text for each. */
  never?(values: Values<NoInfer<F>>, compiled: NoInfer<C>, from: number, window?: ConditionWindow): readonly string[];
  create(context: CreateContext<Values<NoInfer<F>>, NoInfer<C>, NoInfer<N>>): ConditionInstance;
}

/** A kind of event. In a simulation events of all kinds occur at the instants assumed. */
export interface EventKind<F extends Fields = Fields, C = unknown, N extends PortName = PortName>
  extends BaseKind<'event', F, C, N, 'instants'> {
  /** The `trigger` command may fire it. */
  readonly manual?: boolean;
  create(context: CreateContext<Values<NoInfer<F>>, NoInfer<C>, NoInfer<N>>): EventInstance;
}

export type ItemKind = TaskKind | ConditionKind | EventKind;

/** The definition of a kind: with `needs` it has to say how it is simulated. */
type Definition<K extends { readonly simulate?: unknown }, N> = Omit<K, 'section'> &
  ([N] extends [never] ? unknown : { readonly simulate: NonNullable<K['simulate']> });

/** Define a kind, and infer the types of its fields and of the ports that it needs. */
export const taskKind = <F extends Fields, C = undefined, const N extends PortName = never>(
  kind: Definition<TaskKind<F, C, N>, N>,
): TaskKind<F, C, N> => ({ section: 'task', ...kind });
export const conditionKind = <F extends Fields, C = undefined, const N extends PortName = never>(
  kind: Definition<ConditionKind<F, C, N>, N>,
): ConditionKind<F, C, N> => ({ section: 'condition', ...kind });
export const eventKind = <F extends Fields, C = undefined, const N extends PortName = never>(
  kind: Definition<EventKind<F, C, N>, N>,
): EventKind<F, C, N> => ({ section: 'event', ...kind });

/** Reports a path that begins with "~", which only a shell expands. Returns true when it does. */
export const rejectTilde = (
  path: string | undefined,
  key: readonly (string | number)[],
  report: ReportProblem,
): boolean => {
  const wrong = path === undefined ? undefined : tildeProblem(path);
  if (wrong !== undefined) report(key, `${key[0]}: ${wrong}`, { id: 'tilde-path' });
  return wrong !== undefined;
};
