One check of one condition.

story: Without tasks, suspended, finished and given-up conditions are skipped; the others are checked.
start: 2026-03-02T12:00:00Z
--- config
scheduler_tick_seconds = 1
task = [
  { name = "Good", type = "command", command = "good", command_arguments = [], startup_path = "/" },
  { name = "Bad", type = "command", command = "bad", command_arguments = [], startup_path = "/", failure_status = 1 },
]
condition = [
  { name = "NoTasks", type = "interval", interval_seconds = 0, recurring = true },
  { name = "Suspended", type = "interval", interval_seconds = 0, recurring = true, suspended = true, tasks = ["Good"] },
  { name = "Finishes", type = "interval", interval_seconds = 0, tasks = ["Good"] },
  { name = "GivesUp", type = "interval", interval_seconds = 0, tasks = ["Bad"] },
  { name = "GoesOn", type = "interval", interval_seconds = 0, recurring = true, tasks = ["Good"] },
]
--- processes
bad: exit 1
--- steps
until 2
--- records
    0.000  DEBUG COMMAND_TASK new Good/0 [INIT/MSG] task of type command created
    0.000  DEBUG COMMAND_TASK new Bad/0 [INIT/MSG] task of type command created
    0.000  DEBUG INTERVAL_CONDITION new NoTasks/0 [INIT/MSG] condition of type interval created
    0.000  DEBUG INTERVAL_CONDITION new Suspended/0 [INIT/MSG] condition of type interval created
    0.000  TRACE CONDITION active Suspended/0 [PROC/MSG] looking for task Good
    0.000  DEBUG CONDITION active Suspended/0 [PROC/OK] task Good added
    0.000  DEBUG INTERVAL_CONDITION new Finishes/0 [INIT/MSG] condition of type interval created
    0.000  TRACE CONDITION active Finishes/0 [PROC/MSG] looking for task Good
    0.000  DEBUG CONDITION active Finishes/0 [PROC/OK] task Good added
    0.000  DEBUG INTERVAL_CONDITION new GivesUp/0 [INIT/MSG] condition of type interval created
    0.000  TRACE CONDITION active GivesUp/0 [PROC/MSG] looking for task Bad
    0.000  DEBUG CONDITION active GivesUp/0 [PROC/OK] task Bad added
    0.000  DEBUG INTERVAL_CONDITION new GoesOn/0 [INIT/MSG] condition of type interval created
    0.000  TRACE CONDITION active GoesOn/0 [PROC/MSG] looking for task Good
    0.000  DEBUG CONDITION active GoesOn/0 [PROC/OK] task Good added
    1.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    1.000  TRACE CONDITION_REGISTRY tick NoTasks/3 [START/MSG] condition taken for checking
    1.000  TRACE CONDITION active NoTasks/3 [PROC/MSG] check skipped: no tasks are listed
    1.000  TRACE MAIN scheduler_tick [PROC/MSG] condition NoTasks: tasks not executed
    1.000  TRACE CONDITION_REGISTRY tick Suspended/4 [START/MSG] condition taken for checking
    1.000  TRACE CONDITION active Suspended/4 [PROC/MSG] check skipped: suspended
    1.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Suspended: tasks not executed
    1.000  TRACE CONDITION_REGISTRY tick Finishes/5 [START/MSG] condition taken for checking
    1.000  TRACE CONDITION active Finishes/5 [PROC/OK] check begins
    1.000  DEBUG CONDITION active Finishes/5 [PROC/MSG] interval: passed
    1.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
    1.000  TRACE CONDITION_REGISTRY tick GivesUp/6 [START/MSG] condition taken for checking
    1.000  TRACE CONDITION active GivesUp/6 [PROC/OK] check begins
    1.000  DEBUG CONDITION active GivesUp/6 [PROC/MSG] interval: passed
    1.000  TRACE CONDITION_REGISTRY tick GoesOn/7 [START/MSG] condition taken for checking
    1.000  TRACE CONDITION active GoesOn/7 [PROC/OK] check begins
    1.000  DEBUG CONDITION active GoesOn/7 [PROC/MSG] interval: passed
    1.000  DEBUG CONDITION active Finishes/5 [END/OK] check ended positive
    1.000  INFO  CONDITION active Finishes/5 [START/MSG] running tasks in sequence: Good
    1.000  DEBUG CONDITION active GivesUp/6 [END/OK] check ended positive
    1.000  INFO  CONDITION active GivesUp/6 [START/MSG] running tasks in sequence: Bad
    1.000  DEBUG CONDITION active GoesOn/7 [END/OK] check ended positive
    1.000  INFO  CONDITION active GoesOn/7 [START/MSG] running tasks in sequence: Good
    1.000  TRACE TASK active Good/1 [HIST/START] OK/trigger:Finishes starting task
    1.000  TRACE TASK active Bad/2 [HIST/START] OK/trigger:GivesUp starting task
    1.000  DEBUG TASK active Good/1 [START/MSG] (trigger: Finishes) running: good
    1.000  DEBUG TASK active Bad/2 [START/MSG] (trigger: GivesUp) running: bad
    1.000  DEBUG TASK active Good/1 [PROC/OK] (trigger: Finishes) exit code 0, no status criterion
    1.000  DEBUG TASK active Good/1 [END/OK] (trigger: Finishes) succeeded in 0.00 s: exit code 0, no status criterion
    1.000  DEBUG TASK active Bad/2 [PROC/OK] (trigger: GivesUp) exit code 1 is the failure status
    1.000  DEBUG TASK active Bad/2 [END/OK] (trigger: GivesUp) failed in 0.00 s: exit code 1 is the failure status
    1.000  TRACE TASK active Good/1 [HIST/END] OK/trigger:Finishes task succeeded
    1.000  TRACE TASK active Bad/2 [HIST/END] FAIL/trigger:GivesUp task failed
    1.000  TRACE TASK_REGISTRY run_seq Good/1 [END/MSG] (trigger: Finishes) task ended: success
    1.000  TRACE TASK_REGISTRY run_seq [END/MSG] (trigger: Finishes) sequence ended: 1 of 1 tasks executed
    1.000  TRACE TASK active Good/1 [HIST/START] OK/trigger:GoesOn starting task
    1.000  TRACE TASK_REGISTRY run_seq Bad/2 [END/MSG] (trigger: GivesUp) task ended: failure
    1.000  TRACE TASK_REGISTRY run_seq [END/MSG] (trigger: GivesUp) sequence ended: 1 of 1 tasks executed
    1.000  INFO  CONDITION active Finishes/5 [END/MSG] task Good ended: success
    1.000  DEBUG CONDITION active Finishes/5 [END/OK] all tasks have ended (1 of 1 executed)
    1.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Finishes: tasks executed
    1.000  DEBUG TASK active Good/1 [START/MSG] (trigger: GoesOn) running: good
    1.000  INFO  CONDITION active GivesUp/6 [END/MSG] task Bad ended: failure
    1.000  DEBUG CONDITION active GivesUp/6 [END/OK] all tasks have ended (1 of 1 executed)
    1.000  DEBUG CONDITION active GivesUp/6 [END/FAIL] some tasks failed, no retries left: checking stops
    1.000  TRACE MAIN scheduler_tick [PROC/MSG] condition GivesUp: tasks executed without success
    1.000  WARN  CONDITION active GivesUp/6 [END/FAIL] task Bad failed: exit code 1 is the failure status
    1.000  DEBUG TASK active Good/1 [PROC/OK] (trigger: GoesOn) exit code 0, no status criterion
    1.000  DEBUG TASK active Good/1 [END/OK] (trigger: GoesOn) succeeded in 0.00 s: exit code 0, no status criterion
    1.000  TRACE TASK active Good/1 [HIST/END] OK/trigger:GoesOn task succeeded
    1.000  TRACE TASK_REGISTRY run_seq Good/1 [END/MSG] (trigger: GoesOn) task ended: success
    1.000  TRACE TASK_REGISTRY run_seq [END/MSG] (trigger: GoesOn) sequence ended: 1 of 1 tasks executed
    1.000  INFO  CONDITION active GoesOn/7 [END/MSG] task Good ended: success
    1.000  DEBUG CONDITION active GoesOn/7 [END/OK] all tasks have ended (1 of 1 executed)
    1.000  TRACE MAIN scheduler_tick [PROC/MSG] condition GoesOn: tasks executed
    1.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    2.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    2.000  TRACE CONDITION_REGISTRY tick NoTasks/3 [START/MSG] condition taken for checking
    2.000  TRACE CONDITION active NoTasks/3 [PROC/MSG] check skipped: no tasks are listed
    2.000  TRACE MAIN scheduler_tick [PROC/MSG] condition NoTasks: tasks not executed
    2.000  TRACE CONDITION_REGISTRY tick Suspended/4 [START/MSG] condition taken for checking
    2.000  TRACE CONDITION active Suspended/4 [PROC/MSG] check skipped: suspended
    2.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Suspended: tasks not executed
    2.000  TRACE CONDITION_REGISTRY tick Finishes/5 [START/MSG] condition taken for checking
    2.000  TRACE CONDITION active Finishes/5 [PROC/MSG] check skipped: not recurring and finished
    2.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Finishes: tasks not executed
    2.000  TRACE CONDITION_REGISTRY tick GivesUp/6 [START/MSG] condition taken for checking
    2.000  TRACE CONDITION active GivesUp/6 [PROC/MSG] check skipped: not recurring and no retries left
    2.000  TRACE MAIN scheduler_tick [PROC/MSG] condition GivesUp: tasks not executed
    2.000  TRACE CONDITION_REGISTRY tick GoesOn/7 [START/MSG] condition taken for checking
    2.000  TRACE CONDITION active GoesOn/7 [PROC/OK] check begins
    2.000  DEBUG CONDITION active GoesOn/7 [PROC/MSG] interval: passed
    2.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
    2.000  DEBUG CONDITION active GoesOn/7 [END/OK] check ended positive
    2.000  INFO  CONDITION active GoesOn/7 [START/MSG] running tasks in sequence: Good
    2.000  TRACE TASK active Good/1 [HIST/START] OK/trigger:GoesOn starting task
    2.000  DEBUG TASK active Good/1 [START/MSG] (trigger: GoesOn) running: good
    2.000  DEBUG TASK active Good/1 [PROC/OK] (trigger: GoesOn) exit code 0, no status criterion
    2.000  DEBUG TASK active Good/1 [END/OK] (trigger: GoesOn) succeeded in 0.00 s: exit code 0, no status criterion
    2.000  TRACE TASK active Good/1 [HIST/END] OK/trigger:GoesOn task succeeded
    2.000  TRACE TASK_REGISTRY run_seq Good/1 [END/MSG] (trigger: GoesOn) task ended: success
    2.000  TRACE TASK_REGISTRY run_seq [END/MSG] (trigger: GoesOn) sequence ended: 1 of 1 tasks executed
    2.000  INFO  CONDITION active GoesOn/7 [END/MSG] task Good ended: success
    2.000  DEBUG CONDITION active GoesOn/7 [END/OK] all tasks have ended (1 of 1 executed)
    2.000  TRACE MAIN scheduler_tick [PROC/MSG] condition GoesOn: tasks executed
    2.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy

story: A negative check is a normal one: the tasks are not run.
start: 2026-03-02T12:00:00Z
show: Asked
--- config
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Asked", type = "command", command = "ask", command_arguments = [], startup_path = "/", success_status = 0, tasks = ["Work"] }]
--- processes
ask: exit 1
--- steps
until 1
--- records
    0.000  DEBUG COMMAND_CONDITION new Asked/0 [INIT/MSG] condition of type command created
    0.000  TRACE CONDITION active Asked/0 [PROC/MSG] looking for task Work
    0.000  DEBUG CONDITION active Asked/0 [PROC/OK] task Work added
    1.000  TRACE CONDITION_REGISTRY tick Asked/2 [START/MSG] condition taken for checking
    1.000  TRACE CONDITION active Asked/2 [PROC/OK] check begins
    1.000  DEBUG CONDITION active Asked/2 [START/MSG] command: test begins
    1.000  DEBUG CONDITION active Asked/2 [START/MSG] running: ask
    1.000  DEBUG CONDITION active Asked/2 [PROC/OK] exit code 1 is not the success status 0
    1.000  DEBUG CONDITION active Asked/2 [END/FAIL] failed in 0.00 s: exit code 1 is not the success status 0
    1.000  DEBUG CONDITION active Asked/2 [END/OK] check ended negative
    1.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Asked: tasks not executed

story: Check and tasks are one busy period; queued operations come after the tasks, before the condition is free.
start: 2026-03-02T12:00:00Z
show: Asked|BUSY|reset|suspend
--- config
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Asked", type = "command", command = "ask", command_arguments = [], startup_path = "/", recurring = true, tasks = ["Work"] }]
--- processes
ask: exit 0 after 0.25
work: exit 0 after 0.5
--- steps
at 1.1 suspend_condition Asked
at 1.3 reset_conditions Asked
until 3
--- records
    0.000  DEBUG COMMAND_CONDITION new Asked/0 [INIT/MSG] condition of type command created
    0.000  TRACE CONDITION active Asked/0 [PROC/MSG] looking for task Work
    0.000  DEBUG CONDITION active Asked/0 [PROC/OK] task Work added
    1.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    1.000  TRACE CONDITION_REGISTRY tick Asked/2 [START/MSG] condition taken for checking
    1.000  TRACE CONDITION active Asked/2 [PROC/OK] check begins
    1.000  DEBUG CONDITION active Asked/2 [START/MSG] command: test begins
    1.000  DEBUG CONDITION active Asked/2 [START/MSG] running: ask
    1.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
    1.100  > suspend_condition Asked
    1.100  DEBUG MAIN command [PROC/MSG] suspend_condition Asked accepted
    1.100  DEBUG MAIN condition_state [START/OK] condition Asked: suspend
    1.100  INFO  MAIN suspend_condition [PROC/OK] condition Asked is busy: its suspension is queued
    1.250  DEBUG CONDITION active Asked/2 [PROC/OK] exit code 0, no status criterion
    1.250  DEBUG CONDITION active Asked/2 [END/OK] succeeded in 0.25 s: exit code 0, no status criterion
    1.250  DEBUG CONDITION active Asked/2 [END/OK] check ended positive
    1.250  INFO  CONDITION active Asked/2 [START/MSG] running tasks in sequence: Work
    1.250  TRACE TASK active Work/1 [HIST/START] OK/trigger:Asked starting task
    1.250  DEBUG TASK active Work/1 [START/MSG] (trigger: Asked) running: work
    1.300  > reset_conditions Asked
    1.300  DEBUG MAIN command [PROC/MSG] resetting conditions: Asked
    1.300  TRACE MAIN reset_conditions [START/OK] resetting condition Asked
    1.300  INFO  MAIN reset_conditions [PROC/OK] condition Asked is busy: its reset is queued
    1.750  DEBUG TASK active Work/1 [PROC/OK] (trigger: Asked) exit code 0, no status criterion
    1.750  DEBUG TASK active Work/1 [END/OK] (trigger: Asked) succeeded in 0.50 s: exit code 0, no status criterion
    1.750  TRACE TASK active Work/1 [HIST/END] OK/trigger:Asked task succeeded
    1.750  TRACE TASK_REGISTRY run_seq Work/1 [END/MSG] (trigger: Asked) task ended: success
    1.750  TRACE TASK_REGISTRY run_seq [END/MSG] (trigger: Asked) sequence ended: 1 of 1 tasks executed
    1.750  INFO  CONDITION active Asked/2 [END/MSG] task Work ended: success
    1.750  DEBUG CONDITION active Asked/2 [END/OK] all tasks have ended (1 of 1 executed)
    1.750  TRACE MAIN scheduler_tick [PROC/MSG] condition Asked: tasks executed
    1.750  INFO  CONDITION_REGISTRY suspend_condition [PROC/OK] queued suspension of condition Asked done
    1.750  INFO  CONDITION_REGISTRY reset_conditions [PROC/OK] queued reset of condition Asked done
    1.750  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    2.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    2.000  TRACE CONDITION_REGISTRY tick Asked/2 [START/MSG] condition taken for checking
    2.000  TRACE CONDITION active Asked/2 [PROC/MSG] check skipped: suspended
    2.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Asked: tasks not executed
    3.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    3.000  TRACE CONDITION_REGISTRY tick Asked/2 [START/MSG] condition taken for checking
    3.000  TRACE CONDITION active Asked/2 [PROC/MSG] check skipped: suspended
    3.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Asked: tasks not executed

story: An event for a condition that is finished is dropped: it does not fire after a reset, long after.
start: 2026-03-02T12:00:00Z
show: HIST/START|event|bucket|>
--- config
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Once", type = "bucket", tasks = ["Work"] }]
event = [{ name = "E", type = "cli", condition = "Once" }]
--- steps
at 0.5 trigger E
at 2.5 trigger E
at 4.5 reset_conditions Once
until 6
--- records
    0.000  DEBUG BUCKET_CONDITION new Once/0 [INIT/MSG] condition of type bucket created
    0.000  DEBUG CMD_EVENT new E/0 [INIT/MSG] event of type cli created
    0.500  > trigger E
    0.500  DEBUG MAIN event_trigger [START/OK] triggering event E
    0.500  DEBUG EVENT_REGISTRY trigger E/3 [PROC/OK] event is being fired
    0.500  DEBUG EVENT active E/3 [PROC/OK] event fired: condition Once is pending
    0.500  INFO  MAIN event_trigger [END/OK] event E: condition Once is pending
    1.000  TRACE CONDITION active Once/2 [START/MSG] bucket: looking for a pending event
    1.000  DEBUG CONDITION active Once/2 [END/OK] bucket: an event was pending
    1.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Once starting task
    2.500  > trigger E
    2.500  DEBUG MAIN event_trigger [START/OK] triggering event E
    2.500  INFO  MAIN event_trigger [END/OK] event E: condition Once is finished, the event is dropped
    4.500  > reset_conditions Once
    5.000  TRACE CONDITION active Once/2 [START/MSG] bucket: looking for a pending event
    6.000  TRACE CONDITION active Once/2 [START/MSG] bucket: looking for a pending event

story: A Lua condition without expected results has no outcome: a warning, and its tasks are not run.
start: 2026-03-02T12:00:00Z
show: Asked
--- config
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Asked", type = "lua", script = "x = 1", tasks = ["Work"] }]
--- lua
Asked: none
--- steps
until 1
--- records
    0.000  DEBUG LUA_CONDITION new Asked/0 [INIT/MSG] condition of type lua created
    0.000  TRACE CONDITION active Asked/0 [PROC/MSG] looking for task Work
    0.000  DEBUG CONDITION active Asked/0 [PROC/OK] task Work added
    1.000  TRACE CONDITION_REGISTRY tick Asked/2 [START/MSG] condition taken for checking
    1.000  TRACE CONDITION active Asked/2 [PROC/OK] check begins
    1.000  DEBUG CONDITION active Asked/2 [START/MSG] lua: test begins
    1.000  TRACE CONDITION active Asked/2 [START/MSG] running the script
    1.000  DEBUG CONDITION active Asked/2 [END/FAIL] no outcome after 0.00 s: nothing was expected
    1.000  WARN  CONDITION active Asked/2 [END/FAIL] check ended without outcome
    1.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Asked: tasks not executed
