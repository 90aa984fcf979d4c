import { useEffect, useRef } from 'preact/hooks';
import uPlot, { type AlignedData, type Options } from 'uplot';
import { inNextFrame } from '../../renderings/html/page/dom.ts';

const two = (n: number): string => String(n).padStart(2, '0');
/** An instant of an axis, as exact as its steps (seconds) are. */
const timeText = (ms: number, step: number): string => {
  const at = new Date(ms);
  if (step >= 86_400) return `${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  const minutes = `${two(at.getHours())}:${two(at.getMinutes())}`;
  return step < 60 ? `${minutes}:${two(at.getSeconds())}` : minutes;
};

/** One line of a chart: its name, the variable of its colour, and its text. */
export interface ChartLine {
  readonly label: string;
  /** A variable of the style sheet: `--success`. */
  readonly colour: string;
  readonly values: readonly (number | null)[];
  /** Points only, without a line. */
  readonly points?: true;
}

const colourOf = (variable: string): string => getComputedStyle(document.documentElement).getPropertyValue(variable);

/** The colours as the browser draws them: a variable may have one for light and one for dark. */
const resolved = (probe: HTMLElement, variable: string): string => {
  probe.style.color = colourOf(variable);
  return getComputedStyle(probe).color;
};

/**
 * Values over time. It is a picture: what it shows is beside it in words or as a table. `times`: wall-clock ms.
 * `format`: a value as text.
 */
export const Chart = ({
  label,
  times,
  lines,
  format,
  height = 160,
}: {
  readonly label: string;
  readonly times: readonly number[];
  readonly lines: readonly ChartLine[];
  readonly format: (value: number) => string;
  readonly height?: number;
}) => {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const data = (): AlignedData =>
    [times.map((ms) => ms / 1000), ...lines.map(({ values }) => [...values])] as AlignedData;
  const shape = lines.map((line) => `${line.label}${line.colour}`).join();
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const draw = (): void => {
      plot.current?.destroy();
      const [text, line] = [resolved(element, '--muted'), resolved(element, '--line')];
      const axis = { stroke: text, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 } };
      const options: Options = {
        width: element.clientWidth,
        height,
        legend: { show: false },
        cursor: { show: false },
        scales: { y: { range: (_, low, high) => [Math.min(0, low), high > 0 ? high * 1.05 : 1] } },
        axes: [
          {
            ...axis,
            values: (_, splits, _axis, _space, step) =>
              splits.map((s) => timeText(s * 1000, step)).map((text, i, all) => (text === all[i - 1] ? '' : text)),
          },
          { ...axis, size: 88, values: (_, splits) => splits.map(format) },
        ],
        series: [
          {},
          ...lines.map((one) => ({
            label: one.label,
            stroke: resolved(element, one.colour),
            width: 1.5,
            ...(one.points ? { paths: () => null, points: { show: true, size: 5 } } : {}),
          })),
        ],
      };
      element.style.color = '';
      plot.current = new uPlot(options, data(), element);
    };
    draw();
    const resized = new ResizeObserver(
      inNextFrame(() => {
        if (plot.current && plot.current.width !== element.clientWidth)
          plot.current.setSize({ width: element.clientWidth, height });
      }),
    );
    resized.observe(element);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    return () => {
      resized.disconnect();
      scheme.removeEventListener('change', draw);
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [shape, height]);
  useEffect(() => plot.current?.setData(data()), [times, lines]);
  return <div ref={box} class="chart" role="img" aria-label={label} />;
};
