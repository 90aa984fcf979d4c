import type { ConditionInstance, EventInstance, Firing, ItemDeps, TaskInstance } from '../core/instance.ts';
import type { ConditionSpec, EventSpec, Spec, SpecWindow, TaskSpec, TaskTraits, Traits } from '../core/spec.ts';
import type { ConditionWindow } from '../items/common/condition-window.ts';
import type { ConditionKind, EventKind, ItemKind, TaskKind } from '../items/kind.ts';
import type { Table } from './field.ts';
import { type HookValues, hooksOf } from './hooks.ts';
import type { Path, Position } from './problem.ts';
import type { ParsedItem } from './section.ts';

/** The files that items come from. */
export interface Sources {
  /** Undefined: the main one. */
  fileOf(item: Path): string | undefined;
  /** Resolves to undefined where it is not known. */
  locate(key: Path): Promise<Position | undefined>;
}

/** An item as the engine sees it. A class: closures for each item would be most of what a waiting condition takes. */
abstract class ItemSpec<B, K extends ItemKind> implements Spec<B> {
  readonly name: string;
  readonly values: Table;
  readonly compiled: unknown;
  readonly kind: K;
  declare readonly file?: string;
  readonly sources: Sources;
  /** Where it is in the file: `task`, 3. */
  readonly path: Path;

  constructor({ name, values, compiled, kind, path }: ParsedItem<K>, sources: Sources) {
    this.name = name;
    this.values = Object.freeze(values);
    this.compiled = compiled;
    this.kind = kind;
    this.path = path;
    this.sources = sources;
    const file = sources.fileOf(path);
    if (file !== undefined) this.file = file;
  }
  get type(): string {
    return this.kind.type;
  }
  get emitter(): string {
    return this.kind.emitter;
  }
  create(around: ItemDeps): B {
    const { values, compiled } = this;
    return (this.kind.create as (context: object) => B)({ values, compiled, ...around });
  }
  locate(key: string): Promise<Position | undefined> {
    return this.sources.locate([...this.path, key]);
  }
}

export class ParsedTask extends ItemSpec<TaskInstance, TaskKind> implements TaskSpec {
  readonly traits: TaskTraits;

  constructor(item: ParsedItem<TaskKind>, sources: Sources) {
    super(item, sources);
    this.traits = Object.freeze(item.shared) as unknown as TaskTraits;
  }
}

export class ParsedEvent extends ItemSpec<EventInstance, EventKind> implements EventSpec {
  readonly condition: string;
  readonly manual: boolean;

  constructor(item: ParsedItem<EventKind>, sources: Sources) {
    super(item, sources);
    this.condition = item.shared.condition as string;
    this.manual = item.kind.manual ?? false;
  }
}

/** The keys of a condition that the engine reads, with its hooks. */
const traitsOf = (shared: Table, defaults: HookValues): Traits => {
  const hooks = hooksOf(shared, shared.tasks as readonly string[], defaults);
  if (hooks !== undefined) shared.hooks = hooks;
  return Object.freeze(shared) as unknown as Traits;
};

const NEVER_OPENS = 'its window does not open any more';

export class ParsedCondition extends ItemSpec<ConditionInstance, ConditionKind> implements ConditionSpec {
  readonly traits: Traits;
  readonly window: ConditionWindow | undefined;

  constructor(item: ParsedItem<ConditionKind>, defaults: HookValues, sources: Sources) {
    super(item, sources);
    this.traits = traitsOf(item.shared, defaults);
    this.window = item.window;
  }
  get delayable(): boolean {
    return this.kind.delayable;
  }
  get holdWindow(): SpecWindow | undefined {
    return this.window?.holdsEvents ? this.window : undefined;
  }
  override create(around: ItemDeps): ConditionInstance {
    const instance = super.create(around);
    return this.window === undefined ? instance : this.window.around(instance, around.ports.clock);
  }
  forecast(from: number, goesOn?: boolean): Iterable<Firing> | undefined {
    return this.kind.forecast?.(this.values as never, this.compiled, from, this.window, goesOn);
  }
  holdsFrom(from: number): number | undefined {
    const { kind, values, compiled, window } = this;
    if (window === undefined) return kind.holdsFrom?.(values as never, compiled, from);
    return window.opensWith((at) => kind.holdsFrom?.(values as never, compiled, at), from);
  }
  never(from: number): readonly string[] {
    const { window } = this;
    const reasons = this.kind.never?.(this.values as never, this.compiled, from, window) ?? [];
    return reasons.length === 0 && window !== undefined && window.opens(from) === undefined ? [NEVER_OPENS] : reasons;
  }
}
