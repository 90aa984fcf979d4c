import { closeSync, openSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isatty } from 'node:tty';
import { call, NobodyThere } from '../adapters/caller.ts';
import { instancePath } from '../adapters/instance.ts';
import { answerFrom, type EventsAnswer, type ExplainAnswer, type StoryAnswer } from '../control/archive.ts';
import type { CtlAnswer } from '../control/office.ts';
import type { Request, RequestOf } from '../control/request.ts';
import type { StatusReport } from '../control/status.ts';
import { COMMANDS } from '../core/commands.ts';
import type { LogFact, TopicEvent } from '../journal/fact.ts';
import { FORMATS, jsonWithIds } from '../log/format.ts';
import type { Level } from '../log/record.ts';
import type { SubcommandName } from '../subcommands.ts';
import { showEvent, showEvents } from '../terminal/events.ts';
import { showExplanation } from '../terminal/explanation.ts';
import { showStatus } from '../terminal/status.ts';
import { showStory } from '../terminal/story.ts';
import { countOption, sinceOption, writeOut } from './shared.ts';
import { openSource } from './source.ts';

type Given = Readonly<Record<string, string | boolean | undefined>>;

/** What a command that asks ends with. */
const [FOUND, NOTHING, NOT_RUNNING] = [0, 1, 3] as const;
/** How often a watched status is asked for, in ms. */
const WATCH_MS = 1000;
/** What clears a terminal and goes to its first place. */
const CLEAR = '\x1b[2J\x1b[H';

/** Instants in JSON are written as `next --json` writes them. */
const INSTANTS = new Set(['time', 'lastTime', 'next', 'now', 'started', 'last']);
const json = (value: unknown): string =>
  `${JSON.stringify(value, (key, inner: unknown) => (INSTANTS.has(key) && typeof inner === 'number' ? new Date(inner).toISOString() : inner))}\n`;

/** Asks a file if one is given, else the running instance; parts come as they come. */
const put = async (
  request: Request,
  given: Given,
  part: (part: unknown) => void = () => {},
  signal?: AbortSignal,
): Promise<unknown> => {
  if (typeof given.from !== 'string') return call(instancePath(), request, part, signal);
  return answerFrom(await openSource(given.from), request);
};

const wantsCount = (given: Given) => ({ count: countOption('count', given.count, 0) });

const status = async (names: readonly string[], given: Given): Promise<number> => {
  const request: RequestOf<'status'> = { request: 'status', conditions: names };
  const once = async (before: string): Promise<number | undefined> => {
    const report = (await put(request, given)) as StatusReport;
    const open = writeOut(1, given.json === true ? json(report) : `${before}${showStatus(report)}`);
    if (!open) return FOUND;
    if (given.watch !== true) return report.unknown.length > 0 || report.conditions.length === 0 ? NOTHING : FOUND;
    return undefined;
  };
  const before = given.watch === true ? (isatty(1) ? CLEAR : '\n') : '';
  for (;;) {
    const end = await once(before);
    if (end !== undefined) return end;
    await new Promise((wake) => setTimeout(wake, WATCH_MS));
  }
};

const story = async (items: readonly string[], given: Given): Promise<number> => {
  const answer = (await put({ request: 'story', items, ...wantsCount(given) }, given)) as StoryAnswer;
  if (given.json === true) writeOut(1, json(answer));
  else if (answer.chapters.length > 0) writeOut(1, showStory(answer));
  else writeOut(2, `Nothing is known of ${items.join(', ')}.\n`);
  return answer.chapters.length > 0 ? FOUND : NOTHING;
};

const explain = async ([condition = '']: readonly string[], given: Given, now: number): Promise<number> => {
  const answer = (await put({ request: 'explain', condition, ...wantsCount(given) }, given)) as ExplainAnswer;
  if (given.json === true) writeOut(1, json(answer));
  else if (answer.known) writeOut(1, showExplanation(answer, now));
  else writeOut(2, `There is no condition ${condition}.\n`);
  return answer.known ? FOUND : NOTHING;
};

/** Shows parts until the reader of standard output has gone, or the answer ends. */
const followed = async <T>(request: Request, given: Given, show: (part: T) => string): Promise<number> => {
  const away = new AbortController();
  const part = (found: unknown): void => {
    const { dropped } = found as { dropped?: number };
    const lost =
      dropped === undefined ? undefined : given.json === true ? json(found) : `(${dropped} are missing here)\n`;
    if (!writeOut(1, lost ?? show(found as T))) away.abort();
  };
  await put(request, given, part, away.signal);
  return FOUND;
};

const events = async ([topic]: readonly string[], given: Given): Promise<number> => {
  const follow = given.follow === true && given.from === undefined;
  const request: RequestOf<'events'> = {
    request: 'events',
    ...(topic === undefined ? {} : { topic }),
    ...wantsCount(given),
  };
  if (follow) return followed<TopicEvent>({ ...request, follow }, given, given.json === true ? json : showEvent);
  const answer = (await put(request, given)) as EventsAnswer;
  const found = 'topics' in answer ? answer.topics.length : answer.events.length;
  if (given.json === true) writeOut(1, json(answer));
  else if (found > 0) writeOut(1, showEvents(answer));
  else writeOut(2, topic === undefined ? 'There are no events.\n' : `Topic ${topic} has no events.\n`);
  return found > 0 ? FOUND : NOTHING;
};

/** A record as --log-json with --log-ids writes it. */
const recordJson = ({ cause, run, ...record }: LogFact): string =>
  jsonWithIds({ ...record, origin: cause === null ? undefined : { cause, run } });

const logs = async (given: Given, now: number): Promise<number> => {
  const { level, item, since, follow } = given;
  const request: RequestOf<'logs'> = {
    request: 'logs',
    ...wantsCount(given),
    ...(typeof level === 'string' ? { level: level as Level } : {}),
    ...(typeof item === 'string' ? { item } : {}),
    ...(since === undefined ? {} : { since: sinceOption(since, now) }),
  };
  const colours = isatty(1) && !process.env.NO_COLOR;
  const show: (record: LogFact) => string = given.json === true ? recordJson : FORMATS[colours ? 'colour' : 'plain'];
  if (follow === true && given.from === undefined) return followed<LogFact>({ ...request, follow }, given, show);
  const records = (await put(request, given)) as readonly LogFact[];
  writeOut(1, records.map(show).join(''));
  if (records.length === 0 && given.json !== true) writeOut(2, 'There are no such records.\n');
  return records.length > 0 ? FOUND : NOTHING;
};

/** A file that is named is meant from here, not from where the scheduler was started. */
const commandLine = ([word = '', ...args]: readonly string[]): string => {
  const row = COMMANDS.find(({ names }) => names.includes(word));
  const rest = args.join(' ');
  return row?.takes === 'the rest of the line' && rest !== '' ? `${word} ${resolve(rest)}` : [word, ...args].join(' ');
};

const ctl = async (words: readonly string[], given: Given): Promise<number> => {
  const show = ({ kind, said, idle }: CtlAnswer, end: boolean) =>
    given.json === true
      ? end && writeOut(1, json({ kind, said, idle }))
      : writeOut(kind === 'done' ? 1 : 2, `${said}\n`);
  const request: Request = { request: 'ctl', line: commandLine(words) };
  const answer = (await call(instancePath(), request, (part) => void show(part as CtlAnswer, false))) as CtlAnswer;
  show(answer, true);
  if (answer.kind === 'refused') return 2;
  return answer.kind === 'done' && !answer.idle ? FOUND : NOTHING;
};

const dump = async ([file = '']: readonly string[]): Promise<number> => {
  // A path that cannot be written is told before anything is gathered.
  const fd = file === '-' ? 1 : openSync(file, 'w', 0o600);
  const bundle = await call(instancePath(), { request: 'dump' });
  const text = `${JSON.stringify(bundle, undefined, 1)}\n`;
  if (file === '-') return writeOut(1, text) ? FOUND : NOTHING;
  writeFileSync(fd, text);
  closeSync(fd);
  writeOut(2, `${file}: ${Math.ceil(text.length / 1024)} KiB. Look through it before you hand it on.\n`);
  return FOUND;
};

/** The commands that ask the running instance, or a file. Answers the exit status. */
export const ask = async (
  command: Exclude<SubcommandName, 'next' | 'simulate' | 'verify'>,
  args: readonly string[],
  given: Given,
  now: number,
): Promise<number> => {
  try {
    switch (command) {
      case 'status':
        return await status(args, given);
      case 'story':
        return await story(args, given);
      case 'explain':
        return await explain(args, given, now);
      case 'events':
        return await events(args, given);
      case 'logs':
        return await logs(given, now);
      case 'ctl':
        return await ctl(args, given);
      case 'dump':
        return await dump(args);
    }
  } catch (error) {
    if (!(error instanceof NobodyThere)) throw error;
    writeOut(2, `whenever: ${error.message}\n`);
    return NOT_RUNNING;
  }
};
