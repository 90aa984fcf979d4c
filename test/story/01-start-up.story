The order in which things happen at the start.

story: Items are made in the order tasks, conditions, events, and numbered from 1; checks begin at the first tick.
start: 2026-03-02T12:00:02Z
--- config
scheduler_tick_seconds = 5
event = [{ name = "E", type = "cli", condition = "Fired" }]
condition = [
  { name = "Often", type = "interval", interval_seconds = 60, tasks = ["B", "A"] },
  { name = "Fired", type = "bucket", tasks = ["A"] },
]
task = [
  { name = "A", type = "command", command = "a", command_arguments = [], startup_path = "/" },
  { name = "B", type = "internal", command = "pause" },
]
--- steps
until 4
trigger E
until 8
--- records
    0.000  DEBUG COMMAND_TASK new A/0 [INIT/MSG] task of type command created
    0.000  DEBUG INTERNAL_TASK new B/0 [INIT/MSG] task of type internal created
    0.000  DEBUG INTERVAL_CONDITION new Often/0 [INIT/MSG] condition of type interval created
    0.000  TRACE CONDITION active Often/0 [PROC/MSG] looking for task B
    0.000  DEBUG CONDITION active Often/0 [PROC/OK] task B added
    0.000  TRACE CONDITION active Often/0 [PROC/MSG] looking for task A
    0.000  DEBUG CONDITION active Often/0 [PROC/OK] task A added
    0.000  DEBUG BUCKET_CONDITION new Fired/0 [INIT/MSG] condition of type bucket created
    0.000  TRACE CONDITION active Fired/0 [PROC/MSG] looking for task A
    0.000  DEBUG CONDITION active Fired/0 [PROC/OK] task A added
    0.000  DEBUG CMD_EVENT new E/0 [INIT/MSG] event of type cli created
    3.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    3.000  TRACE CONDITION_REGISTRY tick Often/3 [START/MSG] condition taken for checking
    3.000  TRACE CONDITION active Often/3 [PROC/OK] check begins
    3.000  TRACE CONDITION active Often/3 [PROC/MSG] interval: 57.0 s left of 60 s
    3.000  TRACE CONDITION active Often/3 [END/OK] check ended negative
    3.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Often: tasks not executed
    3.000  TRACE CONDITION_REGISTRY tick Fired/4 [START/MSG] condition taken for checking
    3.000  TRACE CONDITION active Fired/4 [PROC/OK] check begins
    3.000  TRACE CONDITION active Fired/4 [START/MSG] bucket: looking for a pending event
    3.000  TRACE CONDITION active Fired/4 [END/OK] check ended negative
    3.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Fired: tasks not executed
    4.000  > trigger E
    4.000  DEBUG MAIN command [PROC/MSG] trigger E accepted
    4.000  DEBUG MAIN event_trigger [START/OK] triggering event E
    4.000  DEBUG EVENT_REGISTRY trigger E/5 [PROC/OK] event is being fired
    4.000  DEBUG EVENT active E/5 [PROC/OK] event fired: condition Fired is pending
    4.000  INFO  MAIN event_trigger [END/OK] event E: condition Fired is pending
    8.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    8.000  TRACE CONDITION_REGISTRY tick Often/3 [START/MSG] condition taken for checking
    8.000  TRACE CONDITION active Often/3 [PROC/OK] check begins
    8.000  TRACE CONDITION active Often/3 [PROC/MSG] interval: 52.0 s left of 60 s
    8.000  TRACE CONDITION active Often/3 [END/OK] check ended negative
    8.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Often: tasks not executed
    8.000  TRACE CONDITION_REGISTRY tick Fired/4 [START/MSG] condition taken for checking
    8.000  TRACE CONDITION active Fired/4 [PROC/OK] check begins
    8.000  TRACE CONDITION active Fired/4 [START/MSG] bucket: looking for a pending event
    8.000  DEBUG CONDITION active Fired/4 [END/OK] bucket: an event was pending
    8.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
    8.000  DEBUG CONDITION active Fired/4 [END/OK] check ended positive
    8.000  INFO  CONDITION active Fired/4 [START/MSG] running tasks in sequence: A
    8.000  TRACE TASK active A/1 [HIST/START] OK/trigger:Fired starting task
    8.000  DEBUG TASK active A/1 [START/MSG] (trigger: Fired) running: a
    8.000  DEBUG TASK active A/1 [PROC/OK] (trigger: Fired) exit code 0, no status criterion
    8.000  DEBUG TASK active A/1 [END/OK] (trigger: Fired) succeeded in 0.00 s: exit code 0, no status criterion
    8.000  TRACE TASK active A/1 [HIST/END] OK/trigger:Fired task succeeded
    8.000  TRACE TASK_REGISTRY run_seq A/1 [END/MSG] (trigger: Fired) task ended: success
    8.000  TRACE TASK_REGISTRY run_seq [END/MSG] (trigger: Fired) sequence ended: 1 of 1 tasks executed
    8.000  INFO  CONDITION active Fired/4 [END/MSG] task A ended: success
    8.000  DEBUG CONDITION active Fired/4 [END/OK] all tasks have ended (1 of 1 executed)
    8.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Fired: tasks executed
    8.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy

story: Started paused, the scheduler says so once and checks nothing before it is resumed.
start: 2026-03-02T12:00:02Z
paused: yes
--- config
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Always", type = "interval", interval_seconds = 0, recurring = true, tasks = ["Work"] }]
--- steps
until 8.5
resume
until 13
--- records
    0.000  DEBUG COMMAND_TASK new Work/0 [INIT/MSG] task of type command created
    0.000  DEBUG INTERVAL_CONDITION new Always/0 [INIT/MSG] condition of type interval created
    0.000  TRACE CONDITION active Always/0 [PROC/MSG] looking for task Work
    0.000  DEBUG CONDITION active Always/0 [PROC/OK] task Work added
    0.000  INFO  MAIN starting [PROC/MSG] starting paused, as asked for
    0.000  TRACE MAIN starting [PAUSE/YES] scheduler is paused
    3.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    3.000  TRACE MAIN scheduler_tick [PROC/MSG] tick without checks: the scheduler is paused
    8.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    8.000  TRACE MAIN scheduler_tick [PROC/MSG] tick without checks: the scheduler is paused
    8.500  > resume
    8.500  DEBUG MAIN command [PROC/MSG] resuming
    8.500  TRACE MAIN command [PAUSE/NO] scheduler is not paused
   13.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
   13.000  TRACE CONDITION_REGISTRY tick Always/2 [START/MSG] condition taken for checking
   13.000  TRACE CONDITION active Always/2 [PROC/OK] check begins
   13.000  DEBUG CONDITION active Always/2 [PROC/MSG] interval: passed
   13.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
   13.000  DEBUG CONDITION active Always/2 [END/OK] check ended positive
   13.000  INFO  CONDITION active Always/2 [START/MSG] running tasks in sequence: Work
   13.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Always starting task
   13.000  DEBUG TASK active Work/1 [START/MSG] (trigger: Always) running: work
   13.000  DEBUG TASK active Work/1 [PROC/OK] (trigger: Always) exit code 0, no status criterion
   13.000  DEBUG TASK active Work/1 [END/OK] (trigger: Always) succeeded in 0.00 s: exit code 0, no status criterion
   13.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Always task succeeded
   13.000  TRACE TASK_REGISTRY run_seq Work/1 [END/MSG] (trigger: Always) task ended: success
   13.000  TRACE TASK_REGISTRY run_seq [END/MSG] (trigger: Always) sequence ended: 1 of 1 tasks executed
   13.000  INFO  CONDITION active Always/2 [END/MSG] task Work ended: success
   13.000  DEBUG CONDITION active Always/2 [END/OK] all tasks have ended (1 of 1 executed)
   13.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Always: tasks executed
   13.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy

story: The clocks of interval and check_after start when the file is loaded, not at the first tick.
start: 2026-03-02T12:00:02Z
show: HIST/START|running
--- config
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Ten", type = "interval", interval_seconds = 10, tasks = ["Work"] },
  { name = "Asked", type = "command", check_after = 10, command = "ask", command_arguments = [], startup_path = "/", tasks = ["Work"] },
]
--- steps
until 30
--- records
   10.000  DEBUG CONDITION active Asked/3 [START/MSG] running: ask
   10.000  INFO  CONDITION active Ten/2 [START/MSG] running tasks in sequence: Work
   10.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Ten starting task
   10.000  DEBUG TASK active Work/1 [START/MSG] (trigger: Ten) running: work
   10.000  INFO  CONDITION active Asked/3 [START/MSG] running tasks in sequence: Work
   10.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Asked starting task
   10.000  DEBUG TASK active Work/1 [START/MSG] (trigger: Asked) running: work

story: A condition that begins suspended is made, and skipped at every tick.
start: 2026-03-02T12:00:04Z
show: Sleeps
--- config
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Sleeps", type = "interval", interval_seconds = 0, suspended = true, tasks = ["Work"] }]
--- steps
until 7
--- records
    0.000  DEBUG INTERVAL_CONDITION new Sleeps/0 [INIT/MSG] condition of type interval created
    0.000  TRACE CONDITION active Sleeps/0 [PROC/MSG] looking for task Work
    0.000  DEBUG CONDITION active Sleeps/0 [PROC/OK] task Work added
    1.000  TRACE CONDITION_REGISTRY tick Sleeps/2 [START/MSG] condition taken for checking
    1.000  TRACE CONDITION active Sleeps/2 [PROC/MSG] check skipped: suspended
    1.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Sleeps: tasks not executed
    6.000  TRACE CONDITION_REGISTRY tick Sleeps/2 [START/MSG] condition taken for checking
    6.000  TRACE CONDITION active Sleeps/2 [PROC/MSG] check skipped: suspended
    6.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Sleeps: tasks not executed
