import type { Page } from './roff.ts';

/** The last sections of whenever(1). */
export const describeExamples = (page: Page): void => {
  page
    .section('examples')
    .text('Run a configuration and see everything that happens:')
    .code('whenever -L trace my.toml')
    .text('The same in the background, with a log file that is kept across restarts:')
    .code('whenever -q -L info -l ~/.local/state/whenever.log -a my.toml </dev/null &')
    .text('Start only when none is running:')
    .code('whenever --check-running --quiet || whenever -q my.toml </dev/null &')
    .text('Drive a scheduler from a shell, and follow the outcomes of its tasks:')
    .code(`
mkfifo /tmp/commands
whenever -L trace -J my.toml < /tmp/commands |
  jq -r 'select(.contents.message_type.when == "HIST")
         | .contents.context.item + " " + .contents.message' &
exec 3> /tmp/commands
echo 'trigger MyEvent' >&3
echo 'exit' >&3`)
    .text('What will run on the night of a clock change:')
    .code('whenever next --from 2026-03-28T20:00 --to 2026-03-29T08:00 my.toml')
    .text('Why did the backup not run? What does that script tell? What went wrong?')
    .code(`
whenever explain Nightly
whenever events disk --follow
whenever events errors`)
    .text('Record a night, and look at it in the morning, even if the machine went down:')
    .code(`
whenever -q --journal ~/night my.toml </dev/null &
whenever verify ~/night
whenever explain Nightly --from ~/night`)
    .section('see also')
    .text('`whenever.toml`(5), `crontab`(5), `systemd.timer`(5)');
};
