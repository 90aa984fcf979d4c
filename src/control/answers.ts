import type { StateAnswer } from '../core/ports.ts';
import type { LogFact, TopicEvent } from '../journal/fact.ts';
import type { Dropped } from '../journal/subscribers.ts';
import type { BugReport } from './bug-report.ts';
import type { EnvironmentAnswer } from './environment.ts';
import type { HelloAnswer } from './hello.ts';
import type { LockAnswer, LockPart } from './locks.ts';
import type { OutputAnswer, OutputPart } from './output-stream.ts';
import type { EventsAnswer, ExplainAnswer, NameSuggestions, StoryAnswer } from './queries.ts';
import type { RequestName } from './request.ts';
import type { CtlResult } from './request-handler.ts';
import type { StatusReport } from './status.ts';
import type { VitalsAnswer } from './vitals.ts';

/**
 * What each request is answered with: any number of lines with `part`, if it has any, and one with `done`. The JSON Schema of the control
 * socket is made from these types.
 */
export interface Answers {
  readonly hello: { readonly done: HelloAnswer };
  readonly status: { readonly done: StatusReport };
  readonly story: { readonly done: StoryAnswer };
  readonly explain: { readonly done: ExplainAnswer };
  readonly output: { readonly part: OutputPart; readonly done: OutputAnswer };
  /** The end is null with `follow`. */
  readonly events: { readonly part: TopicEvent | Dropped; readonly done: EventsAnswer | null };
  /** The end is null with `follow`. */
  readonly logs: { readonly part: LogFact | Dropped; readonly done: readonly LogFact[] | null };
  readonly near: { readonly done: NameSuggestions };
  /** A command that takes time is accepted by a part. */
  readonly ctl: { readonly part: CtlResult; readonly done: CtlResult };
  readonly log_event: { readonly done: CtlResult };
  readonly state: { readonly done: StateAnswer };
  readonly lock: { readonly part: LockPart; readonly done: LockAnswer };
  readonly vitals: { readonly done: VitalsAnswer };
  readonly environment: { readonly done: EnvironmentAnswer };
  readonly dump: { readonly done: BugReport };
}

/** The end of the answer to a request. */
export type AnswerOf<K extends RequestName> = Answers[K]['done'];
