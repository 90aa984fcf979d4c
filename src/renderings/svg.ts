import { formatInstant } from '../terminal/instant.ts';
import { axisLabels, type Bar, type Chart, ChartBuilder, type ChartLane } from './chart.ts';
import { showNs } from './duration.ts';
import { escapeText } from './html/markup.ts';
import { GRADE_LABELS, GRADES, type Grade, worse } from './outcomes.ts';
import {
  type Out,
  type Rendering,
  type RenderingOptions,
  rangeText,
  type Window,
  withSimulationFlag,
} from './rendering.ts';

/** Pixels. */
const [TIME, LANE, BAR, AXIS, MARGIN, LETTER] = [880, 24, 14, 34, 12, 7.2] as const;
const LONGEST_NAME = 40;
/** Bars with less distance than this are drawn as one. */
const NEAR = 0.75;

const STYLE = `
svg{font:12px/1 system-ui,sans-serif;background:#fff;color:#1c2024}
text{fill:currentColor}.dim{opacity:.65}.grid{stroke:currentColor;opacity:.12}.row:nth-child(even){fill:currentColor;opacity:.04}
.good{fill:#2f855a}.quiet{fill:#718096}.bad{fill:#c53030}.open{fill:#b7791f}.hatch{fill:none;stroke:#fff;stroke-width:1.5}
@media(prefers-color-scheme:dark){svg{background:#16191d;color:#e6e8eb}.good{fill:#48bb78}.quiet{fill:#a0aec0}.bad{fill:#fc8181}.open{fill:#ecc94b}.hatch{stroke:#16191d}}
`;

const px = (n: number): string => String(Math.round(n * 100) / 100);

/** Bars that are drawn as one. */
interface Drawn {
  x: number;
  end: number;
  grade: Grade;
  count: number;
  bad: number;
  readonly first: Bar;
}

const drawnOf = ({ bars }: ChartLane, { from, to }: Window): Drawn[] => {
  const scale = to > from ? TIME / (to - from) : 0;
  const at = (ns: number) => Math.min(TIME, Math.max(0, (ns - from) * scale));
  const found = [...bars].filter(({ start, end }) => end >= from && start <= to).sort((a, b) => a.start - b.start);
  const drawn: Drawn[] = [];
  for (const bar of found) {
    const [x, end] = [at(bar.start), at(bar.end)];
    const last = drawn.at(-1);
    const bad = bar.grade === 'bad' ? 1 : 0;
    // Only bars that are too small to be distinguished are combined.
    if (last && x - last.end < NEAR && end - last.x < 2 * NEAR) {
      last.end = Math.max(last.end, end);
      last.count += 1;
      last.bad += bad;
      last.grade = worse(bar.grade, last.grade);
    } else drawn.push({ x, end, grade: bar.grade, count: 1, bad, first: bar });
  }
  return drawn;
};

const titleOf = (lane: ChartLane, { count, bad, first }: Drawn, { from, time }: Window): string => {
  const { start, end, outcome, run, grade } = first;
  const when = time === undefined ? showNs(start - from) : formatInstant(time + (start - from) / 1e6);
  if (count > 1) return `${lane.name}: ${count} times from ${when}${bad > 0 ? `, ${bad} failed` : ''}`;
  const how = grade === 'open' ? 'still open' : (outcome ?? 'ended');
  return `${lane.name}: ${how}, ${showNs(end - start)}, ${when}${run === null ? '' : `, ${run}`}`;
};

const laneSvg = (lane: ChartLane, i: number, left: number, window: Window): string => {
  const y = AXIS + i * LANE + (LANE - BAR) / 2;
  const bars = drawnOf(lane, window).map((one) => {
    const [x, width] = [px(left + one.x), px(Math.max(1, one.end - one.x))];
    const box = `x="${x}" y="${y}" width="${width}" height="${BAR}"`;
    // Hatched, so that colour is not the only sign.
    const hatch = one.grade === 'bad' && one.end - one.x > 4 ? `<rect ${box} fill="url(#hatch)"/>` : '';
    return `<g><title>${escapeText(titleOf(lane, one, window))}</title><rect class="${one.grade}" ${box} rx="1"/>${hatch}</g>`;
  });
  const shown = lane.name.length > LONGEST_NAME ? `${lane.name.slice(0, LONGEST_NAME - 1)}…` : lane.name;
  const label = `<text x="${MARGIN + (lane.inner ? 14 : 0)}" y="${y + BAR - 3}"><title>${escapeText(lane.item ?? lane.name)}</title>${escapeText(shown)}</text>`;
  const bad = lane.bars.counts.bad;
  const tail = `<text class="dim" x="${left + TIME + 8}" y="${y + BAR - 3}">${lane.bars.length}${bad > 0 ? `, ${bad} failed` : ''}</text>`;
  return `${label}${bars.join('')}${tail}\n`;
};

/** A chart as a picture: lanes with bars, and titles that browsers show beside the pointer. */
const drawGantt = ({ lanes, window }: Chart, title = 'whenever: what ran when', simulated = false): string => {
  const longest = Math.max(8, ...lanes.map(({ name, inner }) => Math.min(name.length, LONGEST_NAME) + (inner ? 2 : 0)));
  const left = Math.ceil(2 * MARGIN + longest * LETTER);
  const [width, height] = [left + TIME + 90, AXIS + Math.max(1, lanes.length) * LANE + 34];
  const bottom = AXIS + lanes.length * LANE;
  const rows = lanes.map(
    (_, i) => `<rect class="row" x="0" y="${AXIS + i * LANE}" width="${width}" height="${LANE}" fill="none"/>`,
  );
  const labels = axisLabels(window, TIME / LETTER).map(({ at, label }) => {
    const x = px(left + at * TIME);
    return `<line class="grid" x1="${x}" x2="${x}" y1="${AXIS - 6}" y2="${bottom}"/><text class="dim" x="${x}" y="20" text-anchor="middle">${escapeText(label)}</text>`;
  });
  const used = GRADES.filter((grade) => lanes.some(({ bars }) => bars.counts[grade] > 0));
  let next = left;
  const legend = used.map((grade) => {
    const x = next;
    next += 40 + GRADE_LABELS[grade].length * LETTER;
    return `<rect class="${grade}" x="${x}" y="${bottom + 12}" width="10" height="10"/><text x="${x + 16}" y="${bottom + 21}">${GRADE_LABELS[grade]}</text>`;
  });
  const note = simulated ? `<text class="dim" x="${MARGIN}" y="${bottom + 21}">simulated</text>` : '';
  const nothing = lanes.length === 0 ? `<text x="${MARGIN}" y="${AXIS + 16}">(no events recorded)</text>` : '';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="t d">
<title id="t">${escapeText(simulated ? `${title} (simulated)` : title)}</title><desc id="d">${escapeText(rangeText(window))}</desc><style>${STYLE}</style>
<defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path class="hatch" d="M0 0V5"/></pattern></defs>
<g>${rows.join('')}</g><g>${labels.join('')}</g>
${lanes.map((lane, i) => laneSvg(lane, i, left, window)).join('')}${legend.join('')}${note}${nothing}</svg>
`;
};

/** The chart of `gantt` as SVG. */
export const svg = (out: Out, { title }: RenderingOptions): Rendering =>
  withSimulationFlag((simulated) => new ChartBuilder((chart) => out(drawGantt(chart, title, simulated()))));
