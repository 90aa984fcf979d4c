import { randomBytes } from 'node:crypto';
import { renameSync, rmdirSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { rename, rmdir, stat, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { luaL_checkstring, luaL_error } from 'fengari/src/lauxlib.js';
import { lua_pushboolean, lua_pushinteger, lua_pushnil, type lua_State } from 'fengari/src/lua.js';
import { runOf } from '../script-run.ts';
import { canSuspend, suspend } from '../suspend.ts';
import { decodeText, luaString, pushText } from '../values.ts';
import { systemErrorText } from './system-calls.ts';

/** true, or nil with message and number, as functions on files answer. */
const answerFile = (L: lua_State, path: string, error: unknown): number => {
  if (error === undefined) {
    lua_pushboolean(L, true);
    return 1;
  }
  lua_pushnil(L);
  pushText(L, systemErrorText(path, error));
  lua_pushinteger(L, Math.abs((error as NodeJS.ErrnoException).errno ?? 0));
  return 3;
};

/** Does something with a file, waiting if the script can be left. */
const onFile = (L: lua_State, path: string, later: () => Promise<unknown>, atOnce: () => unknown): number => {
  runOf(L).markEffect();
  if (!canSuspend(L)) {
    try {
      atOnce();
      return answerFile(L, path, undefined);
    } catch (error) {
      return answerFile(L, path, error);
    }
  }
  return suspend(L, (done) => {
    later().then(
      () => done((to) => answerFile(to, path, undefined)),
      (error: unknown) => done((to) => answerFile(to, path, error)),
    );
    return undefined;
  });
};

/** `os.remove (filename)`: a file or an empty directory. */
export const remove = (L: lua_State): number => {
  const path = decodeText(luaL_checkstring(L, 1));
  return onFile(
    L,
    path,
    async () => ((await isDirectory(path)) ? rmdir(path) : unlink(path)),
    () => (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true ? rmdirSync(path) : unlinkSync(path)),
  );
};
const isDirectory = async (path: string): Promise<boolean> => {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
};

/** `os.rename (from, to)` */
export const renameFile = (L: lua_State): number => {
  const from = decodeText(luaL_checkstring(L, 1));
  const to = decodeText(luaL_checkstring(L, 2));
  return onFile(
    L,
    from,
    () => rename(from, to),
    () => renameSync(from, to),
  );
};

/** `os.tmpname ()` */
export const tmpname = (L: lua_State): number => {
  const name = join(tmpdir(), `lua_${randomBytes(6).toString('hex')}`);
  const made = (to: lua_State): number => {
    pushText(to, name);
    return 1;
  };
  runOf(L).markEffect();
  if (!canSuspend(L)) {
    writeFileSync(name, '', { flag: 'wx', mode: 0o600 });
    return made(L);
  }
  return suspend(L, (done) => {
    writeFile(name, '', { flag: 'wx', mode: 0o600 }).then(
      () => done(made),
      () => done((to) => luaL_error(to, luaString('unable to generate a unique filename'))),
    );
    return undefined;
  });
};
