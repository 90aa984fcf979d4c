import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/config/problem.ts';
import { convertCrontab } from '../../src/convert/crontab.ts';
import type { Converted } from '../../src/convert/document.ts';
import { UnreadableSource } from '../../src/convert/host.ts';
import { convertSystemd } from '../../src/convert/systemd.ts';
import { convertWhen } from '../../src/convert/when.ts';
import { HOST, loadConverted } from '../support/converted.ts';
import { settings } from '../support/property.ts';

const CRONTAB = `SHELL=/bin/bash
MAILTO="me@example.org"
# backup
30 2 * * mon-fri /opt/backup.sh --full "a b" >> /tmp/log 2>&1
*/15,7 0-23/2 1,15 jan-mar 5 cd /tmp && ./x \\% y%input%more
@reboot sleep 30
#@daily /opt/off
HOME=/srv
0~30 4 */3 * sun '/opt/it''s' $HOME
`;
const TIMER = `[Unit]
Description=A timer for %n
[Timer]
OnCalendar=Mon..Fri *-*-1..7,15/3 08:00/15:30
OnCalendar=*-02~03 12:00 Europe/Rome
OnBootSec=5min 20s
OnUnitActiveSec=1h
RandomizedDelaySec=90
Persistent=yes
`;
const SERVICE = `[Unit]
ConditionACPower=true
ConditionPathExists=!/run/x y
OnFailure=a.service mail@%n.service
[Service]
Type=oneshot
Environment="A=1 2" B=%h
WorkingDirectory=/tmp
ExecStartPre=-/opt/pre "x y" \\x41
ExecStart=/opt/a $A \${B}c 'd e' ; /opt/f %i %% \\
  more
Restart=on-failure
RestartSec=1min
MemoryMax=1.5G
CPUQuota=20%
Nice=4
`;
const ITEMS = `[Task-A]
type: task
command: /opt/a | b
environment variables:
  A=1
check for: failure, stdout, x+
regexp match: true

[C]
type: condition
based on: user_event
event name: S
task names: Task-A

[T]
type: condition
based on: time
hour: 5
day of week: monday
task names: Task-A, Task-A

[S]
type: signal_handler
bus name: a.b
object path: /a
interface: a.b
signal: X
parameters:
  0, not equal, 5
`;
const EXPORT = JSON.stringify({
  tasks: [{ task_name: 'T', command: 'a b', startup_dir: '/tmp', success_status: 0, environment_vars: { A: '1' } }],
  conditions: [
    { cond_name: 'A', subtype: 'TimeBasedCondition', hour: 5, minute: null, task_names: ['T'], repeat: true },
    {
      cond_name: 'B',
      subtype: 'CommandBasedCondition',
      command: 'x',
      expected_stdout: 'y',
      match_exact: true,
      task_names: ['T'],
    },
    { cond_name: 'D', subtype: 'EventBasedCondition', event: 'battery_low', task_names: [] },
  ],
  signalhandlers: [],
});

/** A text with a few changes: characters taken away, doubled or put in, lines exchanged. */
const mutations = (text: string): fc.Arbitrary<string> => {
  const piece = fc.oneof(
    fc.string({ maxLength: 4, unit: 'binary' }),
    fc.constantFrom(
      '\n',
      '=',
      '*',
      '%',
      '"',
      "'",
      '\\',
      '-',
      '~',
      '/',
      '..',
      ',',
      '0',
      '99',
      ':',
      '[',
      ']',
      '#',
      '@',
      ' ',
      '\t',
      '\0',
      '$',
    ),
  );
  const change = fc.tuple(fc.nat(text.length), fc.nat(3), piece);
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => {
    let changed = text;
    for (const [at, length, put] of changes) changed = changed.slice(0, at) + put + changed.slice(at + length);
    return changed;
  });
};

/** Codes of refusals that follow from what the source itself says, such as a time zone that does not exist. */
const OWN = /timezone|environment_variables|regular expression|not a match rule|NUL|is not expanded/;

/** Converts: what cannot be read is refused with places, everything else loads. */
const holds = async (convert: () => Converted): Promise<void> => {
  let converted: Converted;
  try {
    converted = convert();
  } catch (error) {
    if (!(error instanceof UnreadableSource)) throw error;
    expect(error.problems.length).toBeGreaterThan(0);
    for (const { line, column, source } of error.problems) {
      expect(line).toBeGreaterThan(0);
      expect(line).toBeLessThanOrEqual(source.split(/\r?\n/).length);
      expect(column).toBeGreaterThan(0);
    }
    return;
  }
  try {
    await loadConverted(converted);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    expect(error.lines.filter((line) => !OWN.test(line))).toEqual([]);
  }
};

describe('a source with changes at random places is refused with a place, or becomes a file that loads', () => {
  test('a crontab', async () => {
    await fc.assert(
      fc.asyncProperty(mutations(CRONTAB), fc.constantFrom('user', 'system'), (text, form) =>
        holds(() => convertCrontab('jobs', text, HOST, { form })),
      ),
      settings(150),
    );
  });

  test('units of systemd', async () => {
    const convert = (timer: string, service: string) => () =>
      convertSystemd(
        {
          path: '/units',
          units: new Map([
            ['a.timer', timer],
            ['a.service', service],
            ['mail@.service', SERVICE],
          ]),
          dropIns: new Map(),
          enabled: undefined,
        },
        HOST,
      );
    await fc.assert(
      fc.asyncProperty(mutations(TIMER), mutations(SERVICE), fc.boolean(), (timer, service, both) =>
        holds(both ? convert(timer, SERVICE) : convert(TIMER, service)),
      ),
      settings(150),
    );
  });

  test.each([
    ['item definitions', ITEMS],
    ['an export', EXPORT],
  ])('items of When: %s', async (_, items) => {
    await fc.assert(
      fc.asyncProperty(mutations(items), (text) => holds(() => convertWhen('items', text, HOST))),
      settings(150),
    );
  });
});
