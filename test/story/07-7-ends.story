What must not keep the scheduler from its end, or a firing from its run.

story: While the scheduler ends a task that asks for a run gets none, so that tasks that ask for each other end.
show: exit|end|running tasks|does not run
level: info
--- config
scheduler_tick_seconds = 5
task = [
  { name = "AskB", type = "internal", command = "run B" },
  { name = "Slow", type = "command", command = "slow", command_arguments = [], startup_path = "/" },
  { name = "AskA", type = "internal", command = "run A" },
]
condition = [
  { name = "A", type = "interval", interval_seconds = 10, recurring = true, tasks = ["Slow", "AskB"] },
  { name = "B", type = "bucket", tasks = ["Slow", "AskA"] },
]
--- processes
slow: exit 0 after 3
--- steps
at 12 exit
until 60
--- records
   10.000  INFO  CONDITION active A/4 [START/MSG] running tasks in sequence: Slow, AskB
   12.000  > exit
   12.000  WARN  MAIN command [PROC/MSG] request to end accepted
   12.000  INFO  MAIN exit [END/OK] no more ticks, waiting for busy conditions: A
   13.000  WARN  MAIN command [PROC/FAIL] run: condition B does not run: the scheduler ends
   13.000  INFO  CONDITION active A/4 [END/MSG] task Slow ended: success
   13.000  INFO  CONDITION active A/4 [END/MSG] task AskB ended: failure
   13.000  WARN  CONDITION active A/4 [END/FAIL] task AskB failed: the command had no effect: run: condition B does not run: the scheduler ends
   13.000  INFO  MAIN exit [END/OK] scheduler ended
   60.000  = ended by exit

story: A guard that hangs is not waited for when a reload has put another one in its place.
show: only_when|guard|held|missed|running tasks|loaded
level: info
--- config
scheduler_tick_seconds = 5
task = [{ name = "Backup", type = "command", command = "backup", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Me", type = "interval", interval_seconds = 10, recurring = true, hold_seconds = 600, tasks = ["Backup"], only_when = ["G"] },
  { name = "G", type = "command", command = "slow", command_arguments = [], startup_path = "/", success_status = 0 },
]
--- file c.toml
scheduler_tick_seconds = 5
task = [{ name = "Backup", type = "command", command = "backup", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Me", type = "interval", interval_seconds = 10, recurring = true, hold_seconds = 600, tasks = ["Backup"], only_when = ["G"] },
  { name = "G", type = "command", command = "quick", command_arguments = [], startup_path = "/", success_status = 0 },
]
--- processes
slow: exit 1 after 100000
quick: exit 0
--- steps
at 22 configure c.toml
until 45
--- records
   15.000  INFO  CONDITION active Me/2 [PROC/MSG] held: G has not answered yet
   22.000  > configure c.toml
   22.000  INFO  MAIN reconfigure [END/OK] configuration c.toml loaded
   25.000  INFO  CONDITION active Me/2 [PROC/OK] its interval of 10 s has passed; held since 12:00, 10 s, until G became true; one more firing came meanwhile
   25.000  INFO  CONDITION active Me/2 [START/MSG] running tasks in sequence: Backup
   30.000  INFO  CONDITION active Me/2 [START/MSG] running tasks in sequence: Backup
   40.000  INFO  CONDITION active Me/2 [START/MSG] running tasks in sequence: Backup
