import type { Context } from './record.ts';

/** The context of one logger. It keeps what is the same in each record of the logger. */
export class LoggerContext implements Context {
  readonly emitter: string;
  readonly action: string;
  readonly item: string | null;
  readonly itemId: number | null;
  #json: string | undefined;
  #recorded: object | undefined;

  constructor(emitter: string, action: string, item: string | null, itemId: number | null) {
    this.emitter = emitter;
    this.action = action;
    this.item = item;
    this.itemId = itemId;
    Object.freeze(this);
  }

  /** The context as it is in JSON records. */
  static json(context: Context): string {
    if (!(#json in context)) return jsonOf(context);
    context.#json ??= jsonOf(context);
    return context.#json;
  }
  /** What recordings keep of the logger, where `make` makes it; always the same `make`. */
  static recorded<Kept extends object>(context: Context, make: (context: Context) => Kept): Kept {
    if (!(#recorded in context)) return make(context);
    context.#recorded ??= make(context);
    return context.#recorded as Kept;
  }
}

const jsonOf = ({ action, emitter, item, itemId }: Context): string =>
  JSON.stringify({ action, emitter, item, item_id: itemId });
