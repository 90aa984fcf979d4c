import { LEVELS } from './log/record.ts';
import { FORMAT_OPTIONS, RENDERING_FORMATS } from './renderings/formats.ts';

/** One option: what commander, the help text and the manual page are made of. */
export interface OptionRow {
  readonly flags: string;
  readonly help: string;
  readonly choices?: readonly string[];
  readonly fallback?: string;
  readonly conflicts?: readonly string[];
  /** It may be given several times, or with commas between its values; the value is a text with commas. */
  readonly many?: true;
  /** It is a path. */
  readonly path?: true;
}

/** One argument: `<NAME>` has to be there, `[NAME]` may be, `…` there may be several. */
export interface ArgumentRow {
  readonly form: string;
  readonly help: string;
  /** It is a path. */
  readonly path?: true;
}

/** A command besides running the daemon. */
export interface SubcommandRow {
  readonly name: string;
  readonly help: string;
  readonly takes: readonly ArgumentRow[];
  readonly options: readonly OptionRow[];
  /** Words that one of its options takes, each with what it means. */
  readonly words?: readonly { readonly name: string; readonly doc: string }[];
  /** What else there is to know, as sentences for the manual. */
  readonly more?: string;
  /** What its exit status says, as sentences for the manual. */
  readonly status?: string;
}

/** The options of the program that say how much is logged, and how it looks. */
export const LOG_LOOK: readonly OptionRow[] = [
  { flags: '-L, --log-level <LEVEL>', help: 'how much is logged', choices: LEVELS, fallback: 'warn' },
  { flags: '-P, --log-plain', help: 'plain records, without colours', conflicts: ['logColor', 'logJson'] },
  {
    flags: '-C, --log-color',
    help: 'coloured records, also when standard output is no terminal',
    conflicts: ['logPlain', 'logJson'],
  },
  { flags: '-J, --log-json', help: 'one JSON object a record', conflicts: ['logPlain', 'logColor'] },
];

const CONFIG: ArgumentRow = { form: '<CONFIG>', help: 'the configuration file', path: true };
const range = (length: string): readonly OptionRow[] => [
  { flags: '--from <T>', help: 'where to begin; default: now' },
  {
    flags: '--to <T>',
    help: `where to end, that instant included; also how long after --from: 90m, 12h, 7d, 2w; default: ${length}`,
  },
];
const JSON_INSTEAD: OptionRow = { flags: '--json', help: 'JSON instead of a table or sentences' };
const FROM: OptionRow = {
  flags: '--from <FILE>',
  help: 'read a dump, a recording, or a JSON log instead of asking the running instance',
  path: true,
};
const follow = (what: string): OptionRow => ({ flags: '-f, --follow', help: `go on with ${what} as they come` });
const ASKED = 'Status 0: found; 1: there is nothing to show; 2: cannot be answered; 3: no instance is running.';

/** The commands besides running the daemon. */
export const SUBCOMMANDS = [
  {
    name: 'next',
    help: 'show the next firing of each condition, what will never fire, and what cannot be foreseen',
    takes: [CONFIG, { form: '[CONDITION...]', help: 'only these conditions' }],
    options: [
      { flags: '-a, --all', help: 'every firing, not only the next one of each condition' },
      { flags: '-n, --count <N>', help: 'how many rows; default: one for each condition, 20 with --all' },
      ...range('10 years'),
      { flags: '--json', help: 'JSON instead of a table' },
    ],
  },
  {
    name: 'simulate',
    help: 'run the scheduler over a range of time on a virtual clock; nothing real is started',
    takes: [CONFIG],
    options: [
      ...range('1d'),
      {
        flags: '--assume <FILE>',
        help: 'what commands, scripts and events are assumed to do; default: success, at once',
        path: true,
      },
      { flags: '--seed <N>', help: 'fixes everything random', fallback: '1' },
      {
        flags: '--journal <FILE>',
        help: 'record all facts, as the daemon does: story, explain, show and verify read it',
        path: true,
      },
      {
        flags: '--diff <OTHER>',
        help: 'compare with another configuration: what fires more, less, or at other times',
        path: true,
      },
      ...LOG_LOOK,
    ],
  },
  {
    name: 'status',
    help: 'show what runs, what is due and when, what is suspended, and why each condition is as it is',
    takes: [{ form: '[CONDITION...]', help: 'only these conditions' }],
    options: [{ flags: '-w, --watch', help: 'show it again each second until interrupted' }, JSON_INSTEAD, FROM],
    status: ASKED,
  },
  {
    name: 'story',
    help: 'tell what happened to an item, or because of a cause, oldest first',
    takes: [
      { form: '<ITEM...>', help: 'names such as Backup, condition/Backup, or causes such as tick-17, command-3' },
    ],
    options: [
      { flags: '-n, --count <N>', help: 'how many chapters, the last ones; 0: all that are kept', fallback: '0' },
      JSON_INSTEAD,
      FROM,
    ],
    status: ASKED,
  },
  {
    name: 'explain',
    help: 'say in sentences why a condition did or did not run, newest first',
    takes: [{ form: '<CONDITION>', help: 'the name of a condition' }],
    options: [
      { flags: '-n, --count <N>', help: 'how many reasons; 0: all that are kept', fallback: '10' },
      JSON_INSTEAD,
      FROM,
    ],
    status: ASKED,
  },
  {
    name: 'events',
    help: 'show the events of a topic, or the topics there are',
    takes: [
      {
        form: '[TOPIC]',
        help: 'all, scheduler, condition/NAME, task/NAME, event/NAME, lua, errors, or one of your own',
      },
    ],
    options: [
      follow('events'),
      { flags: '-n, --count <N>', help: 'how many events, the last ones; 0: all that are kept', fallback: '0' },
      JSON_INSTEAD,
      FROM,
    ],
    status: ASKED,
  },
  {
    name: 'logs',
    help: 'show the last log records',
    takes: [],
    options: [
      follow('records'),
      {
        flags: '-L, --level <LEVEL>',
        help: 'this level and more severe ones; with --follow also less than is logged',
        choices: LEVELS,
      },
      { flags: '-i, --item <ITEM>', help: 'only records about this item' },
      { flags: '-s, --since <T>', help: 'not older than an instant, or than 30s, 10m, 2h, 1d, 1w' },
      { flags: '-n, --count <N>', help: 'how many records, the last ones; 0: all that are kept', fallback: '0' },
      JSON_INSTEAD,
      FROM,
    ],
    status: ASKED,
  },
  {
    name: 'ctl',
    help: 'give an input command to the running instance and say what came of it',
    takes: [{ form: '<COMMAND...>', help: 'an input command and its arguments' }],
    options: [JSON_INSTEAD],
    status:
      'Status 0: done, to the end: a busy condition became free, a reload was carried out, a scheduler that was told to end has ended; 1: it had no effect; 2: the command is not understood; 3: no instance is running.',
  },
  {
    name: 'dump',
    help: 'write a bundle for a bug report: configuration with secrets masked, states, stories, events, last records, versions',
    takes: [{ form: '<FILE>', help: 'the file to write; -: standard output', path: true }],
    options: [],
    status: 'Status 0: written; 2: it cannot be written; 3: no instance is running.',
  },
  {
    name: 'verify',
    help: 'prove a recording: no gap, each start its end, no task twice at once, no run without a cause',
    takes: [{ form: '<FILE>', help: 'a file written with --journal, or a JSON log', path: true }],
    options: [{ flags: '--json', help: 'JSON instead of sentences' }],
    status: 'Status 0: it is sound; 1: it is not; 2: the file is no recording.',
  },
  {
    name: 'show',
    help: 'show a recording as a summary, a chart, a graph, a trace or a page',
    takes: [
      {
        form: '<RECORDING>',
        help: 'a file written with --journal (its older parts are read too), or a JSON log at level trace; -: standard input',
        path: true,
      },
    ],
    options: [
      {
        flags: '--as <MODE>',
        help: 'how; default: by the ending of FILE, summary where it has none',
        choices: RENDERING_FORMATS.map(({ name }) => name),
      },
      { flags: '-o, --output <FILE>', help: 'write it to a file', path: true },
      {
        flags: '-i, --item <ITEM>',
        help: 'only this item, such as Backup or condition/Backup; several times for several',
        many: true,
      },
      {
        flags: '-c, --category <C>',
        help: 'only spans and decisions of this category, such as task, run, check, tick, wait, fired or skipped; several too',
        many: true,
      },
      { flags: '--from <T>', help: 'only what went on from here on' },
      { flags: '--to <T>', help: 'only what went on up to here' },
      FORMAT_OPTIONS.times,
      FORMAT_OPTIONS.colorBy,
      FORMAT_OPTIONS.title,
    ],
    words: RENDERING_FORMATS,
    more: 'A span counts when any part of it lies between `--from` and `--to`. What has not ended when the recording ends is counted as open, and drawn up to there. A plain log tells runs of tasks and conditions, checks and firings, but no causes. A recording may still be growing. Traces are opened with Perfetto (ui.perfetto.dev) or in about:tracing, graphs are drawn with `dot -Tsvg`.',
    status: 'Status 0: shown; 1: there is nothing to show; 2: the file cannot be read or written, or is no recording.',
  },
] as const satisfies readonly SubcommandRow[];

/** The names of {@link SUBCOMMANDS}. */
export type SubcommandName = (typeof SUBCOMMANDS)[number]['name'];
