Tasks in sequence.

story: Tasks run one after the other, in the order of the list.
start: 2026-03-02T12:00:00Z
show: HIST|run_seq|CONDITION active \w+/[1-9]
--- config
scheduler_tick_seconds = 1
task = [
  { name = "A", type = "command", command = "a", command_arguments = [], startup_path = "/", success_status = 0 },
  { name = "B", type = "lua", script = "x = 1" },
  { name = "C", type = "internal", command = "nonsense" },
  { name = "D", type = "command", command = "d", command_arguments = [], startup_path = "/", success_status = 0 },
]
condition = [{ name = "Once", type = "interval", interval_seconds = 1, recurring = true, tasks = ["D", "C", "B", "A"] }]
--- processes
a: exit 0 after 1
d: exit 3 after 2
--- lua
B: none after 0.5
--- steps
until 4.9
--- records
    1.000  TRACE CONDITION active Once/5 [PROC/OK] check begins
    1.000  DEBUG CONDITION active Once/5 [PROC/MSG] interval: passed
    1.000  DEBUG CONDITION active Once/5 [END/OK] check ended positive
    1.000  INFO  CONDITION active Once/5 [START/MSG] running tasks in sequence: D, C, B, A
    1.000  TRACE TASK active D/4 [HIST/START] OK/trigger:Once starting task
    3.000  TRACE TASK active D/4 [HIST/END] FAIL/trigger:Once task failed
    3.000  TRACE TASK_REGISTRY run_seq D/4 [END/MSG] (trigger: Once) task ended: failure
    3.000  TRACE TASK active C/3 [HIST/START] OK/trigger:Once starting task
    3.000  TRACE TASK active C/3 [HIST/END] ERR/trigger:Once error: unknown command "nonsense" (known: exit, quit, kill, pause, resume, reset_conditions, suspend_condition, resume_condition, trigger, log_event, configure, reload, run, cancel, help)
    3.000  TRACE TASK_REGISTRY run_seq C/3 [END/MSG] (trigger: Once) task ended: error
    3.000  TRACE TASK active B/2 [HIST/START] OK/trigger:Once starting task
    3.500  TRACE TASK active B/2 [HIST/END] IND/trigger:Once no outcome
    3.500  TRACE TASK_REGISTRY run_seq B/2 [END/MSG] (trigger: Once) task ended: none
    3.500  TRACE TASK active A/1 [HIST/START] OK/trigger:Once starting task
    4.500  TRACE TASK active A/1 [HIST/END] OK/trigger:Once task succeeded
    4.500  TRACE TASK_REGISTRY run_seq A/1 [END/MSG] (trigger: Once) task ended: success
    4.500  TRACE TASK_REGISTRY run_seq [END/MSG] (trigger: Once) sequence ended: 4 of 4 tasks executed
    4.500  INFO  CONDITION active Once/5 [END/MSG] task D ended: failure
    4.500  INFO  CONDITION active Once/5 [END/MSG] task C ended with an error: unknown command "nonsense" (known: exit, quit, kill, pause, resume, reset_conditions, suspend_condition, resume_condition, trigger, log_event, configure, reload, run, cancel, help)
    4.500  INFO  CONDITION active Once/5 [END/MSG] task B ended: no outcome
    4.500  INFO  CONDITION active Once/5 [END/MSG] task A ended: success
    4.500  DEBUG CONDITION active Once/5 [END/OK] all tasks have ended (4 of 4 executed)
    4.500  WARN  CONDITION active Once/5 [END/FAIL] task D failed: exit code 3 is not the success status 0, and 1 more task failed

story: With break_on_failure a failure ends the sequence; the tasks after it are not run.
start: 2026-03-02T12:00:00Z
show: HIST|run_seq|CONDITION active \w+/[1-9]
--- config
scheduler_tick_seconds = 1
task = [
  { name = "A", type = "command", command = "a", command_arguments = [], startup_path = "/", success_status = 0 },
  { name = "B", type = "command", command = "b", command_arguments = [], startup_path = "/", success_status = 0 },
  { name = "C", type = "command", command = "c", command_arguments = [], startup_path = "/", success_status = 0 },
]
condition = [{ name = "Once", type = "interval", interval_seconds = 1, break_on_failure = true, tasks = ["A", "B", "C"] }]
--- processes
b: exit 1
--- steps
until 1
--- records
    1.000  TRACE CONDITION active Once/4 [PROC/OK] check begins
    1.000  DEBUG CONDITION active Once/4 [PROC/MSG] interval: passed
    1.000  DEBUG CONDITION active Once/4 [END/OK] check ended positive
    1.000  INFO  CONDITION active Once/4 [START/MSG] running tasks in sequence: A, B, C
    1.000  TRACE TASK active A/1 [HIST/START] OK/trigger:Once starting task
    1.000  TRACE TASK active A/1 [HIST/END] OK/trigger:Once task succeeded
    1.000  TRACE TASK_REGISTRY run_seq A/1 [END/MSG] (trigger: Once) task ended: success
    1.000  TRACE TASK active B/2 [HIST/START] OK/trigger:Once starting task
    1.000  TRACE TASK active B/2 [HIST/END] FAIL/trigger:Once task failed
    1.000  TRACE TASK_REGISTRY run_seq B/2 [END/MSG] (trigger: Once) task ended: failure
    1.000  DEBUG TASK_REGISTRY run_seq B/2 [END/MSG] (trigger: Once) sequence broken off on failure
    1.000  TRACE TASK_REGISTRY run_seq [END/MSG] (trigger: Once) sequence ended: 2 of 3 tasks executed
    1.000  INFO  CONDITION active Once/4 [END/MSG] task A ended: success
    1.000  INFO  CONDITION active Once/4 [END/MSG] task B ended: failure
    1.000  DEBUG CONDITION active Once/4 [END/OK] all tasks have ended (2 of 3 executed)
    1.000  DEBUG CONDITION active Once/4 [END/FAIL] some tasks failed, no retries left: checking stops
    1.000  WARN  CONDITION active Once/4 [END/FAIL] task B failed: exit code 1 is not the success status 0

story: With break_on_failure an error ends the sequence, no outcome does not.
start: 2026-03-02T12:00:00Z
show: HIST|run_seq|CONDITION active \w+/[1-9]
--- config
scheduler_tick_seconds = 1
task = [
  { name = "None", type = "lua", script = "x = 1" },
  { name = "Error", type = "internal", command = "nonsense" },
  { name = "Last", type = "command", command = "last", command_arguments = [], startup_path = "/", success_status = 0 },
]
condition = [{ name = "Once", type = "interval", interval_seconds = 1, break_on_failure = true, tasks = ["None", "Error", "Last"] }]
--- lua
None: none
--- steps
until 1
--- records
    1.000  TRACE CONDITION active Once/4 [PROC/OK] check begins
    1.000  DEBUG CONDITION active Once/4 [PROC/MSG] interval: passed
    1.000  DEBUG CONDITION active Once/4 [END/OK] check ended positive
    1.000  INFO  CONDITION active Once/4 [START/MSG] running tasks in sequence: None, Error, Last
    1.000  TRACE TASK active None/1 [HIST/START] OK/trigger:Once starting task
    1.000  TRACE TASK active None/1 [HIST/END] IND/trigger:Once no outcome
    1.000  TRACE TASK_REGISTRY run_seq None/1 [END/MSG] (trigger: Once) task ended: none
    1.000  TRACE TASK active Error/2 [HIST/START] OK/trigger:Once starting task
    1.000  TRACE TASK active Error/2 [HIST/END] ERR/trigger:Once error: unknown command "nonsense" (known: exit, quit, kill, pause, resume, reset_conditions, suspend_condition, resume_condition, trigger, log_event, configure, reload, run, cancel, help)
    1.000  TRACE TASK_REGISTRY run_seq Error/2 [END/MSG] (trigger: Once) task ended: error
    1.000  DEBUG TASK_REGISTRY run_seq Error/2 [END/MSG] (trigger: Once) sequence broken off on error
    1.000  TRACE TASK_REGISTRY run_seq [END/MSG] (trigger: Once) sequence ended: 2 of 3 tasks executed
    1.000  INFO  CONDITION active Once/4 [END/MSG] task None ended: no outcome
    1.000  INFO  CONDITION active Once/4 [END/MSG] task Error ended with an error: unknown command "nonsense" (known: exit, quit, kill, pause, resume, reset_conditions, suspend_condition, resume_condition, trigger, log_event, configure, reload, run, cancel, help)
    1.000  DEBUG CONDITION active Once/4 [END/OK] all tasks have ended (2 of 3 executed)
    1.000  DEBUG CONDITION active Once/4 [END/FAIL] some tasks failed, no retries left: checking stops
    1.000  WARN  CONDITION active Once/4 [END/FAIL] task Error failed: unknown command "nonsense" (known: exit, quit, kill, pause, resume, reset_conditions, suspend_condition, resume_condition, trigger, log_event, configure, reload, run, cancel, help)

story: With break_on_success the first success ends the sequence; failures, errors and no outcome do not.
start: 2026-03-02T12:00:00Z
show: HIST|run_seq|CONDITION active \w+/[1-9]
--- config
scheduler_tick_seconds = 1
task = [
  { name = "Fails", type = "command", command = "fails", command_arguments = [], startup_path = "/", success_status = 0 },
  { name = "Error", type = "internal", command = "nonsense" },
  { name = "None", type = "lua", script = "x = 1" },
  { name = "Works", type = "command", command = "works", command_arguments = [], startup_path = "/", success_status = 0 },
  { name = "Last", type = "command", command = "last", command_arguments = [], startup_path = "/", success_status = 0 },
]
condition = [{ name = "Once", type = "interval", interval_seconds = 1, recurring = true, break_on_success = true, tasks = ["Fails", "Error", "None", "Works", "Last"] }]
--- processes
fails: exit 1
--- lua
None: none
--- steps
until 1
--- records
    1.000  TRACE CONDITION active Once/6 [PROC/OK] check begins
    1.000  DEBUG CONDITION active Once/6 [PROC/MSG] interval: passed
    1.000  DEBUG CONDITION active Once/6 [END/OK] check ended positive
    1.000  INFO  CONDITION active Once/6 [START/MSG] running tasks in sequence: Fails, Error, None, Works, Last
    1.000  TRACE TASK active Fails/1 [HIST/START] OK/trigger:Once starting task
    1.000  TRACE TASK active Fails/1 [HIST/END] FAIL/trigger:Once task failed
    1.000  TRACE TASK_REGISTRY run_seq Fails/1 [END/MSG] (trigger: Once) task ended: failure
    1.000  TRACE TASK active Error/2 [HIST/START] OK/trigger:Once starting task
    1.000  TRACE TASK active Error/2 [HIST/END] ERR/trigger:Once error: unknown command "nonsense" (known: exit, quit, kill, pause, resume, reset_conditions, suspend_condition, resume_condition, trigger, log_event, configure, reload, run, cancel, help)
    1.000  TRACE TASK_REGISTRY run_seq Error/2 [END/MSG] (trigger: Once) task ended: error
    1.000  TRACE TASK active None/3 [HIST/START] OK/trigger:Once starting task
    1.000  TRACE TASK active None/3 [HIST/END] IND/trigger:Once no outcome
    1.000  TRACE TASK_REGISTRY run_seq None/3 [END/MSG] (trigger: Once) task ended: none
    1.000  TRACE TASK active Works/4 [HIST/START] OK/trigger:Once starting task
    1.000  TRACE TASK active Works/4 [HIST/END] OK/trigger:Once task succeeded
    1.000  TRACE TASK_REGISTRY run_seq Works/4 [END/MSG] (trigger: Once) task ended: success
    1.000  DEBUG TASK_REGISTRY run_seq Works/4 [END/MSG] (trigger: Once) sequence broken off on success
    1.000  TRACE TASK_REGISTRY run_seq [END/MSG] (trigger: Once) sequence ended: 4 of 5 tasks executed
    1.000  INFO  CONDITION active Once/6 [END/MSG] task Fails ended: failure
    1.000  INFO  CONDITION active Once/6 [END/MSG] task Error ended with an error: unknown command "nonsense" (known: exit, quit, kill, pause, resume, reset_conditions, suspend_condition, resume_condition, trigger, log_event, configure, reload, run, cancel, help)
    1.000  INFO  CONDITION active Once/6 [END/MSG] task None ended: no outcome
    1.000  INFO  CONDITION active Once/6 [END/MSG] task Works ended: success
    1.000  DEBUG CONDITION active Once/6 [END/OK] all tasks have ended (4 of 5 executed)
    1.000  WARN  CONDITION active Once/6 [END/FAIL] task Fails failed: exit code 1 is not the success status 0, and 1 more task failed

story: A task that runs for another condition is waited for: one task never runs twice at the same time.
start: 2026-03-02T12:00:00Z
show: HIST
--- config
scheduler_tick_seconds = 1
task = [{ name = "Shared", type = "command", command = "shared", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "First", type = "interval", interval_seconds = 1, tasks = ["Shared"] },
  { name = "Second", type = "interval", interval_seconds = 1, tasks = ["Shared"] },
  { name = "Third", type = "interval", interval_seconds = 2, execute_sequence = false, tasks = ["Shared"] },
]
--- processes
shared: exit 0 after 3
--- steps
until 12
--- records
    1.000  TRACE TASK active Shared/1 [HIST/START] OK/trigger:First starting task
    4.000  TRACE TASK active Shared/1 [HIST/END] OK/trigger:First task succeeded
    4.000  TRACE TASK active Shared/1 [HIST/START] OK/trigger:Second starting task
    7.000  TRACE TASK active Shared/1 [HIST/END] OK/trigger:Second task succeeded
    7.000  TRACE TASK active Shared/1 [HIST/START] OK/trigger:Third starting task
   10.000  TRACE TASK active Shared/1 [HIST/END] OK/trigger:Third task succeeded

story: The kinds of ending of a command, and their records.
start: 2026-03-02T12:00:00Z
show: TASK active|CONDITION active \w+/[1-9]
--- config
scheduler_tick_seconds = 1
task = [
  { name = "Ok", type = "command", command = "ok", command_arguments = ["with blank", "x"], startup_path = "/" },
  { name = "Status", type = "command", command = "status", command_arguments = [], startup_path = "/", success_status = 0 },
  { name = "Text", type = "command", command = "text", command_arguments = [], startup_path = "/", success_stdout = "done" },
  { name = "Signal", type = "command", command = "signal", command_arguments = [], startup_path = "/" },
  { name = "Limit", type = "command", command = "limit", command_arguments = [], startup_path = "/", timeout_seconds = 1 },
  { name = "NotThere", type = "command", command = "gone", command_arguments = [], startup_path = "/" },
]
condition = [{ name = "Once", type = "interval", interval_seconds = 1, tasks = ["Ok", "Status", "Text", "Signal", "Limit", "NotThere"] }]
--- processes
status: exit 7
text: exit 0 saying "not yet"
signal: signal SIGSEGV
limit: hangs
gone: not found
--- steps
until 3
--- records
    1.000  TRACE CONDITION active Once/7 [PROC/OK] check begins
    1.000  DEBUG CONDITION active Once/7 [PROC/MSG] interval: passed
    1.000  DEBUG CONDITION active Once/7 [END/OK] check ended positive
    1.000  INFO  CONDITION active Once/7 [START/MSG] running tasks in sequence: Ok, Status, Text, Signal, Limit, NotThere
    1.000  TRACE TASK active Ok/1 [HIST/START] OK/trigger:Once starting task
    1.000  DEBUG TASK active Ok/1 [START/MSG] (trigger: Once) running: ok "with blank" x
    1.000  DEBUG TASK active Ok/1 [PROC/OK] (trigger: Once) exit code 0, no status criterion
    1.000  DEBUG TASK active Ok/1 [END/OK] (trigger: Once) succeeded in 0.00 s: exit code 0, no status criterion
    1.000  TRACE TASK active Ok/1 [HIST/END] OK/trigger:Once task succeeded
    1.000  TRACE TASK active Status/2 [HIST/START] OK/trigger:Once starting task
    1.000  DEBUG TASK active Status/2 [START/MSG] (trigger: Once) running: status
    1.000  DEBUG TASK active Status/2 [PROC/OK] (trigger: Once) exit code 7 is not the success status 0
    1.000  DEBUG TASK active Status/2 [END/OK] (trigger: Once) failed in 0.00 s: exit code 7 is not the success status 0
    1.000  TRACE TASK active Status/2 [HIST/END] FAIL/trigger:Once task failed
    1.000  TRACE TASK active Text/3 [HIST/START] OK/trigger:Once starting task
    1.000  DEBUG TASK active Text/3 [START/MSG] (trigger: Once) running: text
    1.000  TRACE TASK active Text/3 [PROC/OK] (trigger: Once) exit code 0, no status criterion
    1.000  DEBUG TASK active Text/3 [PROC/OK] (trigger: Once) success_stdout "done" not found on stdout
    1.000  DEBUG TASK active Text/3 [END/OK] (trigger: Once) failed in 0.00 s: success_stdout "done" not found on stdout
    1.000  TRACE TASK active Text/3 [HIST/END] FAIL/trigger:Once task failed
    1.000  TRACE TASK active Signal/4 [HIST/START] OK/trigger:Once starting task
    1.000  DEBUG TASK active Signal/4 [START/MSG] (trigger: Once) running: signal
    1.000  WARN  TASK active Signal/4 [PROC/FAIL] (trigger: Once) the process was ended by signal SIGSEGV
    1.000  WARN  TASK active Signal/4 [END/FAIL] (trigger: Once) failed in 0.00 s: ended by signal SIGSEGV
    1.000  TRACE TASK active Signal/4 [HIST/END] FAIL/trigger:Once task failed
    1.000  TRACE TASK active Limit/5 [HIST/START] OK/trigger:Once starting task
    1.000  DEBUG TASK active Limit/5 [START/MSG] (trigger: Once) running: limit
    2.000  DEBUG TASK active Limit/5 [PROC/FAIL] (trigger: Once) time limit of 1 s reached, process group ended
    2.000  WARN  TASK active Limit/5 [END/FAIL] (trigger: Once) given up after 1.00 s: time limit of 1 s
    2.000  TRACE TASK active Limit/5 [HIST/END] FAIL/trigger:Once task failed
    2.000  TRACE TASK active NotThere/6 [HIST/START] OK/trigger:Once starting task
    2.000  DEBUG TASK active NotThere/6 [START/MSG] (trigger: Once) running: gone
    2.000  WARN  TASK active NotThere/6 [PROC/FAIL] (trigger: Once) could not be started: no such program
    2.000  WARN  TASK active NotThere/6 [END/FAIL] (trigger: Once) given up after 0.00 s: no such program
    2.000  TRACE TASK active NotThere/6 [HIST/END] FAIL/trigger:Once task failed
    2.000  INFO  CONDITION active Once/7 [END/MSG] task Ok ended: success
    2.000  INFO  CONDITION active Once/7 [END/MSG] task Status ended: failure
    2.000  INFO  CONDITION active Once/7 [END/MSG] task Text ended: failure
    2.000  INFO  CONDITION active Once/7 [END/MSG] task Signal ended: failure
    2.000  INFO  CONDITION active Once/7 [END/MSG] task Limit ended: failure
    2.000  INFO  CONDITION active Once/7 [END/MSG] task NotThere ended: failure
    2.000  DEBUG CONDITION active Once/7 [END/OK] all tasks have ended (6 of 6 executed)
    2.000  DEBUG CONDITION active Once/7 [END/FAIL] some tasks failed, no retries left: checking stops
    2.000  WARN  CONDITION active Once/7 [END/FAIL] task Status failed: exit code 7 is not the success status 0, and 4 more tasks failed
    3.000  TRACE CONDITION active Once/7 [PROC/MSG] check skipped: not recurring and no retries left
