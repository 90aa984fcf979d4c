Pause and resume.

story: Between pause and resume nothing is checked, what runs goes on, and events are kept.
start: 2026-03-02T12:00:00Z
show: HIST|PAUSE|event_trigger
--- config
scheduler_tick_seconds = 1
task = [
  { name = "Long", type = "command", command = "long", command_arguments = [], startup_path = "/" },
  { name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" },
]
condition = [
  { name = "Starts", type = "interval", interval_seconds = 1, tasks = ["Long"] },
  { name = "Fired", type = "bucket", recurring = true, tasks = ["Work"] },
]
event = [{ name = "E", type = "cli", condition = "Fired" }]
--- processes
long: exit 0 after 3
--- steps
at 1.5 pause
at 2.5 trigger E
at 8.5 resume
until 12
--- records
    1.000  TRACE TASK active Long/1 [HIST/START] OK/trigger:Starts starting task
    1.500  > pause
    1.500  TRACE MAIN command [PAUSE/YES] scheduler is paused
    2.500  > trigger E
    2.500  DEBUG MAIN event_trigger [START/OK] triggering event E
    2.500  INFO  MAIN event_trigger [END/OK] event E: condition Fired is pending
    4.000  TRACE TASK active Long/1 [HIST/END] OK/trigger:Starts task succeeded
    8.500  > resume
    8.500  TRACE MAIN command [PAUSE/NO] scheduler is not paused
    9.000  TRACE TASK active Work/2 [HIST/START] OK/trigger:Fired starting task
    9.000  TRACE TASK active Work/2 [HIST/END] OK/trigger:Fired task succeeded

story: Pausing twice and resuming when not paused change nothing: a warning each, and no PAUSE record.
start: 2026-03-02T12:00:00Z
--- config
scheduler_tick_seconds = 5
--- steps
at 1 resume
at 2 pause
at 3 pause
at 4 resume
at 4.5 resume
--- records
    1.000  > resume
    1.000  WARN  MAIN command [PROC/FAIL] resume: the scheduler is not paused
    1.000    (no-effect: resume: the scheduler is not paused)
    2.000  > pause
    2.000  DEBUG MAIN command [PROC/MSG] pausing
    2.000  TRACE MAIN command [PAUSE/YES] scheduler is paused
    3.000  > pause
    3.000  WARN  MAIN command [PROC/FAIL] pause: the scheduler is paused already
    3.000    (no-effect: pause: the scheduler is paused already)
    4.000  > resume
    4.000  DEBUG MAIN command [PROC/MSG] resuming
    4.000  TRACE MAIN command [PAUSE/NO] scheduler is not paused
    4.500  > resume
    4.500  WARN  MAIN command [PROC/FAIL] resume: the scheduler is not paused
    4.500    (no-effect: resume: the scheduler is not paused)

story: A task may pause the scheduler; pausing again is a failure of the task.
start: 2026-03-02T12:00:00Z
show: HIST|PAUSE|TASK active
--- config
scheduler_tick_seconds = 1
task = [{ name = "Pause", type = "internal", command = "pause" }, { name = "Again", type = "internal", command = "pause" }]
condition = [{ name = "Often", type = "interval", interval_seconds = 1, recurring = true, tasks = ["Pause", "Again"] }]
--- steps
until 4.5
resume
until 6
--- records
    1.000  TRACE TASK active Pause/1 [HIST/START] OK/trigger:Often starting task
    1.000  DEBUG TASK active Pause/1 [START/OK] (trigger: Often) carrying out the command: pause
    1.000  TRACE MAIN command [PAUSE/YES] scheduler is paused
    1.000  TRACE TASK active Pause/1 [END/OK] (trigger: Often) command accepted in 0.00 s
    1.000  TRACE TASK active Pause/1 [HIST/END] OK/trigger:Often task succeeded
    1.000  TRACE TASK active Again/2 [HIST/START] OK/trigger:Often starting task
    1.000  DEBUG TASK active Again/2 [START/OK] (trigger: Often) carrying out the command: pause
    1.000  DEBUG TASK active Again/2 [END/FAIL] (trigger: Often) command without effect: pause: the scheduler is paused already
    1.000  TRACE TASK active Again/2 [HIST/END] FAIL/trigger:Often task failed
    4.500  > resume
    4.500  TRACE MAIN command [PAUSE/NO] scheduler is not paused
    5.000  TRACE TASK active Pause/1 [HIST/START] OK/trigger:Often starting task
    5.000  DEBUG TASK active Pause/1 [START/OK] (trigger: Often) carrying out the command: pause
    5.000  TRACE MAIN command [PAUSE/YES] scheduler is paused
    5.000  TRACE TASK active Pause/1 [END/OK] (trigger: Often) command accepted in 0.00 s
    5.000  TRACE TASK active Pause/1 [HIST/END] OK/trigger:Often task succeeded
    5.000  TRACE TASK active Again/2 [HIST/START] OK/trigger:Often starting task
    5.000  DEBUG TASK active Again/2 [START/OK] (trigger: Often) carrying out the command: pause
    5.000  DEBUG TASK active Again/2 [END/FAIL] (trigger: Often) command without effect: pause: the scheduler is paused already
    5.000  TRACE TASK active Again/2 [HIST/END] FAIL/trigger:Often task failed

story: At level info, too, nothing is checked in a pause, and a resumed scheduler goes on at the next tick.
start: 2026-03-02T12:00:00Z
level: info
--- config
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Often", type = "interval", interval_seconds = 20, recurring = true, tasks = ["Work"] }]
--- steps
at 21 pause
at 201 resume
until 241
--- records
   20.000  INFO  CONDITION active Often/2 [START/MSG] running tasks in sequence: Work
   20.000  INFO  CONDITION active Often/2 [END/MSG] task Work ended: success
   21.000  > pause
  201.000  > resume
  205.000  INFO  CONDITION active Often/2 [START/MSG] running tasks in sequence: Work
  205.000  INFO  CONDITION active Often/2 [END/MSG] task Work ended: success
  220.000  INFO  CONDITION active Often/2 [START/MSG] running tasks in sequence: Work
  220.000  INFO  CONDITION active Often/2 [END/MSG] task Work ended: success
  240.000  INFO  CONDITION active Often/2 [START/MSG] running tasks in sequence: Work
  240.000  INFO  CONDITION active Often/2 [END/MSG] task Work ended: success
