import { find } from './dom.ts';
import type { TimelineEntry } from './page-model.ts';
import type { Timeline } from './timeline.ts';
import { fullView } from './view.ts';

/** What steers the timeline tells others. */
export interface PanZoomHandlers {
  /** Something was pointed at; undefined: nothing any more. `x`, `y`: px in the canvas. */
  point(thing: TimelineEntry | undefined, x: number, y: number): void;
  /** Its details are wanted; by `key` they get the focus. */
  open(thing: TimelineEntry, by: 'key' | 'pointer'): void;
  /** They are not wanted any more. */
  close(): void;
}

/** A drag begins when the pointer has moved so far, px. */
const DRAG = 4;
/** Two clicks within so many ms are a double click. */
const DOUBLE_MS = 500;
const STEP = 1.5;

/** The thing before or after in the same lane, or the nearest one of the lane above or below. */
const neighbour = (timeline: Timeline, way: 'before' | 'after' | 'above' | 'below'): TimelineEntry | undefined => {
  const { at, lanes, view } = timeline;
  const lane = at && timeline.laneOf(at);
  const middle = at && lane ? (at.start + at.finish) / 2 : (view.from + view.to) / 2;
  const inOrder = (key: number) => {
    const one = lanes[key];
    return one ? [...one.rows.flat(), ...one.instants].sort((a, b) => a.start - b.start || b.finish - a.finish) : [];
  };
  const nearest = (things: readonly TimelineEntry[]) =>
    things.reduce<TimelineEntry | undefined>(
      (best, thing) => (!best || Math.abs(thing.start - middle) < Math.abs(best.start - middle) ? thing : best),
      undefined,
    );
  if (!at || !lane) {
    // The keys begin with what is to be seen.
    const seen = lanes.map((_, i) => inOrder(i).filter(({ start, finish }) => finish >= view.from && start <= view.to));
    return nearest(seen.find((things) => things.length > 0) ?? inOrder(0));
  }
  const place = lanes.indexOf(lane);
  if (way === 'above' || way === 'below')
    return nearest(inOrder(Math.min(lanes.length - 1, Math.max(0, place + (way === 'above' ? -1 : 1)))));
  const things = inOrder(place);
  return things[Math.min(things.length - 1, Math.max(0, things.indexOf(at) + (way === 'before' ? -1 : 1)))];
};

const withKeys = (timeline: Timeline, steered: PanZoomHandlers): void => {
  const go = (way: Parameters<typeof neighbour>[1]) => {
    const thing = neighbour(timeline, way);
    timeline.pointAt(thing);
    const place = thing && timeline.placeOf(thing);
    if (thing && place) steered.point(thing, place.x, place.y);
  };
  const keys: Readonly<Record<string, (event: KeyboardEvent) => void>> = {
    ArrowLeft: (event) => timeline.move(event.shiftKey ? -0.8 : -0.15),
    ArrowRight: (event) => timeline.move(event.shiftKey ? 0.8 : 0.15),
    ArrowUp: () => go('above'),
    ArrowDown: () => go('below'),
    ',': () => go('before'),
    '<': () => go('before'),
    '.': () => go('after'),
    '>': () => go('after'),
    '+': () => timeline.zoom(1 / STEP),
    '=': () => timeline.zoom(1 / STEP),
    '-': () => timeline.zoom(STEP),
    '0': () => timeline.fit(),
    Enter: () => timeline.at && steered.open(timeline.at, 'key'),
    Escape: () => steered.close(),
  };
  timeline.canvas.addEventListener('keydown', (event) => {
    const act = keys[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act(event);
  });
  timeline.canvas.addEventListener('blur', () => steered.point(undefined, 0, 0));
};

const withPointer = (timeline: Timeline, steered: PanZoomHandlers): void => {
  const { canvas, scroller } = timeline;
  let held: { x: number; y: number; view: Timeline['view']; scroll: number; dragged: boolean } | undefined;
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    held = { x: event.clientX, y: event.clientY, view: timeline.view, scroll: scroller.scrollTop, dragged: false };
  });
  canvas.addEventListener('pointermove', (event) => {
    const { offsetX, offsetY, clientX, clientY } = event;
    if (!held) {
      const { thing } = timeline.under(offsetX, offsetY);
      canvas.classList.toggle('over', thing !== undefined);
      steered.point(thing, offsetX, offsetY);
      return;
    }
    if (!held.dragged && Math.hypot(clientX - held.x, clientY - held.y) < DRAG) return;
    held.dragged = true;
    canvas.classList.add('dragged');
    steered.point(undefined, 0, 0);
    const { from, to } = held.view;
    timeline.view = held.view;
    timeline.move((timeline.nsAt(held.x) - timeline.nsAt(clientX)) / (to - from));
    if (event.pointerType === 'mouse') scroller.scrollTop = held.scroll + held.y - clientY;
  });
  let last = { x: 0, y: 0, at: Number.NEGATIVE_INFINITY };
  const release = (event: PointerEvent) => {
    canvas.classList.remove('dragged');
    const was = held;
    held = undefined;
    if (event.type === 'pointercancel' || !was || was.dragged) return;
    // The second click of two means what the first one has met: the details may have moved the chart since.
    const { clientX: x, clientY: y, timeStamp: at } = event;
    const second = at - last.at < DOUBLE_MS && Math.hypot(x - last.x, y - last.y) < DRAG;
    last = { x, y, at };
    if (second) return;
    const { thing } = timeline.under(event.offsetX, event.offsetY);
    timeline.pointAt(thing);
    if (thing) steered.open(thing, 'pointer');
  };
  canvas.addEventListener('pointerup', release);
  canvas.addEventListener('pointercancel', release);
  canvas.addEventListener('pointerleave', () => steered.point(undefined, 0, 0));
  canvas.addEventListener('dblclick', (event) => {
    const thing = timeline.at;
    if (thing?.type === 'span') timeline.zoomTo(thing);
    else timeline.zoom(1 / (STEP * STEP), event.offsetX);
  });
  canvas.addEventListener(
    'wheel',
    (event) => {
      const { deltaX, deltaY, shiftKey, ctrlKey, offsetX } = event;
      // Who scrolls the page past the timeline does not want to zoom it.
      if (!ctrlKey && document.activeElement !== canvas) return;
      const all = fullView(timeline.model.length);
      const { from, to } = timeline.view;
      if (deltaY > 0 && deltaX === 0 && !shiftKey && !ctrlKey && from <= all.from && to >= all.to) return;
      event.preventDefault();
      if (shiftKey || Math.abs(deltaX) > Math.abs(deltaY)) timeline.move((deltaX || deltaY) / 800);
      else timeline.zoom(Math.exp(Math.max(-1, Math.min(1, deltaY / (ctrlKey ? 150 : 300)))), offsetX);
    },
    { passive: false },
  );
};

const withButtons = (timeline: Timeline): void => {
  const acts: Readonly<Record<string, () => void>> = {
    'zoom-in': () => timeline.zoom(1 / STEP),
    'zoom-out': () => timeline.zoom(STEP),
    earlier: () => timeline.move(-0.3),
    later: () => timeline.move(0.3),
    fit: () => timeline.fit(),
  };
  for (const [id, act] of Object.entries(acts)) find(id)?.addEventListener('click', act);
};

const withChoice = (timeline: Timeline): void => {
  const boxes = [...document.querySelectorAll<HTMLInputElement>('#timeline input[type=checkbox]')];
  const part = find<HTMLInputElement>('lanes');
  const choose = () =>
    timeline.choose({
      hidden: new Set(boxes.flatMap(({ name, value, checked }) => (name === 'category' && !checked ? [value] : []))),
      decisions: boxes.some(({ name, checked }) => name === 'decisions' && checked),
      part: part?.value.trim().toLowerCase() ?? '',
    });
  for (const box of boxes) box.addEventListener('change', choose);
  part?.addEventListener('input', choose);
};

/** Lets keys, pointer, wheel, buttons and boxes steer the timeline. */
export const setUpPanZoom = (timeline: Timeline, steered: PanZoomHandlers): void => {
  withKeys(timeline, steered);
  withPointer(timeline, steered);
  withButtons(timeline);
  withChoice(timeline);
};
