const words = (text: string): readonly string[] => text.split(' ');

/** The globals that scripts find: those that are tables, with their fields. A test holds them against the interpreter. */
export const LUA_TABLES: Readonly<Record<string, readonly string[]>> = {
  coroutine: words('close create isyieldable resume running status wrap yield'),
  io: words('close flush input lines open output popen read stderr stdin stdout tmpfile type write'),
  math: words(
    'abs acos asin atan ceil cos deg exp floor fmod huge log max maxinteger min mininteger modf pi rad random randomseed sin sqrt tan tointeger type ult',
  ),
  os: words('clock date difftime execute exit getenv remove rename setlocale time tmpname'),
  package: words('config cpath loaded loadlib path preload searchers searchpath'),
  string: words('byte char dump find format gmatch gsub len lower match pack packsize rep reverse sub unpack upper'),
  table: words('concat insert move pack remove sort unpack'),
  utf8: words('char charpattern codepoint codes len offset'),
  // Those of the program.
  events: words('log'),
  http: words('get post'),
  log: words('debug error info trace warn'),
  metrics: words('log'),
  sharedstate: words('load remove save'),
  sync: words('lock release sleep'),
};

/** The other globals. */
export const LUA_GLOBALS: readonly string[] = [
  ...words('_G _VERSION assert collectgarbage dofile error getmetatable ipairs load loadfile next pairs pcall print'),
  ...words('rawequal rawget rawlen rawset require select setmetatable tonumber tostring type warn xpcall'),
  ...words('state whenever_condition whenever_task'),
];

/** Globals that only some runs have. */
export const LUA_RUN_GLOBALS: readonly string[] = words('trigger event previous');
