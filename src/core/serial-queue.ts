/** Counts those who may still come; tells when there are none. */
export class RefCount {
  #count = 0;
  #free: Promise<void> | undefined;
  #tell: () => void = () => {};

  acquire(): void {
    this.#count += 1;
  }
  release(): void {
    this.#count -= 1;
    if (this.#count > 0) return;
    this.#tell();
    this.#free = undefined;
  }
  /** Resolves when nobody holds it. */
  get free(): Promise<void> {
    if (this.#count === 0) return Promise.resolve();
    this.#free ??= new Promise((resolve) => {
      this.#tell = resolve;
    });
    return this.#free;
  }
}

/** The runs of a task, and of those that reloads put in its place, one after the other: two of one name never run at once. */
export class SerialQueue {
  /** The lists of tasks in progress that one of these tasks is in. */
  readonly holds = new RefCount();
  /** The conditions whose runs are not over, in order: the first one runs. */
  readonly conditions: string[] = [];
  #last: Promise<unknown> = Promise.resolve();

  /** Does it when everything that was asked for before is over. `work` never rejects, and says when it is `over`. */
  take<T>(condition: string, work: () => Promise<T>): Promise<T> {
    this.conditions.push(condition);
    const run = this.#last.then(work);
    this.#last = run;
    return run;
  }
  over(): void {
    this.conditions.shift();
  }
}
