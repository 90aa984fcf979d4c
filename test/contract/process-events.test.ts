import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { createProcesses } from '../../src/adapters/processes.ts';

const processes = createProcesses();

/** What a shell script tells on its events descriptor. */
const told = async (script: string, heard = true, timeoutSeconds = 0) => {
  const lines: string[] = [];
  const bad: string[] = [];
  const result = await processes.run({
    ...{ command: 'sh', args: ['-c', script], cwd: tmpdir(), inheritEnvironment: true, variables: {}, timeoutSeconds },
    ...(heard ? { events: { line: (text) => lines.push(text), bad: (reason) => bad.push(reason) } } : {}),
  });
  return { lines, bad, result };
};

describe('WHENEVER_EVENTS_FD', () => {
  test('names a descriptor; each line written to it is told, the last one also without its end', async () => {
    const { lines, result } = await told('echo one >&$WHENEVER_EVENTS_FD; printf "two\\nthree" >&$WHENEVER_EVENTS_FD');
    expect(lines).toEqual(['one', 'two', 'three']);
    expect(result).toMatchObject({ end: { how: 'exit', code: 0 }, stdout: { text: '' }, stderr: { text: '' } });
  });

  test('is not there for a process that nobody listens to', async () => {
    const { result } = await told('echo "[$WHENEVER_EVENTS_FD]"; echo x >&3', false);
    expect(result.stdout.text).toBe('[]\n');
    expect(result.stderr.text).not.toBe('');
  });

  test('a line that is too long or not UTF-8 is named, the others are told', async () => {
    const { lines, bad } = await told(
      'head -c 100000 /dev/zero | tr "\\0" x >&3; echo >&3; printf "\\377\\n" >&3; echo good >&3',
    );
    expect(lines).toEqual(['good']);
    expect(bad).toEqual(['a line of more than 65536 bytes is not an event', 'a line that is not valid UTF-8']);
  });

  test('a thousand lines at once are all told, in order', async () => {
    const { lines } = await told('i=0; while [ $i -lt 1000 ]; do echo $i; i=$((i+1)); done >&3');
    expect(lines).toEqual(Array.from({ length: 1000 }, (_, i) => String(i)));
  });

  test('a process left in the background that holds it does not hold up the end', async () => {
    const began = performance.now();
    const { lines, result } = await told('echo one >&3; sleep 20 >/dev/null 2>&1 & exit 0');
    expect(result.end).toEqual({ how: 'exit', code: 0 });
    expect(lines).toEqual(['one']);
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  test('what was told before a time limit counts', async () => {
    const { lines, result } = await told('echo one >&3; sleep 20', true, 0.2);
    expect(result.end).toEqual({ how: 'timeout' });
    expect(lines).toEqual(['one']);
  });

  test('a process that closes it goes on', async () => {
    const { result } = await told('exec 3>&-; sleep 0.05; echo done');
    expect(result.stdout.text).toBe('done\n');
  });
});
