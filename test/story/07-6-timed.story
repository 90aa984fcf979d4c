Pauses and suspensions that end by themselves.

story: A pause with a duration ends by itself, at the first tick that is not before its end.
start: 2026-03-02T12:00:00Z
show: HIST|PAUSE|MAIN command
--- config
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Often", type = "interval", interval_seconds = 5, recurring = true, tasks = ["Work"] }]
--- processes
work: exit 0
--- steps
at 6 pause 10s
until 25
--- records
    5.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
    5.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Often task succeeded
    6.000  > pause 10s
    6.000  INFO  MAIN command [PROC/MSG] pausing until 2026-03-02 12:00:16
    6.000  TRACE MAIN command [PAUSE/YES] scheduler is paused
   20.000  INFO  MAIN command [PROC/MSG] resuming: the pause until 2026-03-02 12:00:16 is over
   20.000  TRACE MAIN command [PAUSE/NO] scheduler is not paused
   20.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
   20.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Often task succeeded
   25.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
   25.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Often task succeeded

story: A second pause moves the end, one without an end makes the pause endless, and resume ends it.
start: 2026-03-02T12:00:00Z
show: PAUSE|MAIN command
--- config
scheduler_tick_seconds = 1
--- steps
at 1 pause 1h
at 2 pause 2s
at 5 pause until 12:00:20
at 6 pause until 12:00:20
at 10 pause
at 30 pause 1h
at 31 resume
at 32 pause until 2026-03-02 12:00:40
until 41
--- records
    1.000  > pause 1h
    1.000  INFO  MAIN command [PROC/MSG] pausing until 2026-03-02 13:00:01
    1.000  TRACE MAIN command [PAUSE/YES] scheduler is paused
    2.000  > pause 2s
    2.000  INFO  MAIN command [PROC/MSG] the pause ends at 2026-03-02 12:00:04 now
    4.000  INFO  MAIN command [PROC/MSG] resuming: the pause until 2026-03-02 12:00:04 is over
    4.000  TRACE MAIN command [PAUSE/NO] scheduler is not paused
    5.000  > pause until 12:00:20
    5.000  INFO  MAIN command [PROC/MSG] pausing until 2026-03-02 12:00:20
    5.000  TRACE MAIN command [PAUSE/YES] scheduler is paused
    6.000  > pause until 12:00:20
    6.000  WARN  MAIN command [PROC/FAIL] pause: the scheduler is paused already
    6.000    (no-effect: pause: the scheduler is paused already)
   10.000  > pause
   10.000  INFO  MAIN command [PROC/MSG] the pause has no end now
   30.000  > pause 1h
   30.000  INFO  MAIN command [PROC/MSG] the pause ends at 2026-03-02 13:00:30 now
   31.000  > resume
   31.000  DEBUG MAIN command [PROC/MSG] resuming
   31.000  TRACE MAIN command [PAUSE/NO] scheduler is not paused
   32.000  > pause until 2026-03-02 12:00:40
   32.000  INFO  MAIN command [PROC/MSG] pausing until 2026-03-02 12:00:40
   32.000  TRACE MAIN command [PAUSE/YES] scheduler is paused
   40.000  INFO  MAIN command [PROC/MSG] resuming: the pause until 2026-03-02 12:00:40 is over
   40.000  TRACE MAIN command [PAUSE/NO] scheduler is not paused

story: When the clock is set, a pause with a duration lasts as long as before; one until an instant ends at that instant.
start: 2026-03-02T12:00:00Z
show: PAUSE|MAIN command|MAIN scheduler_tick \[PROC/MSG\] the clock
--- config
scheduler_tick_seconds = 1
condition = [{ name = "Looks", type = "time", recurring = true, time_specifications = [{ minute = 59 }], tasks = ["Work"] }]
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
--- steps
at 1 pause 1m
at 10 step 3600
at 30 step -3600
until 62
at 70 pause until 12:10
at 75 step 600
until 77
at 80 pause until 12:30
at 81 step -1800
until 90
--- records
    1.000  > pause 1m
    1.000  INFO  MAIN command [PROC/MSG] pausing until 2026-03-02 12:01:01
    1.000  TRACE MAIN command [PAUSE/YES] scheduler is paused
   10.000  > step 3600
   11.000  WARN  MAIN scheduler_tick [PROC/MSG] the clock was set forward by 1 h 00 min, from 12:00:11 to 13:00:11: time conditions count by the new time, and catch_up says what becomes of the instants between
   11.000  INFO  MAIN command [PROC/MSG] the pause ends at 2026-03-02 13:01:01 now
   30.000  > step -3600
   31.000  WARN  MAIN scheduler_tick [PROC/MSG] the clock was set back by 1 h 00 min, from 13:00:31 to 12:00:31: time conditions count by the new time, and instants that have fired do not fire again
   31.000  INFO  MAIN command [PROC/MSG] the pause ends at 2026-03-02 12:01:01 now
   61.000  INFO  MAIN command [PROC/MSG] resuming: the pause until 2026-03-02 12:01:01 is over
   61.000  TRACE MAIN command [PAUSE/NO] scheduler is not paused
   70.000  > pause until 12:10
   70.000  INFO  MAIN command [PROC/MSG] pausing until 2026-03-02 12:10:00
   70.000  TRACE MAIN command [PAUSE/YES] scheduler is paused
   75.000  > step 600
   76.000  WARN  MAIN scheduler_tick [PROC/MSG] the clock was set forward by 10 min, from 12:01:16 to 12:11:16: time conditions count by the new time, and catch_up says what becomes of the instants between
   76.000  INFO  MAIN command [PROC/MSG] resuming: the pause until 2026-03-02 12:10:00 is over
   76.000  TRACE MAIN command [PAUSE/NO] scheduler is not paused
   80.000  > pause until 12:30
   80.000  INFO  MAIN command [PROC/MSG] pausing until 2026-03-02 12:30:00
   80.000  TRACE MAIN command [PAUSE/YES] scheduler is paused
   81.000  > step -1800
   82.000  WARN  MAIN scheduler_tick [PROC/MSG] the clock was set back by 30 min, from 12:11:22 to 11:41:22: time conditions count by the new time, and instants that have fired do not fire again

story: A suspension with a duration ends by itself, like by resume_condition.
start: 2026-03-02T12:00:00Z
show: HIST|MAIN suspend|MAIN resume
--- config
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Often", type = "interval", interval_seconds = 3, recurring = true, tasks = ["Work"] },
  { name = "Other", type = "interval", interval_seconds = 3, recurring = true, tasks = [] },
]
--- processes
work: exit 0
--- steps
at 4 suspend_condition Often 6s
at 5 suspend_condition Often 6s
at 6 suspend_condition Often
at 7 suspend_condition Often until 12:00:09
at 7 suspend_condition Other 2s
until 13
--- records
    3.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
    3.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Often task succeeded
    4.000  > suspend_condition Often 6s
    4.000  INFO  MAIN suspend_condition [END/OK] condition Often suspended until 2026-03-02 12:00:10
    5.000  > suspend_condition Often 6s
    5.000  INFO  MAIN suspend_condition [END/OK] condition Often suspended until 2026-03-02 12:00:11
    6.000  > suspend_condition Often
    6.000  INFO  MAIN suspend_condition [END/OK] condition Often suspended
    7.000  > suspend_condition Often until 12:00:09
    7.000  INFO  MAIN suspend_condition [END/OK] condition Often suspended until 2026-03-02 12:00:09
    7.000  > suspend_condition Other 2s
    7.000  INFO  MAIN suspend_condition [END/OK] condition Other suspended until 2026-03-02 12:00:09
    9.000  INFO  MAIN resume_condition [END/OK] condition Often resumed and reset: its suspension until 2026-03-02 12:00:09 is over
    9.000  INFO  MAIN resume_condition [END/OK] condition Other resumed and reset: its suspension until 2026-03-02 12:00:09 is over
   12.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
   12.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Often task succeeded

story: A suspension of a busy condition begins when it is free, and ends when it was to end.
start: 2026-03-02T12:00:00Z
show: HIST|MAIN suspend|MAIN resume
--- config
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Often", type = "interval", interval_seconds = 1, recurring = true, tasks = ["Work"] }]
--- processes
work: exit 0 after 5 | exit 0 after 4 | exit 0 after 20
--- steps
at 2 suspend_condition Often 8s
at 12 suspend_condition Often 2s
until 16
--- records
    1.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
    2.000  > suspend_condition Often 8s
    2.000  INFO  MAIN suspend_condition [PROC/OK] condition Often is busy: its suspension is queued
    6.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Often task succeeded
   10.000  INFO  MAIN resume_condition [END/OK] condition Often resumed and reset: its suspension until 2026-03-02 12:00:10 is over
   11.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
   12.000  > suspend_condition Often 2s
   12.000  INFO  MAIN suspend_condition [PROC/OK] condition Often is busy: its suspension is queued
   15.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Often task succeeded
   15.000  INFO  MAIN resume_condition [END/OK] condition Often resumed and reset: its suspension until 2026-03-02 12:00:14 is over
   16.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task

story: A suspension ends also while the scheduler is paused.
start: 2026-03-02T12:00:00Z
show: HIST|PAUSE|MAIN suspend|MAIN resume
--- config
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Often", type = "interval", interval_seconds = 2, recurring = true, tasks = ["Work"] }]
--- processes
work: exit 0
--- steps
at 1 suspend_condition Often 2s
at 1 pause 6s
until 8
--- records
    1.000  > suspend_condition Often 2s
    1.000  INFO  MAIN suspend_condition [END/OK] condition Often suspended until 2026-03-02 12:00:03
    1.000  > pause 6s
    1.000  TRACE MAIN command [PAUSE/YES] scheduler is paused
    3.000  INFO  MAIN resume_condition [END/OK] condition Often resumed and reset: its suspension until 2026-03-02 12:00:03 is over
    7.000  TRACE MAIN command [PAUSE/NO] scheduler is not paused
    7.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
    7.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Often task succeeded

story: Instants of a timed pause or suspension do not fire, and those at its end and after it do.
start: 2026-03-02T12:00:00Z
show: HIST|PAUSE|time: instants
--- config
scheduler_tick_seconds = 1
task = [
  { name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" },
  { name = "Else", type = "command", command = "work", command_arguments = [], startup_path = "/" },
]
condition = [
  { name = "EachMinute", type = "time", recurring = true, time_specifications = [{ minute = 1 }, { minute = 2 }, { minute = 3 }], tasks = ["Work"] },
  { name = "Suspended", type = "time", recurring = true, time_specifications = [{ minute = 1, second = 30 }, { minute = 2, second = 30 }], tasks = ["Else"] },
]
--- processes
work: exit 0
--- steps
at 1 suspend_condition Suspended until 12:02
at 30 pause 90s
until 185
--- records
    1.000  > suspend_condition Suspended until 12:02
   30.000  > pause 90s
   30.000  TRACE MAIN command [PAUSE/YES] scheduler is paused
  120.000  TRACE MAIN command [PAUSE/NO] scheduler is not paused
  120.000  INFO  CONDITION active Suspended/4 [PROC/MSG] time: instants during a pause or suspension, not fired: 1
  120.000  INFO  CONDITION active EachMinute/3 [PROC/MSG] time: instants during a pause or suspension, not fired: 1
  120.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:EachMinute starting task
  120.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:EachMinute task succeeded
  150.000  TRACE TASK active Else/2 [HIST/START] OK/trigger:Suspended starting task
  150.000  TRACE TASK active Else/2 [HIST/END] OK/trigger:Suspended task succeeded
  180.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:EachMinute starting task
  180.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:EachMinute task succeeded

story: Tasks pause and suspend for a time.
start: 2026-03-02T12:00:00Z
show: HIST|PAUSE|MAIN suspend|MAIN resume
--- config
scheduler_tick_seconds = 1
task = [
  { name = "Quiet", type = "internal", command = "pause 3s" },
  { name = "Off", type = "internal", command = "suspend_condition Cycle until 12:00:12" },
]
condition = [{ name = "Cycle", type = "interval", interval_seconds = 2, recurring = true, tasks = ["Quiet", "Off"] }]
--- steps
until 16
--- records
    2.000  TRACE TASK active Quiet/1 [HIST/START] OK/trigger:Cycle starting task
    2.000  TRACE MAIN command [PAUSE/YES] scheduler is paused
    2.000  TRACE TASK active Quiet/1 [HIST/END] OK/trigger:Cycle task succeeded
    2.000  TRACE TASK active Off/2 [HIST/START] OK/trigger:Cycle starting task
    2.000  INFO  MAIN suspend_condition [PROC/OK] condition Cycle is busy: its suspension is queued
    2.000  TRACE TASK active Off/2 [HIST/END] OK/trigger:Cycle task succeeded
    5.000  TRACE MAIN command [PAUSE/NO] scheduler is not paused
   12.000  INFO  MAIN resume_condition [END/OK] condition Cycle resumed and reset: its suspension until 2026-03-02 12:00:12 is over
   14.000  TRACE TASK active Quiet/1 [HIST/START] OK/trigger:Cycle starting task
   14.000  TRACE MAIN command [PAUSE/YES] scheduler is paused
   14.000  TRACE TASK active Quiet/1 [HIST/END] OK/trigger:Cycle task succeeded
   14.000  TRACE TASK active Off/2 [HIST/START] OK/trigger:Cycle starting task
   14.000  INFO  MAIN suspend_condition [PROC/OK] condition Cycle is busy: its suspension is queued
   14.000  TRACE TASK active Off/2 [HIST/END] OK/trigger:Cycle task succeeded

story: A command that comes after an end and before the next tick finds it over.
start: 2026-03-02T12:00:00Z
show: PAUSE|MAIN command|MAIN suspend|MAIN resume
--- config
scheduler_tick_seconds = 10
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Often", type = "interval", interval_seconds = 60, recurring = true, tasks = ["Work"] }]
--- steps
at 1 pause 2s
at 1 suspend_condition Often 3s
at 5 pause 2s
at 8 resume
at 9 resume_condition Often
until 11
--- records
    1.000  > pause 2s
    1.000  INFO  MAIN command [PROC/MSG] pausing until 2026-03-02 12:00:03
    1.000  TRACE MAIN command [PAUSE/YES] scheduler is paused
    1.000  > suspend_condition Often 3s
    1.000  DEBUG MAIN command [PROC/MSG] suspend_condition Often until 2026-03-02 12:00:04 accepted
    1.000  INFO  MAIN suspend_condition [END/OK] condition Often suspended until 2026-03-02 12:00:04
    5.000  > pause 2s
    5.000  INFO  MAIN command [PROC/MSG] resuming: the pause until 2026-03-02 12:00:03 is over
    5.000  TRACE MAIN command [PAUSE/NO] scheduler is not paused
    5.000  INFO  MAIN resume_condition [END/OK] condition Often resumed and reset: its suspension until 2026-03-02 12:00:04 is over
    5.000  INFO  MAIN command [PROC/MSG] pausing until 2026-03-02 12:00:07
    5.000  TRACE MAIN command [PAUSE/YES] scheduler is paused
    8.000  > resume
    8.000  INFO  MAIN command [PROC/MSG] resuming: the pause until 2026-03-02 12:00:07 is over
    8.000  TRACE MAIN command [PAUSE/NO] scheduler is not paused
    8.000  WARN  MAIN command [PROC/FAIL] resume: the scheduler is not paused
    8.000    (no-effect: resume: the scheduler is not paused)
    9.000  > resume_condition Often
    9.000  DEBUG MAIN command [PROC/MSG] resume_condition Often accepted
    9.000  INFO  MAIN resume_condition [END/OK] condition Often is not suspended: nothing to resume

story: A suspension that ends during a run by hand is over when the condition is free, unless a command that waits says otherwise.
start: 2026-03-02T12:00:00Z
show: HIST|MAIN suspend|MAIN resume|CONDITION_REGISTRY suspend
--- config
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Often", type = "interval", interval_seconds = 60, recurring = true, tasks = ["Work"] }]
--- processes
work: exit 0 after 5
--- steps
at 1 suspend_condition Often 3s
at 2 run Often
at 10 suspend_condition Often 3s
at 11 run Often
at 12 suspend_condition Often 10s
until 25
--- records
    1.000  > suspend_condition Often 3s
    1.000  INFO  MAIN suspend_condition [END/OK] condition Often suspended until 2026-03-02 12:00:04
    2.000  > run Often
    2.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
    7.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Often task succeeded
    7.000  INFO  MAIN resume_condition [END/OK] condition Often resumed and reset: its suspension until 2026-03-02 12:00:04 is over
   10.000  > suspend_condition Often 3s
   10.000  INFO  MAIN suspend_condition [END/OK] condition Often suspended until 2026-03-02 12:00:13
   11.000  > run Often
   11.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
   12.000  > suspend_condition Often 10s
   12.000  INFO  MAIN suspend_condition [PROC/OK] condition Often is busy: its suspension is queued
   16.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Often task succeeded
   16.000  INFO  CONDITION_REGISTRY suspend_condition [PROC/OK] queued suspension of condition Often done, until 2026-03-02 12:00:22
   22.000  INFO  MAIN resume_condition [END/OK] condition Often resumed and reset: its suspension until 2026-03-02 12:00:22 is over
