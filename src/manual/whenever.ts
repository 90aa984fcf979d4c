import { OPTIONS } from '../cli.ts';
import { COMMANDS } from '../core/commands.ts';
import { FEATURES, featuresOn } from '../items/registry.ts';
import { LEVELS } from '../log/record.ts';
import { type OptionRow, SUBCOMMANDS, type SubcommandRow } from '../subcommands.ts';
import { VERSION } from '../version.ts';
import { describeExamples } from './examples.ts';
import { describeJournal, describeRecordings, describeSocket } from './journal.ts';
import { describeMetrics } from './metrics.ts';
import { Page } from './roff.ts';

const rows: readonly SubcommandRow[] = SUBCOMMANDS;

/** `NAME …` for `<NAME...>`, `[NAME]` for `[NAME]`. */
const argumentOf = (form: string): string => form.replace(/[<>]/g, '').replace(/\.\.\./, ' …');
const argumentsOf = ({ takes }: SubcommandRow, mark: string): string =>
  takes.map(({ form }) => ` ${argumentOf(form).replace(/[A-Z]+/, (word) => `${mark}${word}${mark}`)}`).join('');

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** `logColor` as the user writes it: `--log-color`. */
const longOption = (key: string): string => `--${key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;

const describeOptions = (page: Page, options: readonly OptionRow[]): void => {
  for (const { flags, help, choices, fallback, conflicts } of options) {
    const more = [
      choices && `One of ${choices.join(', ')}.`,
      fallback !== undefined && `Default: ${fallback}.`,
      conflicts && `Not together with ${conflicts.map(longOption).join(' or ')}.`,
    ];
    page.plainItem(flags, [sentence(help), ...more].filter(Boolean).join(' '));
  }
};

const FEATURE_HELP: Readonly<Record<(typeof FEATURES)[number], string>> = {
  dbus: 'D-Bus conditions and events',
  wmi: 'WMI conditions and events (Windows)',
  lua_sync: 'locks and shared states for Lua scripts',
  lua_httpreq: 'HTTP requests from Lua scripts',
  lua_unsafe: 'Lua without restrictions',
};

/** What becomes of the scheduler when its terminal closes, by the way it was started. */
const HANGUP = [
  [
    'whenever my.toml',
    'It ends. So it does with `&` at the end of the line, as long as one of its three standard streams is the terminal.',
  ],
  [
    'nohup whenever my.toml &',
    'It goes on: nohup leads the standard streams away from the terminal. On systems other than Linux standard input does not count.',
  ],
  [
    'whenever -q -l my.log my.toml < /dev/null > /dev/null 2>&1 &',
    'It goes on. None of its standard streams is the terminal, which is what shows nohup: Node takes the rest of it back.',
  ],
  [
    'whenever my.toml & disown',
    'It goes on, as the shell sends it no signal. SIGHUP loads the file again when the terminal has been gone for two seconds.',
  ],
  ['setsid whenever my.toml, a service', 'It goes on: it has no terminal that could close.'],
  [
    'program | whenever my.toml, a wrapper',
    'It ends when its standard input is a pipe that ends within two seconds of the signal, because the program at the other end was ended by it. Else it goes on, if none of its standard streams is the terminal.',
  ],
] as const;

const EXIT: readonly (readonly [string, string])[] = [
  [
    '0',
    'The scheduler was told to end by `exit`, `quit` or a signal, or another instance has taken its place; with `--check-running`: an instance is running.',
  ],
  ['1', 'The scheduler was ended by `kill` or a second signal; with `--check-running`: no instance is running.'],
  [
    '2',
    'Nothing was started: wrong usage, a configuration that cannot be used, a log file or recording that cannot be opened, another instance that is running, or a directory of its socket that others may write to; with `--check-running`: it cannot be found out. The reason is on standard error, unless `--quiet` was given; a configuration that is refused is told in the log as well.',
  ],
  ['134', 'Internal failure.'],
];

/** Where a feature is present, as a sentence. */
const presence = (word: (typeof FEATURES)[number]): string => {
  const [elsewhere, windows] = [featuresOn('linux').includes(word), featuresOn('win32').includes(word)];
  if (elsewhere) return windows ? 'Present.' : 'Present, but not on Windows.';
  return windows ? 'Present on Windows only.' : 'Not present.';
};

/** whenever(1). */
export const wheneverPage = (): string => {
  const page = new Page('whenever', 1, `whenever ${VERSION}`, 'User Commands');
  page
    .named('whenever', 'a per-user automation daemon')
    .section('synopsis')
    .text('`whenever` [*OPTIONS*] *CONFIG*')
    .text('`whenever` `--check-running` | `--options` | `--version` | `--help`');
  for (const row of rows) page.text(`\`whenever\` \`${row.name}\` [*OPTIONS*]${argumentsOf(row, '*')}`);
  page
    .section('description')
    .text(
      '`whenever` runs in the background of a session. It reads one configuration file, checks the conditions in it at every tick, and runs the tasks of those that are true. A condition can be an interval, a time of day, the outcome of a command or script, or an event that has happened. The file is described in `whenever.toml`(5).',
    )
    .text(
      'The scheduler writes records of all it does to its log, standard output by default, and takes commands on its standard input, one a line. That is how a graphical front end (a *wrapper*) drives it; a person at a terminal can do the same. One instance can run per user.',
    )
    .text(
      'A configuration is checked as a whole before anything starts. All problems are told at once, each with line, column, item, and what was expected.',
    );

  page.section('options');
  describeOptions(page, OPTIONS);
  page
    .plainItem('-h, --help', 'Print a short help.')
    .plainItem('-V, --version', `Print the name of the program and its version, as in "whenever ${VERSION}".`)
    .text(
      '`--check-running` and `--options` need no *CONFIG*, and work while an instance is running. When both are given, `--check-running` counts.',
    )
    .text('`--options` prints "options:" and the words of the optional features that are present, in this order:');
  for (const word of FEATURES) page.plainItem(word, `${sentence(FEATURE_HELP[word])} ${presence(word)}`);
  page.text(
    'A path that begins with `~` is refused, here and in all that follows: a shell expands it where it stands at the beginning of a word, not in `--log=~/x` or in quotes. `./~` is a file of that name.',
  );

  page.section('other commands').text('These start no scheduler. They can be used while one is running.');
  for (const row of rows) {
    page.subsection(`whenever ${row.name} [OPTIONS]${argumentsOf(row, '')}`).text(sentence(row.help));
    for (const { form, help } of row.takes) if (form !== '<CONFIG>') page.plainItem(argumentOf(form), sentence(help));
    describeOptions(page, row.options);
    for (const { name, doc } of row.words ?? []) page.plainItem(name, sentence(doc));
    if (row.more) page.text(row.more);
    if (row.status) page.text(row.status);
  }
  page.text(
    'Instants are local times such as 2026-03-29T00:00:00 or 2026-03-29, or carry a zone: 2026-03-29T00:00:00Z, 2026-03-29T00:00:00+02:00.',
  );
  describeSimulation(page);

  page
    .section('input commands')
    .text(
      'Standard input is read line by line while the scheduler runs. Words are separated by blanks; blank lines are ignored. There is no answer other than the records in the log: a line that is not understood is one ERROR record. At the end of input the scheduler writes one record and goes on without commands.',
    );
  for (const { names, usage, help } of COMMANDS)
    page.plainItem([names.join(', '), usage].filter(Boolean).join(' '), help);
  page
    .text(
      'Internal tasks use the same commands. A command is accepted at once and never waits: what cannot be done to a busy condition now is done when it is free, and told with a record of its own. Reloads are carried out one after the other. The path of `configure` is the rest of the line; blanks inside belong to it, and nothing in it is expanded.',
    )
    .text(
      'An event that is triggered for a condition that is suspended, finished or given up is dropped, with a record that says so. One that is pending already stays pending.',
    );

  page
    .section('signals')
    .plainItem(
      'SIGINT, SIGTERM',
      'End when running checks and tasks have ended, as the exit command does. What is waited for is written to the log, and again every minute. A second signal ends at once, as the kill command does.',
    )
    .plainItem(
      'SIGHUP',
      'Load the file the scheduler was started with again, as the configure command would. Log files, recordings and files of metrics are opened again, as at SIGUSR1. When the terminal closes that the scheduler was started from, its shell sends this signal too: what it means then is below.',
    )
    .plainItem(
      'SIGUSR1',
      'Open log files, recordings and files of metrics again whose name leads to another file by now: send it after a rotation.',
    )
    .subsection('When the terminal closes')
    .text('The scheduler ends, as at SIGTERM, or goes on and loads its file again. It goes by the way it was started:');
  for (const [start, effect] of HANGUP) page.plainItem(start, effect);
  page
    .subsection('The end')
    .text('The end waits for programs as long as they take, and for Lua scripts five seconds.')
    .text(
      'Commands run in process groups of their own, so that Ctrl-C in a terminal reaches the scheduler only. At `kill` these groups get SIGTERM, and SIGKILL a quarter of a second later.',
    );

  page.section('exit status');
  for (const [status, meaning] of EXIT) page.item(status, meaning);
  page.text(
    'The other commands tell with each what their status means. Those that ask end with 3 when no instance is running.',
  );
  describeLog(page);
  describeJournal(page);
  describeRecordings(page);
  describeMetrics(page);
  describeSocket(page);

  page
    .section('environment')
    .plainItem(
      'XDG_RUNTIME_DIR',
      'The directory of the socket that stands for the running instance. Instances with different runtime directories do not see each other. A relative path, and a directory that is missing or belongs to another user, is not used, with a warning. One that others may write to is refused, by every command.',
    )
    .plainItem('NO_COLOR', 'When set and not empty: no colours, unless --log-color is given.')
    .plainItem(
      'FORCE_COLOR',
      'When set and not empty: colours also where standard output is no terminal; 0 or false: no colours.',
    )
    .plainItem('TERM', 'With dumb: no colours, unless they are asked for.')
    .plainItem('PATH', 'Where commands without a slash are searched, also when they are given another environment.')
    .plainItem(
      'TZ',
      'The local time zone: of time conditions, and of the times in the log. A name such as Europe/Rome, a file of the zone database, or a POSIX rule such as CET-1CEST,M3.5.0,M10.5.0/3; one that is not understood, also for its capital and small letters, is said in a WARN record, and UTC is used. Without it, the zone of the machine, which is looked at once a minute and at reloads; a file of it that cannot be read is said as well, and local time stays as it was.',
    )
    .text('Commands find these in their environment, unless the item says otherwise:')
    .plainItem('WHENEVER_CONDITION', 'The condition that triggered the task, or that is being checked.')
    .plainItem('WHENEVER_TASK', 'The task; for tasks only.')
    .plainItem(
      'WHENEVER_RUN',
      'The run, as in run-5: the same for all tasks that one success of the condition starts, and in the records with --log-ids.',
    )
    .plainItem('WHENEVER_CAUSE', 'What it comes from, as in tick-17.')
    .plainItem(
      'WHENEVER_START',
      'The start of the process: by this mark the next instance finds it, if this one is killed before it knows the number of the process.',
    )
    .plainItem('WHENEVER_EVENTS_FD', 'The number of a file descriptor that takes events as lines of JSON.');

  page
    .section('files')
    .item(
      '$XDG_RUNTIME_DIR/whenever.sock',
      'The socket of the running instance. Without XDG_RUNTIME_DIR it is `/tmp/whenever-`*UID*`/whenever.sock`; on Windows a named pipe. What a killed instance leaves behind is cleared away by the next start. The directory, and the one it is in, must not let others replace the socket, or the start is refused with the reason: that in `/tmp` is given mode 700; the one it is in may be writable for others only with the sticky bit. An instance whose socket is removed while it runs, also with its directory, puts it back within two seconds and logs a WARN. If another instance was started in between, the earlier one logs an ERROR and ends as after `exit`.',
    )
    .item(
      '$XDG_RUNTIME_DIR/whenever.running',
      'The processes of tasks and conditions that run: process group, start and item. It is for the next start, if the instance is killed: that names in one WARN what still runs, does not run an item beside its own process of before (it is `queued`, or not checked, with the reason), and ends those that reach their time limit. Not on Windows.',
    )
    .text('There is no default configuration file and no default log file.');

  describeExamples(page);
  return page.toString();
};

const describeSimulation = (page: Page): void => {
  page
    .text(
      '`simulate` runs the real scheduler, not a model of it: the records are those the daemon would write, with virtual times. After them comes a summary of the runs of each condition and task; with `--log-json` the summary goes to standard error. Two runs with the same arguments give the same bytes. With `--diff` the exit status is 1 when something differs.',
    )
    .text(
      'Commands, scripts and events are answered from the file given with `--assume`: a TOML file with tables `[task.`*NAME*`]` and `[condition.`*NAME*`]` that hold *outcome* (success, failure, none or error, or an array of them to be taken in order, the last one for ever) and *duration* in seconds, and tables `[event.`*NAME*`]`, and those of idle conditions, that hold *at*, an array of instants. What is not in it succeeds at once, and no event occurs. What would have no effect is refused, such as an instant outside of the range.',
    )
    .text('`next` ends with status 1 when nothing will fire.');
};

const describeLog = (page: Page): void => {
  page
    .section('log records')
    .text('In the plain format a record is one line:')
    .code('[2026-03-31T11:38:45.986] (whenever) INFO  TASK Backup/1: [END/OK] message')
    .text(
      'that is: the local time, the program, the level, who speaks (*emitter*, *action*, and *item*/*number* for records about an item), *WHEN*/*STATUS*, and a message for people. The action `active` is left out. Line ends and other control characters in messages are written as escapes. On a terminal the same line has colours.',
    )
    .text('With `--log-json` a record is one object on one line, and every field is always there:')
    .code(`
{"header":{"application":"whenever","level":"TRACE",
 "time":"2026-03-31T11:38:45.986000"},"contents":{"context":
 {"action":"active","emitter":"TASK","item":"Backup","item_id":1},
 "message":"OK/trigger:Nightly task succeeded",
 "message_type":{"status":"END","when":"HIST"}}}`)
    .text(
      '(shown here on several lines). *item* and *item_id* are null for records about no item; the number is 0 while an item is being made. An item keeps its number while it lives; one that is replaced by a reload gets a new one.',
    )
    .text(
      `The levels are ${LEVELS.join(', ')}: each includes those after it. *WHEN* is INIT, START, PROC or END, with the *STATUS* OK, FAIL, MSG or ERR. Three more are for programs that read the log; they are written at level trace:`,
    )
    .item(
      'HIST/START, HIST/END',
      'One pair for every run of a task, with the name and number of the task. The message is *OUTCOME*`/trigger:`*CONDITION*, a blank, and words for people. At the start the outcome is always OK; at the end it is OK (success), FAIL (failure), IND (no outcome) or ERR (the task could not do its work). Each start has an end, whatever happens.',
    )
    .item(
      'BUSY/YES, BUSY/NO',
      'Whether conditions are being checked or their tasks run: at each tick, and whenever it changes.',
    )
    .item('PAUSE/YES, PAUSE/NO', 'The scheduler was paused or resumed.')
    .text(
      'Records go to standard output, or to the log file and nowhere else. Nothing that they are written to ever stops the scheduler: not a reader that goes away, a full disk, a terminal stopped by Ctrl-S, a slow device or a FIFO that is not read. What cannot be written is kept and tried again, up to 64 MiB; what is more is lost and counted, and the count is written when writing works again. Standard error has start-up errors only, one line when the log cannot be written, and one for what is lost at the end. The end waits two seconds for records that cannot be written; when a write or a script hangs in the system even then, the scheduler ends by SIGTERM and has no exit status.',
    )
    .text(
      'Log files are written at their end, so that *logrotate*(8) works both ways: with `copytruncate`, or with a rename and `kill -USR1` (or `-HUP`) in `postrotate`. When a file cannot be opened again, the one before goes on. What happens to files that the scheduler itself writes is not an event for `fschange`, wherever they are.',
    );
};
