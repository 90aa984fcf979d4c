import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { socketPath } from '../adapters/socket-path.ts';
import { FOUND } from './query-common.ts';
import { printMessage, writeAll } from './stdio.ts';
import { type Subcommand, UsageError, wholeNumber } from './subcommand.ts';

type WebOptions = { readonly port?: number; readonly open?: true; readonly readOnly?: true };

/** What opens an address in the browser of this system. */
const openerOf = (address: string, platform = process.platform): readonly [program: string, ...args: string[]] => {
  if (platform === 'darwin') return ['open', address];
  // An empty text stands for the title of a window; the address has no character that cmd reads.
  return platform === 'win32' ? ['cmd', '/c', 'start', '', address] : ['xdg-open', address];
};

/** Opens the address in a browser, or says that it could not be done. */
const openBrowser = (address: string): void => {
  const [program, ...args] = openerOf(address);
  const failed = (why: string) => printMessage(`cannot open a browser: ${why}: open the address above`);
  const child = spawn(program, args, { stdio: 'ignore', detached: true, windowsHide: true });
  child.once('error', ({ code, message }: NodeJS.ErrnoException) =>
    failed(code === 'ENOENT' ? `there is no ${program}` : message),
  );
  child.once('exit', (status) => {
    if (status !== 0 && status !== null) failed(`${program} ended with status ${status}`);
  });
  child.unref();
};

const listenError = (port: number, { code, message }: NodeJS.ErrnoException): UsageError => {
  if (code === 'EADDRINUSE')
    return new UsageError(
      `port ${port} of 127.0.0.1 is in use: give another one with --port, or leave it out for a free one`,
    );
  if (code === 'EACCES')
    return new UsageError(`no permission to listen at port ${port}: give one from 1024 on with --port`);
  return new UsageError(`cannot listen at port ${port}: ${message}`);
};

/** Resolves when the process is asked to end. */
const asked = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });

export const webCommand: Subcommand<WebOptions> = {
  name: 'web',
  help: 'serve a live page on this machine: what runs, what failed and why, its output, with buttons',
  takes: [
    {
      form: '[FILE]',
      help: 'the configuration to show while no instance runs; default: of the one that ran last',
      path: true,
    },
  ],
  options: [
    { flags: '--port <N>', help: 'the port on 127.0.0.1; default: a free one', parse: wholeNumber(0, 65_535) },
    { flags: '--open', help: 'open the page in the browser' },
    { flags: '--read-only', help: 'without buttons: the server refuses every action' },
  ],
  page: 'live',
  more: 'It prints an address that lets one browser in, once; then the next one. It goes on while the instance restarts, and ends at Ctrl-C. With [fleet] in the file a page shows all machines; their server is connected to only while it is looked at.',
  exitStatus:
    'Status 0: it was ended by Ctrl-C or a signal; 2: wrong usage, the port is in use, or the address cannot be printed.',
  examples: ['whenever web --open', 'whenever web --port 8080 --read-only'],
  run: async ({ args: [file], options: { port = 0, open = false, readOnly = false } }) => {
    if (file !== undefined && !existsSync(file))
      throw new UsageError(`expected a configuration file: there is none at ${file}`);
    const { WebApp } = await import('../web/web-app.ts');
    const { WebServer } = await import('../web/server.ts');
    const ended = asked();
    const app = new WebApp({ file, socket: socketPath(), readOnly });
    let first = true;
    const printed: boolean[] = [];
    const server = new WebServer(app, (address) => {
      const written = writeAll(1, first ? `${address}\n` : `${address} (for another browser)\n`);
      printed.push(written);
      if (first && open) openBrowser(address);
      first = false;
    });
    try {
      await server.listen(port);
    } catch (error) {
      app.close();
      throw listenError(port, error as NodeJS.ErrnoException);
    }
    server.offerAddress();
    // Without the first address nothing can enter, unless a browser was opened with it.
    const isReachable = printed[0] === true || open;
    if (isReachable) await ended;
    await server.close();
    if (!isReachable) throw new Error('the address of the page could not be printed, so no browser can be let in');
    return FOUND;
  },
};
