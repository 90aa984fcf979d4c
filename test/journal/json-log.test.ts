import { describe, expect, test } from 'vitest';
import { jsonLogImport } from '../../src/journal/json-log-import.ts';

const line = (seconds: number, item: string | null, mark: string, message: string, more: object = {}) => {
  const [when, status] = mark.split('/');
  return {
    header: { level: 'TRACE', time: new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString(), ...more },
    contents: {
      context: { emitter: 'CONDITION', action: 'active', item, item_id: item === null ? null : 1 },
      ...{ message, message_type: { when, status } },
    },
  };
};
const taskLine = (seconds: number, mark: string, message: string) => {
  const one = line(seconds, 'T', mark, message);
  return { ...one, contents: { ...one.contents, context: { emitter: 'TASK', action: 'run', item: 'T', item_id: 1 } } };
};
/** The transitions that are made of lines. */
const story = (...lines: readonly object[]) => {
  const read = jsonLogImport();
  return lines
    .flatMap((one) => read(one))
    .flatMap((fact) => (fact.kind === 'transition' ? [`${fact.key} ${fact.finish}: ${fact.why}`] : []));
};

describe('a JSON log as a story', () => {
  test('has the run of a condition, which ends when nothing of it runs any more', () => {
    expect(
      story(
        taskLine(1, 'HIST/START', 'OK/trigger:C begins'),
        taskLine(2, 'HIST/END', 'FAIL/trigger:C exit code 3'),
        line(9, 'Other', 'PROC/MSG', 'nothing of interest'),
      ),
    ).toEqual([
      'condition/C running: the check was positive',
      'task/T running: run by condition C',
      'task/T failed: exit code 3',
      'condition/C waiting: task T failed: exit code 3',
    ]);
  });

  test('has the end of a task whose beginning is not in it, and of one that ended with an error', () => {
    expect(story(taskLine(1, 'HIST/END', 'OK/trigger:C done'))).toEqual(['task/T succeeded: done']);
    expect(
      story(
        taskLine(1, 'HIST/START', 'OK/trigger:C begins'),
        taskLine(2, 'HIST/END', 'ERR/trigger:C no such program'),
        line(3, 'C', 'START/MSG', 'checking'),
      ).at(-1),
    ).toBe('condition/C waiting: task T ended with an error: no such program');
  });

  test('has checks in vain, and why a check was left out', () => {
    expect(story({ ...line(1, 'C', 'END/FAIL', 'no outcome of the check', { level: 'WARN' }) })).toEqual([
      'condition/C waiting: the check had no outcome',
    ]);
    expect(story(line(1, 'C', 'PROC/MSG', 'check skipped: it is suspended'))).toEqual([
      'condition/C suspended: it is suspended',
    ]);
  });

  test('leaves out what is not a record, or names no item', () => {
    expect(
      story(
        line(1, 'C', 'START/MSG', 'x', { level: 'LOUD' }),
        line(1, 'C', 'START/MSG', 'x', { time: 'yesterday' }),
        { header: {} },
        line(1, null, 'END/OK', 'the check was negative'),
        taskLine(1, 'HIST/START', 'not in this form'),
      ),
    ).toEqual([]);
  });
});
