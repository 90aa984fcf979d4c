import { expectOptions, expectType, TYPES } from '../check-arguments.ts';
import type { RequestOf } from '../control/request.ts';
import type { SharedValue, StateAnswer } from '../core/ports.ts';
import { SIGNAL } from '../host/options.ts';
import { toJson } from '../journal/json.ts';
import type { SignalOptions } from '../subscription.ts';
import type { Connection } from './connection.ts';

/** The keys of a shared state with their values. */
export type StateValues = Readonly<Record<string, SharedValue>>;

/**
 * The shared states of Lua scripts (`sharedstate.load`). Each call is atomic. @throws RequestRefusedError for a name or a value that a state
 * cannot have
 */
export class ClientStates {
  readonly #connection: Connection;

  /** @internal */
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The value of a key, or a whole state; undefined: it is not there. */
  async get(name: string, key: string, options?: SignalOptions): Promise<SharedValue | undefined>;
  async get(name: string, key?: undefined, options?: SignalOptions): Promise<StateValues | undefined>;
  async get(name: string, key?: string, options: SignalOptions = {}): Promise<SharedValue | StateValues | undefined> {
    return (await this.#ask('get', name, key, options)).value;
  }
  /** Sets a key, or replaces a whole state. */
  async set(name: string, key: string, value: SharedValue, options?: SignalOptions): Promise<void>;
  async set(name: string, values: StateValues, options?: SignalOptions): Promise<void>;
  async set(
    name: string,
    given: string | StateValues,
    third?: SharedValue | SignalOptions,
    fourth?: SignalOptions,
  ): Promise<void> {
    const [key, value, options] = typeof given === 'string' ? [given, third, fourth] : [undefined, given, third];
    await this.#ask('set', name, key, (options ?? {}) as SignalOptions, { value: toJson(value) });
  }
  /** Removes a key, or a whole state. Returns whether it was there. */
  async remove(name: string, key?: string, options: SignalOptions = {}): Promise<boolean> {
    return (await this.#ask('remove', name, key, options)).found;
  }
  /** The names of all states, or the keys of one. */
  async list(name?: string, options: SignalOptions = {}): Promise<readonly string[]> {
    return (await this.#ask('list', name, undefined, options)).names ?? [];
  }

  async #ask(
    action: RequestOf<'state'>['action'],
    name: string | undefined,
    key: string | undefined,
    options: SignalOptions,
    value: Pick<RequestOf<'state'>, 'value'> = {},
  ): Promise<StateAnswer> {
    const call = `state.${action}`;
    if (name !== undefined || action !== 'list') expectType(call, 'name', name, TYPES.text);
    if (key !== undefined) expectType(call, 'key', key, TYPES.text);
    expectOptions(call, options, { signal: SIGNAL });
    const names = { ...(name === undefined ? {} : { name }), ...(key === undefined ? {} : { key }) };
    const request = { request: 'state', action, ...names, ...value } as const;
    return (await this.#connection.request(request, options.signal)) as StateAnswer;
  }
}
