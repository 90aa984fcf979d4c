import { readFileSync } from 'node:fs';
import type { PortSubscription, Watcher, WatchListener, WatchRequest } from '../../core/ports.ts';
import { codeOf } from '../../error-message.ts';
import { ownFiles } from '../files/own-files.ts';
import { DirectoryWatches, type WatchDirectory } from './directory-watches.ts';
import { EntryKinds } from './entry-kinds.ts';
import { NativeWatch } from './native-watch.ts';
import { PollWatch } from './poll-watch.ts';

/** How often a path that the system cannot watch is polled, in seconds. */
const POLL_SECONDS = 2;
/** How often watched paths are checked for what the system does not report, in ms. */
const LOOK_MS = 2000;

const LIMITS: Readonly<Record<string, { readonly name: string; readonly what: string }>> = {
  ENOSPC: { name: 'max_user_watches', what: 'directories that may be watched' },
  EMFILE: { name: 'max_user_instances', what: 'programs that may watch, or of open files' },
};

const settingOf = (name: string): number | undefined => {
  try {
    return Number.parseInt(readFileSync(`/proc/sys/fs/inotify/${name}`, 'utf8'), 10);
  } catch {
    return undefined;
  }
};

/** Which limit is reached and how to raise it. */
const explain = (error: NodeJS.ErrnoException): string => {
  const limit = LIMITS[codeOf(error)];
  if (!limit) return error.message;
  const now = settingOf(limit.name);
  if (now === undefined) return `the system's limit for the number of ${limit.what} is reached (${error.code})`;
  const key = `fs.inotify.${limit.name}`;
  return `the limit ${key} = ${now} for the number of ${limit.what} is reached (raise it: sysctl ${key}=${now * 4}, and for good in /etc/sysctl.d)`;
};

/** What can be made to fail in a test. */
interface WatcherOptions {
  readonly watchDirectory?: WatchDirectory;
  readonly pollSeconds?: number;
  readonly lookMs?: number;
  /** A text that is another one when something was mounted or unmounted. */
  readonly mounts?: () => Promise<string | undefined>;
}

/** Leaves out what this process does to its own files, and reports each of them once. */
const withoutOwnFiles = (listener: WatchListener): WatchListener => {
  const left = new Set<string>();
  return {
    established: () => listener.established(),
    missing: (obstacle) => listener.missing(obstacle),
    trouble: (reason, known) => listener.trouble(reason, known),
    partly: (reason) => listener.partly?.(reason),
    whole: () => listener.whole?.(),
    changed: (how, path, from) => {
      if (!ownFiles.owns(path)) listener.changed(how, path, from);
      else if (!left.has(path)) {
        left.add(path);
        listener.ownFile?.(path);
      }
    },
  };
};

/** Watches files and directories of this machine: by notifications of the system, and by polling where it cannot or must not. */
export const createWatcher = (options: WatcherOptions = {}): Watcher => {
  const watches = new DirectoryWatches(options.watchDirectory, options.mounts);
  /** Limits that have been reported: once is enough. */
  const reported = new Set<string>();
  const natives = new Set<NativeWatch>();
  let timer: NodeJS.Timeout | undefined;
  const add = (native: NativeWatch): void => {
    natives.add(native);
    timer ??= setInterval(() => {
      for (const one of natives) void one.look();
    }, options.lookMs ?? LOOK_MS).unref();
  };
  const drop = (native: NativeWatch): void => {
    natives.delete(native);
    if (natives.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
  return {
    watch: (request: WatchRequest, given: WatchListener): PortSubscription => {
      const target = withoutOwnFiles(given);
      const kinds = request.renames ? new EntryKinds(request, target) : undefined;
      const listener = kinds?.listener ?? target;
      let closed = false;
      let current: { readonly ready: Promise<void>; close(): void };
      let known = false;
      let end = (): void => {};
      if (request.pollSeconds > 0) current = new PollWatch(request, listener);
      else {
        const seconds = options.pollSeconds ?? POLL_SECONDS;
        const poll = (error: NodeJS.ErrnoException): void => {
          if (closed) return;
          const limit = LIMITS[codeOf(error)]?.name;
          listener.trouble(
            `${explain(error)}; looking every ${seconds} s instead`,
            limit !== undefined && reported.has(limit),
          );
          if (limit !== undefined) reported.add(limit);
          drop(native);
          current = new PollWatch({ ...request, pollSeconds: seconds }, listener);
          // What has changed between the two is not known.
          if (known) void current.ready.then(() => listener.changed('OTHER', request.path));
        };
        let failure: NodeJS.ErrnoException | undefined;
        let made = false;
        const native: NativeWatch = new NativeWatch(request, listener, watches, (error) => {
          if (made) poll(error);
          else failure = error;
        });
        made = true;
        add(native);
        end = () => drop(native);
        current = native;
        if (failure) poll(failure);
      }
      const first = current;
      const ready = first.ready
        .then(() => current.ready)
        .then(() => kinds?.begin())
        .then(() => {
          known = true;
        });
      return {
        ready,
        close: () => {
          closed = true;
          end();
          kinds?.close();
          current.close();
        },
      };
    },
  };
};
