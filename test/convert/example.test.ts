import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { convertCrontab } from '../../src/convert/crontab.ts';
import { documentText } from '../../src/convert/document.ts';
import { HOST } from '../support/converted.ts';

const EXAMPLE = join(import.meta.dirname, '../../config-examples/converted-crontab.toml');

/** A crontab of twelve jobs of the kinds that people have. */
const CRONTAB = `MAILTO=me@example.org

# my notes, at work
*/15 9-17 * * mon-fri  cd notes && git pull -q && git push -q
# backups
30 2 * * *    restic backup --quiet ~/Documents >> backup.log 2>&1
0 4 * * 0     /usr/bin/restic forget --prune --keep-weekly 8
@daily        find Downloads -mtime +30 -delete
5 0 * * 1     tar -czf "/tmp/notes-$(date +\\%F).tar.gz" notes
# on the 1st, the 15th, and each Friday
0 8 1,15 * 5  /usr/local/bin/invoices.py --send
55 23 28-31 * *  [ "$(date -d tomorrow +\\%d)" = 01 ] && /usr/local/bin/month-end.sh
@reboot       sleep 30 && syncthing --no-browser
0 18 * * 5    mail -s "The week" me@example.org%Write the report.%
0~30 6 * * *  /usr/local/bin/fetch-feeds
#0 12 * * *   /usr/bin/notify-send "Lunch"

# when the market closes
CRON_TZ=America/New_York
30 16 * * 1-5 curl -fsS -o close.csv https://example.org/close
`;

const HEAD =
  '#:schema ../schema/whenever.schema.json\n' +
  '# What "whenever convert crontab" makes of a crontab with twelve jobs and one that is disabled.\n';

test('the example is what becomes of a crontab of twelve jobs', () => {
  const text = HEAD + documentText(convertCrontab('my.crontab', CRONTAB, { ...HOST, home: '/tmp' }));
  if (process.env.WHENEVER_UPDATE) writeFileSync(EXAMPLE, text);
  expect(readFileSync(EXAMPLE, 'utf8')).toBe(text);
});
