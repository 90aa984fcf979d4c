import { globalFields } from '../config/globals.ts';
import type { specificationKeys } from '../items/common/time-fields.ts';
import type { HostFs, ItemKind } from '../items/kind.ts';
import { registry } from '../items/registry.ts';
import { VERSION } from '../version.ts';
import { describeFields } from './fields.ts';
import { describeLogging } from './logging.ts';
import { describeLua } from './lua.ts';
import { Page } from './roff.ts';

/** The example the page ends with; it is loaded by a test. */
export const EXAMPLE = `
scheduler_tick_seconds = 5

[[task]]
name = "Backup"
type = "command"
startup_path = "/tmp"
command = "tar"
command_arguments = ["-czf", "/tmp/notes.tar.gz", "/etc/hostname"]
success_status = 0
timeout_seconds = 3600

[[task]]
name = "Complain"
type = "command"
startup_path = "/tmp"
command = "logger"
command_arguments = ["the disk is nearly full"]

# Every night at half past two.
[[condition]]
name = "Nightly"
type = "time"
time_specifications = [{ hour = 2, minute = 30 }]
recurring = true
tasks = ["Backup"]

# Looks every ten minutes; complains once, until there was room again.
[[condition]]
name = "DiskFull"
type = "command"
startup_path = "/"
command = "sh"
command_arguments = ["-c", "test $(df --output=pcent / | tail -n 1 | tr -dc 0-9) -gt 90"]
success_status = 0
check_after = 600
recur_after_failed_check = true
recurring = true
tasks = ["Complain"]

# A backup whenever somebody asks for one: "trigger BackupNow".
[[condition]]
name = "Asked"
type = "bucket"
recurring = true
tasks = ["Backup"]

[[event]]
name = "BackupNow"
type = "cli"
condition = "Asked"
`;

/** A machine as good as any: the page tells what is not available on the usual one. */
const anyMachine: HostFs = { isDirectory: () => true, isFile: () => true, platform: 'linux' };

const SPECIFICATION: Readonly<Record<keyof typeof specificationKeys, string>> = {
  year: 'An integer, 0 or more. Missing: every year.',
  month: 'An integer from 1 to 12. Missing: every month.',
  day: 'An integer from 1 to 31. Missing: every day. Months without that day are skipped.',
  hour: 'An integer from 0 to 23. Missing: every hour.',
  minute: 'An integer from 0 to 59. Missing: 0.',
  second: 'An integer from 0 to 59. Missing: 0.',
  weekday: 'A day of the week, as in "mon" or "Monday", in any letter case. Missing: every day.',
  cron: 'A pattern of cron, such as "*/5 8-18 * * MON-FRI", in place of all other keys; a field for seconds may come first, one for years last. (Extension.)',
};

/** The keys of a kind. A condition that has those of the task of the same name tells only what it has besides. */
const describeKeys = (page: Page, { section, type, fields }: ItemKind): void => {
  const twin = section === 'condition' ? registry.task.kinds.find((task) => task.type === type)?.fields : undefined;
  const kinds: readonly ItemKind[] = registry[section].kinds;
  const first = kinds.find((kind) => kind.fields === fields);
  const elder = first?.type === type ? undefined : first;
  const own = Object.entries(fields).filter(([key, field]) => twin?.[key] !== field);
  if (twin && Object.keys(twin).every((key) => fields[key] === twin[key])) {
    page.text(`All keys of a ${type} task, and these:`);
    describeFields(page, Object.fromEntries(own));
  } else if (own.length === 0) page.text('No further keys.');
  else if (elder) page.text(`Keys: those of type = "${elder.type}".`);
  else describeFields(page, fields);
};

const describeKinds = (page: Page, section: string, kinds: readonly ItemKind[]): void => {
  for (const kind of kinds) {
    page.subsection(`type = "${kind.type}" (${section})`);
    const missing = kind.unavailable?.(anyMachine);
    page.text(kind.doc);
    if (missing)
      page.text(
        `${missing.charAt(0).toUpperCase()}${missing.slice(1)}; the keys are known, but an item of this kind is refused.`,
      );
    describeKeys(page, kind);
    if (section === 'task' && kind.type === 'command') describeJudgement(page);
    if (kind.type === 'time') describeTimes(page);
  }
};

/** whenever.toml(5). */
export const wheneverTomlPage = (): string => {
  const page = new Page('whenever.toml', 5, `whenever ${VERSION}`, 'File Formats');
  page
    .named('whenever.toml', 'configuration file of the whenever scheduler')
    .section('description')
    .text(
      'A TOML file, in UTF-8, that says which tasks there are, which conditions start them, and which events make conditions true. It has any number of tables `[[task]]`, `[[condition]]` and `[[event]]`, a few keys at the top, and perhaps a table `[logging]`. Its name is given on the command line of `whenever`(1), or later with the `configure` command.',
    )
    .text(
      'Types matter: an integer is never written 5.0 or "5". Unknown keys are refused. There are no variables, no includes, and `~` is not expanded; relative paths are relative to the directory the scheduler was started in. Keys that whenever 1 did not have are marked as extensions.',
    )
    .section('keys at the top');
  describeFields(page, globalFields);
  page
    .text('They take effect when the scheduler is started. A reload checks them and leaves the running ones alone.')
    .section('names')
    .text(
      'Names of tasks, conditions and events consist of letters, digits and underscores, and do not begin with a digit; case matters. A name may be used once among the tasks, once among the conditions and once among the events.',
    )
    .text(
      'Items are numbered in the order of the file: first all tasks, then the conditions, then the events. The number stands in the log after the name.',
    );

  page
    .section('tasks')
    .text(
      'A task is done once each time a condition asks for it. A task never runs twice at the same time: another condition that wants it waits. Its outcome is *success*, *failure*, *no outcome* (a script that was not told what to expect), or *error* (it could not do its work at all).',
    )
    .text('Keys of every task:')
    .item('type', 'The kind of task. Required.');
  describeFields(page, registry.task.common);
  describeKinds(page, 'task', registry.task.kinds);

  page
    .section('conditions')
    .text('A condition is checked at the ticks, and runs its tasks when it is true. Keys of every condition:')
    .item('type', 'The kind of condition. Required.');
  describeFields(page, registry.condition.common);
  describeLife(page);
  describeKinds(page, 'condition', registry.condition.kinds);

  page
    .section('events')
    .text(
      'An event puts the name of its condition into the bucket, where the condition finds it at its next check. Several events before that check count once. Keys of every event:',
    )
    .item('type', 'The kind of event. Required.');
  describeFields(page, registry.event.common);
  describeKinds(page, 'event', registry.event.kinds);
  if (registry.task.kinds.some(({ type }) => type === 'lua')) describeLua(page);
  describeLogging(page);
  describeReload(page);
  page
    .section('example')
    .code(EXAMPLE)
    .text('More are in the folder `config-examples` of the program.')
    .section('see also')
    .text('`whenever`(1)');
  return page.toString();
};

const describeJudgement = (page: Page): void => {
  page
    .text('A command is judged in two steps, whether it is a task or a condition. First by how the process ended:')
    .code(`
process ended with    success_status    failure_status    judgement
code 0                0                 any               pass
code 0                other than 0      any               fail
code 0                -                 0                 fail
code 0                -                 - or other        pass
code v (not 0)        any               v                 fail
code v (not 0)        v                 - or other        pass
code v (not 0)        other than v      - or other        fail
code v (not 0)        -                 - or other        pass
a signal              any               any               fail
the time limit        any               any               fail
not started           any               any               fail`)
    .text(
      'where - is a key that is not set. So without any criteria every exit status is a success. Then, if it passed, by its output: success_stdout and success_stderr must be found, failure_stdout and failure_stderr must not, and the first one that is not met decides. Empty strings are the same as missing keys. All output up to the end of the process counts, and 16 MiB of each stream are kept.',
    )
    .text(
      'The process has an empty standard input and a process group of its own. What it leaves running in the background is not waited for. Its environment is that of the scheduler, then the variables that begin with WHENEVER_ (see `whenever`(1)), then environment_variables; later ones win.',
    );
};

const describeTimes = (page: Page): void => {
  page.text('Keys of a time specification:');
  for (const [key, text] of Object.entries(SPECIFICATION)) page.plainItem(key, text);
  page
    .text(
      'The condition is true at the first tick at or after an instant of any of its specifications. Each instant counts once, also when a tick is late. Instants that fall into a pause or a suspension do not count.',
    )
    .text(
      'An instant that is noticed late by up to a minute, or two ticks where these are longer, still counts, and a record says how late it is. One that is noticed later, because the machine slept or the clock was set, is a miss: one WARN record says how many there were in this gap, and catch_up decides what is done about them. A clock that is set back by up to 3 hours repeats nothing that has fired, and silences nothing else; more is a correction, and the new time counts at once. One WARN record says which, or that it was set forward.',
    )
    .text(
      'Daylight saving, as in Debian cron: an instant in the hour that does not exist falls at the end of the gap, once; an instant in the hour that comes twice falls the first time. A specification without an hour, and a pattern of cron whose minute or hour begins with `*`, go by real time: nothing extra in spring, both hours in autumn.',
    )
    .text(
      'A pattern of cron has five fields: minute, hour, day of month, month, day of week (0 to 7 or SUN to SAT; 0 and 7 are Sunday). Six fields begin with the second, seven end with the year. A field is `*`, a number, a range (1-5), a step (`*/15`, 8-18/2), or a list of these with commas.',
    )
    .text(
      'Where day of month and day of week are both given, one that fits is enough, as in cron; both have to fit where one of the two fields begins with `*`, as in `*/2`, and where the day of week begins with +: "0 9 13 * +FRI" is Friday the 13th. L is the last day of the month, LW its last working day, 15W the working day nearest to the 15th, 5L the last Friday, TUE#2 the second Tuesday. @yearly, @monthly, @weekly, @daily and @hourly stand for whole patterns.',
    )
    .code(`
time_specifications = [
  { weekday = "mon", hour = 9 },       # Mondays at 09:00:00
  { day = 1, hour = 0, minute = 30 },  # the first of each month
  { minute = 15 },                     # a quarter past every hour
]`);
};

const describeLife = (page: Page): void => {
  page
    .subsection('The life of a condition')
    .text('At each tick the first of these that applies decides:')
    .code(`
no tasks are listed                                  skipped
suspended                                            skipped
not recurring, was true, no task failed              finished
not recurring, was true, tasks failed, no retries    given up
otherwise                                            checked`)
    .text(
      'A recurring condition is checked for ever. One that is not recurring is finished after the first success whose tasks did not fail; if they did, it is checked again, and each further success counts as a retry. With max_tasks_retries = 2 the tasks run three times at the most. Failures and errors count as failed, also when the tasks run all at once; no outcome does not.',
    )
    .text(
      'A condition is *busy* while it is checked and its tasks run; a tick leaves out what is busy. Different conditions run side by side.',
    )
    .text(
      'A reset makes a condition as it was at start: retries are full, intervals and check_after begin anew. Resuming a suspended condition resets it as well, and forgets an event that was pending. Commands for a busy condition are carried out when it is free.',
    );
};

const describeReload = (page: Page): void => {
  page
    .section('reloading')
    .text(
      'The `configure` command loads a file without a restart. A file with a mistake in it changes nothing. Otherwise items that are equal in all keys but tags and suspended keep their number and their state; items that differ are replaced and begin anew; items that are missing are removed. What runs goes on to its end: the new item waits for the old one. Pause, shared states and locks of scripts are unaffected.',
    );
};
