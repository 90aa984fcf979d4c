/** What is used of x11 4.2. */
declare module 'x11' {
  export interface ScreenSaver {
    QueryInfo(drawable: number, done: (error: Error | null, info?: { readonly idle: number }) => void): void;
  }
  export interface Client {
    on(event: 'error' | 'end', listener: (error?: Error) => void): this;
    require(name: 'screen-saver', done: (error: Error | null, extension?: ScreenSaver) => void): void;
    terminate(): void;
    readonly stream?: { destroy(): void };
  }
  export interface Display {
    readonly client: Client;
    readonly screen: readonly { readonly root: number }[];
  }
  const x11: {
    createClient(
      options: { readonly display: string; readonly disableBigRequests: boolean; readonly shm: false },
      done: (error: Error | null | undefined, display?: Display) => void,
    ): Client;
  };
  export default x11;
}
