What a condition remembers, and what a reset makes of it.

story: After a reset a condition is as at start: an interval begins anew, so half of one that had passed does not count.
start: 2026-03-02T12:00:00Z
show: HIST/START|reset
--- config
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Often", type = "interval", interval_seconds = 10, recurring = true, tasks = ["Work"] }]
--- steps
at 15.5 reset_conditions Often
until 40
--- records
   10.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
   15.500  > reset_conditions Often
   15.500  DEBUG MAIN command [PROC/MSG] resetting conditions: Often
   15.500  TRACE MAIN reset_conditions [START/OK] resetting condition Often
   15.500  INFO  MAIN reset_conditions [END/OK] condition Often reset
   26.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
   36.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task

story: Time spent suspended is not counted: an interval begins anew when its condition is resumed.
start: 2026-03-02T12:00:00Z
show: HIST/START|suspend_|resume_
--- config
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Often", type = "interval", interval_seconds = 10, recurring = true, suspended = true, tasks = ["Work"] }]
--- steps
at 100.5 resume_condition Often
until 125
--- records
  100.500  > resume_condition Often
  100.500  DEBUG MAIN command [PROC/MSG] resume_condition Often accepted
  100.500  INFO  MAIN resume_condition [END/OK] condition Often resumed and reset
  111.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
  121.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task

story: A reset gives back the retries, and lets a finished condition be checked again.
start: 2026-03-02T12:00:00Z
show: HIST|retries|finished|reset
--- config
scheduler_tick_seconds = 1
task = [
  { name = "Bad", type = "command", command = "bad", command_arguments = [], startup_path = "/", success_status = 0 },
  { name = "Good", type = "command", command = "good", command_arguments = [], startup_path = "/" },
]
condition = [
  { name = "Fails", type = "interval", interval_seconds = 0, max_tasks_retries = 1, tasks = ["Bad"] },
  { name = "Works", type = "interval", interval_seconds = 0, tasks = ["Good"] },
]
--- processes
bad: exit 1
--- steps
at 3.5 reset_conditions
until 6
--- records
    1.000  TRACE TASK active Bad/1 [HIST/START] OK/trigger:Fails starting task
    1.000  TRACE TASK active Good/2 [HIST/START] OK/trigger:Works starting task
    1.000  TRACE TASK active Bad/1 [HIST/END] FAIL/trigger:Fails task failed
    1.000  TRACE TASK active Good/2 [HIST/END] OK/trigger:Works task succeeded
    1.000  DEBUG CONDITION active Fails/3 [END/MSG] some tasks failed, retries left: 1
    2.000  TRACE CONDITION active Works/4 [PROC/MSG] check skipped: not recurring and finished
    2.000  TRACE TASK active Bad/1 [HIST/START] OK/trigger:Fails starting task
    2.000  TRACE TASK active Bad/1 [HIST/END] FAIL/trigger:Fails task failed
    2.000  DEBUG CONDITION active Fails/3 [END/FAIL] some tasks failed, no retries left: checking stops
    3.000  TRACE CONDITION active Fails/3 [PROC/MSG] check skipped: not recurring and no retries left
    3.000  TRACE CONDITION active Works/4 [PROC/MSG] check skipped: not recurring and finished
    3.500  > reset_conditions
    3.500  TRACE MAIN command [PROC/MSG] resetting all conditions
    3.500  TRACE MAIN reset_conditions [START/OK] resetting condition Fails
    3.500  INFO  MAIN reset_conditions [END/OK] condition Fails reset
    3.500  TRACE MAIN reset_conditions [START/OK] resetting condition Works
    3.500  INFO  MAIN reset_conditions [END/OK] condition Works reset
    4.000  TRACE TASK active Bad/1 [HIST/START] OK/trigger:Fails starting task
    4.000  TRACE TASK active Good/2 [HIST/START] OK/trigger:Works starting task
    4.000  TRACE TASK active Bad/1 [HIST/END] FAIL/trigger:Fails task failed
    4.000  TRACE TASK active Good/2 [HIST/END] OK/trigger:Works task succeeded
    4.000  DEBUG CONDITION active Fails/3 [END/MSG] some tasks failed, retries left: 1
    5.000  TRACE CONDITION active Works/4 [PROC/MSG] check skipped: not recurring and finished
    5.000  TRACE TASK active Bad/1 [HIST/START] OK/trigger:Fails starting task
    5.000  TRACE TASK active Bad/1 [HIST/END] FAIL/trigger:Fails task failed
    5.000  DEBUG CONDITION active Fails/3 [END/FAIL] some tasks failed, no retries left: checking stops
    6.000  TRACE CONDITION active Fails/3 [PROC/MSG] check skipped: not recurring and no retries left
    6.000  TRACE CONDITION active Works/4 [PROC/MSG] check skipped: not recurring and finished

story: A reset does not un-suspend.
start: 2026-03-02T12:00:00Z
show: HIST|suspended|reset
--- config
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Sleeps", type = "interval", interval_seconds = 0, suspended = true, tasks = ["Work"] }]
--- steps
at 1.5 reset_conditions Sleeps
until 2
--- records
    1.000  TRACE CONDITION active Sleeps/2 [PROC/MSG] check skipped: suspended
    1.500  > reset_conditions Sleeps
    1.500  DEBUG MAIN command [PROC/MSG] resetting conditions: Sleeps
    1.500  TRACE MAIN reset_conditions [START/OK] resetting condition Sleeps
    1.500  INFO  MAIN reset_conditions [END/OK] condition Sleeps reset
    2.000  TRACE CONDITION active Sleeps/2 [PROC/MSG] check skipped: suspended

story: A reset makes check_after and the persistent-success filter as at start.
start: 2026-03-02T12:00:00Z
show: HIST/START|command: |reset
--- config
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
[[condition]]
name = "Asked"
type = "command"
command = "ask"
command_arguments = []
startup_path = "/"
check_after = 3
recur_after_failed_check = true
recurring = true
tasks = ["Work"]
--- steps
at 7.5 reset_conditions Asked
until 14
--- records
    1.000  TRACE CONDITION active Asked/2 [START/MSG] command: not tested yet, check_after has 2.0 s left
    2.000  TRACE CONDITION active Asked/2 [START/MSG] command: not tested yet, check_after has 1.0 s left
    3.000  DEBUG CONDITION active Asked/2 [START/MSG] command: test begins
    3.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Asked starting task
    4.000  TRACE CONDITION active Asked/2 [START/MSG] command: not tested yet, check_after has 2.0 s left
    5.000  TRACE CONDITION active Asked/2 [START/MSG] command: not tested yet, check_after has 1.0 s left
    6.000  DEBUG CONDITION active Asked/2 [START/MSG] command: test begins
    6.000  DEBUG CONDITION active Asked/2 [END/MSG] command: positive, but does not count until a test has failed
    7.000  TRACE CONDITION active Asked/2 [START/MSG] command: not tested yet, check_after has 2.0 s left
    7.500  > reset_conditions Asked
    7.500  DEBUG MAIN command [PROC/MSG] resetting conditions: Asked
    7.500  TRACE MAIN reset_conditions [START/OK] resetting condition Asked
    7.500  INFO  MAIN reset_conditions [END/OK] condition Asked reset
    8.000  TRACE CONDITION active Asked/2 [START/MSG] command: not tested yet, check_after has 2.5 s left
    9.000  TRACE CONDITION active Asked/2 [START/MSG] command: not tested yet, check_after has 1.5 s left
   10.000  TRACE CONDITION active Asked/2 [START/MSG] command: not tested yet, check_after has 0.5 s left
   11.000  DEBUG CONDITION active Asked/2 [START/MSG] command: test begins
   11.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Asked starting task
   12.000  TRACE CONDITION active Asked/2 [START/MSG] command: not tested yet, check_after has 2.0 s left
   13.000  TRACE CONDITION active Asked/2 [START/MSG] command: not tested yet, check_after has 1.0 s left
   14.000  DEBUG CONDITION active Asked/2 [START/MSG] command: test begins
   14.000  DEBUG CONDITION active Asked/2 [END/MSG] command: positive, but does not count until a test has failed
