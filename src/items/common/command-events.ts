import type { EventLines, Ports } from '../../core/ports.ts';
import type { Logger, TraceContext } from '../../log/record.ts';

/** Bad lines that are told one by one. */
const MOST_TOLD = 5;

/** Takes what a process tells on its events descriptor. */
export interface EventLineReader extends EventLines {
  /** The process has ended: says how many more bad lines there were. */
  close(): void;
}

/** What is wrong with a line, or its topics and value. */
const read = (text: string): { topic: string | string[]; value: unknown } | string => {
  let line: unknown;
  try {
    line = JSON.parse(text);
  } catch (error) {
    return `it is not JSON: ${(error as Error).message}`;
  }
  if (typeof line !== 'object' || line === null || Array.isArray(line)) return 'it is no JSON object';
  if (!('topic' in line)) return 'it has no "topic"';
  if (!('value' in line)) return 'it has no "value"';
  const { topic, value } = line;
  if (typeof topic === 'string') return { topic, value };
  return Array.isArray(topic) && topic.every((one) => typeof one === 'string')
    ? { topic, value }
    : '"topic" is neither a text nor a list of texts';
};

/** Tells the journal each line `{"topic": …, "value": …}` of a process; bad lines are counted and named, never fatal. */
export const readEventLines = (
  journal: Ports['journal'],
  item: string,
  origin: TraceContext,
  log: Logger,
  prefix: string,
): EventLineReader => {
  let lines = 0;
  let bad = 0;
  const refuse = (why: string): void => {
    bad += 1;
    if (bad <= MOST_TOLD) log.warn('PROC/FAIL', `${prefix}line ${lines} of its events is left out: ${why}`);
  };
  return {
    bad: (reason) => {
      lines += 1;
      refuse(reason);
    },
    line: (text) => {
      if (text.trim() === '') return;
      lines += 1;
      const found = read(text);
      if (typeof found === 'string') return refuse(found);
      try {
        journal.logEvent([found.topic, item].flat(), found.value, { item, origin });
      } catch (error) {
        refuse(error instanceof Error ? error.message : String(error));
      }
    },
    close: () => {
      if (bad > MOST_TOLD) log.warn('PROC/FAIL', `${prefix}lines of its events that were left out: ${bad} of ${lines}`);
    },
  };
};
