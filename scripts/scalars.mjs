// Draws the scalars of an event file for TensorBoard, read by the reader of the tests:
//   node scripts/scalars.mjs FILE 'task/.*/seconds' > picture.svg
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'esbuild';

const [file, pattern = '.'] = process.argv.slice(2);
const { outputFiles } = await build({
  entryPoints: [resolve(import.meta.dirname, '../test/support/event-file.ts')],
  ...{ bundle: true, platform: 'node', format: 'esm', write: false },
});
const reader = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);

/** The points of each tag, `[step, value]`. */
const lines = new Map();
for (const { step, values } of reader.readEventFile(readFileSync(file)))
  for (const { tag, scalar } of values)
    if (scalar !== undefined && new RegExp(`^${pattern}$`).test(tag))
      lines.set(tag, [...(lines.get(tag) ?? []), [step, scalar]]);

const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [900, 300, 50, 40, 40];
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7'];
const points = [...lines.values()].flat();
const steps = Math.max(...points.map(([step]) => step));
const highest = Math.max(...points.map(([, value]) => value)) * 1.05;
const x = (step) => LEFT + ((WIDTH - LEFT - 10) * (step - 1)) / Math.max(1, steps - 1);
const y = (value) => HEIGHT - BOTTOM - ((HEIGHT - BOTTOM - TOP) * value) / highest;
const text = (at, more, words) => `<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}" ${more}>${words}</text>`;

const svg = [
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">`,
  `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
];
for (let i = 0; i <= 4; i += 1) {
  const value = (highest * i) / 4;
  svg.push(`<path d="M${LEFT} ${y(value).toFixed(1)}H${WIDTH - 10}" stroke="#ddd"/>`);
  svg.push(text([LEFT - 8, y(value) + 4], 'text-anchor="end" fill="#555"', `${value.toFixed(2)} s`));
}
svg.push(text([WIDTH / 2, HEIGHT - 10], 'text-anchor="middle" fill="#555"', 'step: the number of the run'));
[...lines].forEach(([tag, line], i) => {
  const path = line.map(([step, value], n) => `${n === 0 ? 'M' : 'L'}${x(step).toFixed(1)} ${y(value).toFixed(1)}`);
  svg.push(`<path d="${path.join('')}" fill="none" stroke="${COLOURS[i % 4]}" stroke-width="2"/>`);
  svg.push(text([LEFT + i * 180, 22], `fill="${COLOURS[i % 4]}" font-weight="bold"`, tag));
});
console.log([...svg, '</svg>'].join('\n'));
