The command configure PATH.

story: A file that is refused changes nothing.
start: 2026-03-02T12:00:00Z
show: HIST|reconfigure|configure
--- config
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Often", type = "interval", interval_seconds = 3, recurring = true, tasks = ["Work"] }]
--- file bad.toml
scheduler_tick_seconds = 0
task = [{ name = "Work", type = "command", comand = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Often", type = "interval", interval_seconds = 5, tasks = ["Work"] }]
--- file broken.toml
condition = [
--- steps
at 1.5 configure bad.toml
at 1.6 configure broken.toml
at 1.7 configure nowhere.toml
until 7
--- records
    1.500  > configure bad.toml
    1.500  DEBUG MAIN command [PROC/MSG] configure bad.toml accepted
    1.500  ERROR MAIN reconfigure [START/FAIL] configuration refused, nothing changed: bad.toml:1:26: scheduler_tick_seconds: expected an integer, 1 or more, found the integer 0
    1.500  ERROR MAIN reconfigure [START/FAIL] configuration refused, nothing changed: bad.toml:2:9: task "Work": missing key "command": expected a string
    1.500  ERROR MAIN reconfigure [START/FAIL] configuration refused, nothing changed: bad.toml:2:44: task "Work": unknown key "comand", did you mean "command"?
    1.600  > configure broken.toml
    1.600  DEBUG MAIN command [PROC/MSG] configure broken.toml accepted
    1.600  ERROR MAIN reconfigure [START/FAIL] configuration refused, nothing changed: broken.toml:2:1: not valid TOML: invalid value
    1.700  > configure nowhere.toml
    1.700  DEBUG MAIN command [PROC/MSG] configure nowhere.toml accepted
    1.700  ERROR MAIN reconfigure [START/FAIL] configuration refused, nothing changed: nowhere.toml: no such file
    3.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
    3.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Often task succeeded
    6.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
    6.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Often task succeeded

story: Items that are equal keep their number, their retries, their interval and their suspended state; others are new.
start: 2026-03-02T12:00:00Z
show: HIST|reconfigure|CONFIGURATION|COMMAND_TASK|INTERVAL_CONDITION|retries left:
--- config
scheduler_tick_seconds = 1
task = [
  { name = "Same", type = "command", command = "same", command_arguments = [], startup_path = "/" },
  { name = "Bad", type = "command", command = "bad", command_arguments = [], startup_path = "/", success_status = 0 },
  { name = "Changed", type = "command", command = "old", command_arguments = [], startup_path = "/" },
  { name = "Gone", type = "command", command = "gone", command_arguments = [], startup_path = "/" },
]
condition = [
  { name = "Kept", type = "interval", interval_seconds = 10, recurring = true, tasks = ["Same"] },
  { name = "Tries", type = "interval", interval_seconds = 4, max_tasks_retries = 2, tasks = ["Bad"] },
  { name = "Anew", type = "interval", interval_seconds = 10, recurring = true, tasks = ["Changed"] },
  { name = "Sleeps", type = "interval", interval_seconds = 5, suspended = true, recurring = true, tasks = ["Same"] },
  { name = "Gone", type = "interval", interval_seconds = 5, recurring = true, tasks = ["Gone"] },
]
--- processes
bad: exit 1
--- file new.toml
scheduler_tick_seconds = 1
task = [
  { name = "Changed", type = "command", command = "new", command_arguments = [], startup_path = "/" },
  { name = "Bad", type = "command", command = "bad", command_arguments = [], startup_path = "/", success_status = 0, tags = ["x"] },
  { name = "Same", type = "command", command = "same", command_arguments = [], startup_path = "/" },
  { name = "Added", type = "command", command = "added", command_arguments = [], startup_path = "/" },
]
condition = [
  { name = "Kept", type = "interval", interval_seconds = 10, recurring = true, tasks = ["Same"], tags = { of = "mine" } },
  { name = "Tries", type = "interval", interval_seconds = 4, max_tasks_retries = 2, tasks = ["Bad"] },
  { name = "Anew", type = "interval", interval_seconds = 10, recurring = true, tasks = ["Changed", "Added"] },
  { name = "Sleeps", type = "interval", interval_seconds = 5, suspended = false, recurring = true, tasks = ["Same"] },
]
--- steps
at 6.5 configure new.toml
until 17
--- records
    0.000  DEBUG COMMAND_TASK new Same/0 [INIT/MSG] task of type command created
    0.000  DEBUG COMMAND_TASK new Bad/0 [INIT/MSG] task of type command created
    0.000  DEBUG COMMAND_TASK new Changed/0 [INIT/MSG] task of type command created
    0.000  DEBUG COMMAND_TASK new Gone/0 [INIT/MSG] task of type command created
    0.000  DEBUG INTERVAL_CONDITION new Kept/0 [INIT/MSG] condition of type interval created
    0.000  DEBUG INTERVAL_CONDITION new Tries/0 [INIT/MSG] condition of type interval created
    0.000  DEBUG INTERVAL_CONDITION new Anew/0 [INIT/MSG] condition of type interval created
    0.000  DEBUG INTERVAL_CONDITION new Sleeps/0 [INIT/MSG] condition of type interval created
    0.000  DEBUG INTERVAL_CONDITION new Gone/0 [INIT/MSG] condition of type interval created
    4.000  TRACE TASK active Bad/2 [HIST/START] OK/trigger:Tries starting task
    4.000  TRACE TASK active Bad/2 [HIST/END] FAIL/trigger:Tries task failed
    4.000  DEBUG CONDITION active Tries/6 [END/MSG] some tasks failed, retries left: 2
    5.000  TRACE TASK active Gone/4 [HIST/START] OK/trigger:Gone starting task
    5.000  TRACE TASK active Gone/4 [HIST/END] OK/trigger:Gone task succeeded
    6.500  > configure new.toml
    6.500  DEBUG COMMAND_TASK new Changed/0 [INIT/MSG] task of type command created
    6.500  DEBUG CONFIGURATION reconfigure [PROC/OK] task Changed replaced
    6.500  DEBUG CONFIGURATION reconfigure [PROC/MSG] task Bad: no change
    6.500  DEBUG CONFIGURATION reconfigure [PROC/MSG] task Same: no change
    6.500  DEBUG COMMAND_TASK new Added/0 [INIT/MSG] task of type command created
    6.500  DEBUG CONFIGURATION reconfigure [PROC/OK] task Added added
    6.500  TRACE CONFIGURATION reconfigure [PROC/MSG] task Gone is not in the new file and removed
    6.500  DEBUG CONFIGURATION reconfigure [PROC/MSG] condition Kept: no change
    6.500  DEBUG CONFIGURATION reconfigure [PROC/MSG] condition Tries: no change
    6.500  DEBUG INTERVAL_CONDITION new Anew/0 [INIT/MSG] condition of type interval created
    6.500  DEBUG CONFIGURATION reconfigure [PROC/OK] condition Anew replaced
    6.500  DEBUG CONFIGURATION reconfigure [PROC/MSG] condition Sleeps: no change
    6.500  TRACE CONFIGURATION reconfigure [PROC/MSG] condition Gone is not in the new file and removed
    6.500  INFO  MAIN reconfigure [END/OK] configuration new.toml loaded
    8.000  TRACE TASK active Bad/2 [HIST/START] OK/trigger:Tries starting task
    8.000  TRACE TASK active Bad/2 [HIST/END] FAIL/trigger:Tries task failed
    8.000  DEBUG CONDITION active Tries/6 [END/MSG] some tasks failed, retries left: 1
   10.000  TRACE TASK active Same/1 [HIST/START] OK/trigger:Kept starting task
   10.000  TRACE TASK active Same/1 [HIST/END] OK/trigger:Kept task succeeded
   12.000  TRACE TASK active Bad/2 [HIST/START] OK/trigger:Tries starting task
   12.000  TRACE TASK active Bad/2 [HIST/END] FAIL/trigger:Tries task failed
   12.000  DEBUG CONDITION active Tries/6 [END/FAIL] some tasks failed, no retries left: checking stops
   17.000  TRACE TASK active Changed/10 [HIST/START] OK/trigger:Anew starting task
   17.000  TRACE TASK active Changed/10 [HIST/END] OK/trigger:Anew task succeeded
   17.000  TRACE TASK active Added/11 [HIST/START] OK/trigger:Anew starting task
   17.000  TRACE TASK active Added/11 [HIST/END] OK/trigger:Anew task succeeded

story: A busy condition that is replaced goes on to its end; the new one waits for it, and is as at start.
start: 2026-03-02T12:00:00Z
show: HIST|reconfigure|CONFIGURATION|CONDITION_REGISTRY new|BUSY
--- config
scheduler_tick_seconds = 1
task = [{ name = "Slow", type = "command", command = "slow", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Busy", type = "interval", interval_seconds = 1, recurring = true, tasks = ["Slow"] }]
--- processes
slow: exit 0 after 5
--- file new.toml
scheduler_tick_seconds = 1
task = [{ name = "Slow", type = "command", command = "slow", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Busy", type = "interval", interval_seconds = 2, recurring = true, tasks = ["Slow"] }]
--- steps
at 2.5 configure new.toml
until 9
--- records
    1.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    1.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
    1.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Busy starting task
    2.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
    2.500  > configure new.toml
    2.500  DEBUG CONFIGURATION reconfigure [PROC/MSG] task Slow: no change
    2.500  DEBUG CONDITION_REGISTRY new [PROC/OK] condition Busy is busy: the new one waits for its end
    2.500  DEBUG CONFIGURATION reconfigure [PROC/OK] condition Busy replaced
    2.500  INFO  MAIN reconfigure [END/OK] configuration new.toml loaded
    3.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 2
    4.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 2
    5.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 2
    6.000  TRACE TASK active Slow/1 [HIST/END] OK/trigger:Busy task succeeded
    6.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    6.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    6.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
    6.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Busy starting task
    7.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
    8.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
    9.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1

story: A running task that is replaced goes on to its end; the new one does not start before.
start: 2026-03-02T12:00:00Z
show: HIST|reconfigure|CONFIGURATION|running:
--- config
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "old", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Once", type = "interval", interval_seconds = 1, tasks = ["Work"] },
  { name = "Later", type = "interval", interval_seconds = 4, tasks = ["Work"] },
]
--- processes
old: exit 0 after 5
new: exit 0 after 1
--- file new.toml
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "new", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Once", type = "interval", interval_seconds = 1, tasks = ["Work"] },
  { name = "Later", type = "interval", interval_seconds = 4, tasks = ["Work"] },
]
--- steps
at 2.5 configure new.toml
until 9
--- records
    1.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Once starting task
    1.000  DEBUG TASK active Work/1 [START/MSG] (trigger: Once) running: old
    2.500  > configure new.toml
    2.500  DEBUG CONFIGURATION reconfigure [PROC/OK] task Work replaced
    2.500  DEBUG CONFIGURATION reconfigure [PROC/MSG] condition Once: no change
    2.500  DEBUG CONFIGURATION reconfigure [PROC/MSG] condition Later: no change
    2.500  INFO  MAIN reconfigure [END/OK] configuration new.toml loaded
    6.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Once task succeeded
    6.000  TRACE TASK active Work/4 [HIST/START] OK/trigger:Later starting task
    6.000  DEBUG TASK active Work/4 [START/MSG] (trigger: Later) running: new
    7.000  TRACE TASK active Work/4 [HIST/END] OK/trigger:Later task succeeded

story: A removed condition that is busy ends its tasks, and is not checked again.
start: 2026-03-02T12:00:00Z
show: HIST|reconfigure|CONFIGURATION|BUSY
--- config
scheduler_tick_seconds = 1
task = [{ name = "Slow", type = "command", command = "slow", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Busy", type = "interval", interval_seconds = 1, recurring = true, tasks = ["Slow"] }]
--- processes
slow: exit 0 after 5
--- file without.toml
scheduler_tick_seconds = 1
task = [{ name = "Other", type = "command", startup_path = "/", command = "other", command_arguments = [] }]
--- steps
at 2.5 configure without.toml
until 8
--- records
    1.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    1.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
    1.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Busy starting task
    2.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
    2.500  > configure without.toml
    2.500  DEBUG CONFIGURATION reconfigure [PROC/OK] task Other added
    2.500  TRACE CONFIGURATION reconfigure [PROC/MSG] task Slow is not in the new file and removed
    2.500  TRACE CONFIGURATION reconfigure [PROC/MSG] condition Busy is not in the new file and removed
    2.500  INFO  MAIN reconfigure [END/OK] configuration without.toml loaded
    3.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
    4.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
    5.000  TRACE MAIN scheduler_tick [BUSY/YES] conditions busy: 1
    6.000  TRACE TASK active Slow/1 [HIST/END] OK/trigger:Busy task succeeded
    6.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    6.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    7.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    8.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy

story: Several reloads are carried out one after the other; the newest wins.
start: 2026-03-02T12:00:00Z
show: HIST|reconfigure|CONFIGURATION|running:
--- config
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "zero", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Often", type = "interval", interval_seconds = 2, recurring = true, tasks = ["Work"] }]
--- processes
zero: exit 0 after 3
--- file one.toml
task = [{ name = "Work", type = "command", command = "one", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Often", type = "interval", interval_seconds = 2, recurring = true, tasks = ["Work"] }]
scheduler_tick_seconds = 1
--- file two.toml
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "two", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Often", type = "interval", interval_seconds = 2, recurring = true, tasks = ["Work"] }]
--- steps
at 2.5 configure one.toml
configure two.toml
until 7
--- records
    2.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
    2.000  DEBUG TASK active Work/1 [START/MSG] (trigger: Often) running: zero
    2.500  > configure one.toml
    2.500  DEBUG CONFIGURATION reconfigure [PROC/OK] task Work replaced
    2.500  DEBUG CONFIGURATION reconfigure [PROC/MSG] condition Often: no change
    2.500  INFO  MAIN reconfigure [END/OK] configuration one.toml loaded
    2.500  > configure two.toml
    2.500  DEBUG CONFIGURATION reconfigure [PROC/OK] task Work replaced
    2.500  DEBUG CONFIGURATION reconfigure [PROC/MSG] condition Often: no change
    2.500  INFO  MAIN reconfigure [END/OK] configuration two.toml loaded
    5.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Often task succeeded
    5.000  TRACE TASK active Work/4 [HIST/START] OK/trigger:Often starting task
    5.000  DEBUG TASK active Work/4 [START/MSG] (trigger: Often) running: two
    5.000  TRACE TASK active Work/4 [HIST/END] OK/trigger:Often task succeeded
    6.000  TRACE TASK active Work/4 [HIST/START] OK/trigger:Often starting task
    6.000  DEBUG TASK active Work/4 [START/MSG] (trigger: Often) running: two
    6.000  TRACE TASK active Work/4 [HIST/END] OK/trigger:Often task succeeded

story: Globals that differ are reported and take effect at the next start only.
start: 2026-03-02T12:00:00Z
show: BUSY|reconfigure
--- config
scheduler_tick_seconds = 5
--- file new.toml
scheduler_tick_seconds = 1
randomize_checks_within_ticks = true
--- steps
at 6 configure new.toml
until 15
--- records
    5.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
    6.000  > configure new.toml
    6.000  WARN  CONFIGURATION reconfigure [PROC/MSG] the globals of the file differ from the running ones: they take effect at the next start
    6.000  INFO  MAIN reconfigure [END/OK] configuration new.toml loaded
   10.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy
   15.000  TRACE MAIN scheduler_tick [BUSY/NO] no condition is busy

story: A pending event is kept for a condition that still exists and forgotten for one that does not.
start: 2026-03-02T12:00:00Z
show: HIST|event_trigger|reconfigure
--- config
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Stays", type = "bucket", recurring = true, tasks = ["Work"] },
  { name = "Leaves", type = "bucket", recurring = true, tasks = ["Work"] },
]
event = [{ name = "ES", type = "cli", condition = "Stays" }, { name = "EL", type = "cli", condition = "Leaves" }]
--- file without.toml
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Stays", type = "bucket", recurring = true, tasks = ["Work"] }]
event = [{ name = "ES", type = "cli", condition = "Stays" }]
--- file with.toml
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Stays", type = "bucket", recurring = true, tasks = ["Work"] },
  { name = "Leaves", type = "bucket", recurring = true, tasks = ["Work"] },
]
event = [{ name = "ES", type = "cli", condition = "Stays" }, { name = "EL", type = "cli", condition = "Leaves" }]
--- steps
at 1 trigger ES
trigger EL
at 2 configure without.toml
at 3 configure with.toml
until 11
--- records
    1.000  > trigger ES
    1.000  DEBUG MAIN event_trigger [START/OK] triggering event ES
    1.000  INFO  MAIN event_trigger [END/OK] event ES: condition Stays is pending
    1.000  > trigger EL
    1.000  DEBUG MAIN event_trigger [START/OK] triggering event EL
    1.000  INFO  MAIN event_trigger [END/OK] event EL: condition Leaves is pending
    2.000  > configure without.toml
    2.000  DEBUG CONFIGURATION reconfigure [PROC/MSG] task Work: no change
    2.000  DEBUG CONFIGURATION reconfigure [PROC/MSG] condition Stays: no change
    2.000  TRACE CONFIGURATION reconfigure [PROC/MSG] condition Leaves is not in the new file and removed
    2.000  DEBUG CONFIGURATION reconfigure [PROC/MSG] event ES: no change
    2.000  TRACE CONFIGURATION reconfigure [PROC/MSG] event EL is not in the new file and removed
    2.000  INFO  MAIN reconfigure [END/OK] configuration without.toml loaded
    3.000  > configure with.toml
    3.000  DEBUG CONFIGURATION reconfigure [PROC/MSG] task Work: no change
    3.000  DEBUG CONFIGURATION reconfigure [PROC/MSG] condition Stays: no change
    3.000  DEBUG CONFIGURATION reconfigure [PROC/OK] condition Leaves added
    3.000  DEBUG CONFIGURATION reconfigure [PROC/MSG] event ES: no change
    3.000  DEBUG CONFIGURATION reconfigure [PROC/OK] event EL added
    3.000  INFO  MAIN reconfigure [END/OK] configuration with.toml loaded
    5.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Stays starting task
    5.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Stays task succeeded

story: A change of hour = 0 against no hour, or of the kind of equal length, is noticed.
start: 2026-03-02T12:00:00Z
show: reconfigure|CONFIGURATION
--- config
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Hour", type = "time", time_specifications = [{ minute = 5 }], tasks = ["Work"] },
  { name = "Status", type = "command", command = "x", command_arguments = [], startup_path = "/", tasks = ["Work"] },
  { name = "After", type = "command", command = "x", command_arguments = [], startup_path = "/", check_after = 5, tasks = ["Work"] },
  { name = "Word", type = "bucket", tasks = ["Work"] },
]
event = [{ name = "E", type = "cli", condition = "Word" }]
--- file new.toml
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Hour", type = "time", time_specifications = [{ minute = 5, hour = 0 }], tasks = ["Work"] },
  { name = "Status", type = "command", command = "x", command_arguments = [], startup_path = "/", success_status = 0, tasks = ["Work"] },
  { name = "After", type = "command", command = "x", command_arguments = [], startup_path = "/", check_after = 6, tasks = ["Work"] },
  { name = "Word", type = "event", tasks = ["Work"] },
]
event = [{ name = "E", type = "cli", condition = "Word" }]
--- steps
at 1 configure new.toml
--- records
    1.000  > configure new.toml
    1.000  DEBUG CONFIGURATION reconfigure [PROC/MSG] task Work: no change
    1.000  DEBUG CONFIGURATION reconfigure [PROC/OK] condition Hour replaced
    1.000  DEBUG CONFIGURATION reconfigure [PROC/OK] condition Status replaced
    1.000  DEBUG CONFIGURATION reconfigure [PROC/OK] condition After replaced
    1.000  DEBUG CONFIGURATION reconfigure [PROC/OK] condition Word replaced
    1.000  DEBUG CONFIGURATION reconfigure [PROC/MSG] event E: no change
    1.000  INFO  MAIN reconfigure [END/OK] configuration new.toml loaded

story: A pause outlasts a reload.
start: 2026-03-02T12:00:00Z
show: HIST|PAUSE|reconfigure|skipped|paused
--- config
scheduler_tick_seconds = 5
--- file new.toml
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Often", type = "interval", interval_seconds = 0, recurring = true, tasks = ["Work"] }]
--- steps
at 1 pause
at 2 configure new.toml
at 12 resume
until 15
--- records
    1.000  > pause
    1.000  TRACE MAIN command [PAUSE/YES] scheduler is paused
    2.000  > configure new.toml
    2.000  DEBUG CONFIGURATION reconfigure [PROC/OK] task Work added
    2.000  DEBUG CONFIGURATION reconfigure [PROC/OK] condition Often added
    2.000  INFO  MAIN reconfigure [END/OK] configuration new.toml loaded
    5.000  TRACE MAIN scheduler_tick [PROC/MSG] tick without checks: the scheduler is paused
   10.000  TRACE MAIN scheduler_tick [PROC/MSG] tick without checks: the scheduler is paused
   12.000  > resume
   12.000  TRACE MAIN command [PAUSE/NO] scheduler is not paused
   15.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
   15.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Often task succeeded

story: A task may reload the file that it stands in.
start: 2026-03-02T12:00:00Z
show: HIST|reconfigure|CONFIGURATION
--- config
scheduler_tick_seconds = 1
task = [{ name = "Reload", type = "internal", command = "configure next.toml" }]
condition = [{ name = "Once", type = "interval", interval_seconds = 1, tasks = ["Reload"] }]
--- file next.toml
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Once", type = "interval", interval_seconds = 1, tasks = ["Work"] }]
--- steps
until 4
--- records
    1.000  TRACE TASK active Reload/1 [HIST/START] OK/trigger:Once starting task
    1.000  DEBUG CONFIGURATION reconfigure [PROC/OK] task Work added
    1.000  TRACE CONFIGURATION reconfigure [PROC/MSG] task Reload is not in the new file and removed
    1.000  DEBUG CONFIGURATION reconfigure [PROC/OK] condition Once replaced
    1.000  INFO  MAIN reconfigure [END/OK] configuration next.toml loaded
    1.000  TRACE TASK active Reload/1 [HIST/END] OK/trigger:Once task succeeded
    2.000  TRACE TASK active Work/3 [HIST/START] OK/trigger:Once starting task
    2.000  TRACE TASK active Work/3 [HIST/END] OK/trigger:Once task succeeded

story: A task that is replaced while a list in progress still has it to run never runs beside the new one.
start: 2026-03-02T12:00:00Z
show: HIST
--- config
scheduler_tick_seconds = 1
task = [
  { name = "First", type = "command", command = "first", command_arguments = [], startup_path = "/" },
  { name = "Work", type = "command", command = "old", command_arguments = [], startup_path = "/" },
]
condition = [
  { name = "List", type = "interval", interval_seconds = 1, tasks = ["First", "Work"] },
  { name = "Other", type = "interval", interval_seconds = 3, tasks = ["Work"] },
]
--- processes
first: exit 0 after 4
old: exit 0 after 2
new: exit 0 after 5
--- file new.toml
scheduler_tick_seconds = 1
task = [
  { name = "First", type = "command", command = "first", command_arguments = [], startup_path = "/" },
  { name = "Work", type = "command", command = "new", command_arguments = [], startup_path = "/" },
]
condition = [
  { name = "List", type = "interval", interval_seconds = 1, tasks = ["First", "Work"] },
  { name = "Other", type = "interval", interval_seconds = 3, tasks = ["Work"] },
]
--- steps
at 1.5 configure new.toml
until 12
--- records
    1.000  TRACE TASK active First/1 [HIST/START] OK/trigger:List starting task
    1.500  > configure new.toml
    3.000  TRACE TASK active Work/5 [HIST/START] OK/trigger:Other starting task
    5.000  TRACE TASK active First/1 [HIST/END] OK/trigger:List task succeeded
    8.000  TRACE TASK active Work/5 [HIST/END] OK/trigger:Other task succeeded
    8.000  TRACE TASK active Work/2 [HIST/START] OK/trigger:List starting task
   10.000  TRACE TASK active Work/2 [HIST/END] OK/trigger:List task succeeded

story: One that is removed meanwhile and comes back does not either.
start: 2026-03-02T12:00:00Z
show: HIST
--- config
scheduler_tick_seconds = 1
task = [
  { name = "First", type = "command", command = "first", command_arguments = [], startup_path = "/" },
  { name = "Work", type = "command", command = "old", command_arguments = [], startup_path = "/" },
]
condition = [{ name = "List", type = "interval", interval_seconds = 1, tasks = ["First", "Work"] }]
--- processes
first: exit 0 after 4
old: exit 0 after 2
new: exit 0 after 5
--- file without.toml
scheduler_tick_seconds = 1
--- file new.toml
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "new", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Other", type = "interval", interval_seconds = 1, tasks = ["Work"] }]
--- steps
at 1.5 configure without.toml
at 2.5 configure new.toml
until 12
--- records
    1.000  TRACE TASK active First/1 [HIST/START] OK/trigger:List starting task
    1.500  > configure without.toml
    2.500  > configure new.toml
    4.000  TRACE TASK active Work/4 [HIST/START] OK/trigger:Other starting task
    5.000  TRACE TASK active First/1 [HIST/END] OK/trigger:List task succeeded
    9.000  TRACE TASK active Work/4 [HIST/END] OK/trigger:Other task succeeded
    9.000  TRACE TASK active Work/2 [HIST/START] OK/trigger:List starting task
   11.000  TRACE TASK active Work/2 [HIST/END] OK/trigger:List task succeeded

story: What is queued for a condition that a reload replaces is not done, and that is told.
start: 2026-03-02T12:00:00Z
show: HIST|queue
--- config
scheduler_tick_seconds = 1
task = [{ name = "Slow", type = "command", command = "slow", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Busy", type = "interval", interval_seconds = 1, recurring = true, tasks = ["Slow"] }]
--- processes
slow: exit 0 after 2.5
--- file new.toml
scheduler_tick_seconds = 1
task = [{ name = "Slow", type = "command", command = "slow", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Busy", type = "interval", interval_seconds = 3, recurring = true, tasks = ["Slow"] }]
--- steps
at 1.5 suspend_condition Busy
at 2.5 configure new.toml
until 9
--- records
    1.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Busy starting task
    1.500  > suspend_condition Busy
    1.500  INFO  MAIN suspend_condition [PROC/OK] condition Busy is busy: its suspension is queued
    2.500  > configure new.toml
    3.500  TRACE TASK active Slow/1 [HIST/END] OK/trigger:Busy task succeeded
    3.500  INFO  CONDITION active Busy/2 [END/MSG] queued operations discarded: the condition was replaced or removed
    6.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Busy starting task
    8.500  TRACE TASK active Slow/1 [HIST/END] OK/trigger:Busy task succeeded
    9.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Busy starting task

story: A file without items, as an editor leaves it for a moment, changes nothing while the running configuration has some.
start: 2026-03-02T12:00:00Z
show: reconfigure|HIST
--- config
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", startup_path = "/", command = "work", command_arguments = [] }]
condition = [{ name = "Often", type = "interval", interval_seconds = 2, recurring = true, tasks = ["Work"] }]
--- processes
work: exit 0
--- file emptied.toml
--- steps
at 2.5 configure emptied.toml
until 4
--- records
    2.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
    2.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Often task succeeded
    2.500  > configure emptied.toml
    2.500  ERROR MAIN reconfigure [START/FAIL] configuration refused, nothing changed: emptied.toml: it has no items, and the running configuration has 2
    4.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Often starting task
    4.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Often task succeeded

story: A command configure that is refused is a failure of its task.
start: 2026-03-02T12:00:00Z
show: INTERNAL|reconfigure|HIST
--- config
scheduler_tick_seconds = 1
task = [{ name = "Reload", type = "internal", command = "configure broken.toml" }]
condition = [{ name = "Once", type = "interval", interval_seconds = 1, tasks = ["Reload"] }]
--- file broken.toml
condition = [{ name = "Once", type = "nonsense" }]
--- steps
until 2
--- records
    0.000  DEBUG INTERNAL_TASK new Reload/0 [INIT/MSG] task of type internal created
    1.000  TRACE TASK active Reload/1 [HIST/START] OK/trigger:Once starting task
    1.000  ERROR MAIN reconfigure [START/FAIL] configuration refused, nothing changed: broken.toml:1:38: condition "Once": unknown condition type "nonsense" (known: interval, time, idle, session, command, lua, dbus, wmi, bucket, event)
    1.000  TRACE TASK active Reload/1 [HIST/END] FAIL/trigger:Once task failed
