import type { Page } from './roff.ts';

/** What a Lua script sees: one section of whenever.toml(5). */
export const describeLua = (page: Page): void => {
  page
    .section('lua')
    .text(
      'Scripts run inside the scheduler, each in a fresh state of Lua 5.3, and never hold it up: a script that waits costs nothing, a busy one shares the host with the others. The standard libraries are there, without `debug`. `print` and `io.write` become records of the item at level info; standard input is empty; `os.exit` ends the script only; `require` finds Lua files on `package.path` and nothing else.',
    )
    .subsection('Order of a run')
    .text(
      'First the globals `whenever_condition` and, in tasks, `whenever_task` are set, then the variables of variables_to_set, then the modules below. Then the file of init_script_path is run, then the script. When it has ended without an error, the globals named in expected_results are compared.',
    )
    .text(
      'A global is converted to the type of the expected value first: a number is equal to the string it is written as, a string that reads as a number is equal to that number, and for a boolean `nil` and `false` are false and everything else is true. Without expected results a task has no outcome, and the tasks of a condition are not run. A script that ends with an error has failed.',
    )
    .subsection('Numbers')
    .text(
      'Integers of this interpreter have 32 bits. Whatever the scheduler hands to a script beyond that (times, sizes, variables) arrives as a float, exact up to 2^53; in arithmetic integers wrap around, so write 1000.0 instead of 1000 where a product can be large.',
    )
    .subsection('Modules')
    .item(
      'log',
      '`log.trace(`*text*`)`, `log.debug`, `log.info`, `log.warn`, `log.error`: a record with the action `exec_lua`.',
    )
    .item(
      'sync',
      '`sync.sleep(`*seconds*`)` waits. `sync.lock(`*name*[`, `*timeout*]`)` takes a lock and answers true, or false when *timeout* seconds have passed; `sync.release(`*name*`)` gives it back. Locks belong to the script that took them, and are released, with a WARN record, when it ends.',
    )
    .item(
      'state',
      'A table that keeps strings, booleans and numbers from one run of the item to the next. Its keys are names. It is lost when the item is replaced, and at the end of the scheduler.',
    )
    .item(
      'sharedstate',
      '`sharedstate.save(`*name*`, `*table*`)`, `sharedstate.load(`*name*`)`, `sharedstate.remove(`*name*`)`: tables for all scripts. Each call is atomic; to change one, hold a lock meanwhile.',
    )
    .item(
      'http',
      '`http.get(`*url*[`, `*headers*]`)`, `http.post(`*url*[`, `*body*[`, `*headers*]]`)`: answer the body, the status and a table of headers with names in lower case. A status of 400 and above is no error; an answer that cannot be had is one, which `pcall` catches. Limits: 30 seconds, 8 MiB.',
    );
};
