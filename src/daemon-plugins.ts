import type { RequestHandlerDeps } from './control/request-handler.ts';
import type { PluginStatus } from './control/status.ts';
import type { EventHandlers } from './core/engine-events.ts';
import type { Clock } from './core/ports.ts';
import type { Scheduler } from './core/scheduler.ts';
import type { Journal } from './journal/journal.ts';
import type { LogHub } from './log/log.ts';
import type { GivenPlugin, Plugins } from './plugins/plugins.ts';

interface DaemonPluginsDeps {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly log: LogHub;
  /** Those that no reload changes. */
  readonly given: readonly GivenPlugin[];
  /** Where a file of the configuration is, as it is known from any directory. */
  absolutePath(file: string): string;
}

/** The plugins of a daemon. The part of the program that they need is read when there are any. */
export class DaemonPlugins {
  readonly #deps: DaemonPluginsDeps;
  #plugins: Plugins | undefined;
  #daemon: { readonly scheduler: Scheduler; readonly deps: RequestHandlerDeps } | undefined;

  constructor(deps: DaemonPluginsDeps) {
    this.#deps = deps;
  }

  readonly handlers: EventHandlers = {
    'reload.finished': ({ config }) => void this.#follow(config.settings.plugins),
  };

  get status(): readonly PluginStatus[] {
    return this.#plugins?.status ?? [];
  }

  /** Begins the plugins, which are called with all that happens from now on. @param inFile those of the configuration */
  async begin(inFile: readonly string[]): Promise<void> {
    const { given, absolutePath, ...deps } = this.#deps;
    if (given.length + inFile.length === 0) return;
    const [{ Plugins }, { pluginFiles: files }] = await Promise.all([
      import('./plugins/plugins.ts'),
      import('./adapters/plugin-file.ts'),
    ]);
    this.#plugins ??= new Plugins(
      { ...deps, files },
      given,
      inFile.map((path) => absolutePath(path)),
    );
    if (this.#daemon) await this.attach(this.#daemon.scheduler, this.#daemon.deps);
  }

  /** Gives the plugins the daemon, which is made now. */
  async attach(scheduler: Scheduler, deps: RequestHandlerDeps): Promise<void> {
    this.#daemon = { scheduler, deps };
    if (this.#plugins === undefined) return;
    const { RequestHandler } = await import('./control/request-handler.ts');
    const { status } = new RequestHandler(deps);
    this.#plugins.attach({
      get file() {
        return deps.absolutePath(scheduler.file);
      },
      status,
      submit: (line) => scheduler.submit(line),
    });
  }

  /** Takes an error that nothing caught, if it comes from a plugin. Returns whether it does. */
  take(error: unknown): boolean {
    return this.#plugins?.take(error) ?? false;
  }

  /** Whether an error comes from a plugin. */
  owns(error: unknown): boolean {
    return this.#plugins?.owns(error) ?? false;
  }

  /** Tears all of them down, in a limited time. */
  async end(): Promise<void> {
    await this.#plugins?.end();
  }

  async #follow(inFile: readonly string[]): Promise<void> {
    if (this.#plugins === undefined) await this.begin(inFile);
    else await this.#plugins.follow(inFile.map((path) => this.#deps.absolutePath(path)));
  }
}
