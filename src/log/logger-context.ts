import type { Context } from './record.ts';

/** The number by which a recording refers to a context with a `weight`, such as level and mark. */
export interface ContextCode {
  readonly weight: string;
  readonly number: number;
  /** The last file in which it was written out. */
  file: number;
  /** The last record of it that was written in full there. */
  said: number;
}

const NOTHING: readonly ContextCode[] = [];

/** The context of one logger. Encoders of records keep what they know of it here, in private fields. */
export class LoggerContext implements Context {
  readonly emitter: string;
  readonly action: string;
  readonly item: string | null;
  readonly itemId: number | null;
  #json: string | undefined;
  #codes: readonly ContextCode[] = NOTHING;

  constructor(emitter: string, action: string, item: string | null, itemId: number | null) {
    this.emitter = emitter;
    this.action = action;
    this.item = item;
    this.itemId = itemId;
    Object.freeze(this);
  }

  /** The part of a JSON record that is the same for all records of one logger. */
  static json(context: Context): string {
    if (!(#json in context)) return jsonOf(context);
    context.#json ??= jsonOf(context);
    return context.#json;
  }
  /** What is known of it with a `weight`; undefined: nothing yet, or it is not a context of a logger. */
  static codeOf(context: Context, weight: string): ContextCode | undefined {
    if (!(#codes in context)) return undefined;
    for (const code of context.#codes) if (code.weight === weight) return code;
    return undefined;
  }
  static addCode(context: Context, code: ContextCode): void {
    if (#codes in context) context.#codes = [...context.#codes, code];
  }
}

const jsonOf = ({ action, emitter, item, itemId }: Context): string =>
  JSON.stringify({ action, emitter, item, item_id: itemId });
