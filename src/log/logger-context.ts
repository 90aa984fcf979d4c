import type { Context } from './record.ts';

/** What stands for a speaker with a weight, such as level and mark, in files. */
export interface ContextCode {
  readonly weight: string;
  readonly number: number;
  /** The last file in which it was told what it stands for. */
  file: number;
  /** The last that was told of it there in full. */
  said: number;
}

const NOTHING: readonly ContextCode[] = [];

/** The context of one logger. It has room for what those who write its records know of it, which nobody else sees. */
export class LoggerContext implements Context {
  readonly emitter: string;
  readonly action: string;
  readonly item: string | null;
  readonly itemId: number | null;
  #json: string | undefined;
  #shorts: readonly ContextCode[] = NOTHING;

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
  /** What is known of it with a `weight`; undefined: nothing yet, or it is no context of a logger. */
  static codeOf(context: Context, weight: string): ContextCode | undefined {
    if (!(#shorts in context)) return undefined;
    for (const short of context.#shorts) if (short.weight === weight) return short;
    return undefined;
  }
  static addCode(context: Context, short: ContextCode): void {
    if (#shorts in context) context.#shorts = [...context.#shorts, short];
  }
}

const jsonOf = ({ action, emitter, item, itemId }: Context): string =>
  JSON.stringify({ action, emitter, item, item_id: itemId });
