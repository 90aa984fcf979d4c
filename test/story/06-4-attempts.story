A task that failed is tried again within the same run.

story: A task with retries that fails twice and succeeds the third time is one run, with one start and one end in the history.
start: 2026-03-02T12:00:00Z
show: HIST|attempt|running tasks|all tasks have ended
--- config
scheduler_tick_seconds = 5
task = [{ name = "Backup", type = "command", command = "backup", command_arguments = [], startup_path = "/", success_status = 0, retries = 3, retry_delay_seconds = 30 }]
condition = [{ name = "Nightly", type = "interval", interval_seconds = 60, tasks = ["Backup"] }]
--- processes
backup: exit 3 after 2 saying "disk full" | exit 4 after 2 | exit 0 after 1
--- steps
until 130
--- records
   60.000  INFO  CONDITION active Nightly/2 [START/MSG] running tasks in sequence: Backup
   60.000  TRACE TASK active Backup/1 [HIST/START] OK/trigger:Nightly starting task
   60.000  DEBUG TASK active Backup/1 [START/MSG] (trigger: Nightly, attempt 1 of 4) running: backup
   62.000  DEBUG TASK active Backup/1 [PROC/OK] (trigger: Nightly, attempt 1 of 4) exit code 3 is not the success status 0
   62.000  DEBUG TASK active Backup/1 [END/OK] (trigger: Nightly, attempt 1 of 4) failed in 2.00 s: exit code 3 is not the success status 0
   62.000  INFO  TASK active Backup/1 [PROC/FAIL] (trigger: Nightly) attempt 1 of 4 failed: exit code 3 is not the success status 0: "disk full"; again in 30 s
   92.000  DEBUG TASK active Backup/1 [START/MSG] (trigger: Nightly, attempt 2 of 4) running: backup
   94.000  DEBUG TASK active Backup/1 [PROC/OK] (trigger: Nightly, attempt 2 of 4) exit code 4 is not the success status 0
   94.000  DEBUG TASK active Backup/1 [END/OK] (trigger: Nightly, attempt 2 of 4) failed in 2.00 s: exit code 4 is not the success status 0
   94.000  INFO  TASK active Backup/1 [PROC/FAIL] (trigger: Nightly) attempt 2 of 4 failed: exit code 4 is not the success status 0; again in 30 s
  124.000  DEBUG TASK active Backup/1 [START/MSG] (trigger: Nightly, attempt 3 of 4) running: backup
  125.000  DEBUG TASK active Backup/1 [PROC/OK] (trigger: Nightly, attempt 3 of 4) exit code 0 is the success status
  125.000  DEBUG TASK active Backup/1 [END/OK] (trigger: Nightly, attempt 3 of 4) succeeded in 1.00 s: exit code 0 is the success status
  125.000  INFO  TASK active Backup/1 [PROC/OK] (trigger: Nightly) attempt 3 of 4 succeeded
  125.000  TRACE TASK active Backup/1 [HIST/END] OK/trigger:Nightly task succeeded
  125.000  DEBUG CONDITION active Nightly/2 [END/OK] all tasks have ended (1 of 1 executed)

story: When all attempts fail, the run has failed with the last outcome.
start: 2026-03-02T12:00:00Z
show: INFO|HIST|END/FAIL|retries
level: trace
--- config
scheduler_tick_seconds = 5
task = [{ name = "Backup", type = "command", command = "backup", command_arguments = [], startup_path = "/", success_status = 0, retries = 2 }]
condition = [{ name = "Once", type = "interval", interval_seconds = 0, tasks = ["Backup"] }]
--- processes
backup: exit 3 after 1 | exit 4 after 1 | exit 5 after 1 saying "no medium"
--- steps
until 40
--- records
    5.000  INFO  CONDITION active Once/2 [START/MSG] running tasks in sequence: Backup
    5.000  TRACE TASK active Backup/1 [HIST/START] OK/trigger:Once starting task
    6.000  INFO  TASK active Backup/1 [PROC/FAIL] (trigger: Once) attempt 1 of 3 failed: exit code 3 is not the success status 0; again in 10 s
   17.000  INFO  TASK active Backup/1 [PROC/FAIL] (trigger: Once) attempt 2 of 3 failed: exit code 4 is not the success status 0; again in 10 s
   28.000  TRACE TASK active Backup/1 [HIST/END] FAIL/trigger:Once task failed
   28.000  INFO  CONDITION active Once/2 [END/MSG] task Backup ended: failure
   28.000  DEBUG CONDITION active Once/2 [END/FAIL] some tasks failed, no retries left: checking stops
   28.000  WARN  CONDITION active Once/2 [END/FAIL] task Backup failed after 3 attempts: exit code 5 is not the success status 0: "no medium"
   30.000  TRACE CONDITION active Once/2 [PROC/MSG] check skipped: not recurring and no retries left
   35.000  TRACE CONDITION active Once/2 [PROC/MSG] check skipped: not recurring and no retries left
   40.000  TRACE CONDITION active Once/2 [PROC/MSG] check skipped: not recurring and no retries left

story: With retry_factor each wait is longer than the one before, up to retry_max_delay_seconds.
start: 2026-03-02T12:00:00Z
show: HIST|INFO.*attempt
--- config
scheduler_tick_seconds = 5
task = [{ name = "Bad", type = "command", command = "bad", command_arguments = [], startup_path = "/", success_status = 0, retries = 5, retry_delay_seconds = 1.5, retry_factor = 2, retry_max_delay_seconds = 10 }]
condition = [{ name = "Once", type = "interval", interval_seconds = 0, tasks = ["Bad"] }]
--- processes
bad: exit 1
--- steps
until 60
--- records
    5.000  TRACE TASK active Bad/1 [HIST/START] OK/trigger:Once starting task
    5.000  INFO  TASK active Bad/1 [PROC/FAIL] (trigger: Once) attempt 1 of 6 failed: exit code 1 is not the success status 0; again in 1.5 s
    6.500  INFO  TASK active Bad/1 [PROC/FAIL] (trigger: Once) attempt 2 of 6 failed: exit code 1 is not the success status 0; again in 3 s
    9.500  INFO  TASK active Bad/1 [PROC/FAIL] (trigger: Once) attempt 3 of 6 failed: exit code 1 is not the success status 0; again in 6 s
   15.500  INFO  TASK active Bad/1 [PROC/FAIL] (trigger: Once) attempt 4 of 6 failed: exit code 1 is not the success status 0; again in 10 s
   25.500  INFO  TASK active Bad/1 [PROC/FAIL] (trigger: Once) attempt 5 of 6 failed: exit code 1 is not the success status 0; again in 10 s
   35.500  TRACE TASK active Bad/1 [HIST/END] FAIL/trigger:Once task failed

story: With retry_jitter each wait is shorter by a random part.
start: 2026-03-02T12:00:00Z
show: INFO.*attempt
--- config
scheduler_tick_seconds = 5
task = [{ name = "Bad", type = "command", command = "bad", command_arguments = [], startup_path = "/", success_status = 0, retries = 2, retry_delay_seconds = 60, retry_jitter = 0.5 }]
condition = [{ name = "Once", type = "interval", interval_seconds = 0, tasks = ["Bad"] }]
--- processes
bad: exit 1
--- steps
until 200
--- records
    5.000  INFO  TASK active Bad/1 [PROC/FAIL] (trigger: Once) attempt 1 of 3 failed: exit code 1 is not the success status 0; again in 45 s
   50.000  INFO  TASK active Bad/1 [PROC/FAIL] (trigger: Once) attempt 2 of 3 failed: exit code 1 is not the success status 0; again in 45 s

story: No attempt begins later than retry_timeout_seconds after the first one: the last outcome stands at once.
start: 2026-03-02T12:00:00Z
show: HIST|INFO.*(attempt|again)|WARN
--- config
scheduler_tick_seconds = 5
task = [{ name = "Bad", type = "command", command = "bad", command_arguments = [], startup_path = "/", success_status = 0, retries = 9, retry_delay_seconds = 20, retry_timeout_seconds = 44 }]
condition = [{ name = "Once", type = "interval", interval_seconds = 0, tasks = ["Bad"] }]
--- processes
bad: exit 1 after 2
--- steps
until 100
--- records
    5.000  TRACE TASK active Bad/1 [HIST/START] OK/trigger:Once starting task
    7.000  INFO  TASK active Bad/1 [PROC/FAIL] (trigger: Once) attempt 1 of 10 failed: exit code 1 is not the success status 0; again in 20 s
   29.000  INFO  TASK active Bad/1 [PROC/FAIL] (trigger: Once) attempt 2 of 10 failed: exit code 1 is not the success status 0; again in 20 s
   51.000  INFO  TASK active Bad/1 [PROC/FAIL] (trigger: Once) not tried again after attempt 3 of 10: the next attempt would begin after retry_timeout_seconds
   51.000  TRACE TASK active Bad/1 [HIST/END] FAIL/trigger:Once task failed
   51.000  WARN  CONDITION active Once/2 [END/FAIL] task Bad failed: exit code 1 is not the success status 0; not tried again after attempt 3 of 10: the next attempt would begin after retry_timeout_seconds

story: The time limit of a command is that of one attempt.
start: 2026-03-02T12:00:00Z
show: HIST|INFO.*attempt|END/FAIL
--- config
scheduler_tick_seconds = 5
task = [{ name = "Slow", type = "command", command = "slow", command_arguments = [], startup_path = "/", timeout_seconds = 4, retries = 1, retry_delay_seconds = 0 }]
condition = [{ name = "Once", type = "interval", interval_seconds = 0, tasks = ["Slow"] }]
--- processes
slow: exit 0 after 9 | exit 0 after 3
--- steps
until 20
--- records
    5.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Once starting task
    9.000  WARN  TASK active Slow/1 [END/FAIL] (trigger: Once, attempt 1 of 2) given up after 4.00 s: time limit of 4 s
    9.000  INFO  TASK active Slow/1 [PROC/FAIL] (trigger: Once) attempt 1 of 2 failed: it reached its time limit of 4 s; again at once
   12.000  INFO  TASK active Slow/1 [PROC/OK] (trigger: Once) attempt 2 of 2 succeeded
   12.000  TRACE TASK active Slow/1 [HIST/END] OK/trigger:Once task succeeded

story: Errors are tried again; a run without an outcome is not.
start: 2026-03-02T12:00:00Z
show: HIST|INFO.*attempt
--- config
scheduler_tick_seconds = 5
task = [
  { name = "None", type = "lua", script = "x = 1", retries = 2, retry_delay_seconds = 1 },
  { name = "Script", type = "lua", script = "x = 1", expected_results = { x = 1 }, retries = 2, retry_delay_seconds = 1 },
  { name = "Error", type = "internal", command = "nonsense", retries = 1, retry_delay_seconds = 1 },
]
condition = [{ name = "Once", type = "interval", interval_seconds = 0, tasks = ["None", "Script", "Error"] }]
--- lua
None: none
Script: different | different | equal
--- steps
until 20
--- records
    5.000  TRACE TASK active None/1 [HIST/START] OK/trigger:Once starting task
    5.000  TRACE TASK active None/1 [HIST/END] IND/trigger:Once no outcome
    5.000  TRACE TASK active Script/2 [HIST/START] OK/trigger:Once starting task
    5.000  INFO  TASK active Script/2 [PROC/FAIL] (trigger: Once) attempt 1 of 3 failed: none of the expected results holds; again in 1 s
    6.000  INFO  TASK active Script/2 [PROC/FAIL] (trigger: Once) attempt 2 of 3 failed: none of the expected results holds; again in 1 s
    7.000  INFO  TASK active Script/2 [PROC/OK] (trigger: Once) attempt 3 of 3 succeeded
    7.000  TRACE TASK active Script/2 [HIST/END] OK/trigger:Once task succeeded
    7.000  TRACE TASK active Error/3 [HIST/START] OK/trigger:Once starting task
    7.000  INFO  TASK active Error/3 [PROC/FAIL] (trigger: Once) attempt 1 of 2 failed: unknown command "nonsense" (known: exit, quit, kill, pause, resume, reset_conditions, suspend_condition, resume_condition, trigger, log_event, configure, reload, run, cancel, help); again in 1 s
    8.000  TRACE TASK active Error/3 [HIST/END] ERR/trigger:Once error: unknown command "nonsense" (known: exit, quit, kill, pause, resume, reset_conditions, suspend_condition, resume_condition, trigger, log_event, configure, reload, run, cancel, help)

story: A sequence sees the last outcome only: it goes on after a task that failed at first, and breaks when all attempts failed.
start: 2026-03-02T12:00:00Z
show: HIST|INFO.*attempt|sequence
--- config
scheduler_tick_seconds = 5
task = [
  { name = "Shaky", type = "command", command = "shaky", command_arguments = [], startup_path = "/", success_status = 0, retries = 1, retry_delay_seconds = 1 },
  { name = "Bad", type = "command", command = "bad", command_arguments = [], startup_path = "/", success_status = 0, retries = 1, retry_delay_seconds = 1 },
  { name = "Last", type = "command", command = "last", command_arguments = [], startup_path = "/" },
]
condition = [{ name = "Once", type = "interval", interval_seconds = 0, break_on_failure = true, tasks = ["Shaky", "Bad", "Last"] }]
--- processes
shaky: exit 1 | exit 0
bad: exit 1
--- steps
until 20
--- records
    5.000  INFO  CONDITION active Once/4 [START/MSG] running tasks in sequence: Shaky, Bad, Last
    5.000  TRACE TASK active Shaky/1 [HIST/START] OK/trigger:Once starting task
    5.000  INFO  TASK active Shaky/1 [PROC/FAIL] (trigger: Once) attempt 1 of 2 failed: exit code 1 is not the success status 0; again in 1 s
    6.000  INFO  TASK active Shaky/1 [PROC/OK] (trigger: Once) attempt 2 of 2 succeeded
    6.000  TRACE TASK active Shaky/1 [HIST/END] OK/trigger:Once task succeeded
    6.000  TRACE TASK active Bad/2 [HIST/START] OK/trigger:Once starting task
    6.000  INFO  TASK active Bad/2 [PROC/FAIL] (trigger: Once) attempt 1 of 2 failed: exit code 1 is not the success status 0; again in 1 s
    7.000  TRACE TASK active Bad/2 [HIST/END] FAIL/trigger:Once task failed
    7.000  DEBUG TASK_REGISTRY run_seq Bad/2 [END/MSG] (trigger: Once) sequence broken off on failure
    7.000  TRACE TASK_REGISTRY run_seq [END/MSG] (trigger: Once) sequence ended: 2 of 3 tasks executed

story: max_tasks_retries counts runs, each with all its attempts.
start: 2026-03-02T12:00:00Z
show: HIST|INFO.*attempt|retries
--- config
scheduler_tick_seconds = 5
task = [{ name = "Bad", type = "command", command = "bad", command_arguments = [], startup_path = "/", success_status = 0, retries = 1, retry_delay_seconds = 1 }]
condition = [{ name = "Tries", type = "interval", interval_seconds = 0, max_tasks_retries = 1, tasks = ["Bad"] }]
--- processes
bad: exit 1
--- steps
until 20
--- records
    5.000  TRACE TASK active Bad/1 [HIST/START] OK/trigger:Tries starting task
    5.000  INFO  TASK active Bad/1 [PROC/FAIL] (trigger: Tries) attempt 1 of 2 failed: exit code 1 is not the success status 0; again in 1 s
    6.000  TRACE TASK active Bad/1 [HIST/END] FAIL/trigger:Tries task failed
    6.000  DEBUG CONDITION active Tries/2 [END/MSG] some tasks failed, retries left: 1
   10.000  TRACE TASK active Bad/1 [HIST/START] OK/trigger:Tries starting task
   10.000  INFO  TASK active Bad/1 [PROC/FAIL] (trigger: Tries) attempt 1 of 2 failed: exit code 1 is not the success status 0; again in 1 s
   11.000  TRACE TASK active Bad/1 [HIST/END] FAIL/trigger:Tries task failed
   11.000  DEBUG CONDITION active Tries/2 [END/FAIL] some tasks failed, no retries left: checking stops
   15.000  TRACE CONDITION active Tries/2 [PROC/MSG] check skipped: not recurring and no retries left
   20.000  TRACE CONDITION active Tries/2 [PROC/MSG] check skipped: not recurring and no retries left

story: While a task waits for its next attempt, another condition that lists it waits for the task.
start: 2026-03-02T12:00:00Z
show: HIST|INFO.*attempt
--- config
scheduler_tick_seconds = 5
task = [{ name = "Shared", type = "command", command = "shared", command_arguments = [], startup_path = "/", success_status = 0, retries = 1, retry_delay_seconds = 20 }]
condition = [
  { name = "One", type = "interval", interval_seconds = 0, tasks = ["Shared"] },
  { name = "Two", type = "interval", interval_seconds = 0, tasks = ["Shared"] },
]
--- processes
shared: exit 1 after 1 | exit 0 after 1
--- steps
until 40
--- records
    5.000  TRACE TASK active Shared/1 [HIST/START] OK/trigger:One starting task
    6.000  INFO  TASK active Shared/1 [PROC/FAIL] (trigger: One) attempt 1 of 2 failed: exit code 1 is not the success status 0; again in 20 s
   27.000  INFO  TASK active Shared/1 [PROC/OK] (trigger: One) attempt 2 of 2 succeeded
   27.000  TRACE TASK active Shared/1 [HIST/END] OK/trigger:One task succeeded
   27.000  TRACE TASK active Shared/1 [HIST/START] OK/trigger:Two starting task
   28.000  TRACE TASK active Shared/1 [HIST/END] OK/trigger:Two task succeeded

story: Asked to end, it does not wait for a next attempt: the last outcome stands.
start: 2026-03-02T12:00:00Z
show: HIST|INFO.*(attempt|again)|exit|WARN
--- config
scheduler_tick_seconds = 5
task = [
  { name = "Bad", type = "command", command = "bad", command_arguments = [], startup_path = "/", success_status = 0, retries = 3, retry_delay_seconds = 3600 },
  { name = "Next", type = "command", command = "next", command_arguments = [], startup_path = "/", success_status = 0, retries = 3, retry_delay_seconds = 3600 },
]
condition = [{ name = "Once", type = "interval", interval_seconds = 0, tasks = ["Bad", "Next"] }]
--- processes
bad: exit 1 after 1
next: exit 2 after 1
--- steps
at 60 exit
advance 5
--- records
    5.000  TRACE TASK active Bad/1 [HIST/START] OK/trigger:Once starting task
    6.000  DEBUG TASK active Bad/1 [PROC/OK] (trigger: Once, attempt 1 of 4) exit code 1 is not the success status 0
    6.000  DEBUG TASK active Bad/1 [END/OK] (trigger: Once, attempt 1 of 4) failed in 1.00 s: exit code 1 is not the success status 0
    6.000  INFO  TASK active Bad/1 [PROC/FAIL] (trigger: Once) attempt 1 of 4 failed: exit code 1 is not the success status 0; again in 1 h 00 min
   60.000  > exit
   60.000  WARN  MAIN command [PROC/MSG] request to end accepted
   60.000  INFO  MAIN exit [END/OK] no more ticks, waiting for busy conditions: Once
   60.000  INFO  TASK active Bad/1 [PROC/FAIL] (trigger: Once) not tried again after attempt 1 of 4: the scheduler is ending
   60.000  TRACE TASK active Bad/1 [HIST/END] FAIL/trigger:Once task failed
   60.000  TRACE TASK active Next/2 [HIST/START] OK/trigger:Once starting task
   61.000  DEBUG TASK active Next/2 [PROC/OK] (trigger: Once, attempt 1 of 4) exit code 2 is not the success status 0
   61.000  DEBUG TASK active Next/2 [END/OK] (trigger: Once, attempt 1 of 4) failed in 1.00 s: exit code 2 is not the success status 0
   61.000  INFO  TASK active Next/2 [PROC/FAIL] (trigger: Once) not tried again after attempt 1 of 4: the scheduler is ending
   61.000  TRACE TASK active Next/2 [HIST/END] FAIL/trigger:Once task failed
   61.000  WARN  CONDITION active Once/3 [END/FAIL] task Bad failed: exit code 1 is not the success status 0; not tried again after attempt 1 of 4: the scheduler is ending, and 1 more task failed
   61.000  INFO  MAIN exit [END/OK] scheduler ended
   65.000  = ended by exit

story: Asked to end while an attempt is in progress, it is not tried again.
start: 2026-03-02T12:00:00Z
show: HIST|INFO.*(attempt|again)|exit
--- config
scheduler_tick_seconds = 5
task = [{ name = "Bad", type = "command", command = "bad", command_arguments = [], startup_path = "/", success_status = 0, retries = 3, retry_delay_seconds = 3600 }]
condition = [{ name = "Once", type = "interval", interval_seconds = 0, tasks = ["Bad"] }]
--- processes
bad: exit 1 after 10
--- steps
at 6 exit
advance 20
--- records
    5.000  TRACE TASK active Bad/1 [HIST/START] OK/trigger:Once starting task
    6.000  > exit
    6.000  INFO  MAIN exit [END/OK] no more ticks, waiting for busy conditions: Once
   15.000  DEBUG TASK active Bad/1 [PROC/OK] (trigger: Once, attempt 1 of 4) exit code 1 is not the success status 0
   15.000  DEBUG TASK active Bad/1 [END/OK] (trigger: Once, attempt 1 of 4) failed in 10.00 s: exit code 1 is not the success status 0
   15.000  INFO  TASK active Bad/1 [PROC/FAIL] (trigger: Once) not tried again after attempt 1 of 4: the scheduler is ending
   15.000  TRACE TASK active Bad/1 [HIST/END] FAIL/trigger:Once task failed
   15.000  WARN  CONDITION active Once/2 [END/FAIL] task Bad failed: exit code 1 is not the success status 0; not tried again after attempt 1 of 4: the scheduler is ending
   15.000  INFO  MAIN exit [END/OK] scheduler ended
   26.000  = ended by exit

story: Killed in the wait for an attempt, the last outcome stands.
start: 2026-03-02T12:00:00Z
show: HIST|INFO.*(attempt|again)|exit
--- config
scheduler_tick_seconds = 5
task = [{ name = "Bad", type = "command", command = "bad", command_arguments = [], startup_path = "/", success_status = 0, retries = 3, retry_delay_seconds = 3600 }]
condition = [{ name = "Once", type = "interval", interval_seconds = 0, tasks = ["Bad"] }]
--- processes
bad: exit 1 after 1
--- steps
at 60 kill
advance 5
--- records
    5.000  TRACE TASK active Bad/1 [HIST/START] OK/trigger:Once starting task
    6.000  DEBUG TASK active Bad/1 [PROC/OK] (trigger: Once, attempt 1 of 4) exit code 1 is not the success status 0
    6.000  DEBUG TASK active Bad/1 [END/OK] (trigger: Once, attempt 1 of 4) failed in 1.00 s: exit code 1 is not the success status 0
    6.000  INFO  TASK active Bad/1 [PROC/FAIL] (trigger: Once) attempt 1 of 4 failed: exit code 1 is not the success status 0; again in 1 h 00 min
   60.000  > kill
   60.000  WARN  MAIN exit [END/OK] ending at once, all activity is abandoned
   60.000  INFO  TASK active Bad/1 [PROC/FAIL] (trigger: Once) not tried again after attempt 1 of 4: the scheduler is ending
   60.000  TRACE TASK active Bad/1 [HIST/END] FAIL/trigger:Once task failed
   60.000  WARN  CONDITION active Once/2 [END/FAIL] task Bad failed: exit code 1 is not the success status 0; not tried again after attempt 1 of 4: the scheduler is ending
   65.000  = ended by kill

story: Killed while an attempt is in progress, it is not tried again.
start: 2026-03-02T12:00:00Z
show: HIST|INFO.*(attempt|again)|exit
--- config
scheduler_tick_seconds = 5
task = [{ name = "Bad", type = "command", command = "bad", command_arguments = [], startup_path = "/", success_status = 0, retries = 3, retry_delay_seconds = 3600 }]
condition = [{ name = "Once", type = "interval", interval_seconds = 0, tasks = ["Bad"] }]
--- processes
bad: exit 1 after 1000
--- steps
at 60 kill
advance 5
--- records
    5.000  TRACE TASK active Bad/1 [HIST/START] OK/trigger:Once starting task
   60.000  > kill
   60.000  WARN  MAIN exit [END/OK] ending at once, all activity is abandoned
   60.000  INFO  TASK active Bad/1 [PROC/FAIL] (trigger: Once) not tried again after attempt 1 of 4: the scheduler is ending
   60.000  TRACE TASK active Bad/1 [HIST/END] FAIL/trigger:Once task failed
   65.000  = ended by kill

story: A condition that is suspended while its task waits for an attempt is suspended at once.
start: 2026-03-02T12:00:00Z
show: HIST|INFO
--- config
scheduler_tick_seconds = 5
task = [{ name = "Bad", type = "command", command = "bad", command_arguments = [], startup_path = "/", success_status = 0, retries = 3, retry_delay_seconds = 3600 }]
condition = [
  { name = "One", type = "interval", interval_seconds = 0, tasks = ["Bad"] },
  { name = "Other", type = "bucket", tasks = ["Bad"] },
]
--- processes
bad: exit 1 after 1
--- steps
at 20 suspend_condition Other
at 30 suspend_condition One
advance 5
--- records
    5.000  INFO  CONDITION active One/2 [START/MSG] running tasks in sequence: Bad
    5.000  TRACE TASK active Bad/1 [HIST/START] OK/trigger:One starting task
    6.000  INFO  TASK active Bad/1 [PROC/FAIL] (trigger: One) attempt 1 of 4 failed: exit code 1 is not the success status 0; again in 1 h 00 min
   20.000  > suspend_condition Other
   20.000  INFO  MAIN suspend_condition [END/OK] condition Other suspended
   30.000  > suspend_condition One
   30.000  INFO  MAIN suspend_condition [PROC/OK] condition One is busy: its suspension is queued
   30.000  INFO  TASK active Bad/1 [PROC/FAIL] (trigger: One) not tried again after attempt 1 of 4: the condition is to be suspended
   30.000  TRACE TASK active Bad/1 [HIST/END] FAIL/trigger:One task failed
   30.000  INFO  CONDITION active One/2 [END/MSG] task Bad ended: failure
   30.000  INFO  CONDITION_REGISTRY suspend_condition [PROC/OK] queued suspension of condition One done

story: A condition that is to be suspended while an attempt is in progress does not try again, and its other tasks neither.
start: 2026-03-02T12:00:00Z
show: HIST|INFO
--- config
scheduler_tick_seconds = 5
task = [
  { name = "Bad", type = "command", command = "bad", command_arguments = [], startup_path = "/", success_status = 0, retries = 3, retry_delay_seconds = 3600 },
  { name = "Next", type = "command", command = "next", command_arguments = [], startup_path = "/", success_status = 0, retries = 3, retry_delay_seconds = 3600 },
]
condition = [{ name = "One", type = "interval", interval_seconds = 0, max_tasks_retries = 1, tasks = ["Bad", "Next"] }]
--- processes
bad: exit 1 after 4
next: exit 1 after 1
--- steps
at 6 suspend_condition One
until 15
at 20 resume_condition One
until 40
--- records
    5.000  INFO  CONDITION active One/3 [START/MSG] running tasks in sequence: Bad, Next
    5.000  TRACE TASK active Bad/1 [HIST/START] OK/trigger:One starting task
    6.000  > suspend_condition One
    6.000  INFO  MAIN suspend_condition [PROC/OK] condition One is busy: its suspension is queued
    9.000  INFO  TASK active Bad/1 [PROC/FAIL] (trigger: One) not tried again after attempt 1 of 4: the condition is to be suspended
    9.000  TRACE TASK active Bad/1 [HIST/END] FAIL/trigger:One task failed
    9.000  TRACE TASK active Next/2 [HIST/START] OK/trigger:One starting task
   10.000  INFO  TASK active Next/2 [PROC/FAIL] (trigger: One) not tried again after attempt 1 of 4: the condition is to be suspended
   10.000  TRACE TASK active Next/2 [HIST/END] FAIL/trigger:One task failed
   10.000  INFO  CONDITION active One/3 [END/MSG] task Bad ended: failure
   10.000  INFO  CONDITION active One/3 [END/MSG] task Next ended: failure
   10.000  INFO  CONDITION_REGISTRY suspend_condition [PROC/OK] queued suspension of condition One done
   20.000  > resume_condition One
   20.000  INFO  MAIN resume_condition [END/OK] condition One resumed and reset
   25.000  INFO  CONDITION active One/3 [START/MSG] running tasks in sequence: Bad, Next
   25.000  TRACE TASK active Bad/1 [HIST/START] OK/trigger:One starting task
   29.000  INFO  TASK active Bad/1 [PROC/FAIL] (trigger: One) attempt 1 of 4 failed: exit code 1 is not the success status 0; again in 1 h 00 min

story: A reload that removes the task ends the wait; one that keeps it lets the wait go on.
start: 2026-03-02T12:00:00Z
show: HIST|INFO.*(attempt|again)|END/MSG.*ended
--- config
scheduler_tick_seconds = 5
task = [{ name = "Bad", type = "command", command = "bad", command_arguments = [], startup_path = "/", success_status = 0, retries = 3, retry_delay_seconds = 60 }]
condition = [{ name = "One", type = "interval", interval_seconds = 0, tasks = ["Bad"] }]
--- file kept.toml
scheduler_tick_seconds = 5
task = [
  { name = "Bad", tags = ["more"], type = "command", command = "bad", command_arguments = [], startup_path = "/", success_status = 0, retries = 3, retry_delay_seconds = 60 },
  { name = "Other", type = "command", command = "other", command_arguments = [], startup_path = "/" },
]
condition = [{ name = "One", type = "interval", interval_seconds = 0, tasks = ["Bad"] }]
--- file gone.toml
scheduler_tick_seconds = 5
task = [{ name = "Other", type = "command", command = "other", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Two", type = "interval", interval_seconds = 0, tasks = ["Other"] }]
--- processes
bad: exit 1 after 1
--- steps
at 30 configure kept.toml
until 70
at 90 configure gone.toml
until 100
--- records
    5.000  TRACE TASK active Bad/1 [HIST/START] OK/trigger:One starting task
    6.000  INFO  TASK active Bad/1 [PROC/FAIL] (trigger: One) attempt 1 of 4 failed: exit code 1 is not the success status 0; again in 1 min
   30.000  > configure kept.toml
   67.000  INFO  TASK active Bad/1 [PROC/FAIL] (trigger: One) attempt 2 of 4 failed: exit code 1 is not the success status 0; again in 1 min
   90.000  > configure gone.toml
   90.000  INFO  TASK active Bad/1 [PROC/FAIL] (trigger: One) not tried again after attempt 2 of 4: a reload has removed or replaced the task
   90.000  TRACE TASK active Bad/1 [HIST/END] FAIL/trigger:One task failed
   90.000  TRACE TASK_REGISTRY run_seq Bad/1 [END/MSG] (trigger: One) task ended: failure
   90.000  TRACE TASK_REGISTRY run_seq [END/MSG] (trigger: One) sequence ended: 1 of 1 tasks executed
   90.000  INFO  CONDITION active One/2 [END/MSG] task Bad ended: failure
   95.000  TRACE TASK active Other/3 [HIST/START] OK/trigger:Two starting task
   95.000  TRACE TASK active Other/3 [HIST/END] OK/trigger:Two task succeeded
   95.000  TRACE TASK_REGISTRY run_seq Other/3 [END/MSG] (trigger: Two) task ended: success
   95.000  TRACE TASK_REGISTRY run_seq [END/MSG] (trigger: Two) sequence ended: 1 of 1 tasks executed
   95.000  INFO  CONDITION active Two/4 [END/MSG] task Other ended: success

story: A reload that changes the keys of a task ends the wait, and the next run goes by the new ones.
start: 2026-03-02T12:00:00Z
show: HIST|INFO.*(attempt|again)
--- config
scheduler_tick_seconds = 5
task = [{ name = "Bad", type = "command", command = "bad", command_arguments = [], startup_path = "/", success_status = 0, retries = 3, retry_delay_seconds = 600 }]
condition = [{ name = "One", type = "interval", interval_seconds = 5, recurring = true, tasks = ["Bad"] }]
--- file new.toml
scheduler_tick_seconds = 5
task = [{ name = "Bad", type = "command", command = "bad", command_arguments = [], startup_path = "/", success_status = 0, retries = 1, retry_delay_seconds = 2 }]
condition = [{ name = "One", type = "interval", interval_seconds = 5, recurring = true, tasks = ["Bad"] }]
--- processes
bad: exit 1 after 1
--- steps
at 32 configure new.toml
until 44
--- records
    5.000  TRACE TASK active Bad/1 [HIST/START] OK/trigger:One starting task
    6.000  INFO  TASK active Bad/1 [PROC/FAIL] (trigger: One) attempt 1 of 4 failed: exit code 1 is not the success status 0; again in 10 min
   32.000  > configure new.toml
   32.000  INFO  TASK active Bad/1 [PROC/FAIL] (trigger: One) not tried again after attempt 1 of 4: a reload has removed or replaced the task
   32.000  TRACE TASK active Bad/1 [HIST/END] FAIL/trigger:One task failed
   35.000  TRACE TASK active Bad/3 [HIST/START] OK/trigger:One starting task
   36.000  INFO  TASK active Bad/3 [PROC/FAIL] (trigger: One) attempt 1 of 2 failed: exit code 1 is not the success status 0; again in 2 s
   39.000  TRACE TASK active Bad/3 [HIST/END] FAIL/trigger:One task failed
   40.000  TRACE TASK active Bad/3 [HIST/START] OK/trigger:One starting task
   41.000  INFO  TASK active Bad/3 [PROC/FAIL] (trigger: One) attempt 1 of 2 failed: exit code 1 is not the success status 0; again in 2 s
   44.000  TRACE TASK active Bad/3 [HIST/END] FAIL/trigger:One task failed

story: A reload that changes a condition ends the wait of its task, so that the new one does not wait for hours.
start: 2026-03-02T12:00:00Z
show: HIST|INFO.*(attempt|again)
--- config
scheduler_tick_seconds = 5
task = [{ name = "Bad", type = "command", command = "bad", command_arguments = [], startup_path = "/", success_status = 0, retries = 3, retry_delay_seconds = 3600 }]
condition = [{ name = "One", type = "interval", interval_seconds = 5, tasks = ["Bad"] }]
--- file new.toml
scheduler_tick_seconds = 5
task = [{ name = "Bad", type = "command", command = "bad", command_arguments = [], startup_path = "/", success_status = 0, retries = 3, retry_delay_seconds = 3600 }]
condition = [{ name = "One", type = "interval", interval_seconds = 10, tasks = ["Bad"] }]
--- processes
bad: exit 1 after 1
--- steps
at 32 configure new.toml
until 50
--- records
    5.000  TRACE TASK active Bad/1 [HIST/START] OK/trigger:One starting task
    6.000  INFO  TASK active Bad/1 [PROC/FAIL] (trigger: One) attempt 1 of 4 failed: exit code 1 is not the success status 0; again in 1 h 00 min
   32.000  > configure new.toml
   32.000  INFO  TASK active Bad/1 [PROC/FAIL] (trigger: One) not tried again after attempt 1 of 4: a reload has removed or replaced the condition
   32.000  TRACE TASK active Bad/1 [HIST/END] FAIL/trigger:One task failed
   45.000  TRACE TASK active Bad/1 [HIST/START] OK/trigger:One starting task
   46.000  INFO  TASK active Bad/1 [PROC/FAIL] (trigger: One) attempt 1 of 4 failed: exit code 1 is not the success status 0; again in 1 h 00 min

story: In a pause the attempts of a run in progress go on.
start: 2026-03-02T12:00:00Z
show: HIST|INFO.*(attempt|again)
--- config
scheduler_tick_seconds = 5
task = [{ name = "Bad", type = "command", command = "bad", command_arguments = [], startup_path = "/", success_status = 0, retries = 3, retry_delay_seconds = 30 }]
condition = [{ name = "One", type = "interval", interval_seconds = 0, tasks = ["Bad"] }]
--- processes
bad: exit 1 after 1 | exit 0 after 1
--- steps
at 10 pause
until 50
--- records
    5.000  TRACE TASK active Bad/1 [HIST/START] OK/trigger:One starting task
    6.000  INFO  TASK active Bad/1 [PROC/FAIL] (trigger: One) attempt 1 of 4 failed: exit code 1 is not the success status 0; again in 30 s
   10.000  > pause
   37.000  INFO  TASK active Bad/1 [PROC/OK] (trigger: One) attempt 2 of 4 succeeded
   37.000  TRACE TASK active Bad/1 [HIST/END] OK/trigger:One task succeeded
