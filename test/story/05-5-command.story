Command conditions with check_after and recur_after_failed_check.

story: Without check_after a command condition is tested at every tick.
start: 2026-03-02T12:00:00Z
show: Asked
--- config
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Asked", type = "command", command = "ask", command_arguments = ["a b", "c"], startup_path = "/", success_status = 0, recurring = true, tasks = ["Work"] }]
--- processes
ask: exit 1 | exit 0
--- steps
until 2
--- records
    0.000  DEBUG COMMAND_CONDITION new Asked/0 [INIT/MSG] condition of type command created
    0.000  TRACE CONDITION active Asked/0 [PROC/MSG] looking for task Work
    0.000  DEBUG CONDITION active Asked/0 [PROC/OK] task Work added
    1.000  TRACE CONDITION_REGISTRY tick Asked/2 [START/MSG] condition taken for checking
    1.000  TRACE CONDITION active Asked/2 [PROC/OK] check begins
    1.000  DEBUG CONDITION active Asked/2 [START/MSG] command: test begins
    1.000  DEBUG CONDITION active Asked/2 [START/MSG] running: ask "a b" c
    1.000  DEBUG CONDITION active Asked/2 [PROC/OK] exit code 1 is not the success status 0
    1.000  DEBUG CONDITION active Asked/2 [END/FAIL] failed in 0.00 s: exit code 1 is not the success status 0
    1.000  DEBUG CONDITION active Asked/2 [END/OK] check ended negative
    1.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Asked: tasks not executed
    2.000  TRACE CONDITION_REGISTRY tick Asked/2 [START/MSG] condition taken for checking
    2.000  TRACE CONDITION active Asked/2 [PROC/OK] check begins
    2.000  DEBUG CONDITION active Asked/2 [START/MSG] command: test begins
    2.000  DEBUG CONDITION active Asked/2 [START/MSG] running: ask "a b" c
    2.000  DEBUG CONDITION active Asked/2 [PROC/OK] exit code 0 is the success status
    2.000  DEBUG CONDITION active Asked/2 [END/OK] succeeded in 0.00 s: exit code 0 is the success status
    2.000  DEBUG CONDITION active Asked/2 [END/OK] check ended positive
    2.000  INFO  CONDITION active Asked/2 [START/MSG] running tasks in sequence: Work
    2.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Asked starting task
    2.000  DEBUG TASK active Work/1 [START/MSG] (trigger: Asked) running: work
    2.000  DEBUG TASK active Work/1 [PROC/OK] (trigger: Asked) exit code 0, no status criterion
    2.000  DEBUG TASK active Work/1 [END/OK] (trigger: Asked) succeeded in 0.00 s: exit code 0, no status criterion
    2.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Asked task succeeded
    2.000  TRACE TASK_REGISTRY run_seq Work/1 [END/MSG] (trigger: Asked) task ended: success
    2.000  TRACE TASK_REGISTRY run_seq [END/MSG] (trigger: Asked) sequence ended: 1 of 1 tasks executed
    2.000  INFO  CONDITION active Asked/2 [END/MSG] task Work ended: success
    2.000  DEBUG CONDITION active Asked/2 [END/OK] all tasks have ended (1 of 1 executed)
    2.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Asked: tasks executed

story: check_after is the time between two tests, counted from the start, whatever came of the test before.
start: 2026-03-02T12:00:00Z
show: command: |HIST/START
--- config
scheduler_tick_seconds = 2
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Asked", type = "command", command = "ask", command_arguments = [], startup_path = "/", success_status = 0, check_after = 5, timeout_seconds = 1, recurring = true, tasks = ["Work"] }]
--- processes
ask: exit 1 | not found | hangs | signal SIGKILL | exit 0
--- steps
until 37
--- records
    2.000  TRACE CONDITION active Asked/2 [START/MSG] command: not tested yet, check_after has 3.0 s left
    4.000  TRACE CONDITION active Asked/2 [START/MSG] command: not tested yet, check_after has 1.0 s left
    6.000  DEBUG CONDITION active Asked/2 [START/MSG] command: test begins
    8.000  TRACE CONDITION active Asked/2 [START/MSG] command: not tested yet, check_after has 3.0 s left
   10.000  TRACE CONDITION active Asked/2 [START/MSG] command: not tested yet, check_after has 1.0 s left
   12.000  DEBUG CONDITION active Asked/2 [START/MSG] command: test begins
   14.000  TRACE CONDITION active Asked/2 [START/MSG] command: not tested yet, check_after has 3.0 s left
   16.000  TRACE CONDITION active Asked/2 [START/MSG] command: not tested yet, check_after has 1.0 s left
   18.000  DEBUG CONDITION active Asked/2 [START/MSG] command: test begins
   20.000  TRACE CONDITION active Asked/2 [START/MSG] command: not tested yet, check_after has 3.0 s left
   22.000  TRACE CONDITION active Asked/2 [START/MSG] command: not tested yet, check_after has 1.0 s left
   24.000  DEBUG CONDITION active Asked/2 [START/MSG] command: test begins
   26.000  TRACE CONDITION active Asked/2 [START/MSG] command: not tested yet, check_after has 3.0 s left
   28.000  TRACE CONDITION active Asked/2 [START/MSG] command: not tested yet, check_after has 1.0 s left
   30.000  DEBUG CONDITION active Asked/2 [START/MSG] command: test begins
   30.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Asked starting task
   32.000  TRACE CONDITION active Asked/2 [START/MSG] command: not tested yet, check_after has 3.0 s left
   34.000  TRACE CONDITION active Asked/2 [START/MSG] command: not tested yet, check_after has 1.0 s left
   36.000  DEBUG CONDITION active Asked/2 [START/MSG] command: test begins
   36.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Asked starting task

story: With recur_after_failed_check a success counts only after a failed test; of + + - - + + the first and fifth run.
start: 2026-03-02T12:00:00Z
show: HIST/START|does not count|ask
--- config
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Asked", type = "command", command = "ask", command_arguments = [], startup_path = "/", success_status = 0, recur_after_failed_check = true, recurring = true, tasks = ["Work"] }]
--- processes
ask: exit 0 | exit 0 | exit 1 | exit 1 | exit 0 | exit 0
--- steps
until 6
--- records
    0.000  DEBUG COMMAND_TASK new Work/0 [INIT/MSG] task of type command created
    0.000  TRACE CONDITION active Asked/0 [PROC/MSG] looking for task Work
    0.000  DEBUG CONDITION active Asked/0 [PROC/OK] task Work added
    1.000  DEBUG CONDITION active Asked/2 [START/MSG] running: ask
    1.000  INFO  CONDITION active Asked/2 [START/MSG] running tasks in sequence: Work
    1.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Asked starting task
    1.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Asked task succeeded
    1.000  TRACE TASK_REGISTRY run_seq Work/1 [END/MSG] (trigger: Asked) task ended: success
    1.000  TRACE TASK_REGISTRY run_seq [END/MSG] (trigger: Asked) sequence ended: 1 of 1 tasks executed
    1.000  INFO  CONDITION active Asked/2 [END/MSG] task Work ended: success
    1.000  DEBUG CONDITION active Asked/2 [END/OK] all tasks have ended (1 of 1 executed)
    1.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Asked: tasks executed
    2.000  DEBUG CONDITION active Asked/2 [START/MSG] running: ask
    2.000  DEBUG CONDITION active Asked/2 [END/MSG] command: positive, but does not count until a test has failed
    2.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Asked: tasks not executed
    3.000  DEBUG CONDITION active Asked/2 [START/MSG] running: ask
    3.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Asked: tasks not executed
    4.000  DEBUG CONDITION active Asked/2 [START/MSG] running: ask
    4.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Asked: tasks not executed
    5.000  DEBUG CONDITION active Asked/2 [START/MSG] running: ask
    5.000  INFO  CONDITION active Asked/2 [START/MSG] running tasks in sequence: Work
    5.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Asked starting task
    5.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Asked task succeeded
    5.000  TRACE TASK_REGISTRY run_seq Work/1 [END/MSG] (trigger: Asked) task ended: success
    5.000  TRACE TASK_REGISTRY run_seq [END/MSG] (trigger: Asked) sequence ended: 1 of 1 tasks executed
    5.000  INFO  CONDITION active Asked/2 [END/MSG] task Work ended: success
    5.000  DEBUG CONDITION active Asked/2 [END/OK] all tasks have ended (1 of 1 executed)
    5.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Asked: tasks executed
    6.000  DEBUG CONDITION active Asked/2 [START/MSG] running: ask
    6.000  DEBUG CONDITION active Asked/2 [END/MSG] command: positive, but does not count until a test has failed
    6.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Asked: tasks not executed

story: A test that hits its time limit or cannot be started is a negative one, and goes on being tried.
start: 2026-03-02T12:00:00Z
show: Asked
--- config
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Asked", type = "command", command = "ask", command_arguments = [], startup_path = "/", timeout_seconds = 2, tasks = ["Work"] }]
--- processes
ask: hangs | not found | exit 0
--- steps
until 15
--- records
    0.000  DEBUG COMMAND_CONDITION new Asked/0 [INIT/MSG] condition of type command created
    0.000  TRACE CONDITION active Asked/0 [PROC/MSG] looking for task Work
    0.000  DEBUG CONDITION active Asked/0 [PROC/OK] task Work added
    5.000  TRACE CONDITION_REGISTRY tick Asked/2 [START/MSG] condition taken for checking
    5.000  TRACE CONDITION active Asked/2 [PROC/OK] check begins
    5.000  DEBUG CONDITION active Asked/2 [START/MSG] command: test begins
    5.000  DEBUG CONDITION active Asked/2 [START/MSG] running: ask
    7.000  DEBUG CONDITION active Asked/2 [PROC/FAIL] time limit of 2 s reached, process group ended
    7.000  WARN  CONDITION active Asked/2 [END/FAIL] given up after 2.00 s: time limit of 2 s
    7.000  DEBUG CONDITION active Asked/2 [END/OK] check ended negative
    7.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Asked: tasks not executed
   10.000  TRACE CONDITION_REGISTRY tick Asked/2 [START/MSG] condition taken for checking
   10.000  TRACE CONDITION active Asked/2 [PROC/OK] check begins
   10.000  DEBUG CONDITION active Asked/2 [START/MSG] command: test begins
   10.000  DEBUG CONDITION active Asked/2 [START/MSG] running: ask
   10.000  WARN  CONDITION active Asked/2 [PROC/FAIL] could not be started: no such program
   10.000  WARN  CONDITION active Asked/2 [END/FAIL] given up after 0.00 s: no such program
   10.000  DEBUG CONDITION active Asked/2 [END/OK] check ended negative
   10.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Asked: tasks not executed
   15.000  TRACE CONDITION_REGISTRY tick Asked/2 [START/MSG] condition taken for checking
   15.000  TRACE CONDITION active Asked/2 [PROC/OK] check begins
   15.000  DEBUG CONDITION active Asked/2 [START/MSG] command: test begins
   15.000  DEBUG CONDITION active Asked/2 [START/MSG] running: ask
   15.000  DEBUG CONDITION active Asked/2 [PROC/OK] exit code 0, no status criterion
   15.000  DEBUG CONDITION active Asked/2 [END/OK] succeeded in 0.00 s: exit code 0, no status criterion
   15.000  DEBUG CONDITION active Asked/2 [END/OK] check ended positive
   15.000  INFO  CONDITION active Asked/2 [START/MSG] running tasks in sequence: Work
   15.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Asked starting task
   15.000  DEBUG TASK active Work/1 [START/MSG] (trigger: Asked) running: work
   15.000  DEBUG TASK active Work/1 [PROC/OK] (trigger: Asked) exit code 0, no status criterion
   15.000  DEBUG TASK active Work/1 [END/OK] (trigger: Asked) succeeded in 0.00 s: exit code 0, no status criterion
   15.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Asked task succeeded
   15.000  TRACE TASK_REGISTRY run_seq Work/1 [END/MSG] (trigger: Asked) task ended: success
   15.000  TRACE TASK_REGISTRY run_seq [END/MSG] (trigger: Asked) sequence ended: 1 of 1 tasks executed
   15.000  INFO  CONDITION active Asked/2 [END/MSG] task Work ended: success
   15.000  DEBUG CONDITION active Asked/2 [END/OK] all tasks have ended (1 of 1 executed)
   15.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Asked: tasks executed

story: A task under a limit of memory: ended by the system because of it, and failed for another reason perhaps.
start: 2026-03-02T12:00:00Z
show: PROC/FAIL|END/FAIL|Work failed|Work/1 .END/OK
--- config
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/", success_status = 0, limits = { memory_max = "1.5G", nice = 10 } }]
condition = [{ name = "Each", type = "interval", interval_seconds = 1, recurring = true, tasks = ["Work"] }]
--- processes
work: signal SIGKILL by its memory limit | exit 137 by its memory limit | exit 1 under its memory limit | signal SIGABRT under its memory limit | exit 0
--- steps
until 5
--- records
    1.000  WARN  TASK active Work/1 [PROC/FAIL] (trigger: Each) the process was ended because of its memory limit of 1.5 GiB
    1.000  WARN  TASK active Work/1 [END/FAIL] (trigger: Each) failed in 0.00 s: ended because of its memory limit of 1.5 GiB
    1.000  WARN  CONDITION active Each/2 [END/FAIL] task Work failed: ended because of its memory limit of 1.5 GiB
    2.000  WARN  TASK active Work/1 [PROC/FAIL] (trigger: Each) the process was ended because of its memory limit of 1.5 GiB
    2.000  WARN  TASK active Work/1 [END/FAIL] (trigger: Each) failed in 0.00 s: ended because of its memory limit of 1.5 GiB
    2.000  WARN  CONDITION active Each/2 [END/FAIL] task Work failed: ended because of its memory limit of 1.5 GiB
    3.000  DEBUG TASK active Work/1 [END/OK] (trigger: Each) failed in 0.00 s: exit code 1 is not the success status 0, with a memory limit of 1.5 GiB
    3.000  WARN  CONDITION active Each/2 [END/FAIL] task Work failed: exit code 1 is not the success status 0, with a memory limit of 1.5 GiB
    4.000  WARN  TASK active Work/1 [PROC/FAIL] (trigger: Each) the process was ended by signal SIGABRT
    4.000  WARN  TASK active Work/1 [END/FAIL] (trigger: Each) failed in 0.00 s: ended by signal SIGABRT, with a memory limit of 1.5 GiB
    4.000  WARN  CONDITION active Each/2 [END/FAIL] task Work failed: ended by signal SIGABRT, with a memory limit of 1.5 GiB
    5.000  DEBUG TASK active Work/1 [END/OK] (trigger: Each) succeeded in 0.00 s: exit code 0 is the success status
