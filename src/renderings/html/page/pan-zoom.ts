import { find } from './dom.ts';
import type { TimelineEntry } from './page-model.ts';
import type { Timeline } from './timeline.ts';
import { fullView } from './view.ts';

/** Called by the controls of the timeline. */
interface PanZoomHandlers {
  /** Called with the entry that is pointed at; undefined: none. `x`, `y`: px in the canvas. */
  point(entry: TimelineEntry | undefined, x: number, y: number): void;
  /** Opens the details; after a key they get the focus. */
  open(entry: TimelineEntry, by: 'key' | 'pointer'): void;
  /** Closes the details. */
  close(): void;
}

/** A drag begins when the pointer has moved this far, px. */
const DRAG = 4;
/** Two clicks within this time, ms, are a double click. */
const DOUBLE_MS = 500;
const STEP = 1.5;

/** The previous or next entry of the same lane, or the nearest one of the lane above or below. */
const neighbour = (timeline: Timeline, way: 'before' | 'after' | 'above' | 'below'): TimelineEntry | undefined => {
  const { focused, lanes, view } = timeline;
  const lane = focused && timeline.laneOf(focused);
  const middle = focused && lane ? (focused.start + focused.finish) / 2 : (view.from + view.to) / 2;
  const inOrder = (key: number) => {
    const one = lanes[key];
    return one ? [...one.rows.flat(), ...one.instants].sort((a, b) => a.start - b.start || b.finish - a.finish) : [];
  };
  const nearest = (entries: readonly TimelineEntry[]) =>
    entries.reduce<TimelineEntry | undefined>(
      (best, entry) => (!best || Math.abs(entry.start - middle) < Math.abs(best.start - middle) ? entry : best),
      undefined,
    );
  if (!focused || !lane) {
    // The keys start in the visible part.
    const seen = lanes.map((_, i) => inOrder(i).filter(({ start, finish }) => finish >= view.from && start <= view.to));
    return nearest(seen.find((entries) => entries.length > 0) ?? inOrder(0));
  }
  const place = lanes.indexOf(lane);
  if (way === 'above' || way === 'below')
    return nearest(inOrder(Math.min(lanes.length - 1, Math.max(0, place + (way === 'above' ? -1 : 1)))));
  const entries = inOrder(place);
  return entries[Math.min(entries.length - 1, Math.max(0, entries.indexOf(focused) + (way === 'before' ? -1 : 1)))];
};

const connectKeys = (timeline: Timeline, handlers: PanZoomHandlers): void => {
  const go = (way: Parameters<typeof neighbour>[1]) => {
    const entry = neighbour(timeline, way);
    timeline.pointAt(entry);
    const place = entry && timeline.placeOf(entry);
    if (entry && place) handlers.point(entry, place.x, place.y);
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
    Enter: () => timeline.focused && handlers.open(timeline.focused, 'key'),
    Escape: () => handlers.close(),
  };
  timeline.canvas.addEventListener(
    'keydown',
    (event) => {
      const act = keys[event.key];
      if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      act(event);
    },
    { signal: timeline.closing },
  );
  timeline.canvas.addEventListener('blur', () => handlers.point(undefined, 0, 0), { signal: timeline.closing });
};

const connectPointer = (timeline: Timeline, handlers: PanZoomHandlers): void => {
  const { canvas, scroller, closing: signal } = timeline;
  let held: { x: number; y: number; view: Timeline['view']; scroll: number; dragged: boolean } | undefined;
  canvas.addEventListener(
    'pointerdown',
    (event) => {
      if (event.button !== 0) return;
      canvas.setPointerCapture(event.pointerId);
      held = { x: event.clientX, y: event.clientY, view: timeline.view, scroll: scroller.scrollTop, dragged: false };
    },
    { signal },
  );
  canvas.addEventListener(
    'pointermove',
    (event) => {
      const { offsetX, offsetY, clientX, clientY } = event;
      if (!held) {
        const { entry } = timeline.under(offsetX, offsetY);
        canvas.classList.toggle('over', entry !== undefined);
        handlers.point(entry, offsetX, offsetY);
        return;
      }
      if (!held.dragged && Math.hypot(clientX - held.x, clientY - held.y) < DRAG) return;
      held.dragged = true;
      canvas.classList.add('dragged');
      handlers.point(undefined, 0, 0);
      const { from, to } = held.view;
      timeline.view = held.view;
      timeline.move((timeline.nsAt(held.x) - timeline.nsAt(clientX)) / (to - from));
      if (event.pointerType === 'mouse') scroller.scrollTop = held.scroll + held.y - clientY;
    },
    { signal },
  );
  let last = { x: 0, y: 0, at: Number.NEGATIVE_INFINITY };
  const release = (event: PointerEvent) => {
    canvas.classList.remove('dragged');
    const was = held;
    held = undefined;
    if (event.type === 'pointercancel' || !was || was.dragged) return;
    // The second click of a double click counts for the first one: the details may have moved the chart since.
    const { clientX: x, clientY: y, timeStamp: at } = event;
    const second = at - last.at < DOUBLE_MS && Math.hypot(x - last.x, y - last.y) < DRAG;
    last = { x, y, at };
    if (second) return;
    const { entry } = timeline.under(event.offsetX, event.offsetY);
    timeline.pointAt(entry);
    if (entry) handlers.open(entry, 'pointer');
  };
  canvas.addEventListener('pointerup', release, { signal });
  canvas.addEventListener('pointercancel', release, { signal });
  canvas.addEventListener('pointerleave', () => handlers.point(undefined, 0, 0), { signal });
  canvas.addEventListener(
    'dblclick',
    (event) => {
      const entry = timeline.focused;
      if (entry?.type === 'span') timeline.zoomTo(entry);
      else timeline.zoom(1 / (STEP * STEP), event.offsetX);
    },
    { signal },
  );
  canvas.addEventListener(
    'wheel',
    (event) => {
      const { deltaX, deltaY, shiftKey, ctrlKey, offsetX } = event;
      // Scrolling the page past the timeline does not zoom it.
      if (!ctrlKey && document.activeElement !== canvas) return;
      const all = fullView(timeline.model.length, timeline.model.begin);
      const { from, to } = timeline.view;
      if (deltaY > 0 && deltaX === 0 && !shiftKey && !ctrlKey && from <= all.from && to >= all.to) return;
      event.preventDefault();
      if (shiftKey || Math.abs(deltaX) > Math.abs(deltaY)) timeline.move((deltaX || deltaY) / 800);
      else timeline.zoom(Math.exp(Math.max(-1, Math.min(1, deltaY / (ctrlKey ? 150 : 300)))), offsetX);
    },
    { passive: false, signal },
  );
};

const connectButtons = (timeline: Timeline): void => {
  const acts: Readonly<Record<string, () => void>> = {
    'zoom-in': () => timeline.zoom(1 / STEP),
    'zoom-out': () => timeline.zoom(STEP),
    earlier: () => timeline.move(-0.3),
    later: () => timeline.move(0.3),
    fit: () => timeline.fit(),
  };
  for (const [id, act] of Object.entries(acts)) find(id)?.addEventListener('click', act, { signal: timeline.closing });
};

const connectFilter = (timeline: Timeline): void => {
  const boxes = [...document.querySelectorAll<HTMLInputElement>('#timeline input[type=checkbox]')];
  const part = find<HTMLInputElement>('lanes');
  const apply = () =>
    timeline.filter({
      hidden: new Set(boxes.flatMap(({ name, value, checked }) => (name === 'category' && !checked ? [value] : []))),
      decisions: boxes.some(({ name, checked }) => name === 'decisions' && checked),
      part: part?.value.trim().toLowerCase() ?? '',
    });
  for (const box of boxes) box.addEventListener('change', apply, { signal: timeline.closing });
  part?.addEventListener('input', apply, { signal: timeline.closing });
  apply();
};

/** Connects keys, pointer, wheel, buttons and check boxes with the timeline. */
export const setUpPanZoom = (timeline: Timeline, handlers: PanZoomHandlers): void => {
  connectKeys(timeline, handlers);
  connectPointer(timeline, handlers);
  connectButtons(timeline);
  connectFilter(timeline);
};
