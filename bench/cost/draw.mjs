// draw FOLDER < CHARTS: draws charts with Vega, both axes logarithmic, as SVG files. It is copied beside the package.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vega from 'vega';
import * as lite from 'vega-lite';

/** Colours that people with any sight tell apart (Okabe and Ito); the first one is that of this program. */
const COLOURS = ['#d55e00', '#0072b2', '#009e73', '#cc79a7', '#56b4e9', '#7f7f7f', '#000000'];

/** Less than this is drawn as this: zero has no place on a logarithmic axis. */
const LEAST = 0.01;

const chartOf = ({ title, x, y, series }) => {
  const names = Object.keys(series);
  const values = names.flatMap((name) =>
    series[name].map(([at, value]) => ({ at, value: Math.max(value, LEAST), name })),
  );
  const axis = { grid: true, gridColor: '#e5e5e5', labelFontSize: 12, titleFontSize: 12, format: ',~r' };
  const field = (name, label) => ({
    field: name,
    type: 'quantitative',
    scale: { type: 'log', nice: name === 'value' },
    axis: { ...axis, title: label, ...(name === 'at' ? { values: [...new Set(values.map(({ at }) => at))] } : {}) },
  });
  return {
    title: { text: title, anchor: 'start', fontSize: 14 },
    background: 'white',
    padding: 10,
    width: 480,
    height: 260,
    data: { values },
    mark: { type: 'line', point: { size: 50 }, strokeWidth: 2 },
    encoding: {
      x: field('at', x),
      y: field('value', y),
      color: { field: 'name', type: 'nominal', scale: { domain: names, range: COLOURS }, title: null, sort: names },
      shape: { field: 'name', type: 'nominal', scale: { domain: names }, title: null, sort: names },
    },
    config: {
      font: 'sans-serif',
      legend: { labelFontSize: 12, labelLimit: 300, orient: 'right', symbolSize: 70 },
      view: { stroke: null },
    },
  };
};

const charts = JSON.parse(readFileSync(0, 'utf8'));
for (const chart of charts) {
  const view = new vega.View(vega.parse(lite.compile(chartOf(chart)).spec), { renderer: 'none' });
  writeFileSync(join(process.argv[2], `cost-${chart.name}.svg`), `${await view.toSVG()}\n`);
}
