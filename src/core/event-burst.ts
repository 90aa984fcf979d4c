/** A change of a watched file. */
export interface PathChange {
  readonly kind: 'create' | 'modify' | 'remove' | 'rename';
  readonly path: string;
}

/** What an event has brought to the run that it has caused: of several occurrences that led to one run, the last one counts. */
export interface Occurrences {
  /** The name of the event, and the word for its kind in the file. */
  readonly name: string;
  readonly type: string;
  /** How often it has occurred. */
  readonly count: number;
  /** What has changed, oldest first, of all occurrences. */
  readonly changes?: readonly PathChange[];
  /** Further changes, which were not kept. */
  readonly more?: number;
  /** As JSON: the arguments of a D-Bus signal, or what the command `trigger` was given. */
  readonly data?: string;
}

/** The most changes that are kept of a burst; the others are counted. */
export const MOST_CHANGES = 10_000;

/** One occurrence of an event. */
export interface Occurrence {
  /** The name of the event, and the word for its kind in the file. */
  readonly name: string;
  readonly type: string;
  readonly change?: PathChange;
  /** As JSON; called when a run is to be given it. */
  readonly data?: () => string | undefined;
}

/** What the occurrences have brought that lead to one run. Name, kind and data are those of the last one, the changes are those of all. */
export class EventBurst {
  #last: Pick<Occurrence, 'name' | 'type'> = { name: '', type: '' };
  #data: Occurrence['data'];
  #count = 0;
  #more = 0;
  readonly #changes: PathChange[] = [];
  /** The last kind of change of each path: what is the same again says nothing new. */
  #kinds: Map<string, PathChange['kind']> | undefined;

  add(occurrence: Occurrence): this {
    this.#last = occurrence;
    this.#count += 1;
    if (occurrence.data) this.#data = occurrence.data;
    if (occurrence.change) this.#addChange(occurrence.change);
    return this;
  }

  /** Adds what led to a firing that is joined with this one. */
  join({ changes = [], data, count, more = 0, ...last }: Occurrences): this {
    for (const change of changes) this.#addChange(change);
    this.#last = last;
    this.#count += count;
    this.#more += more;
    if (data !== undefined) this.#data = () => data;
    return this;
  }

  get context(): Occurrences {
    const { name, type } = this.#last;
    const data = this.#data?.();
    return {
      ...{ name, type, count: this.#count },
      ...(this.#changes.length > 0 ? { changes: this.#changes } : {}),
      ...(this.#more > 0 ? { more: this.#more } : {}),
      ...(data === undefined ? {} : { data }),
    };
  }

  #addChange(change: PathChange): void {
    const { kind, path } = change;
    const last = this.#changes.at(-1);
    if (last?.path === path && last.kind === kind) return;
    // Most bursts are of one file.
    if (last !== undefined) this.#kinds ??= new Map([[last.path, last.kind]]);
    if (this.#kinds?.get(path) === kind) return;
    if (this.#changes.length >= MOST_CHANGES) {
      // The last one is always the last: the path that a run is given.
      this.#changes.pop();
      this.#more += 1;
    }
    this.#changes.push(change);
    if (this.#changes.length < MOST_CHANGES) this.#kinds?.set(path, kind);
  }
}

/** What two firings have brought that lead to one run. */
export const joinEvents = (
  earlier: Occurrences | undefined,
  later: Occurrences | undefined,
): Occurrences | undefined => {
  if (!earlier || !later) return later ?? earlier;
  return new EventBurst().join(earlier).join(later).context;
};
