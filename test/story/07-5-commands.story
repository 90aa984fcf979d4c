What each command and each mistake says.

story: The mistakes of a command line, one error each.
start: 2026-03-02T12:00:00Z
--- config
condition = [{ name = "A", type = "bucket" }]
event = [{ name = "E", type = "cli", condition = "A" }]
--- steps
exit now
quit now
kill all
pause please
resume it now
suspend_condition
suspend_condition A B
resume_condition
resume_condition A B
trigger
trigger E E
configure
frobnicate the bits
PAUSE
--- records
    0.000  DEBUG BUCKET_CONDITION new A/0 [INIT/MSG] condition of type bucket created
    0.000  DEBUG CMD_EVENT new E/0 [INIT/MSG] event of type cli created
    0.000  > exit now
    0.000  ERROR MAIN command [PROC/ERR] exit takes no arguments, 1 was given
    0.000    (refused: exit takes no arguments, 1 was given)
    0.000  > quit now
    0.000  ERROR MAIN command [PROC/ERR] quit takes no arguments, 1 was given
    0.000    (refused: quit takes no arguments, 1 was given)
    0.000  > kill all
    0.000  ERROR MAIN command [PROC/ERR] kill takes no arguments, 1 was given
    0.000    (refused: kill takes no arguments, 1 was given)
    0.000  > pause please
    0.000  ERROR MAIN command [PROC/ERR] pause: expected a duration (30s, 10m, 2h, 1d, 1w), or "until" and a time of day (18:30), a date (2026-12-01) or both (2026-12-01T18:30), found "please"
    0.000    (refused: pause: expected a duration (30s, 10m, 2h, 1d, 1w), or "until" and a time of day (18:30), a date (2026-12-01) or both (2026-12-01T18:30), found "please")
    0.000  > resume it now
    0.000  ERROR MAIN command [PROC/ERR] resume takes no arguments, 2 were given
    0.000    (refused: resume takes no arguments, 2 were given)
    0.000  > suspend_condition
    0.000  ERROR MAIN command [PROC/FAIL] suspend_condition takes exactly one name, 0 were given
    0.000    (refused: suspend_condition takes exactly one name, 0 were given)
    0.000  > suspend_condition A B
    0.000  ERROR MAIN command [PROC/FAIL] suspend_condition: expected a duration (30s, 10m, 2h, 1d, 1w), or "until" and a time of day (18:30), a date (2026-12-01) or both (2026-12-01T18:30), found "B"
    0.000    (refused: suspend_condition: expected a duration (30s, 10m, 2h, 1d, 1w), or "until" and a time of day (18:30), a date (2026-12-01) or both (2026-12-01T18:30), found "B")
    0.000  > resume_condition
    0.000  ERROR MAIN command [PROC/FAIL] resume_condition takes exactly one name, 0 were given
    0.000    (refused: resume_condition takes exactly one name, 0 were given)
    0.000  > resume_condition A B
    0.000  ERROR MAIN command [PROC/FAIL] resume_condition takes exactly one name, 2 were given
    0.000    (refused: resume_condition takes exactly one name, 2 were given)
    0.000  > trigger
    0.000  ERROR MAIN command [PROC/FAIL] trigger takes exactly one name, 0 were given
    0.000    (refused: trigger takes exactly one name, 0 were given)
    0.000  > trigger E E
    0.000  ERROR MAIN command [PROC/FAIL] trigger takes exactly one name, 2 were given
    0.000    (refused: trigger takes exactly one name, 2 were given)
    0.000  > configure
    0.000  ERROR MAIN command [PROC/FAIL] configure takes the path of a file, none was given
    0.000    (refused: configure takes the path of a file, none was given)
    0.000  > frobnicate the bits
    0.000  ERROR MAIN command [PROC/ERR] unknown command "frobnicate" (known: exit, quit, kill, pause, resume, reset_conditions, suspend_condition, resume_condition, trigger, log_event, configure, reload, run, cancel, help)
    0.000    (refused: unknown command "frobnicate" (known: exit, quit, kill, pause, resume, reset_conditions, suspend_condition, resume_condition, trigger, log_event, configure, reload, run, cancel, help))
    0.000  > PAUSE
    0.000  ERROR MAIN command [PROC/ERR] unknown command "PAUSE" (known: exit, quit, kill, pause, resume, reset_conditions, suspend_condition, resume_condition, trigger, log_event, configure, reload, run, cancel, help)
    0.000    (refused: unknown command "PAUSE" (known: exit, quit, kill, pause, resume, reset_conditions, suspend_condition, resume_condition, trigger, log_event, configure, reload, run, cancel, help))

story: Blanks around words do not matter, nor does a carriage return at the end.
start: 2026-03-02T12:00:00Z
--- config
condition = [{ name = "A", type = "bucket" }]
event = [{ name = "E", type = "cli", condition = "A" }]
--- steps
  	pause  
reset_conditions   A  
trigger   E
--- records
    0.000  DEBUG BUCKET_CONDITION new A/0 [INIT/MSG] condition of type bucket created
    0.000  DEBUG CMD_EVENT new E/0 [INIT/MSG] event of type cli created
    0.000  > pause
    0.000  DEBUG MAIN command [PROC/MSG] pausing
    0.000  TRACE MAIN command [PAUSE/YES] scheduler is paused
    0.000  > reset_conditions   A
    0.000  DEBUG MAIN command [PROC/MSG] resetting conditions: A
    0.000  TRACE MAIN reset_conditions [START/OK] resetting condition A
    0.000  INFO  MAIN reset_conditions [END/OK] condition A reset
    0.000  > trigger   E
    0.000  DEBUG MAIN command [PROC/MSG] trigger E accepted
    0.000  DEBUG MAIN event_trigger [START/OK] triggering event E
    0.000  INFO  MAIN event_trigger [END/OK] event E: condition A is without tasks, the event is dropped

story: A bad command of an internal task is an error of the task, one that has no effect a failure.
start: 2026-03-02T12:00:00Z
show: HIST|MAIN command|TASK active
--- config
scheduler_tick_seconds = 1
task = [
  { name = "Unknown", type = "internal", command = "frobnicate" },
  { name = "Arguments", type = "internal", command = "exit now" },
  { name = "Empty", type = "internal", command = "" },
  { name = "NoPath", type = "internal", command = "configure" },
  { name = "NotPaused", type = "internal", command = "resume" },
  { name = "Nobody", type = "internal", command = "reset_conditions Nobody" },
]
condition = [{ name = "Once", type = "interval", interval_seconds = 1, tasks = ["Unknown", "Arguments", "Empty", "NoPath", "NotPaused", "Nobody"] }]
--- steps
until 1
--- records
    1.000  TRACE TASK active Unknown/1 [HIST/START] OK/trigger:Once starting task
    1.000  DEBUG TASK active Unknown/1 [START/OK] (trigger: Once) carrying out the command: frobnicate
    1.000  ERROR MAIN command [PROC/ERR] unknown command "frobnicate" (known: exit, quit, kill, pause, resume, reset_conditions, suspend_condition, resume_condition, trigger, log_event, configure, reload, run, cancel, help)
    1.000  WARN  TASK active Unknown/1 [END/ERR] (trigger: Once) command refused in 0.00 s: unknown command "frobnicate" (known: exit, quit, kill, pause, resume, reset_conditions, suspend_condition, resume_condition, trigger, log_event, configure, reload, run, cancel, help)
    1.000  TRACE TASK active Unknown/1 [HIST/END] ERR/trigger:Once error: unknown command "frobnicate" (known: exit, quit, kill, pause, resume, reset_conditions, suspend_condition, resume_condition, trigger, log_event, configure, reload, run, cancel, help)
    1.000  TRACE TASK active Arguments/2 [HIST/START] OK/trigger:Once starting task
    1.000  DEBUG TASK active Arguments/2 [START/OK] (trigger: Once) carrying out the command: exit now
    1.000  ERROR MAIN command [PROC/ERR] exit takes no arguments, 1 was given
    1.000  WARN  TASK active Arguments/2 [END/ERR] (trigger: Once) command refused in 0.00 s: exit takes no arguments, 1 was given
    1.000  TRACE TASK active Arguments/2 [HIST/END] ERR/trigger:Once error: exit takes no arguments, 1 was given
    1.000  TRACE TASK active Empty/3 [HIST/START] OK/trigger:Once starting task
    1.000  DEBUG TASK active Empty/3 [START/OK] (trigger: Once) carrying out the command: 
    1.000  WARN  TASK active Empty/3 [END/ERR] (trigger: Once) command refused in 0.00 s: empty command
    1.000  TRACE TASK active Empty/3 [HIST/END] ERR/trigger:Once error: empty command
    1.000  TRACE TASK active NoPath/4 [HIST/START] OK/trigger:Once starting task
    1.000  DEBUG TASK active NoPath/4 [START/OK] (trigger: Once) carrying out the command: configure
    1.000  ERROR MAIN command [PROC/FAIL] configure takes the path of a file, none was given
    1.000  WARN  TASK active NoPath/4 [END/ERR] (trigger: Once) command refused in 0.00 s: configure takes the path of a file, none was given
    1.000  TRACE TASK active NoPath/4 [HIST/END] ERR/trigger:Once error: configure takes the path of a file, none was given
    1.000  TRACE TASK active NotPaused/5 [HIST/START] OK/trigger:Once starting task
    1.000  DEBUG TASK active NotPaused/5 [START/OK] (trigger: Once) carrying out the command: resume
    1.000  WARN  MAIN command [PROC/FAIL] resume: the scheduler is not paused
    1.000  DEBUG TASK active NotPaused/5 [END/FAIL] (trigger: Once) command without effect: resume: the scheduler is not paused
    1.000  TRACE TASK active NotPaused/5 [HIST/END] FAIL/trigger:Once task failed
    1.000  TRACE TASK active Nobody/6 [HIST/START] OK/trigger:Once starting task
    1.000  DEBUG TASK active Nobody/6 [START/OK] (trigger: Once) carrying out the command: reset_conditions Nobody
    1.000  DEBUG MAIN command [PROC/MSG] resetting conditions: Nobody
    1.000  DEBUG TASK active Nobody/6 [END/FAIL] (trigger: Once) command without effect: no such condition: Nobody
    1.000  TRACE TASK active Nobody/6 [HIST/END] FAIL/trigger:Once task failed
