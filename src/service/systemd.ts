import { startWords } from '../adapters/this-program.ts';
import { markLines, type Setting, throughShell } from './setting.ts';

/** Without a sign of life for so long the program is started again: it gives two in that time. */
const WATCHDOG = '2min';

/** Words that need no quotes. */
const PLAIN = /^[\w@+=:,./-]+$/;

/** A word of a command line. `%` begins a specifier, also in quotes. */
const quote = (word: string): string => {
  const escaped = word.replaceAll('%', '%%');
  return PLAIN.test(word) ? escaped : `"${escaped.replace(/["\\]/g, '\\$&')}"`;
};

/** systemd refuses a program whose path has one of these: a shell, which becomes the program, takes it as an argument. */
const REFUSED = /["'\\]/;

/**
 * A command line. With the prefix `:` a `$` has no meaning: it could be escaped in arguments, and not in the path of the program.
 */
const commandLine = (given: readonly string[]): string => {
  const [first = '', ...args] = REFUSED.test(given[0] ?? '') ? throughShell(given) : given;
  const prefix = [first, ...args].some((word) => word.includes('$')) ? ':' : '';
  return [`${prefix}${quote(first)}`, ...args.map(quote)].join(' ');
};

/** The user unit for systemd. */
export const systemdUnit = (setting: Setting): string => {
  const { file } = setting;
  const start = startWords(setting);
  const [mark, made] = markLines(setting);
  return `# ${mark} Put settings of your own into whenever.service.d/own.conf.
# ${made}
[Unit]
Description=whenever, tasks by time and events

[Service]
Type=notify
# Notifications come from systemd-notify, a child of the program.
NotifyAccess=all
ExecStart=${commandLine([...start, '-L', 'info', file])}
ExecReload=${commandLine([...start, 'ctl', 'reload'])}
WatchdogSec=${WATCHDOG}
Restart=on-failure
RestartSec=5
# 1: ended by "kill"; 2: the configuration is refused, or another instance runs.
RestartPreventExitStatus=1 2
# SIGTERM is for the program alone, which lets running tasks end.
KillMode=mixed
SyslogIdentifier=whenever

[Install]
WantedBy=default.target
`;
};
