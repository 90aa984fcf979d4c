import { LOG_OPTIONS, type OptionRow, wholeNumber } from './commands/subcommand.ts';
import { METRICS_OPTIONS } from './metrics-options.ts';

/** The options of its log: it can write to the journal of systemd. */
const DAEMON_LOG_OPTIONS = LOG_OPTIONS.map((row) =>
  row.flags.startsWith('--log-format ') ? { ...row, choices: [...row.choices!, 'journal'] } : row,
);

/** The options of the daemon. */
export const OPTIONS: readonly OptionRow[] = [
  { flags: '-q, --quiet', help: 'no records on standard output and no start-up texts; a log file gets everything' },
  { flags: '-p, --pause', help: 'start paused' },
  { flags: '-r, --check-running', help: 'test whether an instance is running and end: status 0 if so, 1 if not' },
  { flags: '-O, --options', help: 'print the optional features and end' },
  { flags: '-l, --log <FILE>', help: 'write the log to a file instead of standard output', path: true },
  ...DAEMON_LOG_OPTIONS.slice(0, 1),
  { flags: '-a, --log-append', help: 'append instead of beginning anew; needs --log' },
  ...DAEMON_LOG_OPTIONS.slice(1),
  { flags: '--plugin <FILE>', help: 'load a module that takes part; repeatable', path: true, repeat: true },
  { flags: '--watch', help: 'load the configuration again when it is saved' },
  {
    flags: '--log-ids',
    help: 'add "journal" to JSON: run, cause, trace',
  },
  {
    flags: '--journal <FILE>',
    help: 'record all that happens; older parts are FILE.1.gz to FILE.19.gz',
    path: true,
  },
  {
    flags: '--story-length <N>',
    help: 'how many changes of state are kept in memory, 0 for all of them',
    fallback: '1000',
    parse: wholeNumber(0, 999_999_999),
  },
  ...METRICS_OPTIONS,
  { flags: '--otlp', help: 'send traces, logs and metrics by OTLP' },
];
