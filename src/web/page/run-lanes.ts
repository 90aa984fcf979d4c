import type { LaneContent, PageInstant, PageSpan } from '../../renderings/html/page/page-model.ts';
import { SpanRows } from '../../renderings/html/page/span-rows.ts';

const EMPTY_ROW: LaneContent['rows'] = [[]];

/** A lane to which spans and instants are added. */
class RunLane implements LaneContent {
  readonly category: string;
  spans = new SpanRows();
  instants: PageInstant[] = [];
  /** It is shown without spans, too. */
  isMentioned = false;

  constructor(category: string) {
    this.category = category;
  }
  get rows(): LaneContent['rows'] {
    const { rows } = this.spans;
    return this.isMentioned && rows.length === 0 ? EMPTY_ROW : rows;
  }
  get crowded(): boolean {
    return this.spans.crowded;
  }
}

type Wanted = (span: PageSpan) => boolean;

const push = <T>(map: Map<string, T[]>, key: string, value: T): void => {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
};

/** The lanes of the spans that are wanted, by item. What is added costs as much as it is, however much there is. */
export class RunLanes {
  readonly lanes = new Map<string, RunLane>();
  readonly #isWanted: Wanted;

  constructor(isWanted: Wanted = () => true) {
    this.#isWanted = isWanted;
  }
  add(span: PageSpan): void {
    if (this.#isWanted(span)) this.#lane(span.item!, span.category).spans.add(span);
  }
  /** Takes a span out, before it changes. */
  remove(span: PageSpan): void {
    this.lanes.get(span.item!)?.spans.remove(span);
  }
  /** Adds spans of any items that are older than those that are there. */
  addOlder(spans: readonly PageSpan[]): void {
    const byItem = new Map<string, PageSpan[]>();
    for (const span of spans) if (this.#isWanted(span)) push(byItem, span.item!, span);
    for (const [item, older] of byItem) this.#lane(item, older[0]!.category).spans.addOlder(older);
  }
  /** Adds an instant that is newer than those of its item. */
  addInstant(instant: PageInstant): void {
    this.#lane(instant.item!, instant.category).instants.push(instant);
  }
  /** Adds instants, which may be anywhere among those that are there. */
  addInstants(instants: readonly PageInstant[]): void {
    const byItem = new Map<string, PageInstant[]>();
    for (const instant of instants) push(byItem, instant.item!, instant);
    for (const [item, some] of byItem) {
      const lane = this.#lane(item, some[0]!.category);
      lane.instants = [...some, ...lane.instants].sort((a, b) => a.start - b.start);
    }
  }
  /** Takes what is wanted of other lanes. */
  takeFrom({ lanes }: RunLanes): void {
    for (const [item, { category, spans, instants, isMentioned }] of lanes) {
      const lane = this.#lane(item, category);
      lane.instants = [...instants];
      lane.isMentioned = isMentioned;
      lane.spans = spans.filtered(this.#isWanted);
    }
  }
  /** Has a lane for an item of which nothing may be there yet. */
  mention(item: string, category: string): void {
    this.#lane(item, category).isMentioned = true;
  }
  #lane(item: string, category: string): RunLane {
    let lane = this.lanes.get(item);
    if (!lane) {
      lane = new RunLane(category);
      this.lanes.set(item, lane);
    }
    return lane;
  }
}
