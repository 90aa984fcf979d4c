The worked examples of scheduling, with a tick of 5 s.

story: interval 12, recurring, loaded at :02: runs at :15, :30, :40, :50, :05 (the phase of 12 seconds is kept).
start: 2026-03-02T12:00:02Z
clock: wall
show: HIST/START
--- config
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Often", type = "interval", interval_seconds = 12, recurring = true, tasks = ["Work"] }]
--- steps
until 64
--- records
2. 12:00:15.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
2. 12:00:30.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
2. 12:00:40.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
2. 12:00:50.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
2. 12:01:05.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task

story: interval 12, not recurring, 1 retry, task always fails: two runs, then given up.
start: 2026-03-02T12:00:02Z
clock: wall
show: HIST|retries
--- config
task = [{ name = "Bad", type = "command", command = "bad", command_arguments = [], startup_path = "/", success_status = 0 }]
condition = [{ name = "Tries", type = "interval", interval_seconds = 12, max_tasks_retries = 1, tasks = ["Bad"] }]
--- processes
bad: exit 1
--- steps
until 44
--- records
2. 12:00:15.000  TRACE TASK active Bad/1 [HIST/START] OK/trigger:Tries starting task
2. 12:00:15.000  TRACE TASK active Bad/1 [HIST/END] FAIL/trigger:Tries task failed
2. 12:00:15.000  DEBUG CONDITION active Tries/2 [END/MSG] some tasks failed, retries left: 1
2. 12:00:30.000  TRACE TASK active Bad/1 [HIST/START] OK/trigger:Tries starting task
2. 12:00:30.000  TRACE TASK active Bad/1 [HIST/END] FAIL/trigger:Tries task failed
2. 12:00:30.000  DEBUG CONDITION active Tries/2 [END/FAIL] some tasks failed, no retries left: checking stops
2. 12:00:35.000  TRACE CONDITION active Tries/2 [PROC/MSG] check skipped: not recurring and no retries left
2. 12:00:40.000  TRACE CONDITION active Tries/2 [PROC/MSG] check skipped: not recurring and no retries left
2. 12:00:45.000  TRACE CONDITION active Tries/2 [PROC/MSG] check skipped: not recurring and no retries left

story: the same, task succeeds at run 2: skipped as finished from then on.
start: 2026-03-02T12:00:02Z
clock: wall
show: HIST|retries|finished
--- config
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/", success_status = 0 }]
condition = [{ name = "Tries", type = "interval", interval_seconds = 12, max_tasks_retries = 1, tasks = ["Work"] }]
--- processes
work: exit 1 | exit 0
--- steps
until 44
--- records
2. 12:00:15.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Tries starting task
2. 12:00:15.000  TRACE TASK active Work/1 [HIST/END] FAIL/trigger:Tries task failed
2. 12:00:15.000  DEBUG CONDITION active Tries/2 [END/MSG] some tasks failed, retries left: 1
2. 12:00:30.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Tries starting task
2. 12:00:30.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Tries task succeeded
2. 12:00:35.000  TRACE CONDITION active Tries/2 [PROC/MSG] check skipped: not recurring and finished
2. 12:00:40.000  TRACE CONDITION active Tries/2 [PROC/MSG] check skipped: not recurring and finished
2. 12:00:45.000  TRACE CONDITION active Tries/2 [PROC/MSG] check skipped: not recurring and finished

story: interval 12, not recurring, task without outcome: one run, finished.
start: 2026-03-02T12:00:02Z
clock: wall
show: HIST|finished
--- config
task = [{ name = "None", type = "lua", script = "x = 1" }]
condition = [{ name = "Once", type = "interval", interval_seconds = 12, tasks = ["None"] }]
--- lua
None: none
--- steps
until 34
--- records
2. 12:00:15.000  TRACE TASK active None/1 [HIST/START] OK/trigger:Once starting task
2. 12:00:15.000  TRACE TASK active None/1 [HIST/END] IND/trigger:Once no outcome
2. 12:00:20.000  TRACE CONDITION active Once/2 [PROC/MSG] check skipped: not recurring and finished
2. 12:00:25.000  TRACE CONDITION active Once/2 [PROC/MSG] check skipped: not recurring and finished
2. 12:00:30.000  TRACE CONDITION active Once/2 [PROC/MSG] check skipped: not recurring and finished
2. 12:00:35.000  TRACE CONDITION active Once/2 [PROC/MSG] check skipped: not recurring and finished

story: time {hour=12}, tick at 12:00:00: runs once, not at 12:00:05.
start: 2026-03-02T11:59:52Z
clock: wall
show: HIST/START|check ended
--- config
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Noon", type = "time", recurring = true, time_specifications = [{ hour = 12 }], tasks = ["Work"] }]
--- steps
until 19
--- records
2. 11:59:55.000  TRACE CONDITION active Noon/2 [END/OK] check ended negative
2. 12:00:00.000  DEBUG CONDITION active Noon/2 [END/OK] check ended positive
2. 12:00:00.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Noon starting task
2. 12:00:05.000  TRACE CONDITION active Noon/2 [END/OK] check ended negative
2. 12:00:10.000  TRACE CONDITION active Noon/2 [END/OK] check ended negative

story: time [{hour=12, weekday="mon"}, {hour=12, weekday="wed"}] on a Wednesday: runs.
start: 2026-03-04T11:59:52Z
clock: wall
show: HIST/START|check ended
--- config
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Noon", type = "time", recurring = true, time_specifications = [{ hour = 12, weekday = "mon" }, { hour = 12, weekday = "wed" }], tasks = ["Work"] }]
--- steps
until 19
--- records
4. 11:59:55.000  TRACE CONDITION active Noon/2 [END/OK] check ended negative
4. 12:00:00.000  DEBUG CONDITION active Noon/2 [END/OK] check ended positive
4. 12:00:00.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Noon starting task
4. 12:00:05.000  TRACE CONDITION active Noon/2 [END/OK] check ended negative
4. 12:00:10.000  TRACE CONDITION active Noon/2 [END/OK] check ended negative

story: time [{day=31, hour=8}, {hour=9}] in June: runs at 9.
start: 2026-06-10T08:59:52Z
clock: wall
show: HIST/START|check ended
--- config
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Nine", type = "time", recurring = true, time_specifications = [{ day = 31, hour = 8 }, { hour = 9 }], tasks = ["Work"] }]
--- steps
until 19
--- records
10. 08:59:55.000  TRACE CONDITION active Nine/2 [END/OK] check ended negative
10. 09:00:00.000  DEBUG CONDITION active Nine/2 [END/OK] check ended positive
10. 09:00:00.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Nine starting task
10. 09:00:05.000  TRACE CONDITION active Nine/2 [END/OK] check ended negative
10. 09:00:10.000  TRACE CONDITION active Nine/2 [END/OK] check ended negative

story: bucket, three triggers within one tick: one run.
start: 2026-03-02T12:00:02Z
clock: wall
show: HIST/START
--- config
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Fired", type = "bucket", recurring = true, tasks = ["Work"] }]
event = [{ name = "E", type = "cli", condition = "Fired" }]
--- steps
at 3.1 trigger E
at 3.2 trigger E
at 3.3 trigger E
until 20
--- records
2. 12:00:05.100  > trigger E
2. 12:00:05.200  > trigger E
2. 12:00:05.300  > trigger E
2. 12:00:10.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Fired starting task

story: bucket, suspended, one trigger, resumed an hour later: no run, the event was long ago.
start: 2026-03-02T12:00:02Z
clock: wall
show: HIST/START|dropped
--- config
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Fired", type = "bucket", recurring = true, suspended = true, tasks = ["Work"] }]
event = [{ name = "E", type = "cli", condition = "Fired" }]
--- steps
at 3 trigger E
at 3603 resume_condition Fired
until 3620
--- records
2. 12:00:05.000  > trigger E
2. 12:00:05.000  INFO  MAIN event_trigger [END/OK] event E: condition Fired is suspended, the event is dropped
2. 13:00:05.000  > resume_condition Fired

story: command, recurring, recur_after_failed_check, tests + + - + +: runs at 1 and 4 only.
start: 2026-03-02T12:00:02Z
clock: wall
show: HIST/START|does not count|ended negative
--- config
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Asked", type = "command", command = "ask", command_arguments = [], startup_path = "/", success_status = 0, recur_after_failed_check = true, recurring = true, tasks = ["Work"] }]
--- processes
ask: exit 0 | exit 0 | exit 1 | exit 0 | exit 0
--- steps
until 24
--- records
2. 12:00:05.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Asked starting task
2. 12:00:10.000  DEBUG CONDITION active Asked/2 [END/MSG] command: positive, but does not count until a test has failed
2. 12:00:10.000  DEBUG CONDITION active Asked/2 [END/OK] check ended negative
2. 12:00:15.000  DEBUG CONDITION active Asked/2 [END/OK] check ended negative
2. 12:00:20.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Asked starting task
2. 12:00:25.000  DEBUG CONDITION active Asked/2 [END/MSG] command: positive, but does not count until a test has failed
2. 12:00:25.000  DEBUG CONDITION active Asked/2 [END/OK] check ended negative

story: sequence A fails, B, C; break_on_failure: A only; tasks failed.
start: 2026-03-02T12:00:02Z
clock: wall
show: HIST|retries
--- config
task = [
  { name = "A", type = "command", command = "a", command_arguments = [], startup_path = "/", success_status = 0 },
  { name = "B", type = "command", command = "b", command_arguments = [], startup_path = "/" },
  { name = "C", type = "command", command = "c", command_arguments = [], startup_path = "/" },
]
condition = [{ name = "Once", type = "interval", interval_seconds = 0, break_on_failure = true, tasks = ["A", "B", "C"] }]
--- processes
a: exit 1
--- steps
until 9
--- records
2. 12:00:05.000  TRACE TASK active A/1 [HIST/START] OK/trigger:Once starting task
2. 12:00:05.000  TRACE TASK active A/1 [HIST/END] FAIL/trigger:Once task failed
2. 12:00:05.000  DEBUG CONDITION active Once/4 [END/FAIL] some tasks failed, no retries left: checking stops
2. 12:00:10.000  TRACE CONDITION active Once/4 [PROC/MSG] check skipped: not recurring and no retries left

story: sequence A succeeds, B, C; break_on_success: A only; no failure, condition finished.
start: 2026-03-02T12:00:02Z
clock: wall
show: HIST|finished
--- config
task = [
  { name = "A", type = "command", command = "a", command_arguments = [], startup_path = "/", success_status = 0 },
  { name = "B", type = "command", command = "b", command_arguments = [], startup_path = "/" },
  { name = "C", type = "command", command = "c", command_arguments = [], startup_path = "/" },
]
condition = [{ name = "Once", type = "interval", interval_seconds = 0, break_on_success = true, tasks = ["A", "B", "C"] }]
--- steps
until 9
--- records
2. 12:00:05.000  TRACE TASK active A/1 [HIST/START] OK/trigger:Once starting task
2. 12:00:05.000  TRACE TASK active A/1 [HIST/END] OK/trigger:Once task succeeded
2. 12:00:10.000  TRACE CONDITION active Once/4 [PROC/MSG] check skipped: not recurring and finished

story: reset_conditions X while X runs its tasks: queued, done after them; a non-recurring X is checked anew.
start: 2026-03-02T12:00:02Z
clock: wall
show: HIST|reset|finished
--- config
task = [{ name = "Slow", type = "command", command = "slow", command_arguments = [], startup_path = "/" }]
condition = [{ name = "X", type = "interval", interval_seconds = 0, tasks = ["Slow"] }]
--- processes
slow: exit 0 after 2
--- steps
at 4 reset_conditions X
until 14
--- records
2. 12:00:05.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:X starting task
2. 12:00:06.000  > reset_conditions X
2. 12:00:06.000  DEBUG MAIN command [PROC/MSG] resetting conditions: X
2. 12:00:06.000  TRACE MAIN reset_conditions [START/OK] resetting condition X
2. 12:00:06.000  INFO  MAIN reset_conditions [PROC/OK] condition X is busy: its reset is queued
2. 12:00:07.000  TRACE TASK active Slow/1 [HIST/END] OK/trigger:X task succeeded
2. 12:00:07.000  INFO  CONDITION_REGISTRY reset_conditions [PROC/OK] queued reset of condition X done
2. 12:00:10.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:X starting task
2. 12:00:12.000  TRACE TASK active Slow/1 [HIST/END] OK/trigger:X task succeeded
2. 12:00:15.000  TRACE CONDITION active X/2 [PROC/MSG] check skipped: not recurring and finished

story: pause, event, resume: the event's condition runs at the next tick.
start: 2026-03-02T12:00:02Z
clock: wall
show: HIST/START|PAUSE
--- config
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Fired", type = "bucket", recurring = true, tasks = ["Work"] }]
event = [{ name = "E", type = "cli", condition = "Fired" }]
--- steps
at 3.5 pause
at 10 trigger E
at 20 resume
until 30
--- records
2. 12:00:05.500  > pause
2. 12:00:05.500  TRACE MAIN command [PAUSE/YES] scheduler is paused
2. 12:00:12.000  > trigger E
2. 12:00:22.000  > resume
2. 12:00:22.000  TRACE MAIN command [PAUSE/NO] scheduler is not paused
2. 12:00:25.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Fired starting task
