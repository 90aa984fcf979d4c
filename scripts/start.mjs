// npm start: sets up what is missing, then runs the program; without arguments, the quickstart.
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { setUp } from './setup.mjs';

await setUp();
const given = process.argv.slice(2);
const args = given.length > 0 ? given : ['-L', 'info', 'config-examples/quickstart.toml'];
if (given.length === 0) {
  console.error(
    'Running config-examples/quickstart.toml. Type "pause", "resume", "trigger Hello" or "exit" and Enter; Ctrl-C ends it.\n',
  );
}
// Paths on the command line are relative to where the user stands.
const cwd = given.length > 0 ? (process.env.INIT_CWD ?? '.') : '.';
const child = spawn(process.execPath, [resolve('bin/whenever'), ...args], { stdio: 'inherit', cwd });
// Ctrl-C reaches the child by itself; we only wait for it to end as it wishes.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => signal === 'SIGINT' || child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
