Lists of tasks that run because of how a run of a condition went.

story: on_failure begins in a run of its own after the first failure in a row, and on_recovery after the success that ends the row.
start: 2026-03-02T12:00:00Z
show: HIST|running tasks|END/FAIL|succeeded after
--- config
scheduler_tick_seconds = 5
defaults = { on_failure = ["Notify"], on_recovery = ["Notify"] }
task = [{ name = "Backup", type = "command", command = "backup", command_arguments = [], startup_path = "/", success_status = 0 }, { name = "Notify", type = "command", command = "notify", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Nightly", type = "interval", interval_seconds = 60, recurring = true, tasks = ["Backup"] }]
--- processes
backup: exit 3 after 2 saying "disk full" | exit 3 after 2 | exit 0 after 2
notify: exit 0 after 1
--- steps
until 190
--- records
   60.000  INFO  CONDITION active Nightly/3 [START/MSG] running tasks in sequence: Backup
   60.000  TRACE TASK active Backup/1 [HIST/START] OK/trigger:Nightly starting task
   62.000  TRACE TASK active Backup/1 [HIST/END] FAIL/trigger:Nightly task failed
   62.000  WARN  CONDITION active Nightly/3 [END/FAIL] task Backup failed: exit code 3 is not the success status 0: "disk full"
   62.000  INFO  CONDITION active Nightly/3 [START/MSG] on_failure: running tasks in sequence: Notify
   62.000  TRACE TASK active Notify/2 [HIST/START] OK/trigger:Nightly starting task
   63.000  TRACE TASK active Notify/2 [HIST/END] OK/trigger:Nightly task succeeded
  120.000  INFO  CONDITION active Nightly/3 [START/MSG] running tasks in sequence: Backup
  120.000  TRACE TASK active Backup/1 [HIST/START] OK/trigger:Nightly starting task
  122.000  TRACE TASK active Backup/1 [HIST/END] FAIL/trigger:Nightly task failed
  122.000  WARN  CONDITION active Nightly/3 [END/FAIL] task Backup failed: exit code 3 is not the success status 0
  180.000  INFO  CONDITION active Nightly/3 [START/MSG] running tasks in sequence: Backup
  180.000  TRACE TASK active Backup/1 [HIST/START] OK/trigger:Nightly starting task
  182.000  TRACE TASK active Backup/1 [HIST/END] OK/trigger:Nightly task succeeded
  182.000  INFO  CONDITION active Nightly/3 [END/OK] succeeded after 2 failures since 12:01
  182.000  INFO  CONDITION active Nightly/3 [START/MSG] on_recovery: running tasks in sequence: Notify
  182.000  TRACE TASK active Notify/2 [HIST/START] OK/trigger:Nightly starting task
  183.000  TRACE TASK active Notify/2 [HIST/END] OK/trigger:Nightly task succeeded

story: The tasks of a hook run in sequence, also after one that fails, and a hook that fails is one record.
start: 2026-03-02T12:00:00Z
show: HIST|running tasks|END/FAIL
--- config
scheduler_tick_seconds = 5
task = [{ name = "Backup", type = "command", command = "backup", command_arguments = [], startup_path = "/", success_status = 0 }, { name = "Mail", type = "command", command = "mail", command_arguments = [], startup_path = "/", success_status = 0 }, { name = "Notify", type = "command", command = "notify", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Nightly", type = "interval", interval_seconds = 60, recurring = true, tasks = ["Backup"], on_failure = ["Mail", "Notify"], on_success = ["Backup"] }]
--- processes
backup: exit 3
mail: exit 75 after 1 saying "no network"
--- steps
until 65
--- records
   60.000  INFO  CONDITION active Nightly/4 [START/MSG] running tasks in sequence: Backup
   60.000  TRACE TASK active Backup/1 [HIST/START] OK/trigger:Nightly starting task
   60.000  TRACE TASK active Backup/1 [HIST/END] FAIL/trigger:Nightly task failed
   60.000  WARN  CONDITION active Nightly/4 [END/FAIL] task Backup failed: exit code 3 is not the success status 0
   60.000  INFO  CONDITION active Nightly/4 [START/MSG] on_failure: running tasks in sequence: Mail, Notify
   60.000  TRACE TASK active Mail/2 [HIST/START] OK/trigger:Nightly starting task
   61.000  TRACE TASK active Mail/2 [HIST/END] FAIL/trigger:Nightly task failed
   61.000  TRACE TASK active Notify/3 [HIST/START] OK/trigger:Nightly starting task
   61.000  TRACE TASK active Notify/3 [HIST/END] OK/trigger:Nightly task succeeded
   61.000  WARN  CONDITION active Nightly/4 [END/FAIL] on_failure failed: task Mail failed: exit code 75 is not the success status 0: "no network"

story: The end waits for a hook, and says what it waits for.
start: 2026-03-02T12:00:00Z
show: HIST|MAIN
level: debug
--- config
scheduler_tick_seconds = 5
task = [{ name = "Backup", type = "command", command = "backup", command_arguments = [], startup_path = "/", success_status = 0 }, { name = "Notify", type = "command", command = "notify", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Nightly", type = "interval", interval_seconds = 5, recurring = true, tasks = ["Backup"], on_failure = ["Notify"] }]
--- processes
backup: exit 3
notify: exit 0 after 20
--- steps
at 6 exit
until 30
--- records
    6.000  > exit
    6.000  WARN  MAIN command [PROC/MSG] request to end accepted
    6.000  INFO  MAIN exit [END/OK] no more ticks, waiting for busy conditions: on_failure of Nightly
   25.000  INFO  MAIN exit [END/OK] scheduler ended
   30.000  = ended by exit

story: A condition that has not succeeded for overdue_seconds is one record, and on_overdue begins once.
start: 2026-03-02T12:00:00Z
show: WARN|on_overdue
--- config
scheduler_tick_seconds = 5
task = [{ name = "Backup", type = "command", command = "backup", command_arguments = [], startup_path = "/", success_status = 0 }, { name = "Notify", type = "command", command = "notify", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Nightly", type = "interval", interval_seconds = 10, recurring = true, tasks = ["Backup"], on_overdue = ["Notify"], overdue_seconds = 25 }]
--- processes
backup: exit 0 | exit 3
--- steps
until 60
--- records
   20.000  WARN  CONDITION active Nightly/3 [END/FAIL] task Backup failed: exit code 3 is not the success status 0
   30.000  WARN  CONDITION active Nightly/3 [END/FAIL] task Backup failed: exit code 3 is not the success status 0
   37.500  WARN  CONDITION active Nightly/3 [PROC/MSG] overdue: no success since 12:00, expected one within 25 s
   37.500  INFO  CONDITION active Nightly/3 [START/MSG] on_overdue: running tasks in sequence: Notify
   37.500  DEBUG CONDITION active Nightly/3 [END/OK] on_overdue: all tasks have ended
   40.000  WARN  CONDITION active Nightly/3 [END/FAIL] task Backup failed: exit code 3 is not the success status 0
   50.000  WARN  CONDITION active Nightly/3 [END/FAIL] task Backup failed: exit code 3 is not the success status 0
   60.000  WARN  CONDITION active Nightly/3 [END/FAIL] task Backup failed: exit code 3 is not the success status 0
