import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { onDemand, Place, type Program, TICK } from '../support/program.ts';

let place: Place;
beforeEach(() => {
  place = new Place();
  mkdirSync(place.file('conf.d'));
  mkdirSync(place.file('credentials'));
});
afterEach(() => place.clear());

const SECRETS = [
  'plainword',
  'two-lines-secret',
  'second-line-of-it',
  'Cr3dential!',
  'fromEnvFile99',
  'luaSecretValue',
];

const files = (): void => {
  place.write('conf.d/token', 'plainword\n');
  place.write('conf.d/lines', 'two-lines-secret\nsecond-line-of-it\n');
  place.write('conf.d/lua-token', 'luaSecretValue\r\n');
  place.write('credentials/api', 'Cr3dential!');
  place.write('conf.d/x.env', '# comment\nAPI_KEY="fromEnvFile99"\nLANG_OF_IT=de\nTOKEN=loses\n');
};

const MAIN = `${TICK}include = ["conf.d/*.toml"]\n`;
const SAYS = `${onDemand('C', ['Says', 'Script'])}
[[task]]
name = "Says"
type = "command"
command = "sh"
startup_path = "/"
command_arguments = ["-c", "echo out $TOKEN; echo err $LINES_OF_IT \\"$LINES_OF_IT\\" $CRED $API_KEY $LANG_OF_IT >&2; echo '{\\"topic\\": \\"t\\", \\"value\\": {\\"a\\": [\\"'$TOKEN'\\"]}}' >&$WHENEVER_EVENTS_FD; test $TOKEN = plainword && test $API_KEY = fromEnvFile99"]
environment_file = ["x.env", "-none.env"]
environment_variables = { TOKEN = { file = "token" }, LINES_OF_IT = { file = "lines" }, CRED = { credential = "api" } }
success_status = 0
[[task]]
name = "Script"
type = "lua"
persistent = true
script = '''
print("lua says " .. secret)
state.kept = secret
events.log("u", { x = secret })
metrics.log({ text = secret })
result = secret == "luaSecretValue"
error("failed with " .. secret)
'''
variables_to_set = { secret = { file = "lua-token" } }
`;

const start = async (): Promise<Program> => {
  files();
  place.write('conf.d/says.toml', SAYS);
  const program = place.start(['-J', '-L', 'trace', '--log-ids', '--journal', place.file('recording')], {
    toml: MAIN,
    env: { CREDENTIALS_DIRECTORY: place.file('credentials') },
  });
  await program.record(/CMD_EVENT .*Go_C.*created/);
  return program;
};

/** Every file below a directory, as text. */
const textsBelow = (directory: string): string =>
  readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => (path.endsWith('.gz') ? gunzipSync(readFileSync(path)).toString() : readFileSync(path, 'utf8')))
    .join('\n');

test('values of files reach the run, and are in no record, recording, history, dump, answer or output', async () => {
  const program = await start();
  program.send('trigger Go_C');
  await program.record(/tasks? .*Script ended|task Script ended/);
  await expect.poll(async () => (await place.run(['history', '--json'])).stdout, { timeout: 10_000 }).toContain('"C"');
  const answers: string[] = [];
  for (const args of [
    ['status', '--json'],
    ['explain', 'C'],
    ['history', '-v'],
    ['history', '--json'],
    ['output', 'Says'],
    ['output', 'Script'],
    ['story', 'C'],
    ['events', 't'],
    ['events', 'u'],
    ['logs'],
    ['dump'],
  ]) {
    const { stdout, stderr } = await place.run(args);
    answers.push(`${args.join(' ')}: ${stdout}${stderr}`);
  }
  program.send('exit');
  expect(await program.ended).toEqual({ code: 0, signal: null });
  expect(
    (await place.run(['show', '--as', 'html', place.file('recording'), '-o', place.file('page.html')])).end.code,
  ).toBe(0);
  const told = program.told.join('\n');
  expect(told).toContain('task Says ended: success');
  expect(answers.find((text) => text.startsWith('output Says'))).toMatch(/out •••[\s\S]*de/);
  const everything = {
    ...{
      records: program.stdout,
      stderr: program.stderr,
      recording: place.read('recording'),
      page: place.read('page.html'),
    },
    ...{ history: textsBelow(place.file('state')), answers: answers.join('\n') },
  };
  expect(everything.history).toContain('"Says"');
  // They have been written, and masked.
  for (const text of ['lua says •••', 'failed with •••', '{"x":"•••"}', '{"text":"•••"}', 'err ••• •••'])
    expect(everything.recording + everything.history).toContain(text);
  for (const [where, text] of Object.entries(everything))
    for (const secret of SECRETS) expect(text.includes(secret) ? `${where} has ${secret}` : '').toBe('');
});

test('a file that is missing is a failure of the run, with its path', async () => {
  const program = await start();
  rmSync(place.file('conf.d/token'));
  rmSync(place.file('conf.d/lua-token'));
  program.send('trigger Go_C');
  await program.record(/a value for the run could not be read: .*conf\.d\/token: no such file/);
  await program.record(/a value for the run could not be read: .*conf\.d\/lua-token: no such file/);
  await program.record(/task Says ended: failure/);
  program.send('exit');
  await program.ended;
});
