import type { Condition } from './condition.ts';
import type { Task } from './task.ts';

/** What a reload has removed and may still run: an item of the same name that a later file brings waits for it [R3]. */
export class DrainingItems {
  readonly #tasks = new Map<string, Task>();
  readonly #conditions = new Map<string, Condition>();

  add(...item: ['task', Task] | ['condition', Condition]): void {
    if (item[0] === 'task') this.#keep(this.#tasks, item[1], item[1].gone);
    else this.#keep(this.#conditions, item[1], item[1].settled);
  }
  task(name: string): Task | undefined {
    return this.#tasks.get(name);
  }
  condition(name: string): Condition | undefined {
    return this.#conditions.get(name);
  }

  #keep<T extends Task | Condition>(items: Map<string, T>, item: T, until: Promise<void>): void {
    items.set(item.name, item);
    void until.then(() => {
      if (items.get(item.name) === item) items.delete(item.name);
    });
  }
}
