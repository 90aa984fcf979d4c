import type {
  Bus,
  BusMessage,
  BusReply,
  BusRule,
  BusValue,
  PortSubscription,
  SessionHappening,
  SessionListener,
  Sessions,
  SessionWatch,
} from '../../core/ports.ts';
import { delayShutdown, type ShutdownDelay } from './shutdown-delay.ts';

const SERVICE = 'org.freedesktop.login1';
const MANAGER = `${SERVICE}.Manager`;
const SESSION = `${SERVICE}.Session`;
const PROPERTIES = 'org.freedesktop.DBus.Properties';
const ROOT = '/org/freedesktop/login1';

/** How long logind may take to answer, in ms. */
const ANSWER_MS = 10_000;
/** Without an answer of logind it is asked again so often, in ms. */
const AGAIN_MS = 60_000;
/** A lock that is asked to open and says so is one unlock, if both come within so many ms. */
const SAME_UNLOCK_MS = 5000;

/** A match rule for signals of logind. */
const signals = (keys: Readonly<Record<string, string>>): BusRule => {
  const all = new Map(Object.entries({ type: 'signal', sender: SERVICE, ...keys }));
  return { text: [...all].map(([key, value]) => `${key}='${value}'`).join(','), keys: all };
};

const manager = (member: string) => signals({ path: ROOT, interface: MANAGER, member });
/** What is listened to for each happening. */
const RULES: Readonly<Record<SessionHappening, readonly BusRule[]>> = {
  resume: [manager('PrepareForSleep')],
  shutdown: [manager('PrepareForShutdown')],
  login: [manager('SessionNew')],
  unlock: [
    signals({ path_namespace: `${ROOT}/session`, interface: SESSION, member: 'Unlock' }),
    signals({
      ...{ path_namespace: `${ROOT}/session`, interface: PROPERTIES },
      ...{ member: 'PropertiesChanged', arg0: SESSION },
    }),
  ],
};

const unwrapped = (value: BusValue | undefined): BusValue | undefined =>
  value?.type === 'v' ? unwrapped(value.value) : value;
/** The value of a key of a dictionary. */
const entry = (dict: BusValue | undefined, name: string): BusValue | undefined =>
  unwrapped(
    dict?.type === 'dict' ? dict.entries.find(([key]) => key.type === 's' && key.value === name)?.[1] : undefined,
  );
const isFlag = (value: BusValue | undefined, wanted: boolean): boolean => value?.type === 'b' && value.value === wanted;

/** Why there was no answer; undefined: there was one. */
const failureOf = (reply: BusReply): string | undefined => {
  if (reply.how === 'reply') return undefined;
  if (reply.how === 'error') return `logind: ${reply.name}: ${reply.message}`;
  return reply.how === 'timeout' ? 'logind does not answer' : reply.reason;
};

/** What the adapter needs of the machine. */
export interface SessionOptions {
  readonly bus: Bus;
  /** The user whose sessions count. */
  readonly uid: number;
  /** Makes the system wait at a shutdown. `failed`: it does not. */
  readonly delay?: (failed: (reason: string) => void) => ShutdownDelay;
}

/** One watch on logind: it works when all rules are in force, logind answers, and a shutdown waits, if it is to. */
class LogindWatch {
  readonly #options: SessionOptions;
  readonly #what: readonly SessionHappening[];
  readonly #listener: SessionListener;
  readonly #subscriptions: PortSubscription[];
  readonly #count: number;
  #inForce = 0;
  #closed = false;
  #again: NodeJS.Timeout | undefined;
  #unlocked = Number.NEGATIVE_INFINITY;
  #delay: ShutdownDelay | undefined;

  constructor(what: readonly SessionHappening[], listener: SessionListener, options: SessionOptions) {
    this.#options = options;
    this.#what = what;
    this.#listener = listener;
    const rules = what.flatMap((one) => RULES[one].map((rule) => [one, rule] as const));
    this.#count = rules.length;
    this.#subscriptions = rules.map(([one, rule]) =>
      options.bus.subscribe('system', rule, {
        subscribed: () => {
          this.#inForce += 1;
          if (this.#inForce === this.#count) void this.#establish();
        },
        lost: (reason) => {
          this.#inForce = Math.max(0, this.#inForce - 1);
          listener.lost(reason);
        },
        message: (message) => void this.#received(one, message),
      }),
    );
  }
  get ready(): Promise<void> {
    return Promise.all(this.#subscriptions.map(({ ready }) => ready)).then(() => undefined);
  }
  proceed(): void {
    this.#delay?.release();
    this.#delay = undefined;
  }
  close(): void {
    this.#closed = true;
    clearTimeout(this.#again);
    this.proceed();
    for (const subscription of this.#subscriptions) subscription.close();
  }

  /** The rules are in force also where logind is not there: it has to answer. */
  async #establish(): Promise<void> {
    clearTimeout(this.#again);
    const reply = await this.#call(ROOT, MANAGER, 'ListInhibitors');
    if (this.#closed || this.#inForce < this.#count) return;
    const failure = failureOf(reply);
    if (failure !== undefined) {
      this.#listener.lost(failure);
      this.#again = setTimeout(() => void this.#establish(), AGAIN_MS);
      this.#again.unref();
      return;
    }
    this.#listener.established();
    if (this.#what.includes('shutdown')) this.#takeDelay();
  }
  #takeDelay(): void {
    this.#delay ??= (this.#options.delay ?? delayShutdown)((reason) => {
      this.#delay = undefined;
      if (!this.#closed) this.#listener.lost(`a shutdown does not wait for the tasks: ${reason}`);
    });
  }
  #call(path: string, face: string, method: string, ...args: readonly BusValue[]): Promise<BusReply> {
    const { bus } = this.#options;
    return bus.call({
      ...{ bus: 'system', service: SERVICE, path, interface: face, method, args },
      timeoutMs: ANSWER_MS,
    });
  }

  async #received(what: SessionHappening, { body, member, path }: BusMessage): Promise<void> {
    switch (what) {
      case 'resume':
        if (isFlag(body[0], false)) this.#happened(what);
        return;
      case 'shutdown':
        if (isFlag(body[0], true)) this.#happened(what);
        // It was called off: the next one waits, too.
        else this.#takeDelay();
        return;
      case 'login':
        if (body[1]?.type === 'o' && (await this.#isOwn(body[1].value))) this.#happened(what);
        return;
      case 'unlock':
        if (member === 'PropertiesChanged' && !isFlag(entry(body[1], 'LockedHint'), false)) return;
        if (await this.#isOwn(path)) this.#unlock();
    }
  }
  #unlock(): void {
    const now = performance.now();
    const isSame = now - this.#unlocked < SAME_UNLOCK_MS;
    this.#unlocked = now;
    if (!isSame) this.#happened('unlock');
  }
  #happened(what: SessionHappening): void {
    if (!this.#closed) this.#listener.happened(what);
  }
  /** Whether a session is one that the user has begun: not that of a service manager, of cron or of a login screen. */
  async #isOwn(path: string): Promise<boolean> {
    const reply = await this.#call(path, PROPERTIES, 'GetAll', { type: 's', value: SESSION });
    if (reply.how !== 'reply') return false;
    const all = reply.body[0];
    const [user, kind] = [entry(all, 'User'), entry(all, 'Class')];
    const uid = user?.type === 'struct' ? user.items[0] : undefined;
    const isUser = uid !== undefined && 'value' in uid && Number(uid.value) === this.#options.uid;
    return isUser && (kind?.type !== 's' || kind.value.startsWith('user'));
  }
}

/** The sessions of a user, by logind on the system bus. */
export const createSessions = (options: SessionOptions): Sessions => ({
  watch: (what, listener): SessionWatch => new LogindWatch(what, listener, options),
});
