import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Block, blocksOf, DocumentRunner, type Outcome, shapeOf } from '../support/documents.ts';

const ROOT = join(import.meta.dirname, '../..');
const DOCUMENTS = ['README.md', 'docs/guide.md', 'docs/wrappers.md', 'docs/metrics.md'];

interface Step {
  readonly title: string;
  readonly block: Block;
  /** The output that is shown right after the block. */
  readonly shown: Block | undefined;
}

const stepsOf = (document: string): readonly Step[] => {
  const blocks = blocksOf(document);
  return blocks.flatMap((block, i) => {
    if (block.language !== 'sh' || block.notRun) return [];
    const next = blocks[i + 1];
    return [{ title: block.title, block, shown: next?.language === 'text' ? next : undefined }];
  });
};

/** A text as it is compared: as it is where a given range of time makes every figure certain, else without its figures. */
const comparable = ({ text }: Block, output: string): string =>
  / --from \d{4}-/.test(text) ? output.trim() : shapeOf(output);

/** One document: its commands are run one after the other. The documents are run at the same time. */
class Run {
  readonly document: string;
  readonly runner = new DocumentRunner();
  readonly steps: readonly Step[];
  readonly outcomes = new Map<Block, Promise<Outcome>>();
  /** Outputs that are not what the document shows. */
  readonly updates = new Map<Block, string>();

  constructor(document: string) {
    this.document = document;
    this.steps = stepsOf(document);
  }
  start(): void {
    for (const block of blocksOf(this.document)) this.runner.write(block);
    let before: Promise<unknown> = Promise.resolve();
    for (const { block, shown } of this.steps) {
      const outcome = before.then(() => this.runner.run(block, shown?.text));
      this.outcomes.set(block, outcome);
      before = outcome.catch(() => {});
    }
  }
  /** Writes outputs that have changed into the document. */
  update(): void {
    if (this.updates.size === 0) return;
    let text = readFileSync(join(ROOT, this.document), 'utf8');
    for (const [{ start, text: old }, output] of [...this.updates].reverse())
      text = text.slice(0, start) + output + text.slice(start + old.length);
    writeFileSync(join(ROOT, this.document), text);
  }
}

const runs = DOCUMENTS.map((document) => new Run(document));
beforeAll(() => {
  for (const run of runs) run.start();
});
afterAll(() => {
  for (const run of runs) {
    run.runner.clear();
    run.update();
  }
});

describe.each(runs)('what $document shows', ({ steps, outcomes, updates }) => {
  test.each(steps)('$title happens', { timeout: 120_000 }, async ({ block, shown }) => {
    const { status, output } = await outcomes.get(block)!;
    if (!block.untilCtrlC) expect(status, output).toBe(block.status);
    if (shown === undefined) return;
    const lines = shown.text.split('\n').length - 1;
    const got = block.untilCtrlC ? output.split('\n').slice(0, lines).join('\n') : output;
    if (comparable(block, got) === comparable(block, shown.text)) return;
    if (process.env.WHENEVER_UPDATE === '1') updates.set(shown, `${got.trimEnd()}\n`);
    else expect(comparable(block, got), 'WHENEVER_UPDATE=1 writes it').toBe(comparable(block, shown.text));
  });
});

test('The README is short, and the program is installed before it is used.', () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  expect(readme.split('\n').length).toBeLessThanOrEqual(150);
  expect(readme.indexOf('## Install it')).toBeLessThan(readme.indexOf('whenever next'));
});
