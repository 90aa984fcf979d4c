import x11, { type Client, type Display, type ScreenSaver } from 'x11';
import { type IdleSource, SOURCE_MS } from './idle.ts';

interface Open {
  readonly saver: ScreenSaver;
  readonly root: number;
  close(): void;
}

/** The screen-saver extension of an X server. The connection stays open; after the end of the server a new one is opened. */
export const x11Source = (environment: Readonly<Record<string, string | undefined>>): IdleSource => {
  let open: Open | undefined;
  let closed = false;

  const connect = (display: string): Promise<Open> =>
    new Promise((resolve, reject) => {
      let client: Client | undefined;
      const fail = (error?: Error | null) => {
        clearTimeout(timer);
        open = undefined;
        client?.stream?.destroy();
        reject(error ?? new Error('the X server closed the connection'));
      };
      const timer = setTimeout(() => fail(new Error('the X server does not answer')), SOURCE_MS);
      const connected = (error: Error | null | undefined, opened?: Display) => {
        if (error || !opened) return fail(error);
        opened.client.require('screen-saver', (problem, saver) => {
          clearTimeout(timer);
          const root = opened.screen[0]?.root;
          if (problem || !saver || root === undefined)
            return fail(new Error('the X server has no screen-saver extension'));
          resolve({ saver, root, close: () => fail() });
        });
      };
      try {
        client = x11.createClient({ display, disableBigRequests: true, shm: false }, connected);
        client.on('error', fail);
        client.on('end', fail);
      } catch (error) {
        fail(error as Error);
      }
    });

  const query = ({ saver, root, close }: Open): Promise<number> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        close();
        reject(new Error('the X server does not answer'));
      }, SOURCE_MS);
      saver.QueryInfo(root, (error, info) => {
        clearTimeout(timer);
        if (error || !info) reject(error ?? new Error('the X server gave no answer'));
        else resolve(info.idle);
      });
    });

  return {
    name: 'X11',
    read: async () => {
      const { DISPLAY: display, XDG_SESSION_TYPE: session } = environment;
      // Under Wayland an X server sees the input of X programs only.
      if (session === 'wayland') throw new Error('this is a Wayland session');
      if (!display) throw new Error('DISPLAY is not set');
      open ??= await connect(display);
      if (closed) open.close();
      if (closed) throw new Error('it was closed');
      return query(open);
    },
    close: () => {
      closed = true;
      open?.close();
    },
  };
};
