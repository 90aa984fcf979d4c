import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../src/adapters/clock.ts';
import { NatsStore } from '../../src/adapters/fleet/nats-store.ts';
import { FleetMember } from '../../src/fleet/member.ts';
import { readClaims } from '../../src/fleet/snapshot.ts';
import { verifyFirings } from '../../src/fleet/verify.ts';

/** Between two instants, ms. */
const EVERY_MS = 200;
/** Some machines do not wait longer than this for a server, ms. */
const WAITS_MS = 3000;
/** A key that is written to see whether a server confirms it. */
const PROBE = 'probe.test';
/** Within a minute a member finds what the servers have lost, or what has arrived late, ms. */
const SETTLED_MS = 70_000;
const definitions = new Map([['C', 'C as it is']]);

/** What came of the instants. */
export interface Account {
  readonly instants: number;
  readonly run: number;
  readonly reported: number;
  /** Instants that have run several times, which nothing says. */
  readonly twice: readonly number[];
  /** How many have run several times as a member has said, because the servers had lost what they had confirmed. */
  readonly saidTwice: number;
  /** The claims of instants that have neither run nor are reported, by a member or by what the server keeps. */
  readonly lost: readonly unknown[];
  /** The states of the instants that the server keeps, as `fleet verify` counts them. */
  readonly verified: Readonly<Record<string, number>>;
}

/** Members of a fleet in this process that are connected to real servers, and all ask for the same instants. */
export class RealMembers {
  readonly #members: { readonly member: FleetMember; readonly store: NatsStore; readonly waits: boolean }[] = [];
  readonly #runs = new Map<number, number>();
  readonly #reported = new Set<number>();
  readonly #saidTwice = new Set<number>();
  readonly #asking = new Set<Promise<void>>();
  readonly #instants: number[] = [];
  readonly #end = new AbortController();
  #firing: Promise<void> | undefined;

  /** @param servers their addresses @param count how many members: the second, the fourth and so on do not wait for a server */
  constructor(servers: readonly string[], count: number) {
    for (let i = 0; i < count; i++) {
      const node = `n${i}`;
      const store = new NatsStore({ servers, node }, () => {});
      const member = new FleetMember({
        ...{ node, session: `s${i}`, version: 'test', tags: [], store, clock: systemClock, tickMs: 5000 },
        ...{ withoutEngine: 'hold', hash: (text) => text, definitions: () => definitions },
        report: (report) => {
          if (report.kind === 'ran-twice') this.#saidTwice.add(Number(report.key));
          if (report.kind !== 'missed') return;
          for (let at = report.first; at <= report.last; at += EVERY_MS) this.#reported.add(at);
        },
      });
      member.onLost(({ key }) => this.#reported.add(Number(key)));
      member.join();
      this.#members.push({ member, store, waits: i % 2 === 0 });
    }
  }

  get store(): NatsStore {
    return this.#members[0]!.store;
  }
  get instants(): number {
    return this.#instants.length;
  }

  /** Begins to ask, when all are ready. */
  async begin(): Promise<void> {
    while (this.#members.some(({ member }) => member.skew === undefined)) await pause(50);
    this.#firing = this.#fire();
  }

  /** Ends, when what waits for a server or is to be reported is settled. */
  async end(): Promise<Account> {
    this.#end.abort();
    await this.#firing;
    await Promise.all(this.#asking);
    await pause(SETTLED_MS);
    for (const { member } of this.#members) await member.leave();
    const claims = await readClaims(await this.#confirmed());
    for (const { store } of this.#members) await store.close();
    const [first, until] = [this.#instants[0]!, this.#instants.at(-1)!];
    const forecast = (from: number) =>
      this.#instants.filter((at) => at > from).map((at) => ({ at })) as never as Iterable<never>;
    const claimed = new Map(claims.map(({ key, entry }) => [Number(key), entry]));
    for (const { key, alsoOn } of claims) if (alsoOn !== undefined) this.#saidTwice.add(Number(key));
    const severalTimes = this.#instants.filter((at) => (this.#runs.get(at) ?? 0) > 1);
    const isReported = (at: number): boolean =>
      this.#reported.has(at) || ['missed', 'lost'].includes(claimed.get(at)?.state ?? '');
    const range = { from: first, until, tickMs: 5000, presence: [] };
    return {
      instants: this.#instants.length,
      run: this.#instants.filter((at) => this.#runs.has(at)).length,
      reported: this.#instants.filter(isReported).length,
      twice: severalTimes.filter((at) => !this.#saidTwice.has(at)),
      saidTwice: severalTimes.filter((at) => this.#saidTwice.has(at)).length,
      lost: this.#instants
        .filter((at) => !this.#runs.has(at) && !isReported(at))
        .map((at) => ({ at, claim: claimed.get(at) })),
      verified: verifyFirings([{ name: 'C', forecast }], claims, range)[0]!.counts,
    };
  }

  /** A connection to a server that confirms a change: one that is cut off can still show what it had. */
  async #confirmed(): Promise<NatsStore> {
    for (;;) {
      for (const { store } of this.#members) {
        try {
          const present = await store.get(PROBE);
          const revision = await (present ? store.update(PROBE, '', present.revision) : store.create(PROBE, ''));
          if (revision !== undefined) return store;
        } catch {
          await pause(200);
        }
      }
    }
  }

  async #fire(): Promise<void> {
    let at = Math.ceil(Date.now() / EVERY_MS) * EVERY_MS;
    for (; !this.#end.signal.aborted; at += EVERY_MS) {
      await pause(Math.max(0, at - Date.now()));
      this.#instants.push(at);
      for (const { member, waits } of this.#members) {
        const asking = this.#ask(member, at, waits);
        this.#asking.add(asking);
        void asking.then(() => this.#asking.delete(asking));
      }
    }
  }

  async #ask(member: FleetMember, at: number, waits: boolean): Promise<void> {
    const covers = { since: at - EVERY_MS, instants: [at] };
    const firing = { condition: 'C', key: String(at), definition: 'C as it is', onLost: 'miss' as const, covers };
    const signal = waits ? new AbortController().signal : AbortSignal.timeout(WAITS_MS);
    const claim = await member.claim(firing, signal);
    if (claim.kind !== 'won') return;
    this.#runs.set(at, (this.#runs.get(at) ?? 0) + 1);
    await pause(Math.random() * 400);
    await claim.finish('success');
  }
}
