/** The part of time that is shown, ns since the beginning. */
export interface View {
  readonly from: number;
  readonly to: number;
}

/** The narrowest view, ns. */
const NARROWEST = 1000;
/** Free space at both sides, as a part of the whole. */
const MARGIN = 0.01;

/** The whole time with a small margin; `length` and `begin`, where it begins, in ns. */
export const fullView = (length: number, begin = 0): View => {
  const margin = Math.max((length - begin) * MARGIN, NARROWEST);
  return { from: begin - margin, to: length + margin };
};

/** Limits a view of `width` ns to the whole time. */
export const clampView = (from: number, width: number, length: number, begin = 0): View => {
  const all = fullView(length, begin);
  const most = all.to - all.from;
  const wide = Math.min(Math.max(width, NARROWEST), most);
  const at = Math.min(Math.max(from, all.from), all.to - wide);
  return { from: at, to: at + wide };
};

/** Shows more (`factor` above 1) or less; the instant `at` keeps its position. */
export const zoomed = ({ from, to }: View, factor: number, at: number, length: number, begin = 0): View => {
  const width = Math.max((to - from) * factor, NARROWEST);
  return clampView(at - ((at - from) / (to - from)) * width, width, length, begin);
};

/** Moves by a part of the view. */
export const moved = ({ from, to }: View, part: number, length: number, begin = 0): View =>
  clampView(from + (to - from) * part, to - from, length, begin);

/** A view of a range with as much time around it. */
export const around = (start: number, finish: number, length: number, begin = 0): View => {
  const width = Math.max((finish - start) * 2, NARROWEST * 2);
  return clampView((start + finish - width) / 2, width, length, begin);
};

/** Moves the view just as far as needed to show a range. */
export const revealing = (view: View, start: number, finish: number, length: number, begin = 0): View => {
  const { from, to } = view;
  if (finish > from && start < to && (start >= from || finish <= to || finish - start > to - from)) return view;
  return clampView((start + Math.min(finish, start + (to - from))) / 2 - (to - from) / 2, to - from, length, begin);
};
