Exit, quit, kill and signals.

story: Idle, exit ends at once.
start: 2026-03-02T12:00:00Z
--- config
scheduler_tick_seconds = 3600
--- steps
at 10 exit
--- records
   10.000  > exit
   10.000  WARN  MAIN command [PROC/MSG] request to end accepted
   10.000  INFO  MAIN exit [END/OK] no more ticks
   10.000  INFO  MAIN exit [END/OK] scheduler ended
   10.000  = ended by exit

story: exit waits for running work and says what for; no more ticks meanwhile.
start: 2026-03-02T12:00:00Z
show: HIST|MAIN exit|MAIN command|BUSY
--- config
scheduler_tick_seconds = 1
task = [{ name = "Slow", type = "command", command = "slow", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Long", type = "interval", interval_seconds = 1, tasks = ["Slow"] },
  { name = "Often", type = "interval", interval_seconds = 2, recurring = true, tasks = ["Slow"] },
]
--- processes
slow: exit 0 after 100
--- steps
at 1.5 quit
until 102
--- records
    1.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    1.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
    1.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Long starting task
    1.500  > quit
    1.500  WARN  MAIN command [PROC/MSG] request to end accepted
    1.500  INFO  MAIN exit [END/OK] no more ticks, waiting for busy conditions: Long
   61.500  INFO  MAIN exit [PROC/MSG] still waiting for busy conditions: Long
  101.000  TRACE TASK active Slow/1 [HIST/END] OK/trigger:Long task succeeded
  101.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
  101.000  INFO  MAIN exit [END/OK] scheduler ended
  102.000  = ended by exit

story: kill ends what runs; every run that began has its end in the history.
start: 2026-03-02T12:00:00Z
show: HIST|MAIN exit|MAIN command|WARN
--- config
scheduler_tick_seconds = 1
task = [
  { name = "Slow", type = "command", command = "slow", command_arguments = [], startup_path = "/" },
  { name = "Script", type = "lua", script = "while true do end" },
]
condition = [
  { name = "Long", type = "interval", interval_seconds = 1, tasks = ["Slow"] },
  { name = "Lua", type = "interval", interval_seconds = 1, tasks = ["Script"] },
]
--- processes
slow: hangs
--- lua
Script: equal after 1000
--- steps
at 1.5 kill
--- records
    1.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Long starting task
    1.000  TRACE TASK active Script/2 [HIST/START] OK/trigger:Lua starting task
    1.500  > kill
    1.500  WARN  MAIN command [PROC/MSG] request to end at once accepted
    1.500  WARN  MAIN exit [END/OK] ending at once, all activity is abandoned
    1.500  WARN  TASK active Script/2 [END/FAIL] (trigger: Lua) given up after 0.50 s: ended with the scheduler
    1.500  WARN  TASK active Slow/1 [PROC/FAIL] (trigger: Long) ended with the scheduler
    1.500  WARN  TASK active Slow/1 [END/FAIL] (trigger: Long) given up after 0.50 s: ended with the scheduler
    1.500  TRACE TASK active Slow/1 [HIST/END] FAIL/trigger:Long task failed
    1.500  TRACE TASK active Script/2 [HIST/END] FAIL/trigger:Lua task failed
    1.500  WARN  CONDITION active Long/3 [END/FAIL] task Slow failed: it was ended with the scheduler
    1.500  WARN  CONDITION active Lua/4 [END/FAIL] task Script failed: it was ended with the scheduler
    1.500  = ended by kill

story: exit waits for a program as long as it takes, for a script no longer than its grace.
start: 2026-03-02T12:00:00Z
show: HIST|MAIN exit|WARN
--- config
scheduler_tick_seconds = 1
task = [
  { name = "Slow", type = "command", command = "slow", command_arguments = [], startup_path = "/" },
  { name = "Script", type = "lua", script = "while true do end" },
]
condition = [
  { name = "Long", type = "interval", interval_seconds = 1, tasks = ["Slow"] },
  { name = "Lua", type = "interval", interval_seconds = 1, tasks = ["Script"] },
]
--- processes
slow: exit 0 after 20
--- lua
Script: equal after 1000
--- steps
at 1.5 exit
advance 30
--- records
    1.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Long starting task
    1.000  TRACE TASK active Script/2 [HIST/START] OK/trigger:Lua starting task
    1.500  > exit
    1.500  WARN  MAIN command [PROC/MSG] request to end accepted
    1.500  INFO  MAIN exit [END/OK] no more ticks, waiting for busy conditions: Long, Lua
    6.500  WARN  TASK active Script/2 [END/FAIL] (trigger: Lua) given up after 5.50 s: ended with the scheduler
    6.500  TRACE TASK active Script/2 [HIST/END] FAIL/trigger:Lua task failed
    6.500  WARN  CONDITION active Lua/4 [END/FAIL] task Script failed: it was ended with the scheduler
   21.000  TRACE TASK active Slow/1 [HIST/END] OK/trigger:Long task succeeded
   21.000  INFO  MAIN exit [END/OK] scheduler ended
   31.500  = ended by exit

story: kill is honoured while exit waits.
start: 2026-03-02T12:00:00Z
show: HIST|MAIN exit|MAIN command
--- config
scheduler_tick_seconds = 1
task = [{ name = "Slow", type = "command", command = "slow", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Long", type = "interval", interval_seconds = 1, tasks = ["Slow"] }]
--- processes
slow: hangs
--- steps
at 1.5 exit
at 3.5 kill
--- records
    1.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Long starting task
    1.500  > exit
    1.500  WARN  MAIN command [PROC/MSG] request to end accepted
    1.500  INFO  MAIN exit [END/OK] no more ticks, waiting for busy conditions: Long
    3.500  > kill
    3.500  WARN  MAIN command [PROC/MSG] request to end at once accepted
    3.500  WARN  MAIN exit [END/OK] ending at once, all activity is abandoned
    3.500  TRACE TASK active Slow/1 [HIST/END] FAIL/trigger:Long task failed
    3.500  = ended by kill

story: A signal is as exit; a second one ends at once.
start: 2026-03-02T12:00:00Z
show: HIST|MAIN exit|MAIN command
--- config
scheduler_tick_seconds = 1
task = [{ name = "Slow", type = "command", command = "slow", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Long", type = "interval", interval_seconds = 1, tasks = ["Slow"] }]
--- processes
slow: hangs
--- steps
at 1.5 signal SIGTERM
at 3.5 signal SIGINT
--- records
    1.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Long starting task
    1.500  > signal SIGTERM
    1.500  WARN  MAIN exit [END/MSG] SIGTERM received, ending when running work is done
    1.500  INFO  MAIN exit [END/OK] no more ticks, waiting for busy conditions: Long
    3.500  > signal SIGINT
    3.500  WARN  MAIN exit [END/MSG] SIGINT received, ending at once
    3.500  WARN  MAIN exit [END/OK] ending at once, all activity is abandoned
    3.500  TRACE TASK active Slow/1 [HIST/END] FAIL/trigger:Long task failed
    3.500  = ended by kill

story: exit after kill does not take the kill back.
start: 2026-03-02T12:00:00Z
show: HIST|MAIN exit|MAIN command
--- config
scheduler_tick_seconds = 1
task = [
  { name = "Kill", type = "internal", command = "kill" },
  { name = "Exit", type = "internal", command = "exit" },
]
condition = [{ name = "Ends", type = "interval", interval_seconds = 1, tasks = ["Kill", "Exit"] }]
--- steps
until 5
--- records
    1.000  TRACE TASK active Kill/1 [HIST/START] OK/trigger:Ends starting task
    1.000  WARN  MAIN command [PROC/MSG] request to end at once accepted
    1.000  WARN  MAIN exit [END/OK] ending at once, all activity is abandoned
    1.000  TRACE TASK active Kill/1 [HIST/END] OK/trigger:Ends task succeeded
    5.000  = ended by kill

story: A task that says exit ends with success, and is waited for with those after it.
start: 2026-03-02T12:00:00Z
show: HIST|MAIN exit|MAIN command
--- config
scheduler_tick_seconds = 1
task = [
  { name = "Exit", type = "internal", command = "exit" },
  { name = "Slow", type = "command", command = "slow", command_arguments = [], startup_path = "/" },
]
condition = [{ name = "Ends", type = "interval", interval_seconds = 1, tasks = ["Exit", "Slow"] }]
--- processes
slow: exit 0 after 3
--- steps
until 5
--- records
    1.000  TRACE TASK active Exit/1 [HIST/START] OK/trigger:Ends starting task
    1.000  WARN  MAIN command [PROC/MSG] request to end accepted
    1.000  INFO  MAIN exit [END/OK] no more ticks, waiting for busy conditions: Ends
    1.000  TRACE TASK active Exit/1 [HIST/END] OK/trigger:Ends task succeeded
    1.000  TRACE TASK active Slow/2 [HIST/START] OK/trigger:Ends starting task
    4.000  TRACE TASK active Slow/2 [HIST/END] OK/trigger:Ends task succeeded
    4.000  INFO  MAIN exit [END/OK] scheduler ended
    5.000  = ended by exit

story: While exit waits, further commands are still carried out, and nothing new is started.
start: 2026-03-02T12:00:00Z
show: HIST|MAIN
--- config
scheduler_tick_seconds = 1
task = [{ name = "Slow", type = "command", command = "slow", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Long", type = "interval", interval_seconds = 1, tasks = ["Slow"] },
  { name = "Fired", type = "bucket", recurring = true, tasks = ["Slow"] },
]
event = [{ name = "E", type = "cli", condition = "Fired" }]
--- processes
slow: exit 0 after 5
--- steps
at 1.5 exit
at 2.5 trigger E
at 3.5 pause
until 10
--- records
    1.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    1.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
    1.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Fired: tasks not executed
    1.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Long starting task
    1.500  > exit
    1.500  WARN  MAIN command [PROC/MSG] request to end accepted
    1.500  INFO  MAIN exit [END/OK] no more ticks, waiting for busy conditions: Long
    2.500  > trigger E
    2.500  DEBUG MAIN command [PROC/MSG] trigger E accepted
    2.500  DEBUG MAIN event_trigger [START/OK] triggering event E
    2.500  INFO  MAIN event_trigger [END/OK] event E: condition Fired is pending
    3.500  > pause
    3.500  DEBUG MAIN command [PROC/MSG] pausing
    3.500  TRACE MAIN command [PAUSE/YES] scheduler is paused
    6.000  TRACE TASK active Slow/1 [HIST/END] OK/trigger:Long task succeeded
    6.000  TRACE MAIN scheduler_tick [PROC/MSG] condition Long: tasks executed
    6.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    6.000  INFO  MAIN exit [END/OK] scheduler ended
   10.000  = ended by exit

story: After kill nothing new is started: neither the next task of a sequence nor one that waited for its turn.
start: 2026-03-02T12:00:00Z
show: HIST|MAIN exit|running:
--- config
scheduler_tick_seconds = 1
task = [
  { name = "Slow", type = "command", command = "slow", command_arguments = [], startup_path = "/" },
  { name = "Next", type = "command", command = "next", command_arguments = [], startup_path = "/" },
]
condition = [
  { name = "Long", type = "interval", interval_seconds = 1, tasks = ["Slow", "Next"] },
  { name = "Waits", type = "interval", interval_seconds = 1, tasks = ["Slow"] },
]
--- processes
slow: hangs
--- steps
at 1.5 kill
--- records
    1.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Long starting task
    1.000  DEBUG TASK active Slow/1 [START/MSG] (trigger: Long) running: slow
    1.500  > kill
    1.500  WARN  MAIN exit [END/OK] ending at once, all activity is abandoned
    1.500  TRACE TASK active Slow/1 [HIST/END] FAIL/trigger:Long task failed
    1.500  = ended by kill
