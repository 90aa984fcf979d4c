Tasks side by side.

story: All tasks start at once; the run ends when all have ended; break flags are ignored.
start: 2026-03-02T12:00:00Z
show: HIST|run_par|CONDITION active \w+/[1-9]
--- config
scheduler_tick_seconds = 1
task = [
  { name = "A", type = "command", command = "a", command_arguments = [], startup_path = "/", success_status = 0 },
  { name = "B", type = "command", command = "b", command_arguments = [], startup_path = "/", success_status = 0 },
  { name = "C", type = "command", command = "c", command_arguments = [], startup_path = "/", success_status = 0 },
]
condition = [{ name = "Once", type = "interval", interval_seconds = 1, execute_sequence = false, break_on_failure = true, break_on_success = true, tasks = ["A", "B", "C"] }]
--- processes
a: exit 0 after 3
b: exit 0 after 1
c: exit 0 after 2
--- steps
until 4.9
--- records
    1.000  TRACE CONDITION active Once/4 [PROC/OK] check begins
    1.000  DEBUG CONDITION active Once/4 [PROC/MSG] interval: passed
    1.000  DEBUG CONDITION active Once/4 [END/OK] check ended positive
    1.000  INFO  CONDITION active Once/4 [START/MSG] running tasks in parallel: A, B, C
    1.000  TRACE TASK active A/1 [HIST/START] OK/trigger:Once starting task
    1.000  TRACE TASK active B/2 [HIST/START] OK/trigger:Once starting task
    1.000  TRACE TASK active C/3 [HIST/START] OK/trigger:Once starting task
    2.000  TRACE TASK active B/2 [HIST/END] OK/trigger:Once task succeeded
    3.000  TRACE TASK active C/3 [HIST/END] OK/trigger:Once task succeeded
    4.000  TRACE TASK active A/1 [HIST/END] OK/trigger:Once task succeeded
    4.000  TRACE TASK_REGISTRY run_par [END/MSG] (trigger: Once) parallel run ended: 3 tasks executed
    4.000  INFO  CONDITION active Once/4 [END/MSG] task A ended: success
    4.000  INFO  CONDITION active Once/4 [END/MSG] task B ended: success
    4.000  INFO  CONDITION active Once/4 [END/MSG] task C ended: success
    4.000  DEBUG CONDITION active Once/4 [END/OK] all tasks have ended (3 of 3 executed)
    4.000  TRACE CONDITION active Once/4 [PROC/MSG] check skipped: not recurring and finished

story: Failures of a parallel run count for the retries as those of a sequence do.
start: 2026-03-02T12:00:00Z
show: HIST|retries
--- config
scheduler_tick_seconds = 1
task = [
  { name = "Good", type = "command", command = "good", command_arguments = [], startup_path = "/", success_status = 0 },
  { name = "Bad", type = "command", command = "bad", command_arguments = [], startup_path = "/", success_status = 0 },
]
condition = [{ name = "Tries", type = "interval", interval_seconds = 1, execute_sequence = false, max_tasks_retries = 1, tasks = ["Good", "Bad"] }]
--- processes
bad: exit 1
--- steps
until 3
--- records
    1.000  TRACE TASK active Good/1 [HIST/START] OK/trigger:Tries starting task
    1.000  TRACE TASK active Bad/2 [HIST/START] OK/trigger:Tries starting task
    1.000  TRACE TASK active Good/1 [HIST/END] OK/trigger:Tries task succeeded
    1.000  TRACE TASK active Bad/2 [HIST/END] FAIL/trigger:Tries task failed
    1.000  DEBUG CONDITION active Tries/3 [END/MSG] some tasks failed, retries left: 1
    2.000  TRACE TASK active Good/1 [HIST/START] OK/trigger:Tries starting task
    2.000  TRACE TASK active Bad/2 [HIST/START] OK/trigger:Tries starting task
    2.000  TRACE TASK active Good/1 [HIST/END] OK/trigger:Tries task succeeded
    2.000  TRACE TASK active Bad/2 [HIST/END] FAIL/trigger:Tries task failed
    2.000  DEBUG CONDITION active Tries/3 [END/FAIL] some tasks failed, no retries left: checking stops
    3.000  TRACE CONDITION active Tries/3 [PROC/MSG] check skipped: not recurring and no retries left
