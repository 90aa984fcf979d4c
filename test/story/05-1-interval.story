Interval conditions.

story: An interval of 12 seconds with a tick of 5 runs at the first tick after each 12 seconds and keeps its phase.
start: 2026-03-02T12:00:02Z
show: HIST/START|interval:
--- config
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Often", type = "interval", interval_seconds = 12, recurring = true, tasks = ["Work"] }]
--- steps
until 64
--- records
    3.000  TRACE CONDITION active Often/2 [PROC/MSG] interval: 9.0 s left of 12 s
    8.000  TRACE CONDITION active Often/2 [PROC/MSG] interval: 4.0 s left of 12 s
   13.000  DEBUG CONDITION active Often/2 [PROC/MSG] interval: passed
   13.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
   18.000  TRACE CONDITION active Often/2 [PROC/MSG] interval: 6.0 s left of 12 s
   23.000  TRACE CONDITION active Often/2 [PROC/MSG] interval: 1.0 s left of 12 s
   28.000  DEBUG CONDITION active Often/2 [PROC/MSG] interval: passed
   28.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
   33.000  TRACE CONDITION active Often/2 [PROC/MSG] interval: 3.0 s left of 12 s
   38.000  DEBUG CONDITION active Often/2 [PROC/MSG] interval: passed
   38.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
   43.000  TRACE CONDITION active Often/2 [PROC/MSG] interval: 5.0 s left of 12 s
   48.000  DEBUG CONDITION active Often/2 [PROC/MSG] interval: passed
   48.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
   53.000  TRACE CONDITION active Often/2 [PROC/MSG] interval: 7.0 s left of 12 s
   58.000  TRACE CONDITION active Often/2 [PROC/MSG] interval: 2.0 s left of 12 s
   63.000  DEBUG CONDITION active Often/2 [PROC/MSG] interval: passed
   63.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task

story: An interval of a multiple of the tick runs every so many ticks exactly.
start: 2026-03-02T12:00:02Z
show: HIST/START
--- config
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Often", type = "interval", interval_seconds = 10, recurring = true, tasks = ["Work"] }]
--- steps
until 64
--- records
   13.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
   23.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
   33.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
   43.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
   53.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
   63.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task

story: An interval of 0 is every tick, one shorter than the tick too.
start: 2026-03-02T12:00:02Z
show: HIST/START
--- config
scheduler_tick_seconds = 5
task = [
  { name = "Zero", type = "command", command = "zero", command_arguments = [], startup_path = "/" },
  { name = "Two", type = "command", command = "two", command_arguments = [], startup_path = "/" },
]
condition = [
  { name = "EveryTick", type = "interval", interval_seconds = 0, recurring = true, tasks = ["Zero"] },
  { name = "Shorter", type = "interval", interval_seconds = 2, recurring = true, tasks = ["Two"] },
]
--- steps
until 19
--- records
    3.000  TRACE TASK active Zero/1 [HIST/START] OK/trigger:EveryTick starting task
    3.000  TRACE TASK active Two/2 [HIST/START] OK/trigger:Shorter starting task
    8.000  TRACE TASK active Zero/1 [HIST/START] OK/trigger:EveryTick starting task
    8.000  TRACE TASK active Two/2 [HIST/START] OK/trigger:Shorter starting task
   13.000  TRACE TASK active Zero/1 [HIST/START] OK/trigger:EveryTick starting task
   13.000  TRACE TASK active Two/2 [HIST/START] OK/trigger:Shorter starting task
   18.000  TRACE TASK active Zero/1 [HIST/START] OK/trigger:EveryTick starting task
   18.000  TRACE TASK active Two/2 [HIST/START] OK/trigger:Shorter starting task

story: Of the intervals lost while the condition was busy or the scheduler paused one is run at once; the phase stays.
start: 2026-03-02T12:00:00Z
show: HIST|PAUSE
--- config
scheduler_tick_seconds = 1
task = [{ name = "Slow", type = "command", command = "slow", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Often", type = "interval", interval_seconds = 10, recurring = true, tasks = ["Slow"] }]
--- processes
slow: exit 0 after 25 | exit 0
--- steps
at 65 pause
at 95.5 resume
until 121
--- records
   10.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Often starting task
   35.000  TRACE TASK active Slow/1 [HIST/END] OK/trigger:Often task succeeded
   35.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Often starting task
   35.000  TRACE TASK active Slow/1 [HIST/END] OK/trigger:Often task succeeded
   40.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Often starting task
   40.000  TRACE TASK active Slow/1 [HIST/END] OK/trigger:Often task succeeded
   50.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Often starting task
   50.000  TRACE TASK active Slow/1 [HIST/END] OK/trigger:Often task succeeded
   60.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Often starting task
   60.000  TRACE TASK active Slow/1 [HIST/END] OK/trigger:Often task succeeded
   65.000  > pause
   65.000  TRACE MAIN command [PAUSE/YES] scheduler is paused
   95.500  > resume
   95.500  TRACE MAIN command [PAUSE/NO] scheduler is not paused
   96.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Often starting task
   96.000  TRACE TASK active Slow/1 [HIST/END] OK/trigger:Often task succeeded
  100.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Often starting task
  100.000  TRACE TASK active Slow/1 [HIST/END] OK/trigger:Often task succeeded
  110.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Often starting task
  110.000  TRACE TASK active Slow/1 [HIST/END] OK/trigger:Often task succeeded
  120.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Often starting task
  120.000  TRACE TASK active Slow/1 [HIST/END] OK/trigger:Often task succeeded

story: Not recurring and failing, each retry comes one further interval later.
start: 2026-03-02T12:00:02Z
show: HIST|retries
--- config
scheduler_tick_seconds = 5
task = [{ name = "Bad", type = "command", command = "bad", command_arguments = [], startup_path = "/", success_status = 0 }]
condition = [{ name = "Tries", type = "interval", interval_seconds = 12, max_tasks_retries = 2, tasks = ["Bad"] }]
--- processes
bad: exit 1
--- steps
until 100
--- records
   13.000  TRACE TASK active Bad/1 [HIST/START] OK/trigger:Tries starting task
   13.000  TRACE TASK active Bad/1 [HIST/END] FAIL/trigger:Tries task failed
   13.000  DEBUG CONDITION active Tries/2 [END/MSG] some tasks failed, retries left: 2
   28.000  TRACE TASK active Bad/1 [HIST/START] OK/trigger:Tries starting task
   28.000  TRACE TASK active Bad/1 [HIST/END] FAIL/trigger:Tries task failed
   28.000  DEBUG CONDITION active Tries/2 [END/MSG] some tasks failed, retries left: 1
   38.000  TRACE TASK active Bad/1 [HIST/START] OK/trigger:Tries starting task
   38.000  TRACE TASK active Bad/1 [HIST/END] FAIL/trigger:Tries task failed
   38.000  DEBUG CONDITION active Tries/2 [END/FAIL] some tasks failed, no retries left: checking stops
   43.000  TRACE CONDITION active Tries/2 [PROC/MSG] check skipped: not recurring and no retries left
   48.000  TRACE CONDITION active Tries/2 [PROC/MSG] check skipped: not recurring and no retries left
   53.000  TRACE CONDITION active Tries/2 [PROC/MSG] check skipped: not recurring and no retries left
   58.000  TRACE CONDITION active Tries/2 [PROC/MSG] check skipped: not recurring and no retries left
   63.000  TRACE CONDITION active Tries/2 [PROC/MSG] check skipped: not recurring and no retries left
   68.000  TRACE CONDITION active Tries/2 [PROC/MSG] check skipped: not recurring and no retries left
   73.000  TRACE CONDITION active Tries/2 [PROC/MSG] check skipped: not recurring and no retries left
   78.000  TRACE CONDITION active Tries/2 [PROC/MSG] check skipped: not recurring and no retries left
   83.000  TRACE CONDITION active Tries/2 [PROC/MSG] check skipped: not recurring and no retries left
   88.000  TRACE CONDITION active Tries/2 [PROC/MSG] check skipped: not recurring and no retries left
   93.000  TRACE CONDITION active Tries/2 [PROC/MSG] check skipped: not recurring and no retries left
   98.000  TRACE CONDITION active Tries/2 [PROC/MSG] check skipped: not recurring and no retries left

story: With start = "at once" the first tick counts, with align the multiples since midnight, with after_end the end of each run.
start: 2026-03-02T12:00:02Z
show: HIST|interval|multiple|at once
level: debug
--- config
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "AtOnce", type = "interval", interval = "1 min", start = "at once", recurring = true, tasks = ["Work"] },
  { name = "Aligned", type = "interval", interval = "1m", align = true, recurring = true, tasks = ["Work"] },
  { name = "AfterEnd", type = "interval", interval = "30s", after_end = true, recurring = true, tasks = ["Work"] },
]
--- processes
work: exit 0 | exit 0 after 20 | exit 0
--- steps
until 130
--- records
    0.000  DEBUG INTERVAL_CONDITION new AtOnce/0 [INIT/MSG] condition of type interval created
    0.000  DEBUG INTERVAL_CONDITION new Aligned/0 [INIT/MSG] condition of type interval created
    0.000  DEBUG INTERVAL_CONDITION new AfterEnd/0 [INIT/MSG] condition of type interval created
    3.000  DEBUG CONDITION active AtOnce/2 [PROC/MSG] interval: at once
   33.000  DEBUG CONDITION active AfterEnd/4 [PROC/MSG] interval: passed
   58.000  DEBUG CONDITION active Aligned/3 [PROC/MSG] time: multiple of 1 min since midnight has come
   63.000  DEBUG CONDITION active AtOnce/2 [PROC/MSG] interval: passed
   83.000  DEBUG CONDITION active AfterEnd/4 [PROC/MSG] interval: passed
  113.000  DEBUG CONDITION active AfterEnd/4 [PROC/MSG] interval: passed
  118.000  DEBUG CONDITION active Aligned/3 [PROC/MSG] time: multiple of 1 min since midnight has come
  123.000  DEBUG CONDITION active AtOnce/2 [PROC/MSG] interval: passed
