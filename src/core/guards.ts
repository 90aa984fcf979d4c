import type { TraceContext } from '../log/record.ts';
import type { EarlierHold } from './earlier.ts';
import type { EngineEvents } from './engine-events.ts';
import { GuardAnswers, type Moment } from './guard-answers.ts';
import { type Guard, Hold, type Holdable, type PassedCheck } from './held-firing.ts';
import { passed } from './outcome.ts';
import type { Clock } from './ports.ts';
import type { ReasonOf } from './reasons.ts';
import { Heap } from './timer-queue.ts';
import { guardNames, windowGuard } from './window-guard.ts';

/** What the guards need of the scheduler. */
interface GuardsDeps {
  readonly events: EngineEvents;
  readonly clock: Clock;
  readonly tickMs: number;
  /** A condition of the running configuration. */
  condition(name: string): Holdable | undefined;
  /** False while it is paused, and when it ends. */
  open(): boolean;
  /** There may be something to do earlier. */
  onChanged(): void;
}

/**
 * The guards of `only_when`, and the firings that they hold back. A guard is asked for all of them together, once a tick at most. A
 * firing waits for the first guard that does not hold, so that a tick costs what its guards cost, however many firings wait for them.
 */
export class Guards {
  readonly #deps: GuardsDeps;
  readonly #answers: GuardAnswers;
  readonly #held = new Map<Holdable, Hold>();
  /** Firings that no guard holds back, whose conditions are busy. */
  readonly #ready = new Set<Hold>();
  /** By when they are missed, on the clock of {@link Guards.#elapsed}. */
  readonly #expiries = new Heap<Hold>();
  #count = 0;
  #ended = false;

  constructor(deps: GuardsDeps) {
    this.#deps = deps;
    const { clock, tickMs, condition, onChanged } = deps;
    this.#answers = new GuardAnswers({
      ...{ clock, tickMs, onReplaced: onChanged },
      condition: (name) => condition(name) ?? windowGuard(name, condition),
      onAnswer: (guard, at, origin) => {
        if (deps.open()) this.#advance(guard, at, origin);
        onChanged();
      },
    });
  }

  /** The firing that is held of a condition; undefined: none is. */
  held(condition: Holdable): Hold | undefined {
    return this.#held.get(condition);
  }
  /** What is known of a guard; undefined: it was not asked yet. */
  guard(name: string): Guard | undefined {
    return this.#answers.known(name);
  }
  /** Guards that were asked and have not answered yet. */
  get asking(): readonly Promise<void>[] {
    return this.#answers.asking;
  }

  /**
   * Called when a check has passed. Returns whether the tasks run now; otherwise the firing is held, or has joined the one that is, or is
   * missed. @param at the instants of the check; default: now.
   */
  async admit(condition: Holdable, firing: PassedCheck, at: Moment = this.#now()): Promise<boolean> {
    let held = this.#held.get(condition);
    // What is over by the next tick takes no other firing with it: at 02:30 the one of the night before is missed, and a new one is held.
    if (held && held.expiresAt <= this.#elapsed() + this.#deps.tickMs) {
      this.#expireOne(held);
      held = undefined;
    }
    if (held) {
      held.join(firing);
      const { accounted } = condition;
      this.#deps.events.emit('firing.joined', firing.origin, { condition, held, accounted });
      return false;
    }
    const by = await this.#firstFalse(condition, firing.origin, at);
    if (by === undefined) return true;
    // An operation may wait: it ends the hold.
    this.#hold(new Hold(condition, firing, this.#deps.clock.wall(), by, this.#deps.tickMs));
    return false;
  }

  /** Goes on holding a firing of an earlier instance. */
  resume(condition: Holdable, { since, at, why }: EarlierHold, origin: TraceContext): void {
    const [first] = guardNames(condition.spec);
    if (first === undefined) return;
    const result = passed({ code: 'held-before-start', message: why, ...(at === undefined ? {} : { at }) });
    this.#hold(
      new Hold(
        condition,
        { result, origin },
        Math.min(since, this.#deps.clock.wall()),
        this.#answers.of(first),
        this.#deps.tickMs,
      ),
      true,
    );
  }

  /** Ends the hold of a condition, if there is one: its firing does not run. */
  drop(condition: Holdable, by: ReasonOf<'hold-ended'>['by'], origin: TraceContext): void {
    const held = this.#held.get(condition);
    if (!held) return;
    this.#forget(held);
    this.#deps.events.emit('firing.dropped', origin, { condition, held, reason: { code: 'hold-ended', by } });
  }

  /** Called at each tick, after its checks: asks the guards that hold something back, and begins what they no longer do. */
  tick(at: Moment, origin: TraceContext): void {
    if (this.#held.size === 0) return;
    this.#expire();
    for (const guard of this.#answers.all) {
      this.#answers.refresh(guard, at, origin);
      this.#advance(guard, at, origin);
    }
    for (const held of [...this.#ready]) {
      this.#ready.delete(held);
      this.#settle(held, at, origin);
    }
  }

  /** How long there is nothing to do, in ms; 0: there is something at each tick. */
  wait(wall: number, mono: number): number {
    if (this.#held.size === 0) return Number.POSITIVE_INFINITY;
    if (this.#ready.size > 0) return 0;
    this.#dropOutdated();
    let wait = (this.#expiries.first?.at ?? Number.POSITIVE_INFINITY) - this.#elapsed();
    for (const guard of this.#answers.all) {
      if (wait <= 0) return 0;
      wait = Math.min(wait, this.#answers.wait(guard, { wall, mono }));
    }
    return Math.max(0, wait);
  }

  /** The clock was set, or local time is another: what a guard has foretold does not count any more. */
  timeChanged(): void {
    this.#answers.timeChanged();
  }

  /** Nothing is asked or held any more: the scheduler ends, which can take long. What is being asked is ended. */
  end(origin: TraceContext): void {
    this.#ended = true;
    this.#answers.end();
    for (const condition of [...this.#held.keys()]) this.drop(condition, 'ended', origin);
  }

  /** The first guard that does not hold, or has not answered within a tick; undefined: all hold. */
  async #firstFalse(condition: Holdable, origin: TraceContext, begun: Moment): Promise<Guard | undefined> {
    const { clock, tickMs } = this.#deps;
    const names = guardNames(condition.spec);
    const ready = new AbortController();
    let late: Promise<unknown> | undefined;
    for (let at = begun; ; at = this.#now()) {
      const guard = this.#answers.firstFalse(names, at, origin, begun.mono);
      if (!guard?.asking) {
        ready.abort('ready');
        return guard;
      }
      if (!late) this.#deps.events.emit('firing.asking', origin, { condition, guard: guard.name });
      late ??= clock.sleep(tickMs, ready.signal).then(() => LATE);
      if ((await Promise.race([guard.asking, late])) === LATE) return guard;
    }
  }

  #hold(held: Hold, kept = false): void {
    const { condition, origin } = held;
    const { events, clock } = this.#deps;
    const { accounted } = condition;
    if (held.until <= clock.wall() && !kept) {
      condition.expire();
      this.#missed(held, 0);
      return;
    }
    this.#held.set(condition, held);
    held.by.waiting.add(held);
    this.#count += 1;
    held.expiresAt = this.#elapsed() + held.until - clock.wall();
    this.#expiries.push(held.expiresAt, this.#count, held);
    condition.hold();
    events.emit('firing.held', origin, { condition, held, accounted, kept });
    // Its check went on after a reload or the end: nothing else would end this.
    if (this.#ended) this.drop(condition, 'ended', origin);
    else if (condition.removed) this.drop(condition, 'removed', origin);
    this.#deps.onChanged();
  }

  /** Begins what a guard does not hold back any more. */
  #advance(guard: Guard, at: Moment, origin: TraceContext): void {
    if (guard.asking || !guard.answer?.holds || guard.waiting.size === 0) return;
    const waiting = [...guard.waiting];
    guard.waiting.clear();
    for (const held of waiting) {
      // A round in which this guard did not hold is over.
      held.round = held.round > guard.falseAt ? Math.min(held.round, guard.answeredAt) : guard.answeredAt;
      this.#settle(held, at, origin);
    }
  }

  /** Runs a firing, unless one of its guards does not hold: it waits for that one. */
  #settle(held: Hold, at: Moment, origin: TraceContext): void {
    const { condition } = held;
    const guard = this.#answers.firstFalse(guardNames(condition.spec), at, origin, held.round);
    if (guard) {
      held.by = guard;
      guard.waiting.add(held);
      if (!guard.asking) held.round = Number.POSITIVE_INFINITY;
    } else if (!condition.canRelease) {
      held.round = Number.POSITIVE_INFINITY;
      this.#ready.add(held);
    } else {
      this.#forget(held);
      const reason = { code: 'held', ...held.ended(this.#heldFor(held)) } as const;
      this.#deps.events.emit('firing.released', held.origin, { condition, held, reason });
      condition.release(held.firing(passed(reason)));
    }
  }

  #expire(): void {
    this.#dropOutdated();
    const now = this.#elapsed();
    for (let first = this.#expiries.first; first !== undefined && first.at <= now; first = this.#expiries.first) {
      this.#expiries.pop();
      if (!first.value.over) this.#expireOne(first.value);
    }
  }

  #expireOne(held: Hold): void {
    this.#forget(held);
    held.condition.expire();
    this.#missed(held, this.#heldFor(held));
  }

  #missed(held: Hold, ms: number): void {
    const { condition } = held;
    const reason = { code: 'hold-expired', ...held.ended(ms) } as const;
    const next = condition.next();
    this.#deps.events.emit('firing.expired', held.origin, {
      condition,
      held,
      reason,
      next,
      accounted: condition.accounted,
    });
  }

  #forget(held: Hold): void {
    held.over = true;
    held.by.waiting.delete(held);
    this.#ready.delete(held);
    this.#held.delete(held.condition);
  }

  #dropOutdated(): void {
    while (this.#expiries.first?.value.over) this.#expiries.pop();
  }

  #heldFor(held: Hold): number {
    return Math.max(0, this.#deps.clock.wall() - held.since);
  }
  #now(): Moment {
    return { wall: this.#deps.clock.wall(), mono: this.#deps.clock.mono() };
  }
  /** The clock by which firings are held: it goes on while the machine is asleep, and is never set. */
  #elapsed(): number {
    return this.#deps.clock.elapsed?.() ?? this.#deps.clock.mono();
  }
}

const LATE = Symbol('late');
