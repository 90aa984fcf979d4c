import type { Page } from './roff.ts';

/** What a Lua script sees: one section of whenever.toml(5). */
export const describeLua = (page: Page): void => {
  page
    .section('lua')
    .text(
      'Scripts run on one thread beside the scheduler, started with the first script. Each run has a fresh interpreter of Lua 5.3. While one waits for a lock, an answer, a file, a command or the clock, the others go on; busy ones take turns.',
    )
    .subsection('Order of a run')
    .text(
      'First the globals `whenever_condition` and, in tasks, `whenever_task` are set, then the variables of variables_to_set, then the modules below. Then the file of init_script_path is run, then the script. When it has ended without an error, the globals named in expected_results are compared.',
    )
    .text(
      'A global is converted to the type of the expected value first: a number is equal to the string it is written as, a string that reads as a number is equal to that number, and for a boolean `nil` and `false` are false and everything else is true. Without expected results a task has no outcome, and the tasks of a condition are not run. A script that ends with an error has failed; the record names the line in the script and in the file.',
    )
    .subsection('Modules')
    .item(
      'log',
      '`log.trace(`*value*`)`, `log.debug`, `log.info`, `log.warn`, `log.error`: a record with the action `exec_lua`. Any value is taken.',
    )
    .item(
      'events',
      '`events.log(`*topic*`, `*value*`)` tells a value under a topic, or under each of a list of topics, and under `lua` and the topic of the item: `whenever events` *TOPIC* shows it. Tables are lists (keys from 1 on) or have names; what JSON cannot hold is an error.',
    )
    .item(
      'metrics',
      '`metrics.log(`*table*[`, `*step*]`)` tells a metric record: names with numbers, texts, and tables of such; `metrics.log{rows = 12}` for short. Where it goes is said with `--metrics`, see `whenever`(1); without that it is dropped. Names in tables are put together as `a/b`. A *step* says where in a row of records it belongs; 0 counts. What cannot be stored is an error.',
    )
    .item(
      'sync',
      '`sync.sleep(`*seconds*`)` waits. `sync.lock(`*name*[`, `*timeout*]`)` takes a lock and answers true, or false when *timeout* seconds have passed; `sync.release(`*name*`)` gives it back and answers whether it was held, also by another script, which is an INFO record. Locks go to waiters in order. A lock lasts longer than its script, until the run of its condition has ended: one task can take it, a command work, and a later task release it. What is still held then is released, with a WARN record. Taking again what one holds waits as for any other; without *timeout* it is an error.',
    )
    .item(
      'state',
      'The table of the item itself, kept from one run to the next: strings, booleans and numbers under names. Anything else, and nothing is stored; an empty table empties it. It is stored after a script error too, not after a time limit, and lost when the item is replaced and at the end of the scheduler.',
    )
    .item(
      'sharedstate',
      '`sharedstate.save(`*name*`, `*table*`)`, `sharedstate.load(`*name*`)`, `sharedstate.remove(`*name*`)`: tables for all scripts. Each call is atomic; to change one, hold a lock meanwhile. They survive a reload, not a restart.',
    )
    .item(
      'http',
      '`http.get(`*url*[`, `*headers*]`)`, `http.post(`*url*[`, `*body*[`, `*headers*]]`)`: answer the body, the status and a table of headers with names in lower case. A status of 400 and above is no error; an answer that cannot be had is one, which begins with "error within HTTP request: " and which `pcall` catches. Limits: 30 seconds, 8 MiB, 20 redirects. Certificates are checked against those of the system, or of the file named in SSL_CERT_FILE.',
    )
    .subsection('Standard library')
    .text(
      'All of Lua 5.3 except `debug`. `print`, `io.write`, `io.stderr` and what `os.execute` says become records of the item at level info, one a line; standard input is empty. `os.exit` ends the script only, with status 0 or true as if it had come to its end. `require` finds Lua files on `package.path` (`LUA_PATH_5_4`, `LUA_PATH_5_3`, `LUA_PATH`) and nothing else; precompiled chunks are refused. Files left open are written out, commands left open are waited for.',
    )
    .subsection('Limits')
    .text(
      'timeout_seconds ends a script whatever it does, and its commands with it. All scripts together may use 512 MiB, one string 128 MiB. A string of 16 MiB or more that does not fit into what is left is an error of the script that took most of it, “not enough memory”. Beyond the limit the script that took most of it ends with an error, with the host; stored and shared states stay, locks do not. A script beside it that has had no effect outside yet (no file opened, no command, request, lock, shared state, event, metric or log record) is run again in a fresh host, with its whole time limit; any other ends with an error. A script without a time limit that holds up all others in something that cannot be interrupted is ended after 5 seconds; in a single call of the library after 10, with the host: the scripts beside it go on as above. Calls may be nested 20 000 deep, those that library functions make 200, and expressions and blocks 200; a chunk with thousands of and, or, elseif, break or goto in one statement is refused. When the scheduler is told to end, scripts may go on for 5 seconds.',
    )
    .subsection('Numbers')
    .text(
      'Integers of this interpreter have 32 bits and wrap. What the scheduler hands over beyond that is a float, exact to 2^53: variables, the answers of `file:seek`. `os.time()` is always a float, so that `os.time() * 1000` is right; `string.format("%d", os.time())` prints it whole.',
    )
    .subsection('Differences from Lua 5.4')
    .text(
      'No <const> and <close>, no __gc and __close; integers as above; `math.random` is that of 5.3; `string.format` rounds exact halves up; `collectgarbage` only answers. `warn` and `coroutine.close` exist. `sync`, `http` and `io` wait inside coroutines, `pcall` and the callbacks of `table.sort` and `string.gsub`, but not inside a metamethod called by a function of the library.',
    );
};
