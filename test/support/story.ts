import { parseJsonWithBigInts } from '../../src/core/bigint-json.ts';
import type { BusValue, SessionHappening, WmiRow } from '../../src/core/ports.ts';
import { argumentList, compileArguments } from '../../src/items/common/dbus-arguments.ts';
import type { Level } from '../../src/log/record.ts';
import { type Daemon, daemon } from './daemon.ts';
import { FakeZone } from './fake-desktop.ts';
import type { LuaAct } from './fake-lua.ts';
import type { Act } from './fake-processes.ts';
import { shown } from './records.ts';

/**
 * One story of a `.story` file. Its head says `story: TITLE`, and may say `level:`, `start:`, `zone:`, `paused: yes`,
 * `clock: wall` (show the wall clock instead of seconds since the start), `show: EXPRESSION` (only such records), `platform:` and
 * `there: PATH …` (files and directories that exist).
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

/** `exit 1 after 3 stubbornly saying "text"`, `signal SIGSEGV`, `hangs`, `not found`; `signal SIGKILL by its memory limit`, `exit 1 under …`. */
const processAct = (words: string): Act => {
  const match =
    /^(?:exit (?<code>\d+)|signal (?<signal>\w+)|(?<hangs>hangs)|(?<missing>not found))(?: (?<memory>by|under) its memory limit)?(?: after (?<seconds>[\d.]+))?(?<stubborn> stubbornly)?(?: saying "(?<stdout>.*)")?$/.exec(
      words,
    );
  if (!match?.groups) throw new Error(`not an act of a process: ${words}`);
  const { code, signal, hangs, missing, memory, seconds, stubborn, stdout } = match.groups;
  return {
    end: missing
      ? { how: 'not-started', reason: 'no such program' }
      : signal
        ? { how: 'signal', signal }
        : { how: 'exit', code: Number(code ?? 0) },
    seconds: hangs ? Number.POSITIVE_INFINITY : Number(seconds ?? 0),
    ...(stubborn === undefined ? {} : { stubborn: true }),
    ...(stdout === undefined ? {} : { stdout }),
    ...(memory === undefined ? {} : { memory: memory === 'by' ? 'reached' : 'in force' }),
  };
};

/** `equal`, `different`, `none`, `error`, each with `after SECONDS`. */
const luaAct = (words: string): LuaAct => {
  const match = /^(equal|different|none|error)(?: after ([\d.]+))?$/.exec(words);
  if (!match) throw new Error(`not an act of a script: ${words}`);
  return { result: match[1] as 'equal' | 'different' | 'none' | 'error', seconds: Number(match[2] ?? 0) };
};

/** The first word of a text, and the rest. */
const firstWord = (text: string): [string, string] => {
  const [, word = '', rest = ''] = /^(\S*) ?(.*)$/.exec(text) ?? [];
  return [word, rest];
};

/** The values of a JSON list, as a D-Bus message holds them. */
const busValues = (json: string): readonly BusValue[] =>
  json === '' ? [] : compileArguments(argumentList(json), undefined);

/** What happens to a bus: `signal INTERFACE.MEMBER [JSON]`, `down`, `up`, and the answer of services. */
const busStep = ({ bus }: Daemon['desktop'], text: string): void => {
  const [what, rest] = firstWord(text);
  const [word, more] = firstWord(rest);
  const body = what === 'signal' ? busValues(more) : [];
  const dot = word.lastIndexOf('.');
  if (what === 'signal') bus.emit({ interface: word.slice(0, dot), member: word.slice(dot + 1), body });
  else if (what === 'down') bus.goDown();
  else if (what === 'up') bus.comeBack();
  else if (what === 'reply') bus.service = () => ({ how: 'reply', body: busValues(rest) });
  else if (what === 'error') bus.service = () => ({ how: 'error', name: word, message: more });
  else if (what === 'timeout') bus.service = () => ({ how: 'timeout' });
  else throw new Error(`not a step of the bus: ${text}`);
};

const fileStep = ({ watcher }: Daemon['desktop'], text: string): void => {
  const [what, path] = firstWord(text);
  if (what === 'write') watcher.write(path);
  else if (what === 'remove') watcher.remove(path);
  else throw new Error(`not a step of the file system: ${text}`);
};

const wmiStep = ({ wmi }: Daemon['desktop'], text: string): void => {
  const [what, rest] = firstWord(text);
  if (what === 'notify') wmi.notify();
  else if (what === 'rows') wmi.result = { how: 'rows', rows: parseJsonWithBigInts(rest) as readonly WmiRow[] };
  else if (what === 'error') wmi.result = { how: 'error', reason: rest };
  else throw new Error(`not a step of WMI: ${text}`);
};

/** What happens around the daemon, by the first word of a step. Every other step is a command. */
const STEPS: Readonly<Record<string, (d: Daemon, argument: string, zone: FakeZone) => unknown>> = {
  step: (d, seconds) => d.clock.stepWall(Number(seconds) * 1000),
  signal: (d, name) => d.signal(name),
  fs: (d, text) => fileStep(d.desktop, text),
  bus: (d, text) => busStep(d.desktop, text),
  idle: ({ desktop: { idle } }, text) =>
    /^[\d.]+$/.test(text) ? idle.idleFor(Number(text)) : idle.unknown(text.replace('unknown ', '')),
  wmi: (d, text) => wmiStep(d.desktop, text),
  session: ({ desktop: { sessions } }, text) => {
    const [what, reason] = firstWord(text);
    if (what === 'seen' || what === 'unseen') sessions.set(reason || undefined);
    else sessions.happen(what as SessionHappening);
  },
  zone: (_, name, zone) => zone.set(name),
};

/** Carries out `at SECONDS STEP`, `advance SECONDS`, `until SECONDS`; a step is one of {@link STEPS} or a command. */
const take = async (d: Daemon, zone: FakeZone, line: string, told: (text: string) => void): Promise<void> => {
  const [, word, number, rest] = /^(?:(at|advance|until) ([\d.]+) ?)?(.*)$/.exec(line) ?? [];
  if (word === 'advance') await d.advance(Number(number));
  else if (word !== undefined) await d.until(Number(number));
  if (!rest) return;
  told(`> ${rest}`);
  const [verb, argument] = firstWord(rest);
  const step = STEPS[verb];
  if (step) {
    await step(d, argument, zone);
    await d.clock.settle();
    return;
  }
  const answer = await d.submit(rest);
  if (answer.kind !== 'done') told(`  (${answer.kind}: ${answer.reason})`);
};

/** Plays a story and answers its records, with the steps between them. */
export const play = async ({ head, sections }: Story): Promise<string> => {
  const zone = process.env.TZ;
  const localZone = new FakeZone(head.get('zone'));
  try {
    const files = [...sections].filter(([name]) => name.startsWith('file '));
    const d = await daemon(sections.get('config') ?? '', {
      level: (head.get('level') ?? 'trace') as Level,
      paused: head.get('paused') === 'yes',
      localZone,
      processes: scripts(sections.get('processes'), processAct),
      lua: scripts(sections.get('lua'), luaAct),
      files: Object.fromEntries(files.map(([name, text]) => [name.slice(5), text])),
      ...(head.has('there') ? { there: head.get('there')!.split(' ') } : {}),
      ...(head.has('platform') ? { platform: head.get('platform')! } : {}),
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
      await take(d, localZone, line.trim(), (text) => {
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
