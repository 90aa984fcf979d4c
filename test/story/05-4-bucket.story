Bucket and event conditions.

story: An event puts its condition into the bucket; the next tick takes it out and runs the tasks.
start: 2026-03-02T12:00:02Z
--- config
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Fired", type = "bucket", recurring = true, tasks = ["Work"] }]
event = [{ name = "E", type = "cli", condition = "Fired" }]
--- steps
at 2.2 trigger E
until 8
--- records
    0.000  DEBUG COMMAND_TASK new Work/0 [INIT/MSG] task of type command created
    0.000  DEBUG BUCKET_CONDITION new Fired/0 [INIT/MSG] condition of type bucket created
    0.000  TRACE CONDITION active Fired/0 [PROC/MSG] looking for task Work
    0.000  DEBUG CONDITION active Fired/0 [PROC/OK] task Work added
    0.000  DEBUG CMD_EVENT new E/0 [INIT/MSG] event of type cli created
    2.200  > trigger E
    2.200  DEBUG MAIN command [PROC/MSG] trigger E accepted
    2.200  DEBUG MAIN event_trigger [START/OK] triggering event E
    2.200  DEBUG EVENT_REGISTRY trigger E/3 [PROC/OK] event is being fired
    2.200  DEBUG EVENT active E/3 [PROC/OK] event fired: condition Fired is pending
    2.200  INFO  MAIN event_trigger [END/OK] event E: condition Fired is pending
    3.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    3.000  TRACE CONDITION_REGISTRY tick Fired/2 [START/MSG] condition taken for checking
    3.000  TRACE CONDITION active Fired/2 [PROC/OK] check begins
    3.000  TRACE CONDITION active Fired/2 [START/MSG] bucket: looking for a pending event
    3.000  DEBUG CONDITION active Fired/2 [END/OK] bucket: an event was pending
    3.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
    3.000  DEBUG CONDITION active Fired/2 [END/OK] check ended positive
    3.000  INFO  CONDITION active Fired/2 [START/MSG] running tasks in sequence: Work
    3.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Fired starting task
    3.000  DEBUG TASK active Work/1 [START/MSG] (trigger: Fired) running: work
    3.000  DEBUG TASK active Work/1 [PROC/OK] (trigger: Fired) exit code 0, no status criterion
    3.000  DEBUG TASK active Work/1 [END/OK] (trigger: Fired) succeeded in 0.00 s: exit code 0, no status criterion
    3.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Fired task succeeded
    3.000  TRACE TASK_REGISTRY run_seq Work/1 [END/MSG] (trigger: Fired) task ended: success
    3.000  TRACE TASK_REGISTRY run_seq [END/MSG] (trigger: Fired) sequence ended: 1 of 1 tasks executed
    3.000  INFO  CONDITION active Fired/2 [END/MSG] task Work ended: success
    3.000  DEBUG CONDITION active Fired/2 [END/OK] all tasks have ended (1 of 1 executed)
    3.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Fired: tasks executed
    3.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    8.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    8.000  TRACE CONDITION_REGISTRY tick Fired/2 [START/MSG] condition taken for checking
    8.000  TRACE CONDITION active Fired/2 [PROC/OK] check begins
    8.000  TRACE CONDITION active Fired/2 [START/MSG] bucket: looking for a pending event
    8.000  TRACE CONDITION active Fired/2 [END/OK] check ended negative
    8.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Fired: tasks not executed

story: Several events within a tick are one run.
start: 2026-03-02T12:00:02Z
show: HIST/START|event
--- config
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Fired", type = "event", recurring = true, tasks = ["Work"] }]
event = [{ name = "E", type = "cli", condition = "Fired" }, { name = "F", type = "cli", condition = "Fired" }]
--- steps
at 0.2 trigger E
at 0.4 trigger F
at 0.6 trigger E
until 14
--- records
    0.000  DEBUG BUCKET_CONDITION new Fired/0 [INIT/MSG] condition of type event created
    0.000  DEBUG CMD_EVENT new E/0 [INIT/MSG] event of type cli created
    0.000  DEBUG CMD_EVENT new F/0 [INIT/MSG] event of type cli created
    0.200  > trigger E
    0.200  DEBUG MAIN event_trigger [START/OK] triggering event E
    0.200  DEBUG EVENT_REGISTRY trigger E/3 [PROC/OK] event is being fired
    0.200  DEBUG EVENT active E/3 [PROC/OK] event fired: condition Fired is pending
    0.200  INFO  MAIN event_trigger [END/OK] event E: condition Fired is pending
    0.400  > trigger F
    0.400  DEBUG MAIN event_trigger [START/OK] triggering event F
    0.400  DEBUG EVENT_REGISTRY trigger F/4 [PROC/OK] event is being fired
    0.400  TRACE EVENT active F/4 [PROC/MSG] event fired: condition Fired was pending already
    0.400  INFO  MAIN event_trigger [END/OK] event F: condition Fired was pending already
    0.600  > trigger E
    0.600  DEBUG MAIN event_trigger [START/OK] triggering event E
    0.600  DEBUG EVENT_REGISTRY trigger E/3 [PROC/OK] event is being fired
    0.600  TRACE EVENT active E/3 [PROC/MSG] event fired: condition Fired was pending already
    0.600  INFO  MAIN event_trigger [END/OK] event E: condition Fired was pending already
    3.000  TRACE CONDITION active Fired/2 [START/MSG] bucket: looking for a pending event
    3.000  DEBUG CONDITION active Fired/2 [END/OK] bucket: an event was pending
    3.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Fired starting task
    8.000  TRACE CONDITION active Fired/2 [START/MSG] bucket: looking for a pending event
   13.000  TRACE CONDITION active Fired/2 [START/MSG] bucket: looking for a pending event

story: An event that comes while the condition runs is kept for the tick after.
start: 2026-03-02T12:00:00Z
show: HIST
--- config
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Fired", type = "bucket", recurring = true, tasks = ["Work"] }]
event = [{ name = "E", type = "cli", condition = "Fired" }]
--- processes
work: exit 0 after 2.5
--- steps
at 0.5 trigger E
at 2 trigger E
until 8
--- records
    0.500  > trigger E
    1.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Fired starting task
    2.000  > trigger E
    3.500  TRACE TASK active Work/1 [HIST/END] OK/trigger:Fired task succeeded
    4.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Fired starting task
    6.500  TRACE TASK active Work/1 [HIST/END] OK/trigger:Fired task succeeded

story: At level info an event wakes a scheduler that has nothing else to do, at the next tick.
start: 2026-03-02T12:00:00Z
level: info
--- config
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Fired", type = "bucket", recurring = true, tasks = ["Work"] }]
event = [{ name = "E", type = "cli", condition = "Fired" }]
--- steps
at 1001 trigger E
until 1100
--- records
 1001.000  > trigger E
 1001.000  INFO  MAIN event_trigger [END/OK] event E: condition Fired is pending
 1005.000  INFO  CONDITION active Fired/2 [START/MSG] running tasks in sequence: Work
 1005.000  INFO  CONDITION active Fired/2 [END/MSG] task Work ended: success

story: Retries of a condition that is not recurring need a new event each time.
start: 2026-03-02T12:00:00Z
show: HIST|retries|dropped
--- config
scheduler_tick_seconds = 1
task = [{ name = "Bad", type = "command", command = "bad", command_arguments = [], startup_path = "/", success_status = 0 }]
condition = [{ name = "Fired", type = "bucket", max_tasks_retries = 1, tasks = ["Bad"] }]
event = [{ name = "E", type = "cli", condition = "Fired" }]
--- processes
bad: exit 1
--- steps
at 0.5 trigger E
at 5.5 trigger E
at 10.5 trigger E
until 15
--- records
    0.500  > trigger E
    1.000  TRACE TASK active Bad/1 [HIST/START] OK/trigger:Fired starting task
    1.000  TRACE TASK active Bad/1 [HIST/END] FAIL/trigger:Fired task failed
    1.000  DEBUG CONDITION active Fired/2 [END/MSG] some tasks failed, retries left: 1
    5.500  > trigger E
    6.000  TRACE TASK active Bad/1 [HIST/START] OK/trigger:Fired starting task
    6.000  TRACE TASK active Bad/1 [HIST/END] FAIL/trigger:Fired task failed
    6.000  DEBUG CONDITION active Fired/2 [END/FAIL] some tasks failed, no retries left: checking stops
    7.000  TRACE CONDITION active Fired/2 [PROC/MSG] check skipped: not recurring and no retries left
    8.000  TRACE CONDITION active Fired/2 [PROC/MSG] check skipped: not recurring and no retries left
    9.000  TRACE CONDITION active Fired/2 [PROC/MSG] check skipped: not recurring and no retries left
   10.000  TRACE CONDITION active Fired/2 [PROC/MSG] check skipped: not recurring and no retries left
   10.500  > trigger E
   10.500  INFO  MAIN event_trigger [END/OK] event E: condition Fired is exhausted, the event is dropped
   11.000  TRACE CONDITION active Fired/2 [PROC/MSG] check skipped: not recurring and no retries left
   12.000  TRACE CONDITION active Fired/2 [PROC/MSG] check skipped: not recurring and no retries left
   13.000  TRACE CONDITION active Fired/2 [PROC/MSG] check skipped: not recurring and no retries left
   14.000  TRACE CONDITION active Fired/2 [PROC/MSG] check skipped: not recurring and no retries left
   15.000  TRACE CONDITION active Fired/2 [PROC/MSG] check skipped: not recurring and no retries left

story: An event for a suspended condition is dropped, so that resuming it later runs nothing.
start: 2026-03-02T12:00:00Z
show: HIST|event_trigger|_condition
--- config
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Fired", type = "bucket", recurring = true, suspended = true, tasks = ["Work"] }]
event = [{ name = "E", type = "cli", condition = "Fired" }]
--- steps
at 1 trigger E
at 3600 resume_condition Fired
at 3610 trigger E
until 3620
--- records
    1.000  > trigger E
    1.000  DEBUG MAIN event_trigger [START/OK] triggering event E
    1.000  INFO  MAIN event_trigger [END/OK] event E: condition Fired is suspended, the event is dropped
 3600.000  > resume_condition Fired
 3600.000  DEBUG MAIN command [PROC/MSG] resume_condition Fired accepted
 3600.000  INFO  MAIN resume_condition [END/OK] condition Fired resumed and reset
 3610.000  > trigger E
 3610.000  DEBUG MAIN event_trigger [START/OK] triggering event E
 3610.000  INFO  MAIN event_trigger [END/OK] event E: condition Fired is pending
 3615.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Fired starting task
 3615.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Fired task succeeded

story: An event that comes while the last run of a condition is on its way does not fire after a reset, long after.
start: 2026-03-02T12:00:00Z
show: HIST|reset
--- config
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Once", type = "bucket", tasks = ["Work"] }]
event = [{ name = "E", type = "cli", condition = "Once" }]
--- processes
work: exit 0 after 2
--- steps
at 0.5 trigger E
at 2 trigger E
at 3600 reset_conditions Once
until 3605
--- records
    0.500  > trigger E
    1.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Once starting task
    2.000  > trigger E
    3.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Once task succeeded
 3600.000  > reset_conditions Once
 3600.000  DEBUG MAIN command [PROC/MSG] resetting conditions: Once
 3600.000  TRACE MAIN reset_conditions [START/OK] resetting condition Once
 3600.000  INFO  MAIN reset_conditions [END/OK] condition Once reset
