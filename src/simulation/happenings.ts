import type { HistoryLine, MissedLine, StateLine } from '../history/history-line.ts';
import { isoInstant } from '../terminal/instant.ts';

/** What comes from outside at an instant, wall-clock ms: a command of the user, or the clock goes on at another instant. */
export type Happening = { readonly at: number } & (
  | { readonly command: string /** What it is about; absent: all. */; readonly condition?: string }
  | { readonly to: number /** The machine slept; else the clock was set. */; readonly asleep: boolean }
);

/** A reload changes states too, at the same moment. */
const RELOAD_MS = 1000;

/** What is shorter is a busy machine or condition. */
const SHORTEST_SLEEP_MS = 60_000;

const byUser = ({ cause }: { readonly cause: string }): boolean => cause.startsWith('command-');

const untilOf = (end: string | undefined): string => (end === undefined ? '' : ` until ${isoInstant(Date.parse(end))}`);

/** Takes the lines of a history in order, and returns what has come from outside with each. Commands of tasks come again by themselves. */
export class Happenings {
  readonly #suspended = new Set<string>();
  #reloaded = Number.NEGATIVE_INFINITY;
  /** When the line before was written. */
  #before = Number.NEGATIVE_INFINITY;

  of(line: HistoryLine, at: number): readonly Happening[] {
    const found = this.#of(line, at);
    this.#before = at;
    return found;
  }

  #of(line: HistoryLine, at: number): readonly Happening[] {
    switch (line.kind) {
      case 'claim':
        // It has begun: at another time the condition can be busy.
        return line.code === 'run-command' && byUser(line)
          ? [{ at, command: `run ${line.condition} --queue`, condition: line.condition }]
          : [];
      case 'pause':
        return byUser(line) ? [{ at, command: line.paused ? `pause${untilOf(line.until)}` : 'resume' }] : [];
      case 'reload':
        this.#reloaded = at;
        return [];
      case 'state':
        return this.#state(line, at);
      case 'missed':
        return this.#sleeps(line, at);
      case 'clock':
        return line.change === 'zone' ? [] : [{ at: Date.parse(line.from), to: Date.parse(line.to), asleep: false }];
      default:
        return [];
    }
  }

  #state(line: StateLine, at: number): readonly Happening[] {
    const { condition, state, suspended_until: end } = line;
    const was = this.#suspended.has(condition);
    const is = state === 'suspended';
    if (is) this.#suspended.add(condition);
    else this.#suspended.delete(condition);
    if (!byUser(line) || at - this.#reloaded < RELOAD_MS) return [];
    if (is) return [{ at, command: `suspend_condition ${condition}${untilOf(end)}`, condition }];
    return [{ at, command: `${was ? 'resume_condition' : 'reset_conditions'} ${condition}`, condition }];
  }

  /** A sleep has no line of its own: it is known where instants were missed, and nothing else was written meanwhile. */
  #sleeps({ code, ranges }: MissedLine, to: number): readonly Happening[] {
    const last = ranges.at(-1);
    if (code !== 'instants-unattended' || last === undefined) return [];
    const at = Math.max(Date.parse(last.from), this.#before);
    return to - at < SHORTEST_SLEEP_MS ? [] : [{ at, to, asleep: true }];
  }
}
