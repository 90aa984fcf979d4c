The tick loop.

story: Ticks fall on wall-clock multiples of the tick length.
start: 2026-03-02T12:00:02.250Z
clock: wall
--- config
scheduler_tick_seconds = 5
--- steps
until 14
--- records
2. 12:00:05.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
2. 12:00:10.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
2. 12:00:15.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy

story: A tick length that does not divide the minute gives multiples of it since 1970, not since the start.
start: 2026-03-02T12:00:00Z
clock: wall
--- config
scheduler_tick_seconds = 7
--- steps
until 29
--- records
2. 12:00:01.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
2. 12:00:08.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
2. 12:00:15.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
2. 12:00:22.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
2. 12:00:29.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy

story: A clock that is set back stops nothing: the next tick comes when it was due, those after it on multiples of the tick length.
start: 2026-03-02T12:00:02Z
show: HIST/START|BUSY|>
--- config
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Often", type = "interval", interval_seconds = 12, recurring = true, tasks = ["Work"] }]
--- steps
at 14 step -3600
until 40
--- records
    3.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    8.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
   13.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
   13.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
   13.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
   13.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
   14.000  > step -3600
   18.100  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
   23.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
   28.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
   28.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
   28.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
   28.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
   33.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
   38.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
   38.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
   38.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
   38.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy

story: A clock that is set forward gives one tick and no catching up; intervals do not notice.
start: 2026-03-02T12:00:02Z
show: HIST/START|BUSY|>
--- config
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Often", type = "interval", interval_seconds = 12, recurring = true, tasks = ["Work"] }]
--- steps
at 14 step 3601
until 40
--- records
    3.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    8.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
   13.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
   13.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
   13.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
   13.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
   14.000  > step 3601
   18.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
   22.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
   27.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
   27.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
   27.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
   27.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
   32.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
   37.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
   37.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
   37.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
   37.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy

story: At level info, too, a clock that is set back stops nothing.
start: 2026-03-02T12:00:02Z
level: info
show: START/MSG
--- config
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Often", type = "interval", interval_seconds = 12, recurring = true, tasks = ["Work"] }]
--- steps
at 14 step -3600
until 50
--- records
   13.000  INFO  CONDITION active Often/2 [START/MSG] running tasks in sequence: Work
   14.000  > step -3600
   28.100  INFO  CONDITION active Often/2 [START/MSG] running tasks in sequence: Work
   38.000  INFO  CONDITION active Often/2 [START/MSG] running tasks in sequence: Work
   48.000  INFO  CONDITION active Often/2 [START/MSG] running tasks in sequence: Work

story: A tick says first how many conditions are busy; it does not wait for checks and leaves busy conditions out.
start: 2026-03-02T12:00:04Z
show: scheduler_tick|HIST
--- config
task = [
  { name = "Slow", type = "command", command = "slow", command_arguments = [], startup_path = "/" },
  { name = "Quick", type = "command", command = "quick", command_arguments = [], startup_path = "/" },
]
condition = [
  { name = "Long", type = "interval", interval_seconds = 0, recurring = true, tasks = ["Slow"] },
  { name = "Short", type = "interval", interval_seconds = 5, recurring = true, tasks = ["Quick"] },
]
--- processes
slow: exit 0 after 11
--- steps
until 17
--- records
    1.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    1.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
    1.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Short: tasks not executed
    1.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Long starting task
    6.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
    6.000  DEBUG MAIN scheduler_tick [PROC/MSG] condition Long is busy and left out
    6.000  TRACE TASK active Quick/2 [HIST/START] OK/trigger:Short starting task
    6.000  TRACE TASK active Quick/2 [HIST/END] OK/trigger:Short task succeeded
    6.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Short: tasks executed
   11.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
   11.000  DEBUG MAIN scheduler_tick [PROC/MSG] condition Long is busy and left out
   11.000  TRACE TASK active Quick/2 [HIST/START] OK/trigger:Short starting task
   11.000  TRACE TASK active Quick/2 [HIST/END] OK/trigger:Short task succeeded
   11.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Short: tasks executed
   12.000  TRACE TASK active Slow/1 [HIST/END] OK/trigger:Long task succeeded
   12.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Long: tasks executed
   12.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
   16.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
   16.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
   16.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Long starting task
   16.000  TRACE TASK active Quick/2 [HIST/START] OK/trigger:Short starting task
   16.000  TRACE TASK active Quick/2 [HIST/END] OK/trigger:Short task succeeded
   16.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Short: tasks executed

story: While paused, a tick tells busy and that it was skipped, and checks nothing.
start: 2026-03-02T12:00:04Z
--- config
task = [{ name = "Slow", type = "command", command = "slow", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Long", type = "interval", interval_seconds = 0, recurring = true, tasks = ["Slow"] }]
--- processes
slow: exit 0 after 8
--- steps
at 2 pause
until 12
--- records
    0.000  DEBUG COMMAND_TASK new Slow/0 [INIT/MSG] task of type command created
    0.000  DEBUG INTERVAL_CONDITION new Long/0 [INIT/MSG] condition of type interval created
    0.000  TRACE CONDITION active Long/0 [PROC/MSG] looking for task Slow
    0.000  DEBUG CONDITION active Long/0 [PROC/OK] task Slow added
    1.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    1.000  TRACE CONDITION_REGISTRY tick Long/2 [START/MSG] condition taken for checking
    1.000  TRACE CONDITION active Long/2 [PROC/OK] check begins
    1.000  DEBUG CONDITION active Long/2 [PROC/MSG] interval: passed
    1.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
    1.000  DEBUG CONDITION active Long/2 [END/OK] check ended positive
    1.000  INFO  CONDITION active Long/2 [START/MSG] running tasks in sequence: Slow
    1.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Long starting task
    1.000  DEBUG TASK active Slow/1 [START/MSG] (trigger: Long) running: slow
    2.000  > pause
    2.000  DEBUG MAIN command [PROC/MSG] pausing
    2.000  TRACE MAIN command [PAUSE/YES] scheduler is paused
    6.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
    6.000  TRACE MAIN scheduler_tick [PROC/MSG] tick without checks: the scheduler is paused
    9.000  DEBUG TASK active Slow/1 [PROC/OK] (trigger: Long) exit code 0, no status criterion
    9.000  DEBUG TASK active Slow/1 [END/OK] (trigger: Long) succeeded in 8.00 s: exit code 0, no status criterion
    9.000  TRACE TASK active Slow/1 [HIST/END] OK/trigger:Long task succeeded
    9.000  TRACE TASK_REGISTRY run_seq Slow/1 [END/MSG] (trigger: Long) task ended: success
    9.000  TRACE TASK_REGISTRY run_seq [END/MSG] (trigger: Long) sequence ended: 1 of 1 tasks executed
    9.000  INFO  CONDITION active Long/2 [END/MSG] task Slow ended: success
    9.000  DEBUG CONDITION active Long/2 [END/OK] all tasks have ended (1 of 1 executed)
    9.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Long: tasks executed
    9.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
   11.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
   11.000  TRACE MAIN scheduler_tick [PROC/MSG] tick without checks: the scheduler is paused

story: With randomisation, checks of delayable kinds come somewhere in the tick; interval and time are never delayed.
start: 2026-03-02T12:00:04Z
show: check begins|running
--- config
randomize_checks_within_ticks = true
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Each", type = "interval", interval_seconds = 0, recurring = true, tasks = ["Work"] },
  { name = "Clock", type = "time", time_specifications = [{ minute = 0, second = 10 }], recurring = true, tasks = ["Work"] },
  { name = "Asked", type = "command", command = "ask", command_arguments = [], startup_path = "/", recurring = true, tasks = ["Work"] },
  { name = "Fired", type = "bucket", recurring = true, tasks = ["Work"] },
]
event = [{ name = "E", type = "cli", condition = "Fired" }]
--- steps
at 2 trigger E
until 9
--- records
    1.000  TRACE CONDITION active Each/2 [PROC/OK] check begins
    1.000  TRACE CONDITION active Clock/3 [PROC/OK] check begins
    1.000  TRACE CONDITION active Fired/5 [PROC/OK] check begins
    1.000  INFO  CONDITION active Each/2 [START/MSG] running tasks in sequence: Work
    1.000  DEBUG TASK active Work/1 [START/MSG] (trigger: Each) running: work
    2.000  > trigger E
    3.500  TRACE CONDITION active Asked/4 [PROC/OK] check begins
    3.500  DEBUG CONDITION active Asked/4 [START/MSG] running: ask
    3.500  INFO  CONDITION active Asked/4 [START/MSG] running tasks in sequence: Work
    3.500  DEBUG TASK active Work/1 [START/MSG] (trigger: Asked) running: work
    6.000  TRACE CONDITION active Each/2 [PROC/OK] check begins
    6.000  TRACE CONDITION active Clock/3 [PROC/OK] check begins
    6.000  INFO  CONDITION active Each/2 [START/MSG] running tasks in sequence: Work
    6.000  INFO  CONDITION active Clock/3 [START/MSG] running tasks in sequence: Work
    6.000  DEBUG TASK active Work/1 [START/MSG] (trigger: Each) running: work
    6.000  DEBUG TASK active Work/1 [START/MSG] (trigger: Clock) running: work
    8.500  TRACE CONDITION active Asked/4 [PROC/OK] check begins
    8.500  DEBUG CONDITION active Asked/4 [START/MSG] running: ask
    8.500  INFO  CONDITION active Asked/4 [START/MSG] running tasks in sequence: Work
    8.500  DEBUG TASK active Work/1 [START/MSG] (trigger: Asked) running: work
    8.500  TRACE CONDITION active Fired/5 [PROC/OK] check begins
    8.500  INFO  CONDITION active Fired/5 [START/MSG] running tasks in sequence: Work
    8.500  DEBUG TASK active Work/1 [START/MSG] (trigger: Fired) running: work

story: A check in its random delay is given up when the scheduler is paused meanwhile, and made at the next tick that may.
start: 2026-03-02T12:00:04Z
show: check begins|HIST/START|PAUSE
--- config
randomize_checks_within_ticks = true
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Fired", type = "bucket", recurring = true, tasks = ["Work"] }]
event = [{ name = "E", type = "cli", condition = "Fired" }]
--- steps
trigger E
at 2 pause
at 8 resume
until 15
--- records
    0.000  > trigger E
    2.000  > pause
    2.000  TRACE MAIN command [PAUSE/YES] scheduler is paused
    8.000  > resume
    8.000  TRACE MAIN command [PAUSE/NO] scheduler is not paused
   13.500  TRACE CONDITION active Fired/2 [PROC/OK] check begins
   13.500  TRACE TASK active Work/1 [HIST/START] OK/trigger:Fired starting task

story: A check in its random delay is not made any more after exit.
start: 2026-03-02T12:00:04Z
show: check begins|HIST/START|MAIN exit
--- config
randomize_checks_within_ticks = true
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Fired", type = "bucket", recurring = true, tasks = ["Work"] }]
event = [{ name = "E", type = "cli", condition = "Fired" }]
--- steps
trigger E
at 2 exit
until 15
--- records
    0.000  > trigger E
    2.000  > exit
    2.000  INFO  MAIN exit [END/OK] no more ticks
    2.000  INFO  MAIN exit [END/OK] scheduler ended
   15.000  = ended by exit
