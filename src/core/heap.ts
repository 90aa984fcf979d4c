interface Rank {
  readonly at: number;
  readonly version: number;
}
const before = (a: Rank, b: Rank): boolean => a.at < b.at || (a.at === b.at && a.version < b.version);

/** A queue ordered by `at`, then by `version`, least first. Entries are not removed but outdated: the caller knows by the version. */
export class Heap<T> {
  #entries: { readonly at: number; readonly version: number; readonly value: T }[] = [];

  get size(): number {
    return this.#entries.length;
  }
  /** The least entry, left where it is. */
  get first(): { readonly at: number; readonly version: number; readonly value: T } | undefined {
    return this.#entries[0];
  }
  push(at: number, version: number, value: T): void {
    const list = this.#entries;
    const entry = { at, version, value };
    let i = list.length;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!before(entry, list[parent]!)) break;
      list[i] = list[parent]!;
      i = parent;
    }
    list[i] = entry;
  }
  /** Removes the least entry. */
  pop(): void {
    const list = this.#entries;
    const last = list.pop();
    if (last === undefined || list.length === 0) return;
    let i = 0;
    for (;;) {
      let child = 2 * i + 1;
      if (child >= list.length) break;
      if (child + 1 < list.length && before(list[child + 1]!, list[child]!)) child += 1;
      if (!before(list[child]!, last)) break;
      list[i] = list[child]!;
      i = child;
    }
    list[i] = last;
  }
  /** Removes the entries that `wanted` refuses. */
  keep(wanted: (entry: { readonly at: number; readonly version: number; readonly value: T }) => boolean): void {
    // A sorted array is a heap.
    this.#entries = this.#entries.filter(wanted).sort((a, b) => a.at - b.at || a.version - b.version);
  }
}
