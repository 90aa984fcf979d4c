import type { Level } from '../../src/log/record.ts';
import { type Daemon, daemon } from './daemon.ts';
import type { LuaAct } from './fake-lua.ts';
import type { Act } from './fake-processes.ts';
import { shown } from './records.ts';

/**
 * One story of a `.story` file. Its head says `story: TITLE`, and may say `level:`, `start:`, `zone:`, `paused: yes`,
 * `clock: wall` (show the wall clock instead of seconds since the start) and `show: EXPRESSION` (only such records).
 * Sections follow: `--- config`, `--- file PATH`, `--- processes`, `--- lua`, `--- steps`, and at the end `--- records`,
 * where the steps stand between the records they lead to.
 */
export interface Story {
  readonly title: string;
  readonly head: ReadonlyMap<string, string>;
  readonly sections: ReadonlyMap<string, string>;
  /** The text up to the expected records. */
  readonly source: string;
  readonly expected: string;
}

const RECORDS = '--- records';

/** The stories of a file, and the text before the first one. */
export const readStories = (text: string): { preface: string; stories: Story[] } => {
  const [preface = '', ...parts] = text.split(/^(?=story: )/m);
  const stories = parts.map((part): Story => {
    const cut = part.indexOf(`${RECORDS}\n`);
    const source = cut < 0 ? `${part.trimEnd()}\n` : part.slice(0, cut);
    const [top = '', ...rest] = source.split(/^--- /m);
    const head = new Map(
      top
        .trim()
        .split('\n')
        .map((line): [string, string] => {
          const colon = line.indexOf(':');
          if (colon < 0) throw new Error(`the head of a story holds "key: value" lines, not: ${line}`);
          return [line.slice(0, colon), line.slice(colon + 1).trim()];
        }),
    );
    const sections = new Map(
      rest.map((section): [string, string] => {
        const end = section.indexOf('\n');
        return [section.slice(0, end).trim(), section.slice(end + 1)];
      }),
    );
    return {
      title: head.get('story') ?? '',
      head,
      sections,
      source,
      expected: cut < 0 ? '' : part.slice(cut + RECORDS.length + 1).trimEnd(),
    };
  });
  return { preface, stories };
};

/** The file with what was recorded in place of what was expected. */
export const writeStories = (preface: string, told: readonly { story: Story; records: string }[]): string =>
  `${preface}${told.map(({ story, records }) => `${story.source.trimEnd()}\n${RECORDS}\n${records}\n`).join('\n')}`;

const scripts = <A>(text: string | undefined, act: (words: string) => A): Record<string, A[]> =>
  Object.fromEntries(
    (text ?? '')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => {
        const colon = line.indexOf(':');
        return [
          line.slice(0, colon).trim(),
          line
            .slice(colon + 1)
            .split('|')
            .map((words) => act(words.trim())),
        ];
      }),
  );

/** `exit 1 after 3 saying "text"`, `signal SIGSEGV`, `hangs`, `not found`. */
const processAct = (words: string): Act => {
  const match =
    /^(?:exit (?<code>\d+)|signal (?<signal>\w+)|(?<hangs>hangs)|(?<missing>not found))(?: after (?<seconds>[\d.]+))?(?: saying "(?<stdout>.*)")?$/.exec(
      words,
    );
  if (!match?.groups) throw new Error(`not an act of a process: ${words}`);
  const { code, signal, hangs, missing, seconds, stdout } = match.groups;
  return {
    end: missing
      ? { how: 'not-started', reason: 'no such program' }
      : signal
        ? { how: 'signal', signal }
        : { how: 'exit', code: Number(code ?? 0) },
    seconds: hangs ? Number.POSITIVE_INFINITY : Number(seconds ?? 0),
    ...(stdout === undefined ? {} : { stdout }),
  };
};

/** `equal`, `different`, `none`, `error`, each with `after SECONDS`. */
const luaAct = (words: string): LuaAct => {
  const match = /^(equal|different|none|error)(?: after ([\d.]+))?$/.exec(words);
  if (!match) throw new Error(`not an act of a script: ${words}`);
  return { result: match[1] as 'equal' | 'different' | 'none' | 'error', seconds: Number(match[2] ?? 0) };
};

/** Carries out `at SECONDS STEP`, `advance SECONDS`, `until SECONDS`; a step is `step SECONDS`, `signal NAME` or a command. */
const take = async (d: Daemon, line: string, told: (text: string) => void): Promise<void> => {
  const [, word, number, rest] = /^(?:(at|advance|until) ([\d.]+) ?)?(.*)$/.exec(line) ?? [];
  if (word === 'advance') await d.advance(Number(number));
  else if (word !== undefined) await d.until(Number(number));
  if (!rest) return;
  told(`> ${rest}`);
  const [verb, argument = ''] = rest.split(' ');
  if (verb === 'step') d.clock.stepWall(Number(argument) * 1000);
  else if (verb === 'signal') await d.signal(argument);
  else {
    const answer = await d.submit(rest);
    if (answer.kind !== 'done') told(`  (${answer.kind}: ${answer.reason})`);
  }
};

/** Plays a story and answers its records, with the steps between them. */
export const play = async ({ head, sections }: Story): Promise<string> => {
  const zone = process.env.TZ;
  process.env.TZ = head.get('zone') ?? 'UTC';
  try {
    const files = [...sections].filter(([name]) => name.startsWith('file '));
    const d = await daemon(sections.get('config') ?? '', {
      level: (head.get('level') ?? 'trace') as Level,
      paused: head.get('paused') === 'yes',
      processes: scripts(sections.get('processes'), processAct),
      lua: scripts(sections.get('lua'), luaAct),
      files: Object.fromEntries(files.map(([name, text]) => [name.slice(5), text])),
      ...(head.has('start') ? { start: head.get('start')! } : {}),
    });
    const wanted = new RegExp(head.get('show') ?? '');
    const onTheWall = head.get('clock') === 'wall';
    const lines: string[] = [];
    let written = 0;
    const stamp = (at: number, wall: number) => {
      if (!onTheWall) return (at / 1000).toFixed(3).padStart(9);
      const date = new Date(wall);
      return `${date.getDate()}. ${date.toTimeString().slice(0, 8)}.${String(date.getMilliseconds()).padStart(3, '0')}`;
    };
    const flush = () => {
      for (; written < d.records.all.length; written++) {
        const record = d.records.all[written]!;
        const line = shown(record);
        if (wanted.test(line)) lines.push(`${stamp(record.at, record.time)}  ${line}`);
      }
    };
    for (const line of (sections.get('steps') ?? '').split('\n').filter((text) => text.trim() !== '')) {
      await take(d, line.trim(), (text) => {
        flush();
        lines.push(`${stamp(d.now * 1000, d.clock.wall())}  ${text}`);
      });
    }
    flush();
    if (d.ending) lines.push(`${stamp(d.now * 1000, d.clock.wall())}  = ended by ${d.ending}`);
    // Whatever a story is about, its history is one a wrapper can read.
    void d.records.history;
    return lines.join('\n');
  } finally {
    process.env.TZ = zone;
  }
};
