import { type ChildProcess, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

/** A block of code of a document, with what the comment above it says about it. */
export interface Block {
  /** The document, and which of its blocks it is, from 1. */
  readonly title: string;
  /** `toml`, `sh`, `text` … */
  readonly language: string;
  readonly text: string;
  /** Where the text begins in the document. */
  readonly start: number;
  /** `<!-- wrong … -->`: the configuration has mistakes on purpose. */
  readonly wrong: boolean;
  /** `<!-- file: NAME -->`: what the text calls the file. */
  readonly file: string | undefined;
  /** `<!-- example: NAME as FILE -->`: a file of `config-examples` that the commands use. */
  readonly example: { readonly name: string; readonly as: string } | undefined;
  /** `<!-- not run: WHY -->`. */
  readonly notRun: boolean;
  /** `<!-- until Ctrl-C -->`: the command runs until its output has been shown. */
  readonly untilCtrlC: boolean;
  /** `<!-- line by line -->`: each line is a command; one that finds no instance is tried again. */
  readonly lineByLine: boolean;
  /** `<!-- status N -->`: the exit status. */
  readonly status: number;
}

/** The blocks of a document, in order. */
export const blocksOf = (document: string): readonly Block[] =>
  [...readFileSync(join(ROOT, document), 'utf8').matchAll(/(?:<!-- ([^>]*) -->\n+)?^```(\w+)\n(.*?)^```$/gms)].map(
    ({ 0: whole, 1: about = '', 2: language = '', 3: text = '', index }, i) => {
      const [, name, as] = /example: (\S+)(?: as (\S+))?/.exec(about) ?? [];
      return {
        ...{ title: `${document}, block ${i + 1}`, language, text, file: /file: (\S+)/.exec(about)?.[1] },
        ...{ start: index + whole.length - text.length - '```'.length },
        ...{ wrong: /^wrong/.test(about), notRun: /^not run: /.test(about), untilCtrlC: /until Ctrl-C/.test(about) },
        ...{ lineByLine: /line by line/.test(about), status: Number(/status (\d)/.exec(about)?.[1] ?? 0) },
        example: name === undefined ? undefined : { name, as: as ?? name },
      };
    },
  );

/** A text without what differs from one run to the next: times, durations, numbers, and the width of columns. */
export const shapeOf = (text: string): string =>
  text
    .replace(
      /(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?(?:\d{4}-\d\d-\d\d[ T])?\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?: (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b)?/g,
      'TIME',
    )
    .replace(/\b\d+(?:\.\d+)? (?:ms|s|min|h|d)\b(?: \d+ (?:s|min|h)\b)?/g, 'DURATION')
    .replace(/\d+(?:\.\d+)?/g, 'N')
    .replace(/[ \t]+/g, ' ')
    .replace(/ $/gm, '')
    .trim();

/** How a command of a document ended. */
export interface Outcome {
  readonly status: number | null;
  readonly output: string;
}

const LONGEST_MS = 60_000;

/** A folder, a home and a runtime directory in which the commands of one document are run, one block after the other. */
export class DocumentRunner {
  readonly folder = mkdtempSync(join(tmpdir(), 'whenever-document-'));
  readonly #children: ChildProcess[] = [];

  constructor() {
    mkdirSync(join(this.folder, 'runtime'), { mode: 0o700 });
  }
  /** Writes the file that a block shows. */
  write({ file, text, example }: Block): void {
    if (example) copyFileSync(join(ROOT, 'config-examples', example.name), this.#path(example.as));
    if (file !== undefined && !file.includes('~')) writeFileSync(this.#path(file), text);
  }
  /** Runs the commands of a block. `shown` is the output that the document shows, if any. */
  async run(block: Block, shown = ''): Promise<Outcome> {
    if (!block.lineByLine) return await this.#shell(block.text, block.untilCtrlC ? shown : undefined);
    let output = '';
    for (const line of block.text.trim().split('\n')) {
      let outcome = await this.#shell(line);
      const since = Date.now();
      while (outcome.status === 3 && Date.now() - since < LONGEST_MS) outcome = await this.#shell(line);
      output += outcome.output;
      if (outcome.status !== 0) return { status: outcome.status, output };
    }
    return { status: 0, output };
  }
  /** Ends what still runs, and removes the folder. */
  clear(): void {
    for (const { pid } of this.#children) {
      try {
        if (pid !== undefined) process.kill(-pid, 'SIGKILL');
      } catch {
        // The whole group has ended.
      }
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  #path(name: string): string {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    return path;
  }
  /** Runs a script, with both streams as one. With `until`, it gets SIGINT once as many lines have come. */
  #shell(script: string, until?: string): Promise<Outcome> {
    const child = spawn('sh', ['-c', until === undefined ? script : `exec ${script}`], {
      cwd: this.folder,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...{ PATH: `${join(ROOT, 'bin')}${delimiter}${process.env.PATH}`, HOME: this.folder, TZ: 'UTC' },
        ...{
          XDG_RUNTIME_DIR: join(this.folder, 'runtime'),
          XDG_STATE_HOME: join(this.folder, 'state'),
          LANG: 'C.UTF-8',
        },
      },
    });
    this.#children.push(child);
    let output = '';
    const take = (text: string): void => {
      output += text;
      if (until !== undefined && output.split('\n').length >= until.split('\n').length) child.kill('SIGINT');
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`time is up for:\n${script}\n${output}`)), LONGEST_MS);
      // What a script leaves in the background does not hold the streams: the end of the script counts.
      child.on('exit', (status) => {
        clearTimeout(timer);
        setTimeout(() => resolve({ status, output: output.replaceAll(this.folder, '/home/me') }), 20);
      });
    });
  }
}
