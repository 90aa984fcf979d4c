run, cancel, reload, help, and what a condition does that is busy (when_busy).

story: run runs the tasks at once, as a run of the command; the next interval is where it was.
start: 2026-03-02T12:00:00Z
show: HIST|START/MSG|command
--- config
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Hourly", type = "interval", interval_seconds = 10, recurring = true, tasks = ["Work"] }]
--- processes
work: exit 0 after 2
--- steps
at 3.5 run Hourly
at 4.5 run Hourly
at 4.7 run Hourly --queue
at 4.8 run Hourly --queue
until 13
--- records
    0.000  DEBUG COMMAND_TASK new Work/0 [INIT/MSG] task of type command created
    1.000  TRACE CONDITION_REGISTRY tick Hourly/2 [START/MSG] condition taken for checking
    2.000  TRACE CONDITION_REGISTRY tick Hourly/2 [START/MSG] condition taken for checking
    3.000  TRACE CONDITION_REGISTRY tick Hourly/2 [START/MSG] condition taken for checking
    3.500  > run Hourly
    3.500  DEBUG MAIN command [PROC/MSG] run Hourly accepted
    3.500  INFO  CONDITION active Hourly/2 [START/MSG] running tasks in sequence: Work
    3.500  TRACE TASK active Work/1 [HIST/START] OK/trigger:Hourly starting task
    3.500  DEBUG TASK active Work/1 [START/MSG] (trigger: Hourly) running: work
    4.500  > run Hourly
    4.500  DEBUG MAIN command [PROC/MSG] run Hourly accepted
    4.500  WARN  MAIN command [PROC/FAIL] run: condition Hourly is busy (with --queue it runs when it is free)
    4.500    (no-effect: run: condition Hourly is busy (with --queue it runs when it is free))
    4.700  > run Hourly --queue
    4.700  DEBUG MAIN command [PROC/MSG] run Hourly --queue accepted
    4.700  INFO  CONDITION active Hourly/2 [PROC/MSG] busy: one more run is queued (the command run)
    4.800  > run Hourly --queue
    4.800  DEBUG MAIN command [PROC/MSG] run Hourly --queue accepted
    4.800  DEBUG CONDITION active Hourly/2 [PROC/MSG] busy: one more run is queued already (2: the command run)
    5.500  TRACE TASK active Work/1 [HIST/END] OK/trigger:Hourly task succeeded
    5.500  INFO  CONDITION active Hourly/2 [START/MSG] running tasks in sequence: Work
    5.500  TRACE TASK active Work/1 [HIST/START] OK/trigger:Hourly starting task
    5.500  DEBUG TASK active Work/1 [START/MSG] (trigger: Hourly) running: work
    7.500  TRACE TASK active Work/1 [HIST/END] OK/trigger:Hourly task succeeded
    8.000  TRACE CONDITION_REGISTRY tick Hourly/2 [START/MSG] condition taken for checking
    9.000  TRACE CONDITION_REGISTRY tick Hourly/2 [START/MSG] condition taken for checking
   10.000  TRACE CONDITION_REGISTRY tick Hourly/2 [START/MSG] condition taken for checking
   10.000  INFO  CONDITION active Hourly/2 [START/MSG] running tasks in sequence: Work
   10.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Hourly starting task
   10.000  DEBUG TASK active Work/1 [START/MSG] (trigger: Hourly) running: work
   12.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Hourly task succeeded
   12.000  TRACE CONDITION_REGISTRY tick Hourly/2 [START/MSG] condition taken for checking
   13.000  TRACE CONDITION_REGISTRY tick Hourly/2 [START/MSG] condition taken for checking

story: cancel ends the run; the tasks that are left do not begin.
start: 2026-03-02T12:00:00Z
show: HIST|END/|PROC/MSG|command
--- config
scheduler_tick_seconds = 1
task = [
  { name = "One", type = "command", command = "one", command_arguments = [], startup_path = "/" },
  { name = "Two", type = "command", command = "two", command_arguments = [], startup_path = "/" },
]
condition = [{ name = "Pair", type = "interval", interval_seconds = 10, recurring = true, tasks = ["One", "Two"] }]
--- processes
one: hangs stubbornly
--- steps
at 3.5 cancel Pair
at 12.5 cancel Pair
at 13 cancel Nobody
until 16
--- records
    0.000  DEBUG COMMAND_TASK new One/0 [INIT/MSG] task of type command created
    0.000  DEBUG COMMAND_TASK new Two/0 [INIT/MSG] task of type command created
    0.000  TRACE CONDITION active Pair/0 [PROC/MSG] looking for task One
    0.000  TRACE CONDITION active Pair/0 [PROC/MSG] looking for task Two
    1.000  TRACE CONDITION active Pair/3 [PROC/MSG] interval: 9.0 s left of 10 s
    1.000  TRACE CONDITION active Pair/3 [END/OK] check ended negative
    1.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Pair: tasks not executed
    2.000  TRACE CONDITION active Pair/3 [PROC/MSG] interval: 8.0 s left of 10 s
    2.000  TRACE CONDITION active Pair/3 [END/OK] check ended negative
    2.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Pair: tasks not executed
    3.000  TRACE CONDITION active Pair/3 [PROC/MSG] interval: 7.0 s left of 10 s
    3.000  TRACE CONDITION active Pair/3 [END/OK] check ended negative
    3.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Pair: tasks not executed
    3.500  > cancel Pair
    3.500  DEBUG MAIN command [PROC/MSG] cancel Pair accepted
    3.500  WARN  MAIN command [PROC/FAIL] cancel: condition Pair has nothing to cancel
    3.500    (no-effect: cancel: condition Pair has nothing to cancel)
    4.000  TRACE CONDITION active Pair/3 [PROC/MSG] interval: 6.0 s left of 10 s
    4.000  TRACE CONDITION active Pair/3 [END/OK] check ended negative
    4.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Pair: tasks not executed
    5.000  TRACE CONDITION active Pair/3 [PROC/MSG] interval: 5.0 s left of 10 s
    5.000  TRACE CONDITION active Pair/3 [END/OK] check ended negative
    5.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Pair: tasks not executed
    6.000  TRACE CONDITION active Pair/3 [PROC/MSG] interval: 4.0 s left of 10 s
    6.000  TRACE CONDITION active Pair/3 [END/OK] check ended negative
    6.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Pair: tasks not executed
    7.000  TRACE CONDITION active Pair/3 [PROC/MSG] interval: 3.0 s left of 10 s
    7.000  TRACE CONDITION active Pair/3 [END/OK] check ended negative
    7.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Pair: tasks not executed
    8.000  TRACE CONDITION active Pair/3 [PROC/MSG] interval: 2.0 s left of 10 s
    8.000  TRACE CONDITION active Pair/3 [END/OK] check ended negative
    8.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Pair: tasks not executed
    9.000  TRACE CONDITION active Pair/3 [PROC/MSG] interval: 1.0 s left of 10 s
    9.000  TRACE CONDITION active Pair/3 [END/OK] check ended negative
    9.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Pair: tasks not executed
   10.000  DEBUG CONDITION active Pair/3 [PROC/MSG] interval: passed
   10.000  DEBUG CONDITION active Pair/3 [END/OK] check ended positive
   10.000  TRACE TASK active One/1 [HIST/START] OK/trigger:Pair starting task
   11.000  DEBUG MAIN scheduler_tick [PROC/MSG] condition Pair is busy and left out
   12.000  DEBUG MAIN scheduler_tick [PROC/MSG] condition Pair is busy and left out
   12.500  > cancel Pair
   12.500  DEBUG MAIN command [PROC/MSG] cancel Pair accepted
   12.500  INFO  CONDITION active Pair/3 [PROC/MSG] the run is being ended: it was cancelled by a command
   13.000  DEBUG MAIN scheduler_tick [PROC/MSG] condition Pair is busy and left out
   13.000  > cancel Nobody
   13.000  DEBUG MAIN command [PROC/MSG] cancel Nobody accepted
   13.000    (no-effect: no such condition: Nobody)
   14.000  DEBUG MAIN scheduler_tick [PROC/MSG] condition Pair is busy and left out
   14.500  INFO  TASK active One/1 [END/FAIL] (trigger: Pair) ended early after 4.50 s
   14.500  TRACE TASK active One/1 [HIST/END] IND/trigger:Pair no outcome
   14.500  TRACE TASK_REGISTRY run_seq One/1 [END/MSG] (trigger: Pair) task ended: none
   14.500  TRACE TASK_REGISTRY run_seq [END/MSG] (trigger: Pair) sequence ended: 1 of 2 tasks executed
   14.500  INFO  CONDITION active Pair/3 [END/MSG] task One ended: no outcome
   14.500  INFO  CONDITION active Pair/3 [END/MSG] the run was ended early: it was cancelled by a command; not begun: Two
   14.500  DEBUG CONDITION active Pair/3 [END/OK] all tasks have ended (1 of 2 executed)
   14.500  TRACE MAIN scheduler_tick [PROC/MSG] condition Pair: tasks executed
   15.000  TRACE CONDITION active Pair/3 [PROC/MSG] interval: 5.0 s left of 10 s
   15.000  TRACE CONDITION active Pair/3 [END/OK] check ended negative
   15.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Pair: tasks not executed
   16.000  TRACE CONDITION active Pair/3 [PROC/MSG] interval: 4.0 s left of 10 s
   16.000  TRACE CONDITION active Pair/3 [END/OK] check ended negative
   16.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Pair: tasks not executed
