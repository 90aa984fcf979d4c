import type { Block } from './document.ts';
import type { TomlValue } from './toml.ts';

/** Sends what a run has written, as cron does, and nothing when it has written nothing. */
const MAIL_SCRIPT = `test -s "$WHENEVER_FAILED_OUTPUT" || exit 0
PATH="$PATH:/usr/sbin:/usr/lib"
{
  echo "To: $MAILTO"
  echo "Subject: $WHENEVER_FAILED_CONDITION: $WHENEVER_FAILED_REASON"
  echo "Content-Type: text/plain; charset=utf-8"
  echo
  cat "$WHENEVER_FAILED_OUTPUT"
} | sendmail -t
`;

/** The keys that send a mail after each run. */
export const mailHooks = (task: string): Record<string, TomlValue> => ({
  on_success: [task],
  on_failure: [task],
  after_failures: 0,
});

/** The tasks that send what jobs have written. @param mail their names, by address */
export const mailBlocks = (mail: ReadonlyMap<string, string>): Block[] =>
  [...mail].map(([to, name]) => ({
    kept: [],
    notes: [
      `Sends what a job has written to ${to}, as MAILTO says. It needs sendmail, which is a part of every mail server, and of msmtp.`,
    ],
    differs: [
      'the mail has the end of the output, with secrets masked; the subject and the sender are not those of cron',
    ],
    lost: [],
    items: [
      {
        section: 'task',
        keys: {
          name,
          type: 'command',
          startup_path: '/',
          command: 'sh',
          command_arguments: ['-c', MAIL_SCRIPT],
          environment_variables: { MAILTO: to },
          success_status: 0,
          timeout_seconds: 120,
        },
      },
    ],
  }));
