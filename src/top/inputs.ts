import type { StoryAnswer } from '../control/queries.ts';
import type { StatusReport } from '../control/status.ts';
import type { LogFact, TopicEvent } from '../journal/fact.ts';
import type { Level } from '../log/record.ts';
import type { Key } from './keys.ts';
import type { ItemOutput, OutputPiece, StatusMessage, TopState } from './model.ts';

/** What has to be done outside of the view. */
export type Effect =
  /** Gives an input command. */
  | { readonly do: 'command'; readonly line: string }
  /** Asks for the story of a condition, and for what one of these items wrote. */
  | { readonly do: 'read-condition'; readonly condition: string; readonly items: readonly string[] }
  | { readonly do: 'follow-output'; readonly item: string }
  | { readonly do: 'follow-log'; readonly level?: Level; readonly item?: string }
  /** Ends what is followed for a page. */
  | { readonly do: 'leave' }
  | { readonly do: 'read-events' }
  | { readonly do: 'redraw' }
  | { readonly do: 'quit' };

/** What happens to the view. */
export type Input =
  | { readonly type: 'key'; readonly key: Key }
  | { readonly type: 'resized'; readonly width: number; readonly height: number }
  | { readonly type: 'clock'; readonly now: number }
  /** `whole`: there are no other conditions and tasks. */
  | { readonly type: 'status'; readonly report: StatusReport; readonly whole: boolean }
  | { readonly type: 'event'; readonly event: TopicEvent }
  | { readonly type: 'lost'; readonly since?: number; readonly why: string }
  | { readonly type: 'message'; readonly message: StatusMessage }
  | { readonly type: 'story'; readonly condition: string; readonly story: StoryAnswer }
  | { readonly type: 'output'; readonly condition: string; readonly output: ItemOutput }
  | { readonly type: 'follows'; readonly item: string; readonly run: string }
  | { readonly type: 'piece'; readonly item: string; readonly piece: OutputPiece }
  | { readonly type: 'ended'; readonly item: string; readonly output?: ItemOutput }
  | { readonly type: 'records'; readonly records: readonly LogFact[] }
  | { readonly type: 'events'; readonly names: readonly string[] };

/** A state with what has to be done. */
export interface Update {
  readonly state: TopState;
  readonly effects: readonly Effect[];
}

/** A state, and what has to be done. */
export const only = (state: TopState, ...effects: readonly Effect[]): Update => ({ state, effects });
