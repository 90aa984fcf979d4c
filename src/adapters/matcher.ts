import type { Worker } from 'node:worker_threads';
import type { Pattern, RegexMatcher } from '../core/ports.ts';

/** Threads at once; more searches wait. */
const MOST_THREADS = 2;

/** What runs on the thread, as text. */
const SEARCH = `
const { parentPort, workerData: { path, code, source, caseSensitive, whole, text } } = require('node:worker_threads');
const module = { exports: {} };
if (code === undefined) module.exports = require(path);
else new Function('module', 'exports', code)(module, module.exports);
const { RE2JS } = module.exports;
const compiled = RE2JS.compile(source, caseSensitive ? 0 : RE2JS.CASE_INSENSITIVE);
parentPort.postMessage(whole ? compiled.matches(text) : compiled.matcher(text).find());
`;

/** A matcher on threads of its own. */
interface ThreadMatcher extends RegexMatcher {
  /** Ends the searches; they are not answered. */
  close(): Promise<void>;
}

/** @param path the package of the regular expressions, as a file. @param packageText its text, where there is no such file */
export const createMatcher = (path: string, packageText?: () => string): ThreadMatcher => {
  const running = new Set<Worker>();
  const waiting: (() => void)[] = [];
  let closed = false;
  const search = (pattern: Pattern, text: string): Promise<boolean> =>
    new Promise((resolve, reject) => {
      if (closed) return;
      // Hardly any daemon needs a thread for this.
      const { Worker } = process.getBuiltinModule('node:worker_threads');
      const worker = new Worker(SEARCH, { eval: true, workerData: { path, code: packageText?.(), ...pattern, text } });
      running.add(worker);
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('exit', () => {
        running.delete(worker);
        if (!closed) reject(new Error('the thread has ended without an answer'));
        waiting.shift()?.();
      });
    });
  return {
    matches: async (pattern, text) => {
      if (running.size >= MOST_THREADS) await new Promise<void>((resolve) => waiting.push(resolve));
      return search(pattern, text);
    },
    close: async () => {
      closed = true;
      waiting.length = 0;
      await Promise.all([...running].map((worker) => worker.terminate()));
    },
  };
};
