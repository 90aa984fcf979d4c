What a run means for a condition that is not recurring.

story: With max_tasks_retries = 2 a condition whose tasks fail runs three times.
start: 2026-03-02T12:00:00Z
show: HIST|retries
--- config
scheduler_tick_seconds = 5
task = [{ name = "Bad", type = "command", command = "bad", command_arguments = [], startup_path = "/", success_status = 0 }]
condition = [{ name = "Tries", type = "interval", interval_seconds = 0, max_tasks_retries = 2, tasks = ["Bad"] }]
--- processes
bad: exit 1
--- steps
until 20
--- records
    5.000  TRACE TASK active Bad/1 [HIST/START] OK/trigger:Tries starting task
    5.000  TRACE TASK active Bad/1 [HIST/END] FAIL/trigger:Tries task failed
    5.000  DEBUG CONDITION active Tries/2 [END/MSG] some tasks failed, retries left: 2
   10.000  TRACE TASK active Bad/1 [HIST/START] OK/trigger:Tries starting task
   10.000  TRACE TASK active Bad/1 [HIST/END] FAIL/trigger:Tries task failed
   10.000  DEBUG CONDITION active Tries/2 [END/MSG] some tasks failed, retries left: 1
   15.000  TRACE TASK active Bad/1 [HIST/START] OK/trigger:Tries starting task
   15.000  TRACE TASK active Bad/1 [HIST/END] FAIL/trigger:Tries task failed
   15.000  DEBUG CONDITION active Tries/2 [END/FAIL] some tasks failed, no retries left: checking stops
   20.000  TRACE CONDITION active Tries/2 [PROC/MSG] check skipped: not recurring and no retries left

story: A run without a failure finishes the condition, however many retries are left.
start: 2026-03-02T12:00:00Z
show: HIST|retries|finished
--- config
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/", success_status = 0 }]
condition = [{ name = "Tries", type = "interval", interval_seconds = 0, max_tasks_retries = 5, tasks = ["Work"] }]
--- processes
work: exit 1 | exit 1 | exit 0
--- steps
until 20
--- records
    5.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Tries starting task
    5.000  TRACE TASK active Work/1 [HIST/END] FAIL/trigger:Tries task failed
    5.000  DEBUG CONDITION active Tries/2 [END/MSG] some tasks failed, retries left: 5
   10.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Tries starting task
   10.000  TRACE TASK active Work/1 [HIST/END] FAIL/trigger:Tries task failed
   10.000  DEBUG CONDITION active Tries/2 [END/MSG] some tasks failed, retries left: 4
   15.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Tries starting task
   15.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Tries task succeeded
   20.000  TRACE CONDITION active Tries/2 [PROC/MSG] check skipped: not recurring and finished

story: With max_tasks_retries = -1 it is tried without limit.
start: 2026-03-02T12:00:00Z
show: HIST/END|retries|limit|finished
--- config
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/", success_status = 0 }]
condition = [{ name = "Tries", type = "interval", interval_seconds = 0, max_tasks_retries = -1, tasks = ["Work"] }]
--- processes
work: exit 1 | exit 1 | exit 1 | exit 1 | exit 0
--- steps
until 30
--- records
    5.000  TRACE TASK active Work/1 [HIST/END] FAIL/trigger:Tries task failed
    5.000  DEBUG CONDITION active Tries/2 [END/MSG] some tasks failed, trying again without limit
   10.000  TRACE TASK active Work/1 [HIST/END] FAIL/trigger:Tries task failed
   10.000  DEBUG CONDITION active Tries/2 [END/MSG] some tasks failed, trying again without limit
   15.000  TRACE TASK active Work/1 [HIST/END] FAIL/trigger:Tries task failed
   15.000  DEBUG CONDITION active Tries/2 [END/MSG] some tasks failed, trying again without limit
   20.000  TRACE TASK active Work/1 [HIST/END] FAIL/trigger:Tries task failed
   20.000  DEBUG CONDITION active Tries/2 [END/MSG] some tasks failed, trying again without limit
   25.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Tries task succeeded
   30.000  TRACE CONDITION active Tries/2 [PROC/MSG] check skipped: not recurring and finished

story: An error counts as a failure; no outcome does not, and finishes the condition.
start: 2026-03-02T12:00:00Z
show: HIST/END|retries|finished
--- config
scheduler_tick_seconds = 5
task = [
  { name = "None", type = "lua", script = "x = 1" },
  { name = "Error", type = "internal", command = "nonsense" },
]
condition = [
  { name = "Indifferent", type = "interval", interval_seconds = 0, tasks = ["None"] },
  { name = "Broken", type = "interval", interval_seconds = 0, max_tasks_retries = 1, tasks = ["Error"] },
]
--- lua
None: none
--- steps
until 15
--- records
    5.000  TRACE TASK active Error/2 [HIST/END] ERR/trigger:Broken error: unknown command "nonsense" (known: exit, quit, kill, pause, resume, reset_conditions, suspend_condition, resume_condition, trigger, log_event, configure, reload, run, cancel, help)
    5.000  TRACE TASK active None/1 [HIST/END] IND/trigger:Indifferent no outcome
    5.000  DEBUG CONDITION active Broken/4 [END/MSG] some tasks failed, retries left: 1
   10.000  TRACE CONDITION active Indifferent/3 [PROC/MSG] check skipped: not recurring and finished
   10.000  TRACE TASK active Error/2 [HIST/END] ERR/trigger:Broken error: unknown command "nonsense" (known: exit, quit, kill, pause, resume, reset_conditions, suspend_condition, resume_condition, trigger, log_event, configure, reload, run, cancel, help)
   10.000  DEBUG CONDITION active Broken/4 [END/FAIL] some tasks failed, no retries left: checking stops
   15.000  TRACE CONDITION active Indifferent/3 [PROC/MSG] check skipped: not recurring and finished
   15.000  TRACE CONDITION active Broken/4 [PROC/MSG] check skipped: not recurring and no retries left

story: Tasks that a break kept from running do not count as failed.
start: 2026-03-02T12:00:00Z
show: HIST|retries|finished
--- config
scheduler_tick_seconds = 5
task = [
  { name = "Good", type = "command", command = "good", command_arguments = [], startup_path = "/", success_status = 0 },
  { name = "Bad", type = "command", command = "bad", command_arguments = [], startup_path = "/", success_status = 0 },
]
condition = [{ name = "Once", type = "interval", interval_seconds = 0, break_on_success = true, tasks = ["Good", "Bad"] }]
--- processes
bad: exit 1
--- steps
until 5
--- records
    5.000  TRACE TASK active Good/1 [HIST/START] OK/trigger:Once starting task
    5.000  TRACE TASK active Good/1 [HIST/END] OK/trigger:Once task succeeded

story: Recurring, a failure changes nothing: the condition is checked for ever.
start: 2026-03-02T12:00:00Z
show: HIST/END|retries
--- config
scheduler_tick_seconds = 5
task = [{ name = "Bad", type = "command", command = "bad", command_arguments = [], startup_path = "/", success_status = 0 }]
condition = [{ name = "Often", type = "interval", interval_seconds = 0, recurring = true, tasks = ["Bad"] }]
--- processes
bad: exit 1
--- steps
until 15
--- records
    5.000  TRACE TASK active Bad/1 [HIST/END] FAIL/trigger:Often task failed
   10.000  TRACE TASK active Bad/1 [HIST/END] FAIL/trigger:Often task failed
   15.000  TRACE TASK active Bad/1 [HIST/END] FAIL/trigger:Often task failed
