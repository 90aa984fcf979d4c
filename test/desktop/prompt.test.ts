import { describe, expect, it } from 'vitest';
import { daemon } from '../support/daemon.ts';

const CONFIG = (condition: string, tick = 10) => `scheduler_tick_seconds = ${tick}
[[task]]
name = "T"
type = "command"
startup_path = "/"
command = "work"
command_arguments = []
[[condition]]
name = "B"
type = "bucket"
tasks = ["T"]
recurring = true
${condition}
[[event]]
name = "E"
type = "fschange"
condition = "B"
watch = ["/f"]
[[event]]
name = "Cli"
type = "cli"
condition = "B"
`;
const IMMEDIATE = 'immediate = true';
const there = ['/f'];

describe('a bucket condition with immediate = true', () => {
  it.each(['trace', 'info'] as const)(
    'is checked 50 ms after its event, not at the next tick (level %s)',
    async (level) => {
      const d = await daemon(CONFIG(IMMEDIATE), { there, level, processes: { work: [{ seconds: 0.5 }] } });
      await d.until(3);
      d.desktop.watcher.write('/f');
      await d.advance(0.049);
      expect(d.processes.runs).toHaveLength(0);
      await d.advance(0.001);
      expect(d.processes.runs).toHaveLength(1);
      await d.until(25);
      expect(d.processes.runs).toHaveLength(1);
    },
  );
  it('is checked at the next tick without it', async () => {
    const d = await daemon(CONFIG(''), { there });
    await d.until(3);
    d.desktop.watcher.write('/f');
    await d.until(9.9);
    expect(d.runs).toEqual([]);
    await d.until(10);
    expect(d.runs).toEqual(['10 T OK B']);
  });
  it('takes a burst as one event, as long as debounce_ms says, also when a tick falls into it', async () => {
    const d = await daemon(CONFIG(`${IMMEDIATE}\ndebounce_ms = 2000`, 1), { there });
    await d.until(3.5);
    for (let i = 0; i < 19; i++) {
      d.desktop.watcher.write('/f');
      await d.advance(0.1);
    }
    await d.until(9);
    expect(d.runs).toEqual(['5.5 T OK B']);
  });
  it('is checked at once when debounce_ms is 0', async () => {
    const d = await daemon(CONFIG(`${IMMEDIATE}\ndebounce_ms = 0`), { there });
    await d.until(3);
    await d.submit('trigger Cli');
    await d.advance(0);
    expect(d.runs).toEqual(['3 T OK B']);
  });
  it('is checked again when its tasks end, if an event came meanwhile', async () => {
    const d = await daemon(CONFIG(IMMEDIATE), { there, processes: { work: [{ seconds: 1 }] } });
    await d.until(3);
    d.desktop.watcher.write('/f');
    await d.advance(0.5);
    d.desktop.watcher.write('/f');
    d.desktop.watcher.write('/f');
    await d.until(9);
    expect(d.runs).toEqual(['3.05 T OK B', '4.1 T OK B']);
  });
  it('waits for the end of a pause, then for the tick', async () => {
    const d = await daemon(CONFIG(IMMEDIATE), { there });
    await d.until(3);
    await d.submit('pause');
    d.desktop.watcher.write('/f');
    await d.until(14);
    await d.submit('resume');
    await d.until(25);
    expect(d.runs).toEqual(['20 T OK B']);
  });
  it('is not checked when a pause or the end begins in the meantime', async () => {
    const d = await daemon(CONFIG(IMMEDIATE), { there });
    await d.until(3);
    d.desktop.watcher.write('/f');
    await d.submit('exit');
    await d.advance(1);
    expect(d.runs).toEqual([]);
    expect(d.ending).toBe('exit');
  });
  it('keeps its place when checks are spread over the tick', async () => {
    const d = await daemon(`randomize_checks_within_ticks = true\n${CONFIG(IMMEDIATE)}`, { there });
    await d.until(3);
    d.desktop.watcher.write('/f');
    await d.until(29);
    expect(d.runs).toEqual(['3.05 T OK B']);
  });
  it('can be replaced while it waits', async () => {
    const files = { next: CONFIG(`${IMMEDIATE}\ndebounce_ms = 500`) };
    const d = await daemon(CONFIG(IMMEDIATE), { there, files });
    await d.until(3);
    d.desktop.watcher.write('/f');
    await d.submit('configure next');
    await d.until(12);
    expect(d.runs.length).toBe(1);
  });
});

describe('an event for a condition that cannot run is dropped, whatever its kind', () => {
  const ONCE = CONFIG('').replace('recurring = true', 'recurring = false');
  const dropped = (d: { lines: string[] }) => d.lines.filter((line) => line.includes('event dropped'));

  it('suspended', async () => {
    const d = await daemon(CONFIG('suspended = true'), { there });
    d.desktop.watcher.write('/f');
    await d.until(25);
    await d.submit('resume_condition B');
    await d.until(45);
    expect(d.runs).toEqual([]);
    expect(dropped(d)).toEqual([
      expect.stringContaining('DEBUG EVENT active E/3 [PROC/MSG] event dropped: condition B is suspended'),
    ]);
  });
  it('finished', async () => {
    const d = await daemon(ONCE, { there });
    d.desktop.watcher.write('/f');
    await d.until(12);
    d.desktop.watcher.write('/f');
    await d.submit('reset_conditions B');
    await d.until(35);
    expect(d.runs).toEqual(['10 T OK B']);
    expect(dropped(d)).toEqual([expect.stringContaining('condition B is finished')]);
  });
  it('given up', async () => {
    const d = await daemon(ONCE, { there, processes: { work: [{ end: { how: 'not-started', reason: 'no' } }] } });
    d.desktop.watcher.write('/f');
    await d.until(12);
    d.desktop.watcher.write('/f');
    await d.until(35);
    expect(d.runs).toEqual(['10 T FAIL B']);
    expect(dropped(d)).toEqual([expect.stringContaining('condition B is exhausted')]);
  });
  it('finished by the run in whose course it came', async () => {
    const d = await daemon(ONCE, { there, processes: { work: [{ seconds: 2 }] } });
    d.desktop.watcher.write('/f');
    await d.until(11);
    d.desktop.watcher.write('/f');
    await d.until(13);
    await d.submit('reset_conditions B');
    await d.until(35);
    expect(d.runs).toEqual(['10 T OK B']);
    expect(d.lines.join('\n')).toContain('CONDITION active B/2 [PROC/MSG] the event that came meanwhile is dropped');
  });
  it('but not for one that is busy and goes on', async () => {
    const d = await daemon(CONFIG(''), { there, processes: { work: [{ seconds: 2 }] } });
    d.desktop.watcher.write('/f');
    await d.until(11);
    d.desktop.watcher.write('/f');
    await d.until(25);
    expect(d.runs).toEqual(['10 T OK B', '20 T OK B']);
  });
});
