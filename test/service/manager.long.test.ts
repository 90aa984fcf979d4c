import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { Place, PROGRAM, TICK } from '../support/program.ts';
import { hasCommand } from '../support/service-manager.ts';

/** The status of the script where no user manager can run. */
const IMPOSSIBLE = 77;

const SCRIPT = `
whenever() { '${process.execPath}' '${PROGRAM}' "$@"; }
step() { echo "## $1"; }
show() { systemctl --user show whenever --value -p "$1"; }
until_is() { # until_is PROPERTY VALUE
  tries=0
  until [ "$(show "$1")" = "$2" ] || [ $tries -ge 150 ]; do tries=$((tries + 1)); sleep 0.1; done
  echo "$1=$(show "$1")"
}
printf '%s' '${TICK}' > "$HOME/my.toml"

step install
whenever service install "$HOME/my.toml"; echo "status $?"
until_is ActiveState active; until_is StatusText '0 conditions'; echo "restarts $(show NRestarts)"
whenever service status; echo "status $?"

step reload
systemctl --user reload whenever 2> /dev/null; echo "status $?"
echo nonsense > "$HOME/my.toml"
systemctl --user reload whenever 2> /dev/null; echo "status $?"
until_is StatusText '0 conditions, the last reload was refused'; until_is ActiveState active
printf '%s' '${TICK}' > "$HOME/my.toml"
kill -HUP "$(show MainPID)"; until_is StatusText '0 conditions'

step hang
mkdir "$HOME/.config/systemd/user/whenever.service.d"
printf '[Service]\\nWatchdogSec=2\\nRestartSec=0.1\\n' > "$HOME/.config/systemd/user/whenever.service.d/own.conf"
systemctl --user daemon-reload; systemctl --user restart whenever
fed=$(show WatchdogTimestampMonotonic); tries=0
until [ "$(show WatchdogTimestampMonotonic)" -gt $((fed + 5000000)) ] || [ $tries -ge 150 ]; do tries=$((tries + 1)); sleep 0.1; done
echo "restarts $(show NRestarts)"
kill -STOP "$(show MainPID)"; until_is NRestarts 1; until_is ActiveState active

step crash
kill -SEGV "$(show MainPID)"; until_is NRestarts 2; until_is ActiveState active

step kill
whenever ctl kill > /dev/null; until_is ActiveState failed; echo "status $(show ExecMainStatus), restarts $(show NRestarts)"

step refused
systemctl --user reset-failed whenever
echo nonsense > "$HOME/my.toml"
systemctl --user start whenever 2> /dev/null; echo "start $?"
until_is ActiveState failed; echo "status $(show ExecMainStatus), restarts $(show NRestarts)"

step uninstall
printf '%s' '${TICK}' > "$HOME/my.toml"
systemctl --user start whenever; until_is ActiveState active
whenever service uninstall; echo "status $?"
until_is LoadState not-found
find "$HOME/.config" -type f -o -type l | sed "s|$HOME|~|"

step journal
journalctl -t whenever -p warning -o cat | sort -u
`;

test('a user manager of systemd starts, reloads, watches and ends the program', {
  timeout: 120_000,
}, async (context) => {
  const place = new Place();
  try {
    if (!['systemctl', 'unshare', 'systemd-notify'].every(hasCommand) || process.getuid?.() !== 0) context.skip();
    const script = join(import.meta.dirname, '../support/user-manager.sh');
    const path = place.write('steps.sh', SCRIPT);
    const env = { PATH: process.env.PATH };
    const run = promisify(execFile)('sh', [script, place.path, path], { env });
    const { stdout } = await run.catch((error: { readonly code?: number }) => {
      if (error.code === IMPOSSIBLE) context.skip();
      throw error;
    });
    const steps = Object.fromEntries(
      stdout
        .replaceAll(place.path, '~')
        .split('## ')
        .slice(1)
        .map((text) => [text.slice(0, text.indexOf('\n')), text.slice(text.indexOf('\n') + 1)]),
    );
    expect(steps.install).toBe(
      `wrote ~/.config/systemd/user/whenever.service (the user unit for systemd, because systemd runs this machine)
it is started, and starts at each login
status 0
ActiveState=active
StatusText=0 conditions
restarts 0
installed      ~/.config/systemd/user/whenever.service (the user unit for systemd)
configuration  ~/my.toml
enabled        yes
fits           yes
running        process N with ~/my.toml
status 0
`.replace('process N', /process \d+/.exec(steps.install ?? '')?.[0] ?? 'process N'),
    );
    expect(steps.reload).toBe(
      'status 0\nstatus 1\nStatusText=0 conditions, the last reload was refused\nActiveState=active\nStatusText=0 conditions\n',
    );
    expect(steps.hang).toBe('restarts 0\nNRestarts=1\nActiveState=active\n');
    expect(steps.crash).toBe('NRestarts=2\nActiveState=active\n');
    expect(steps.kill).toBe('ActiveState=failed\nstatus 1, restarts 2\n');
    expect(steps.refused).toBe('start 1\nActiveState=failed\nstatus 2, restarts 0\n');
    expect(steps.uninstall).toBe(
      'ActiveState=active\nremoved ~/.config/systemd/user/whenever.service (the user unit for systemd)\nstatus 0\nLoadState=not-found\n~/.config/systemd/user/whenever.service.d/own.conf\n',
    );
    expect(steps.journal).toMatch(/^\(whenever\) (ERROR|WARN) /);
    expect(steps.journal).not.toContain(' INFO ');
  } finally {
    await place.clear();
  }
});
