import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { have } from '../desktop/support/programs.ts';
import { onDemand, Place, shellTask, TICK } from '../support/program.ts';

const JOURNALD = '/lib/systemd/systemd-journald';
const possible =
  process.getuid?.() === 0 && existsSync(JOURNALD) && have('unshare', 'logger', 'systemd-cat', 'journalctl');

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

/** A journald of its own, in a namespace with its own /run; first the fields, then the plain lines by systemd-cat. */
const SCRIPT = `
mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/journal /run/log/journal
cat /etc/machine-id | grep -q . || { echo 0123456789abcdef0123456789abcdef > /run/id; mount --bind /run/id /etc/machine-id; }
${JOURNALD} & server=$!
until [ -S /run/systemd/journal/socket ]; do sleep 0.05; done
mkfifo input
"$@" -L info --log-format journal config.toml < input > out.txt 2>&1 & daemon=$!
exec 3> input; echo 'trigger Go_C' >&3
until journalctl --no-pager -t whenever | grep -q 'task T ended'; do sleep 0.1; done
echo exit >&3; exec 3>&-
wait $daemon
echo exit | systemd-cat -t cat-test sh -c 'export JOURNAL_STREAM=$(stat -L -c %d:%i /proc/$$/fd/1); exec "$@"' sh "$@" -L debug config.toml
journalctl --sync
journalctl -o json --no-pager -t whenever > fields.json
journalctl -o json --no-pager -t cat-test > lines.json
kill $server; wait $server
`;

test.skipIf(!possible)(
  'the journal of systemd has the fields of each record, and the priorities of plain lines (needs root, util-linux and systemd)',
  () => {
    place.write('config.toml', `${TICK}${shellTask('T', 'exit 0')}${onDemand('C', ['T'])}`);
    const program = join(import.meta.dirname, '../../bin/whenever');
    const { status, stderr } = spawnSync('unshare', ['-m', 'sh', '-c', SCRIPT, 'sh', program], {
      ...{ cwd: place.file('.'), encoding: 'utf8', timeout: 60_000 },
      env: { ...place.environment(), XDG_RUNTIME_DIR: place.file('.') },
    });
    expect([status, stderr.includes('whenever:')], stderr).toEqual([0, false]);
    const read = (name: string) =>
      place
        .read(name)
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, string>);
    expect(place.read('out.txt')).toBe('');
    const running = read('fields.json').find(({ MESSAGE }) => MESSAGE?.includes('running tasks'));
    expect(running).toMatchObject({
      MESSAGE: expect.stringMatching(/^CONDITION C\/2: running tasks in sequence: T$/),
      ...{ PRIORITY: '6', SYSLOG_IDENTIFIER: 'whenever', WHENEVER_MARK: 'START/MSG', WHENEVER_EMITTER: 'CONDITION' },
      ...{ WHENEVER_ITEM: 'C', WHENEVER_RUN: 'run-1', WHENEVER_LEVEL: 'info' },
      WHENEVER_CAUSE: expect.stringMatching(/^\w+-\d+$/),
    });
    const lines = read('lines.json');
    expect(lines.map(({ PRIORITY }) => PRIORITY)).toEqual(expect.arrayContaining(['6', '7']));
    expect(lines[0]?.MESSAGE).toMatch(/^\(whenever\) INFO {2}MAIN starting: \[START\/MSG\] whenever 2/);
  },
);
