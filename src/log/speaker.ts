import type { Context } from './record.ts';

/** The context of one logger. It has room for what those who write its records know of it, which nobody else sees. */
export class Speaker implements Context {
  readonly emitter: string;
  readonly action: string;
  readonly item: string | null;
  readonly itemId: number | null;
  #json: string | undefined;
  #file = 0;
  #number = 0;

  constructor(emitter: string, action: string, item: string | null, itemId: number | null) {
    this.emitter = emitter;
    this.action = action;
    this.item = item;
    this.itemId = itemId;
    Object.freeze(this);
  }

  /** The part of a JSON record that is the same for all records of one logger (`logging.md` §5). */
  static json(context: Context): string {
    if (!(#json in context)) return jsonOf(context);
    context.#json ??= jsonOf(context);
    return context.#json;
  }
  /** The number it has in a file; 0: none, or it is no context of a logger. */
  static numberIn(file: number, context: Context): number {
    return #file in context && context.#file === file ? context.#number : 0;
  }
  /** Gives it a number, of one file at a time. */
  static number(file: number, context: Context, number: number): void {
    if (!(#file in context)) return;
    context.#file = file;
    context.#number = number;
  }
}

const jsonOf = ({ action, emitter, item, itemId }: Context): string =>
  JSON.stringify({ action, emitter, item, item_id: itemId });
