import { chmodSync, readFileSync } from 'node:fs';
import { createServer as createHttpServer, type Server } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createClient } from 'dbus-native';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PrivateBus } from '../desktop/support/private-bus.ts';
import { have } from '../desktop/support/programs.ts';
import { Place, type Program } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

const BACKUP = `'rsync -a "$HOME/Documents/" /media/backup/Documents/'`;

/** A recipe with a backup on request, which fails unless there is a file `ok`. `changes`: what else is another here. */
const recipe = (name: string, changes: Readonly<Record<string, string>> = {}): string => {
  let text = readFileSync(join(import.meta.dirname, `../../config-examples/recipe-${name}.toml`), 'utf8');
  const all = {
    'type = "time"\ntime_specifications = [{ hour = 4, minute = 30 }]': 'type = "bucket"',
    'catch_up = "once"\n': '',
    'scheduler_tick_seconds = 5': 'scheduler_tick_seconds = 1',
    [BACKUP]: `"test -e ${place.file('ok')} || { echo copying; echo '<disk> & full' >&2; exit 1; }"`,
    ...changes,
  };
  for (const [old, now] of Object.entries(all)) {
    expect(text, old).toContain(old);
    text = text.replaceAll(old, now);
  }
  return `${text}\n[[event]]\nname = "Now"\ntype = "cli"\ncondition = "Nightly"\n`;
};

/** Starts a recipe. */
const start = async (toml: string, env: Readonly<Record<string, string>> = {}): Promise<Program> => {
  const program = place.start(['-L', 'trace', '-J'], { toml, env });
  await program.record(/BUSY/);
  return program;
};
/** Runs the backup once, and the hook that follows it. */
const runs = async (program: Program, hook?: string): Promise<void> => {
  const from = program.told.length;
  program.send('trigger Now');
  await program.record(/\[END\/OK\] all tasks have ended/, from);
  if (hook === undefined) return;
  await program.record(new RegExp(`\\[END/OK\\] ${hook}: all tasks have ended`), from);
  expect(program.told.slice(from).filter((line) => line.includes(`${hook} failed`))).toEqual([]);
};

/** What a server for mail answers to its commands. */
const ANSWERS: readonly (readonly [command: RegExp, answer: string])[] = [
  [/^EHLO/i, '250 localhost'],
  [/^DATA/i, '354 go on'],
  [/^QUIT/i, '221 bye'],
  [/^/, '250 fine'],
];

/** A server for mail that takes what it is given. */
const mailServer = async (): Promise<{ readonly port: number; readonly mails: string[]; close(): void }> => {
  const mails: string[] = [];
  const server = createServer((socket) => {
    let mail: string | undefined;
    const command = (line: string): string => {
      if (/^DATA/i.test(line)) mail = '';
      return ANSWERS.find(([pattern]) => pattern.test(line))![1];
    };
    const take = (line: string): string | undefined => {
      if (mail === undefined) return command(line);
      if (line === '.') {
        mails.push(mail);
        mail = undefined;
        return '250 taken';
      }
      mail += `${line}\n`;
      return undefined;
    };
    socket.write('220 localhost ESMTP\r\n');
    socket.on('error', () => {});
    createInterface({ input: socket }).on('line', (line) => {
      const answer = take(line);
      if (answer !== undefined) socket.write(`${answer}\r\n`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, mails, close: () => server.close() };
};

describe.skipIf(!have('msmtp'))('the recipe for mail (needs msmtp)', () => {
  test('sends one mail at the third failure in a row, by msmtp as sendmail, and one when it works again', async () => {
    const server = await mailServer();
    try {
      place.write('sendmail', '#!/bin/sh\nexec msmtp "$@"\n');
      chmodSync(place.file('sendmail'), 0o755);
      place.write(
        '.msmtprc',
        `account default\nhost 127.0.0.1\nport ${server.port}\nfrom me@example.org\nauth off\ntls off\n`,
      );
      const program = await start(recipe('failure-by-mail'), {
        ...{ HOME: place.path, PATH: `${place.path}:${process.env.PATH}` },
      });
      await runs(program);
      await runs(program);
      expect(server.mails).toEqual([]);
      await runs(program, 'on_failure');
      await runs(program);
      place.write('ok', '');
      await runs(program, 'on_recovery');
      expect(server.mails).toHaveLength(2);
      const [failure, recovery] = server.mails;
      expect(failure).toMatch(/^To: me@example\.org$/m);
      expect(failure).toMatch(/^Subject: Nightly: on_failure$/m);
      expect(failure).toContain(
        'exit code 1 is not the success status 0\nRuns in a row: 3. To see more: whenever output Backup run-3\n\ncopying\n<disk> & full\n',
      );
      expect(recovery).toMatch(/^Subject: Nightly: on_recovery$/m);
      expect(recovery).toMatch(/^it succeeded after 4 failures since \d\d:\d\d$/m);
    } finally {
      server.close();
    }
  });
});

/** Shows notifications: it keeps them. */
const notificationServer = async (address: string): Promise<{ readonly shown: string[][] }> => {
  const client = createClient({ busAddress: address });
  const shown: string[][] = [];
  const [path, name] = ['/org/freedesktop/Notifications', 'org.freedesktop.Notifications'];
  const method = (member: string, signature: string, answer: (...args: unknown[]) => unknown) =>
    client.setMethodCallHandler(path, name, member, [answer, signature]);
  method('Notify', 'u', (_application, _replaces, _icon, summary, body) => {
    shown.push([summary as string, body as string]);
    return shown.length;
  });
  method('GetServerInformation', 'ssss', () => ['test', 'test', '1', '1.2']);
  method('GetCapabilities', 'as', () => [['body', 'body-markup']]);
  client.connection.on('error', () => {});
  await client.requestName(name, 0);
  return { shown };
};

describe.skipIf(!have('notify-send', 'dbus-daemon'))(
  'the recipe for the desktop (needs notify-send and dbus-daemon)',
  () => {
    test('shows the last line of the output when a job begins to fail, and when it works again', async () => {
      const bus = await new PrivateBus().start();
      try {
        const { shown } = await notificationServer(bus.address);
        const program = await start(recipe('failure-on-the-desktop'), { DBUS_SESSION_BUS_ADDRESS: bus.address });
        await runs(program, 'on_failure');
        await runs(program);
        place.write('ok', '');
        await runs(program, 'on_recovery');
        expect(shown).toEqual([
          ['Nightly has failed', 'exit code 1 is not the success status 0\n&lt;disk> &amp; full'],
          ['Nightly works again', expect.stringMatching(/^it succeeded after 2 failures since \d\d:\d\d$/)],
        ]);
      } finally {
        await bus.close();
      }
    });
  },
);

/** A server for ntfy and healthchecks: what it was asked. */
const webServer = async (): Promise<{ readonly url: string; readonly asked: string[]; server: Server }> => {
  const asked: string[] = [];
  const server = createHttpServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      const title = request.headers.title === undefined ? '' : ` "${String(request.headers.title)}"`;
      asked.push(`${request.method} ${request.url}${title}${body === '' ? '' : `: ${body.trimEnd()}`}`);
      response.end('OK');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, server };
};

describe.skipIf(!have('curl'))('the recipe for ntfy and healthchecks (needs curl)', () => {
  test('reports each failure to the phone, and each run to the dead man switch', async () => {
    const { url, asked, server } = await webServer();
    try {
      const program = await start(
        recipe('phone-and-dead-man-switch', { 'https://ntfy.sh': url, 'https://hc-ping.com': url }),
      );
      await runs(program, 'on_failure');
      await runs(program, 'on_failure');
      place.write('ok', '');
      await runs(program, 'on_success');
      const check = '/00000000-0000-0000-0000-000000000000';
      const why = 'exit code 1 is not the success status 0';
      const failure = [
        `POST /my-secret-topic "Nightly: on_failure": ${why}\ncopying\n<disk> & full`,
        `POST ${check}/fail: ${why}`,
      ];
      expect(asked).toEqual([...failure, ...failure, `GET ${check}`]);
    } finally {
      server.close();
    }
  });
});
