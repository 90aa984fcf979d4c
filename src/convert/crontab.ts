import { counted } from '../plural.ts';
import { commandKeys, directoryNote } from './command-keys.ts';
import { mailBlocks, mailHooks } from './cron-mail.ts';
import { type CronJob, type CronLine, looksLikeSystem, readCrontab } from './crontab-lines.ts';
import type { Block, Converted, ConvertedItem } from './document.ts';
import type { ConvertHost } from './host.ts';
import { allowInherent } from './inherent-warnings.ts';
import { commandName, UniqueNames } from './names.ts';
import { plainWords, shellQuote } from './shell.ts';
import type { TomlValue } from './toml.ts';

/** How a crontab is read. */
export interface CrontabOptions {
  /** Whether lines have a user field; default: it is found out. */
  readonly form?: 'user' | 'system';
  /** Jobs get the environment of cron, and not that of the scheduler. */
  readonly cronEnvironment?: boolean;
}

/** Where cron looks for programs when the crontab does not say it. */
const CRON_PATH = '/usr/bin:/bin';

/** Whether the same MAILTO, or none, is in force at all jobs. */
const haveSameMail = (lines: readonly CronLine[]): boolean => {
  const seen = new Set<string>();
  let to = '';
  for (const line of lines) {
    if (line.kind === 'variable' && line.name === 'MAILTO') to = line.value;
    if (line.kind === 'job') seen.add(to);
  }
  return seen.size === 1;
};

/** Variables that mean something to cron itself. */
const FOR_CRON = new Set([
  'MAILTO',
  'MAILFROM',
  'CRON_TZ',
  'RANDOM_DELAY',
  'CONTENT_TYPE',
  'CONTENT_TRANSFER_ENCODING',
]);

class CrontabConverter {
  readonly #host: ConvertHost;
  readonly #options: CrontabOptions;
  readonly #names = new UniqueNames();
  /** Variables as they are at the present line. */
  readonly #variables = new Map<string, string>();
  /** The task that sends mail, by address. */
  readonly #mail = new Map<string, string>();
  readonly #blocks: Block[] = [];
  /** All jobs have the same MAILTO: their hooks are those of `[defaults]`. */
  readonly #sameMail: boolean;
  /** The comments above the next job. */
  #kept: string[] = [];
  /** What is to be said at the next job. */
  #differs: string[] = [];

  constructor(host: ConvertHost, options: CrontabOptions, sameMail: boolean) {
    this.#host = host;
    this.#options = options;
    this.#sameMail = sameMail;
  }

  /** The table `[defaults]`. */
  get defaults(): Record<string, TomlValue> {
    const [mail] = [...this.#mail.values()];
    return this.#sameMail && mail !== undefined ? mailHooks(mail) : {};
  }

  convert(lines: readonly CronLine[]): Block[] {
    for (const [i, line] of lines.entries()) {
      this.#host.progress?.(i, lines.length);
      if (line.kind === 'comment') this.#kept.push(line.text);
      else if (line.kind === 'blank') this.#endParagraph();
      else if (line.kind === 'variable') this.#set(line.name, line.value);
      else this.#job(line);
    }
    this.#endParagraph();
    return [...mailBlocks(this.#mail), ...this.#blocks];
  }

  /** A comment with a blank line below it belongs to no job. */
  #endParagraph(): void {
    if (this.#kept.length > 0) this.#blocks.push({ kept: this.#kept, notes: [], differs: [], lost: [], items: [] });
    this.#kept = [];
  }

  #set(name: string, value: string): void {
    this.#variables.set(name, value);
    this.#kept.push(`${name}=${value}`);
    if (/\$\w|\$\{/.test(value) && !FOR_CRON.has(name))
      this.#differs.push(
        `cron takes the $ in the value of ${name} as it is, and so does this file: nothing is put in its place`,
      );
  }

  #job(job: CronJob): void {
    const notes: string[] = [];
    const differs = [...this.#differs];
    const condition = this.#condition(job, notes, differs);
    const task = this.#task(job, condition.name as string, notes);
    const mail = this.#mailTask();
    const hooks = mail === undefined || this.#sameMail ? {} : mailHooks(mail);
    const items: ConvertedItem[] = [
      { section: 'task', keys: task },
      { section: 'condition', keys: { ...condition, tasks: [task.name as string], ...hooks } },
    ];
    this.#blocks.push({ kept: this.#kept, from: `line ${job.line}: ${job.text}`, notes, differs, lost: [], items });
    this.#kept = [];
    this.#differs = [];
  }

  /** The condition, without its tasks. */
  #condition(job: CronJob, notes: string[], differs: string[]): Record<string, TomlValue> {
    const name = this.#names.take(commandName(job.command));
    if (job.disabled) notes.push('it was disabled by #: suspended = true');
    if (job.unlogged) differs.push('the - kept it out of the log of cron; here it is logged like all others');
    for (const flag of job.flags) differs.push(`the flag ${flag} of cron has no equivalent`);
    const suspended = job.disabled || this.#isForOther(job, differs) ? { suspended: true } : {};
    if (job.when === 'reboot') {
      differs.push(
        '@reboot is once after the start of the machine; here it is once after each start of the scheduler, and not after a reload',
      );
      return { name, type: 'session', when: 'start', recurring: true, ...suspended };
    }
    if ('seconds' in job.when)
      return {
        name,
        type: 'interval',
        interval_seconds: job.when.seconds,
        after_end: true,
        recurring: true,
        ...suspended,
      };
    notes.push(...job.when.notes);
    differs.push(...job.when.differs);
    const zone = this.#variables.get('CRON_TZ');
    const jitter = (job.when.jitterSeconds ?? 0) + this.#randomDelay(differs);
    const specs = [{ cron: job.when.pattern }];
    return {
      name,
      type: 'time',
      time_specifications: specs,
      ...(zone === undefined || zone === '' ? {} : { timezone: zone }),
      ...(jitter > 0 ? { jitter_seconds: jitter } : {}),
      recurring: true,
      ...suspended,
      ...allowInherent(specs),
    };
  }

  #randomDelay(differs: string[]): number {
    const minutes = Number(this.#variables.get('RANDOM_DELAY') ?? 0);
    if (!Number.isInteger(minutes) || minutes <= 0) return 0;
    differs.push(`RANDOM_DELAY=${minutes} is chosen once, when cron starts; jitter_seconds chooses a delay each time`);
    return minutes * 60;
  }

  #isForOther({ user }: CronJob, differs: string[]): boolean {
    if (user === undefined || user === this.#host.user) return false;
    differs.push(
      `it ran as ${user}, and the scheduler runs everything as the user that starts it: suspended. Move it to a scheduler of ${user}, or remove "suspended"`,
    );
    return true;
  }

  #task(job: CronJob, name: string, notes: string[]): Record<string, TomlValue> {
    const home = this.#homeOf(job);
    const directoryText = directoryNote(home, this.#host);
    if (directoryText !== undefined) notes.push(directoryText);
    const words = this.#words(job, notes);
    const environment = this.#environment(job, home);
    const inherits = this.#options.cronEnvironment !== true;
    return {
      name,
      type: 'command',
      ...commandKeys({ words, directory: home, environment, judged: true, inherits }, this.#host),
    };
  }

  #homeOf({ user }: CronJob): string {
    const set = this.#variables.get('HOME');
    if (set !== undefined) return set;
    return user === undefined || user === this.#host.user ? this.#host.home : (this.#host.homeOf(user) ?? '/');
  }

  #words({ command, input }: CronJob, notes: string[]): readonly string[] {
    const shell = this.#variables.get('SHELL') || '/bin/sh';
    if (input !== undefined) {
      notes.push('what stood after % was its standard input, which printf writes now');
      const text = input.split('\n').map(shellQuote).join(' ');
      const inner = /(?:^|\/)(?:ba|da|z|k|a)?sh$/.test(shell)
        ? `{\n${command}\n}`
        : `${shellQuote(shell)} -c ${shellQuote(command)}`;
      const outer = inner.startsWith('{') ? shell : '/bin/sh';
      return [outer, '-c', `printf '%s\\n' ${text} | ${inner}`];
    }
    const words = plainWords(command);
    // A program without a slash is searched in the PATH of the scheduler, and not in that of the crontab.
    const elsewhere = this.#variables.has('PATH') && words !== undefined && !words[0]!.includes('/');
    return words === undefined || elsewhere ? [shell, '-c', command] : words;
  }

  #environment({ user }: CronJob, home: string): Record<string, string> {
    const own = Object.fromEntries([...this.#variables].filter(([name]) => !FOR_CRON.has(name)));
    if (!this.#options.cronEnvironment) return own;
    const name = user ?? this.#host.user;
    return { SHELL: '/bin/sh', PATH: CRON_PATH, ...own, HOME: home, LOGNAME: name, USER: name };
  }

  /** The task that sends mail for the present MAILTO; undefined: none. */
  #mailTask(): string | undefined {
    const to = this.#variables.get('MAILTO');
    if (to === undefined || to === '') return undefined;
    let name = this.#mail.get(to);
    if (name === undefined) {
      name = this.#names.take(this.#mail.size === 0 ? 'mail_output' : `mail_output_${this.#mail.size + 1}`);
      this.#mail.set(to, name);
    }
    return name;
  }
}

/** What is different for all jobs of cron. */
const general = (system: boolean, jobs: number, cronEnvironment: boolean, mails: boolean): string[] => [
  `Read in the ${system ? 'system form, with a user field' : 'user form, without a user field'}: ${counted(jobs, 'job')}. The other form: --form ${system ? 'user' : 'system'}.`,
  'A job that still runs when its time comes again is left out; cron starts it twice. See when_busy.',
  ...(cronEnvironment
    ? []
    : [
        `Jobs inherit the environment of the scheduler, with its PATH. Those of cron have PATH=${CRON_PATH} and little else: --cron-environment writes that.`,
      ]),
  ...(mails
    ? []
    : [
        'cron mails what a job writes; here "whenever output" shows it, or a MAILTO line in the crontab makes a mail task.',
      ]),
  'cron does not look at exit statuses; here one that is not 0 is a failure, which the log and "whenever history" show.',
  'What is missed while the machine sleeps or is off is left out, as by cron. catch_up = "once" makes up for it.',
];

/**
 * Converts a crontab.
 * @throws UnreadableSource for what cron would refuse.
 */
export const convertCrontab = (
  file: string,
  source: string,
  host: ConvertHost,
  options: CrontabOptions = {},
): Converted => {
  const { form } = options;
  const known = (name: string) => host.homeOf(name) !== undefined;
  const system = form === undefined ? looksLikeSystem(file, source, host.user, known) : form === 'system';
  const lines = readCrontab(file, source, system);
  const converter = new CrontabConverter(host, options, haveSameMail(lines));
  const blocks = converter.convert(lines);
  const jobs = lines.filter(({ kind }) => kind === 'job').length;
  const mails = lines.some((line) => line.kind === 'variable' && line.name === 'MAILTO');
  return {
    from: `the crontab ${file === '-' ? 'on standard input' : file}`,
    general: general(system, jobs, options.cronEnvironment === true, mails),
    settings: {},
    defaults: converter.defaults,
    blocks,
  };
};
