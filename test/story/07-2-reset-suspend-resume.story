reset_conditions, suspend_condition, resume_condition.

story: Free conditions are suspended, resumed and reset at once.
start: 2026-03-02T12:00:00Z
show: MAIN (command|reset|suspend|resume|condition)
--- config
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "A", type = "interval", interval_seconds = 100, tasks = ["Work"] },
  { name = "B", type = "interval", interval_seconds = 100, tasks = ["Work"] },
]
--- steps
at 1 suspend_condition A
at 2 resume_condition A
at 3 reset_conditions B A
at 4 reset_conditions
--- records
    1.000  > suspend_condition A
    1.000  DEBUG MAIN command [PROC/MSG] suspend_condition A accepted
    1.000  DEBUG MAIN condition_state [START/OK] condition A: suspend
    1.000  INFO  MAIN suspend_condition [END/OK] condition A suspended
    2.000  > resume_condition A
    2.000  DEBUG MAIN command [PROC/MSG] resume_condition A accepted
    2.000  DEBUG MAIN condition_state [START/OK] condition A: resume
    2.000  INFO  MAIN resume_condition [END/OK] condition A resumed and reset
    3.000  > reset_conditions B A
    3.000  DEBUG MAIN command [PROC/MSG] resetting conditions: B A
    3.000  TRACE MAIN reset_conditions [START/OK] resetting condition B
    3.000  INFO  MAIN reset_conditions [END/OK] condition B reset
    3.000  TRACE MAIN reset_conditions [START/OK] resetting condition A
    3.000  INFO  MAIN reset_conditions [END/OK] condition A reset
    4.000  > reset_conditions
    4.000  TRACE MAIN command [PROC/MSG] resetting all conditions
    4.000  TRACE MAIN reset_conditions [START/OK] resetting condition A
    4.000  INFO  MAIN reset_conditions [END/OK] condition A reset
    4.000  TRACE MAIN reset_conditions [START/OK] resetting condition B
    4.000  INFO  MAIN reset_conditions [END/OK] condition B reset

story: Operations on a busy condition are queued and done, in their order, when its tasks have ended.
start: 2026-03-02T12:00:00Z
show: HIST|reset|suspend|resume|BUSY
--- config
scheduler_tick_seconds = 1
task = [{ name = "Slow", type = "command", command = "slow", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Busy", type = "interval", interval_seconds = 1, tasks = ["Slow"] }]
--- processes
slow: exit 0 after 4
--- steps
at 1.5 suspend_condition Busy
at 2.5 resume_condition Busy
at 3.5 reset_conditions Busy
until 11
--- records
    1.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    1.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
    1.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Busy starting task
    1.500  > suspend_condition Busy
    1.500  DEBUG MAIN command [PROC/MSG] suspend_condition Busy accepted
    1.500  DEBUG MAIN condition_state [START/OK] condition Busy: suspend
    1.500  INFO  MAIN suspend_condition [PROC/OK] condition Busy is busy: its suspension is queued
    2.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
    2.500  > resume_condition Busy
    2.500  DEBUG MAIN command [PROC/MSG] resume_condition Busy accepted
    2.500  DEBUG MAIN condition_state [START/OK] condition Busy: resume
    2.500  INFO  MAIN resume_condition [PROC/OK] condition Busy is busy: its resumption is queued
    3.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
    3.500  > reset_conditions Busy
    3.500  DEBUG MAIN command [PROC/MSG] resetting conditions: Busy
    3.500  TRACE MAIN reset_conditions [START/OK] resetting condition Busy
    3.500  INFO  MAIN reset_conditions [PROC/OK] condition Busy is busy: its reset is queued
    4.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
    5.000  TRACE TASK active Slow/1 [HIST/END] OK/trigger:Busy task succeeded
    5.000  INFO  CONDITION_REGISTRY suspend_condition [PROC/OK] queued suspension of condition Busy done
    5.000  INFO  MAIN resume_condition [END/OK] condition Busy resumed and reset
    5.000  INFO  CONDITION_REGISTRY reset_conditions [PROC/OK] queued reset of condition Busy done
    5.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    5.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    6.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    6.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
    6.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Busy starting task
    7.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
    8.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
    9.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
   10.000  TRACE TASK active Slow/1 [HIST/END] OK/trigger:Busy task succeeded
   10.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
   10.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
   11.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy

story: reset_conditions while the tasks run: queued, then done; the condition, not recurring, is checked anew.
start: 2026-03-02T12:00:00Z
show: HIST|reset|retries|finished
--- config
scheduler_tick_seconds = 1
task = [{ name = "Slow", type = "command", command = "slow", command_arguments = [], startup_path = "/", success_status = 0 }]
condition = [{ name = "X", type = "interval", interval_seconds = 1, max_tasks_retries = 1, tasks = ["Slow"] }]
--- processes
slow: exit 1 after 1.5 | exit 1 after 1.5 | exit 0
--- steps
at 4.2 reset_conditions X
until 10
--- records
    1.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:X starting task
    2.500  TRACE TASK active Slow/1 [HIST/END] FAIL/trigger:X task failed
    2.500  DEBUG CONDITION active X/2 [END/MSG] some tasks failed, retries left: 1
    3.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:X starting task
    4.200  > reset_conditions X
    4.200  DEBUG MAIN command [PROC/MSG] resetting conditions: X
    4.200  TRACE MAIN reset_conditions [START/OK] resetting condition X
    4.200  INFO  MAIN reset_conditions [PROC/OK] condition X is busy: its reset is queued
    4.500  TRACE TASK active Slow/1 [HIST/END] FAIL/trigger:X task failed
    4.500  DEBUG CONDITION active X/2 [END/FAIL] some tasks failed, no retries left: checking stops
    4.500  INFO  CONDITION_REGISTRY reset_conditions [PROC/OK] queued reset of condition X done
    6.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:X starting task
    6.000  TRACE TASK active Slow/1 [HIST/END] OK/trigger:X task succeeded
    7.000  TRACE CONDITION active X/2 [PROC/MSG] check skipped: not recurring and finished
    8.000  TRACE CONDITION active X/2 [PROC/MSG] check skipped: not recurring and finished
    9.000  TRACE CONDITION active X/2 [PROC/MSG] check skipped: not recurring and finished
   10.000  TRACE CONDITION active X/2 [PROC/MSG] check skipped: not recurring and finished

story: What changes nothing says so: suspending twice, resuming what is not suspended; neither resets.
start: 2026-03-02T12:00:00Z
show: HIST|suspend|resume
--- config
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Often", type = "interval", interval_seconds = 4, recurring = true, tasks = ["Work"] }]
--- steps
at 2 resume_condition Often
at 5 suspend_condition Often
at 6 suspend_condition Often
at 6.5 resume_condition Often
until 12
--- records
    2.000  > resume_condition Often
    2.000  DEBUG MAIN command [PROC/MSG] resume_condition Often accepted
    2.000  DEBUG MAIN condition_state [START/OK] condition Often: resume
    2.000  INFO  MAIN resume_condition [END/OK] condition Often is not suspended: nothing to resume
    4.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
    4.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Often task succeeded
    5.000  > suspend_condition Often
    5.000  DEBUG MAIN command [PROC/MSG] suspend_condition Often accepted
    5.000  DEBUG MAIN condition_state [START/OK] condition Often: suspend
    5.000  INFO  MAIN suspend_condition [END/OK] condition Often suspended
    6.000  TRACE CONDITION active Often/2 [PROC/MSG] check skipped: suspended
    6.000  > suspend_condition Often
    6.000  DEBUG MAIN command [PROC/MSG] suspend_condition Often accepted
    6.000  DEBUG MAIN condition_state [START/OK] condition Often: suspend
    6.000  INFO  MAIN suspend_condition [END/OK] condition Often is suspended already
    6.500  > resume_condition Often
    6.500  DEBUG MAIN command [PROC/MSG] resume_condition Often accepted
    6.500  DEBUG MAIN condition_state [START/OK] condition Often: resume
    6.500  INFO  MAIN resume_condition [END/OK] condition Often resumed and reset
   11.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
   11.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Often task succeeded

story: A suspend that is queued twice leaves nothing behind: a later resume is not undone.
start: 2026-03-02T12:00:00Z
show: HIST|suspend|resume
--- config
scheduler_tick_seconds = 1
task = [{ name = "Slow", type = "command", command = "slow", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Busy", type = "interval", interval_seconds = 1, recurring = true, tasks = ["Slow"] }]
--- processes
slow: exit 0 after 4
--- steps
at 2 suspend_condition Busy
at 3 suspend_condition Busy
at 6.5 resume_condition Busy
until 9
--- records
    1.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Busy starting task
    2.000  > suspend_condition Busy
    2.000  DEBUG MAIN command [PROC/MSG] suspend_condition Busy accepted
    2.000  DEBUG MAIN condition_state [START/OK] condition Busy: suspend
    2.000  INFO  MAIN suspend_condition [PROC/OK] condition Busy is busy: its suspension is queued
    3.000  > suspend_condition Busy
    3.000  DEBUG MAIN command [PROC/MSG] suspend_condition Busy accepted
    3.000  DEBUG MAIN condition_state [START/OK] condition Busy: suspend
    3.000  INFO  MAIN suspend_condition [END/OK] condition Busy is suspended already
    5.000  TRACE TASK active Slow/1 [HIST/END] OK/trigger:Busy task succeeded
    5.000  INFO  CONDITION_REGISTRY suspend_condition [PROC/OK] queued suspension of condition Busy done
    5.000  TRACE CONDITION active Busy/2 [PROC/MSG] check skipped: suspended
    6.000  TRACE CONDITION active Busy/2 [PROC/MSG] check skipped: suspended
    6.500  > resume_condition Busy
    6.500  DEBUG MAIN command [PROC/MSG] resume_condition Busy accepted
    6.500  DEBUG MAIN condition_state [START/OK] condition Busy: resume
    6.500  INFO  MAIN resume_condition [END/OK] condition Busy resumed and reset
    8.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Busy starting task

story: Unknown names are errors; reset_conditions goes on with the others.
start: 2026-03-02T12:00:00Z
show: MAIN (command|reset|suspend|resume|condition)
--- config
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "A", type = "interval", interval_seconds = 100, tasks = ["Work"] }]
--- steps
at 1 suspend_condition B
at 2 resume_condition Work
at 3 reset_conditions B A C
--- records
    1.000  > suspend_condition B
    1.000  DEBUG MAIN command [PROC/MSG] suspend_condition B accepted
    1.000  ERROR MAIN condition_state [START/ERR] cannot suspend: there is no condition B, did you mean "A"?
    1.000    (no-effect: no such condition: B)
    2.000  > resume_condition Work
    2.000  DEBUG MAIN command [PROC/MSG] resume_condition Work accepted
    2.000  ERROR MAIN condition_state [START/ERR] cannot resume: there is no condition Work
    2.000    (no-effect: no such condition: Work)
    3.000  > reset_conditions B A C
    3.000  DEBUG MAIN command [PROC/MSG] resetting conditions: B A C
    3.000  ERROR MAIN reset_conditions [START/ERR] there is no condition B, did you mean "A"?
    3.000  TRACE MAIN reset_conditions [START/OK] resetting condition A
    3.000  INFO  MAIN reset_conditions [END/OK] condition A reset
    3.000  ERROR MAIN reset_conditions [START/ERR] there is no condition C, did you mean "A"?
    3.000    (no-effect: no such condition: B, C)

story: A condition that resets itself through an internal task is busy: the reset is queued and comes after its tasks.
start: 2026-03-02T12:00:00Z
show: HIST|reset
--- config
scheduler_tick_seconds = 1
task = [{ name = "Self", type = "internal", command = "reset_conditions Again" }]
condition = [{ name = "Again", type = "interval", interval_seconds = 2, tasks = ["Self"] }]
--- steps
until 7
--- records
    2.000  TRACE TASK active Self/1 [HIST/START] OK/trigger:Again starting task
    2.000  DEBUG TASK active Self/1 [START/OK] (trigger: Again) carrying out the command: reset_conditions Again
    2.000  DEBUG MAIN command [PROC/MSG] resetting conditions: Again
    2.000  TRACE MAIN reset_conditions [START/OK] resetting condition Again
    2.000  INFO  MAIN reset_conditions [PROC/OK] condition Again is busy: its reset is queued
    2.000  TRACE TASK active Self/1 [HIST/END] OK/trigger:Again task succeeded
    2.000  INFO  CONDITION_REGISTRY reset_conditions [PROC/OK] queued reset of condition Again done
    4.000  TRACE TASK active Self/1 [HIST/START] OK/trigger:Again starting task
    4.000  DEBUG TASK active Self/1 [START/OK] (trigger: Again) carrying out the command: reset_conditions Again
    4.000  DEBUG MAIN command [PROC/MSG] resetting conditions: Again
    4.000  TRACE MAIN reset_conditions [START/OK] resetting condition Again
    4.000  INFO  MAIN reset_conditions [PROC/OK] condition Again is busy: its reset is queued
    4.000  TRACE TASK active Self/1 [HIST/END] OK/trigger:Again task succeeded
    4.000  INFO  CONDITION_REGISTRY reset_conditions [PROC/OK] queued reset of condition Again done
    6.000  TRACE TASK active Self/1 [HIST/START] OK/trigger:Again starting task
    6.000  DEBUG TASK active Self/1 [START/OK] (trigger: Again) carrying out the command: reset_conditions Again
    6.000  DEBUG MAIN command [PROC/MSG] resetting conditions: Again
    6.000  TRACE MAIN reset_conditions [START/OK] resetting condition Again
    6.000  INFO  MAIN reset_conditions [PROC/OK] condition Again is busy: its reset is queued
    6.000  TRACE TASK active Self/1 [HIST/END] OK/trigger:Again task succeeded
    6.000  INFO  CONDITION_REGISTRY reset_conditions [PROC/OK] queued reset of condition Again done

story: A condition that suspends itself runs to the end of its tasks first.
start: 2026-03-02T12:00:00Z
show: HIST|suspend
--- config
scheduler_tick_seconds = 1
task = [
  { name = "Self", type = "internal", command = "suspend_condition Again" },
  { name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" },
]
condition = [{ name = "Again", type = "interval", interval_seconds = 1, recurring = true, tasks = ["Self", "Work"] }]
--- steps
until 3
--- records
    1.000  TRACE TASK active Self/1 [HIST/START] OK/trigger:Again starting task
    1.000  DEBUG TASK active Self/1 [START/OK] (trigger: Again) carrying out the command: suspend_condition Again
    1.000  DEBUG MAIN command [PROC/MSG] suspend_condition Again accepted
    1.000  DEBUG MAIN condition_state [START/OK] condition Again: suspend
    1.000  INFO  MAIN suspend_condition [PROC/OK] condition Again is busy: its suspension is queued
    1.000  TRACE TASK active Self/1 [HIST/END] OK/trigger:Again task succeeded
    1.000  TRACE TASK active Work/2 [HIST/START] OK/trigger:Again starting task
    1.000  TRACE TASK active Work/2 [HIST/END] OK/trigger:Again task succeeded
    1.000  INFO  CONDITION_REGISTRY suspend_condition [PROC/OK] queued suspension of condition Again done
    2.000  TRACE CONDITION active Again/3 [PROC/MSG] check skipped: suspended
    3.000  TRACE CONDITION active Again/3 [PROC/MSG] check skipped: suspended

story: A reset of all conditions without any is no effect.
start: 2026-03-02T12:00:00Z
--- config
--- steps
reset_conditions
--- records
    0.000  > reset_conditions
    0.000  TRACE MAIN command [PROC/MSG] resetting all conditions
    0.000  DEBUG MAIN command [PROC/MSG] there are no conditions to reset
    0.000    (no-effect: there are no conditions)
