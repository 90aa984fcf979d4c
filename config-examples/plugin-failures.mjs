// A plugin for config-examples/plugin.toml: three failures of a task in a row are an event of the topic "failures".
// In TypeScript its types are those of the package: import type { Plugin } from 'whenever'.

/** @type {Map<string, number>} */
const rows = new Map();
let whenever;

/** Called once, before the first event. */
export const setup = (daemon) => {
  whenever = daemon;
  daemon.log('info', `counts the failures of ${daemon.status().tasks.length} tasks`);
};

/** Called with each event, one after the other. */
export const event = ({ kind, task, outcome }) => {
  if (kind !== 'task-finished') return;
  const row = outcome === 'failure' ? (rows.get(task) ?? 0) + 1 : 0;
  rows.set(task, row);
  if (row === 3) whenever.logEvent('failures', { task, row });
};

/** Called once, at the end. */
export const teardown = () => rows.clear();
