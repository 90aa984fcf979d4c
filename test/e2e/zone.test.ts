import { afterEach, beforeEach, expect, test } from 'vitest';
import { Place } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
});
afterEach(() => place.clear());

/** What a command and a script find at the start, in a program with this TZ. */
const found = async (tz: string) => {
  const toml = `scheduler_tick_seconds = 1
[[task]]
name = "Command"
type = "command"
startup_path = "/"
command = "sh"
command_arguments = ["-c", "echo \\"$TZ\\" > '${place.file('tz')}'"]
[[task]]
name = "Script"
type = "lua"
script = "log.warn('TZ is ' .. os.getenv('TZ') .. ', noon is ' .. os.date('%H:%M', 1767268800))"
[[task]]
name = "End"
type = "internal"
command = "exit"
[[condition]]
name = "C"
type = "interval"
interval_seconds = 0
tasks = ["Command", "Script", "End"]
execute_sequence = true
`;
  const { end, records, stderr } = await place.run(['-J', '-L', 'info', place.write('zone.toml', toml)], {
    env: { TZ: tz },
  });
  expect([end.code, stderr]).toEqual([0, '']);
  const warned = records.filter(({ header }) => header.level === 'WARN').map(({ contents }) => contents.message);
  return { child: place.read('tz'), warned };
};

test('A rule of POSIX in TZ is the local time of scripts, and commands and scripts get TZ as it was.', async () => {
  for (const [tz, noon] of [
    ['<+03>-3', '15:00'],
    ['EST5EDT', '07:00'],
    ['/usr/share/zoneinfo/Asia/Kolkata', '17:30'],
  ] as const) {
    const { child, warned } = await found(tz);
    expect(child.trim()).toBe(tz);
    expect(warned.filter((text) => text.includes('TZ is'))).toEqual([
      expect.stringContaining(`TZ is ${tz}, noon is ${noon}`),
    ]);
    expect(warned.filter((text) => text.includes('TZ='))).toEqual([]);
  }
});

test('A TZ that is not understood is said in one WARN record: local time is UTC.', async () => {
  const { child, warned } = await found('Nowhere/Land');
  expect(child.trim()).toBe('Nowhere/Land');
  expect(warned.filter((text) => text.includes('TZ="Nowhere/Land" is not a time zone that is known'))).toHaveLength(1);
  expect(warned.filter((text) => text.includes('noon is 12:00'))).toHaveLength(1);
});
