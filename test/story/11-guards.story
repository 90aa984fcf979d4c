only_when, hold_seconds: a firing is held until the guards of its condition hold.

story: A guard that holds lets the run begin as ever; one that does not holds the firing until it does.
show: only_when|guard|held|HIST|missed|running tasks
level: debug
--- config
scheduler_tick_seconds = 5
task = [{ name = "Backup", type = "command", command = "backup", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Nightly", type = "interval", interval_seconds = 60, recurring = true, tasks = ["Backup"], only_when = ["OnPower"] },
  { name = "OnPower", type = "command", command = "on_ac_power", command_arguments = [], startup_path = "/", success_status = 0 },
]
--- processes
on_ac_power: exit 0 | exit 1 saying "on battery" | exit 1 saying "on battery" | exit 0 saying "plugged in"
--- steps
until 140
--- records
   60.000  DEBUG CONDITION active OnPower/3 [START/MSG] command: asked as a guard
   60.000  DEBUG CONDITION active OnPower/3 [PROC/MSG] as a guard: OnPower is true (exit code 0 is the success status)
   60.000  INFO  CONDITION active Nightly/2 [START/MSG] running tasks in sequence: Backup
  120.000  DEBUG CONDITION active OnPower/3 [START/MSG] command: asked as a guard
  120.000  DEBUG CONDITION active OnPower/3 [PROC/MSG] as a guard: OnPower is false (on battery)
  120.000  INFO  CONDITION active Nightly/2 [PROC/MSG] held: OnPower is false (on battery)
  125.000  DEBUG CONDITION active OnPower/3 [START/MSG] command: asked as a guard
  125.000  DEBUG CONDITION active OnPower/3 [PROC/MSG] as a guard: OnPower is false (on battery)
  130.000  DEBUG CONDITION active OnPower/3 [START/MSG] command: asked as a guard
  130.000  DEBUG CONDITION active OnPower/3 [PROC/MSG] as a guard: OnPower is true (plugged in)
  130.000  INFO  CONDITION active Nightly/2 [PROC/OK] its interval of 1 min has passed; held since 12:02, 10 s, until OnPower became true
  130.000  INFO  CONDITION active Nightly/2 [START/MSG] running tasks in sequence: Backup

story: Later firings join the one that is held, and make one run.
show: held|HIST|missed|running tasks
level: debug
--- config
scheduler_tick_seconds = 5
task = [{ name = "Backup", type = "command", command = "backup", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Nightly", type = "interval", interval_seconds = 10, recurring = true, tasks = ["Backup"], only_when = ["OnPower"] },
  { name = "OnPower", type = "command", command = "on_ac_power", command_arguments = [], startup_path = "/", success_status = 0, check_after = 35 },
]
--- processes
on_ac_power: exit 1 saying "on battery" | exit 0
--- steps
until 60
--- records
   10.000  INFO  CONDITION active Nightly/2 [PROC/MSG] held: OnPower is false (on battery)
   20.000  DEBUG CONDITION active Nightly/2 [PROC/MSG] one more firing is held: 2 for one run
   30.000  DEBUG CONDITION active Nightly/2 [PROC/MSG] one more firing is held: 3 for one run
   40.000  DEBUG CONDITION active Nightly/2 [PROC/MSG] one more firing is held: 4 for one run
   45.000  INFO  CONDITION active Nightly/2 [PROC/OK] its interval of 10 s has passed; held since 12:00, 35 s, until OnPower became true; 3 more firings came meanwhile
   45.000  INFO  CONDITION active Nightly/2 [START/MSG] running tasks in sequence: Backup
   50.000  INFO  CONDITION active Nightly/2 [START/MSG] running tasks in sequence: Backup
   60.000  INFO  CONDITION active Nightly/2 [START/MSG] running tasks in sequence: Backup

story: A firing that is held for hold_seconds is missed, and the next one is held anew.
show: held|HIST|missed|running tasks
level: info
--- config
scheduler_tick_seconds = 5
task = [{ name = "Backup", type = "command", command = "backup", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Nightly", type = "interval", interval_seconds = 60, recurring = true, tasks = ["Backup"], only_when = ["OnPower"], hold_seconds = 30 },
  { name = "OnPower", type = "command", command = "on_ac_power", command_arguments = [], startup_path = "/", success_status = 0 },
]
--- processes
on_ac_power: exit 1 saying "on battery"
--- steps
until 130
--- records
   60.000  INFO  CONDITION active Nightly/2 [PROC/MSG] held: OnPower is false (on battery)
   90.000  WARN  CONDITION active Nightly/2 [PROC/MSG] missed: its interval of 1 min has passed; held since 12:01 for 30 s, and OnPower is false (on battery)
  120.000  INFO  CONDITION active Nightly/2 [PROC/MSG] held: OnPower is false (on battery)

story: With hold_seconds = 0 a firing that finds a guard false is missed at once.
show: held|HIST|missed|running tasks
level: info
--- config
scheduler_tick_seconds = 5
task = [{ name = "Backup", type = "command", command = "backup", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Nightly", type = "interval", interval_seconds = 60, recurring = true, tasks = ["Backup"], only_when = ["OnPower"], hold_seconds = 0 },
  { name = "OnPower", type = "command", command = "on_ac_power", command_arguments = [], startup_path = "/", success_status = 0 },
]
--- processes
on_ac_power: exit 1 saying "on battery" | exit 0
--- steps
until 130
--- records
   60.000  WARN  CONDITION active Nightly/2 [PROC/MSG] missed: its interval of 1 min has passed, but OnPower is false (on battery)
  120.000  INFO  CONDITION active Nightly/2 [START/MSG] running tasks in sequence: Backup

story: A condition that does not recur is not checked while its firing is held; a reset ends the hold.
show: held|HIST|missed|running tasks|reset
level: debug
--- config
scheduler_tick_seconds = 5
task = [{ name = "Backup", type = "command", command = "backup", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Once", type = "interval", interval_seconds = 10, tasks = ["Backup"], only_when = ["OnPower"] },
  { name = "OnPower", type = "command", command = "on_ac_power", command_arguments = [], startup_path = "/", success_status = 0, check_after = 20 },
]
--- processes
on_ac_power: exit 1 | exit 1 | exit 1 | exit 0
--- steps
at 25 reset_conditions Once
until 120
--- records
   10.000  INFO  CONDITION active Once/2 [PROC/MSG] held: OnPower is false (exit code 1 is not the success status 0)
   25.000  > reset_conditions Once
   25.000  DEBUG MAIN command [PROC/MSG] resetting conditions: Once
   25.000  INFO  CONDITION active Once/2 [PROC/MSG] its firing is not held any more: it was reset
   25.000  INFO  MAIN reset_conditions [END/OK] condition Once reset
   35.000  INFO  CONDITION active Once/2 [PROC/MSG] held: OnPower is false (exit code 1 is not the success status 0)
   75.000  INFO  CONDITION active Once/2 [PROC/OK] its interval of 10 s has passed; held since 12:00, 40 s, until OnPower became true
   75.000  INFO  CONDITION active Once/2 [START/MSG] running tasks in sequence: Backup

story: A suspension ends the hold, and so does the removal by a reload.
show: held|HIST|missed|running tasks|suspend
level: info
--- config
scheduler_tick_seconds = 5
task = [{ name = "Backup", type = "command", command = "backup", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "A", type = "interval", interval_seconds = 10, recurring = true, tasks = ["Backup"], only_when = ["OnPower"] },
  { name = "B", type = "interval", interval_seconds = 10, recurring = true, tasks = ["Backup"], only_when = ["OnPower"] },
  { name = "OnPower", type = "command", command = "on_ac_power", command_arguments = [], startup_path = "/", success_status = 0 },
]
--- file without-b
scheduler_tick_seconds = 5
task = [{ name = "Backup", type = "command", command = "backup", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "A", type = "interval", interval_seconds = 10, recurring = true, tasks = ["Backup"], only_when = ["OnPower"] },
  { name = "OnPower", type = "command", command = "on_ac_power", command_arguments = [], startup_path = "/", success_status = 0 },
]
--- processes
on_ac_power: exit 1 saying "on battery"
--- steps
at 12 suspend_condition A
at 13 configure without-b
until 40
--- records
   10.000  INFO  CONDITION active A/2 [PROC/MSG] held: OnPower is false (on battery)
   10.000  INFO  CONDITION active B/3 [PROC/MSG] held: OnPower is false (on battery)
   12.000  > suspend_condition A
   12.000  INFO  CONDITION active A/2 [PROC/MSG] its firing is not held any more: it was suspended
   12.000  INFO  MAIN suspend_condition [END/OK] condition A suspended
   13.000  > configure without-b
   13.000  INFO  CONDITION active B/3 [PROC/MSG] its firing is not held any more: it is not in the new file

story: A guard that is suspended holds nothing back.
show: held|HIST|missed|running tasks|suspend
level: info
--- config
scheduler_tick_seconds = 5
task = [{ name = "Backup", type = "command", command = "backup", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "A", type = "interval", interval_seconds = 10, recurring = true, tasks = ["Backup"], only_when = ["OnPower"] },
  { name = "OnPower", type = "command", command = "on_ac_power", command_arguments = [], startup_path = "/", success_status = 0 },
]
--- processes
on_ac_power: exit 1 saying "on battery"
--- steps
at 12 suspend_condition OnPower
until 22
--- records
   10.000  INFO  CONDITION active A/2 [PROC/MSG] held: OnPower is false (on battery)
   12.000  > suspend_condition OnPower
   12.000  INFO  MAIN suspend_condition [END/OK] condition OnPower suspended
   15.000  INFO  CONDITION active A/2 [PROC/OK] its interval of 10 s has passed; held since 12:00, 5 s, until OnPower was suspended
   15.000  INFO  CONDITION active A/2 [START/MSG] running tasks in sequence: Backup
   20.000  INFO  CONDITION active A/2 [START/MSG] running tasks in sequence: Backup

story: A guard without an answer within a tick does not hold, is not asked twice at once, and its answer counts when it comes.
show: held|guard|HIST|missed|running tasks
level: debug
--- config
scheduler_tick_seconds = 5
task = [{ name = "Backup", type = "command", command = "backup", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "A", type = "interval", interval_seconds = 60, recurring = true, tasks = ["Backup"], only_when = ["Slow", "Other"] },
  { name = "Slow", type = "command", command = "slow", command_arguments = [], startup_path = "/", success_status = 0 },
  { name = "Other", type = "command", command = "other", command_arguments = [], startup_path = "/", success_status = 0 },
]
--- processes
slow: exit 0 after 17
other: exit 0 after 8
--- steps
until 119
--- records
   60.000  DEBUG CONDITION active Slow/3 [START/MSG] command: asked as a guard
   65.000  INFO  CONDITION active A/2 [PROC/MSG] held: Slow has not answered yet
   77.000  DEBUG CONDITION active Slow/3 [PROC/MSG] as a guard: Slow is true (exit code 0 is the success status)
   77.000  DEBUG CONDITION active Other/4 [START/MSG] command: asked as a guard
   85.000  DEBUG CONDITION active Other/4 [PROC/MSG] as a guard: Other is true (exit code 0 is the success status)
   85.000  INFO  CONDITION active A/2 [PROC/OK] its interval of 1 min has passed; held since 12:01, 20 s, until Other became true
   85.000  INFO  CONDITION active A/2 [START/MSG] running tasks in sequence: Backup

story: A guard that hangs reaches its time limit, and is asked again.
show: held|guard|HIST|missed|running tasks|time limit
level: debug
--- config
scheduler_tick_seconds = 5
task = [{ name = "Backup", type = "command", command = "backup", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "A", type = "interval", interval_seconds = 60, recurring = true, tasks = ["Backup"], only_when = ["Slow"] },
  { name = "Slow", type = "command", command = "slow", command_arguments = [], startup_path = "/", success_status = 0, timeout_seconds = 12 },
]
--- processes
slow: hangs | exit 0
--- steps
until 119
--- records
   60.000  DEBUG CONDITION active Slow/3 [START/MSG] command: asked as a guard
   65.000  INFO  CONDITION active A/2 [PROC/MSG] held: Slow has not answered yet
   72.000  DEBUG CONDITION active Slow/3 [PROC/FAIL] time limit of 12 s reached, process group ended
   72.000  WARN  CONDITION active Slow/3 [END/FAIL] given up after 12.00 s: time limit of 12 s
   72.000  DEBUG CONDITION active Slow/3 [PROC/MSG] as a guard: Slow is false (it reached its time limit of 12 s)
   75.000  DEBUG CONDITION active Slow/3 [START/MSG] command: asked as a guard
   75.000  DEBUG CONDITION active Slow/3 [PROC/MSG] as a guard: Slow is true (exit code 0 is the success status)
   75.000  INFO  CONDITION active A/2 [PROC/OK] its interval of 1 min has passed; held since 12:01, 10 s, until Slow became true
   75.000  INFO  CONDITION active A/2 [START/MSG] running tasks in sequence: Backup

story: A paused scheduler asks nothing, and the time of the hold goes on.
show: held|guard|HIST|missed|running tasks
level: debug
--- config
scheduler_tick_seconds = 5
task = [{ name = "Backup", type = "command", command = "backup", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "A", type = "interval", interval_seconds = 60, recurring = true, tasks = ["Backup"], only_when = ["OnPower"], hold_seconds = 40 },
  { name = "OnPower", type = "command", command = "on_ac_power", command_arguments = [], startup_path = "/", success_status = 0, check_after = 10 },
]
--- processes
on_ac_power: exit 1
--- steps
at 72 pause
at 111 resume
until 119
--- records
   60.000  DEBUG CONDITION active OnPower/3 [START/MSG] command: asked as a guard
   60.000  DEBUG CONDITION active OnPower/3 [PROC/MSG] as a guard: OnPower is false (exit code 1 is not the success status 0)
   60.000  INFO  CONDITION active A/2 [PROC/MSG] held: OnPower is false (exit code 1 is not the success status 0)
   70.000  DEBUG CONDITION active OnPower/3 [START/MSG] command: asked as a guard
   70.000  DEBUG CONDITION active OnPower/3 [PROC/MSG] as a guard: OnPower is false (exit code 1 is not the success status 0)
   72.000  > pause
  111.000  > resume
  115.000  WARN  CONDITION active A/2 [PROC/MSG] missed: its interval of 1 min has passed; held since 12:01 for 55 s, and OnPower is false (exit code 1 is not the success status 0)

story: A window of time is waited for: between two times, over midnight.
start: 2026-03-02T20:59:58Z
show: held|guard|HIST|missed|running tasks
level: debug
clock: wall
--- config
scheduler_tick_seconds = 5
task = [{ name = "Backup", type = "command", command = "backup", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Due", type = "time", time_specifications = [{ hour = 21 }], recurring = true, tasks = ["Backup"], only_when = ["Night"], timezone = "UTC" },
  { name = "Night", type = "time", between = [22:00:00, 06:00:00], timezone = "UTC" },
]
--- steps
until 3700
--- records
2. 21:00:00.000  DEBUG CONDITION active Night/3 [PROC/MSG] as a guard: Night is false (it is not the time)
2. 21:00:00.000  INFO  CONDITION active Due/2 [PROC/MSG] held: Night is false (it is not the time)
2. 22:00:00.000  DEBUG CONDITION active Night/3 [PROC/MSG] as a guard: Night is true (it is between 22:00:00 and 06:00:00)
2. 22:00:00.000  INFO  CONDITION active Due/2 [PROC/OK] hour=21 has come; held since 21:00, 1 h 00 min, until Night became true
2. 22:00:00.000  INFO  CONDITION active Due/2 [START/MSG] running tasks in sequence: Backup

story: A clock that is set forward into the window begins the run.
start: 2026-03-02T20:59:58Z
show: held|guard|HIST|missed|running tasks|clock
level: debug
--- config
scheduler_tick_seconds = 5
task = [{ name = "Backup", type = "command", command = "backup", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Due", type = "time", time_specifications = [{ hour = 21 }], recurring = true, tasks = ["Backup"], only_when = ["Night"], timezone = "UTC" },
  { name = "Night", type = "time", between = [22:00:00, 06:00:00], timezone = "UTC" },
]
--- steps
until 100
step 3600
until 110
--- records
    2.000  DEBUG CONDITION active Night/3 [PROC/MSG] as a guard: Night is false (it is not the time)
    2.000  INFO  CONDITION active Due/2 [PROC/MSG] held: Night is false (it is not the time)
  100.000  > step 3600
  102.000  WARN  MAIN scheduler_tick [PROC/MSG] the clock was set forward by 1 h 00 min, from 21:01:40 to 22:01:40: time conditions count by the new time, and catch_up says what becomes of the instants between
  102.000  DEBUG CONDITION active Night/3 [PROC/MSG] as a guard: Night is true (it is between 22:00:00 and 06:00:00)
  102.000  INFO  CONDITION active Due/2 [PROC/OK] hour=21 has come; held since 21:00, 1 h 01 min, until Night became true
  102.000  INFO  CONDITION active Due/2 [START/MSG] running tasks in sequence: Backup

story: A guard of type idle says whether the session is idle now, however often it is asked.
show: held|guard|HIST|missed|running tasks
level: debug
--- config
scheduler_tick_seconds = 5
task = [{ name = "Backup", type = "command", command = "backup", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "A", type = "interval", interval_seconds = 20, recurring = true, tasks = ["Backup"], only_when = ["Away"] },
  { name = "Away", type = "idle", idle_seconds = 60 },
]
--- steps
idle 100
until 41
idle 0
until 70
idle 70
until 76
--- records
    0.000  > idle 100
   20.000  DEBUG CONDITION active Away/3 [PROC/MSG] as a guard: Away is true (the session has been idle for more than 1 min)
   20.000  INFO  CONDITION active A/2 [START/MSG] running tasks in sequence: Backup
   40.000  DEBUG CONDITION active Away/3 [PROC/MSG] as a guard: Away is true (the session has been idle for more than 1 min)
   40.000  INFO  CONDITION active A/2 [START/MSG] running tasks in sequence: Backup
   41.000  > idle 0
   60.000  DEBUG CONDITION active Away/3 [PROC/MSG] as a guard: Away is false (the session has not been idle for more than 1 min)
   60.000  INFO  CONDITION active A/2 [PROC/MSG] held: Away is false (the session has not been idle for more than 1 min)
   65.000  DEBUG CONDITION active Away/3 [PROC/MSG] as a guard: Away is false (the session has not been idle for more than 1 min)
   70.000  DEBUG CONDITION active Away/3 [PROC/MSG] as a guard: Away is false (the session has not been idle for more than 1 min)
   70.000  > idle 70
   75.000  DEBUG CONDITION active Away/3 [PROC/MSG] as a guard: Away is true (the session has been idle for more than 1 min)
   75.000  INFO  CONDITION active A/2 [PROC/OK] its interval of 20 s has passed; held since 12:01, 15 s, until Away became true
   75.000  INFO  CONDITION active A/2 [START/MSG] running tasks in sequence: Backup

story: A script as a guard.
show: held|guard|HIST|missed|running tasks
level: info
--- config
scheduler_tick_seconds = 5
task = [{ name = "Backup", type = "command", command = "backup", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "A", type = "interval", interval_seconds = 20, recurring = true, tasks = ["Backup"], only_when = ["Small"] },
  { name = "Small", type = "lua", script = "x = 1", expected_results = { x = 1 } },
]
--- lua
Small: different | equal
--- steps
until 31
--- records
   20.000  INFO  CONDITION active A/2 [PROC/MSG] held: Small is false (none of the expected results holds)
   25.000  INFO  CONDITION active A/2 [PROC/OK] its interval of 20 s has passed; held since 12:00, 5 s, until Small became true
   25.000  INFO  CONDITION active A/2 [START/MSG] running tasks in sequence: Backup

story: A method of D-Bus as a guard.
show: held|guard|HIST|missed|running tasks
level: info
--- config
scheduler_tick_seconds = 5
task = [{ name = "Backup", type = "command", command = "backup", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "A", type = "interval", interval_seconds = 20, recurring = true, tasks = ["Backup"], only_when = ["OnPower"] },
  { name = "OnPower", type = "dbus", bus = ":system", service = "org.freedesktop.UPower", object_path = "/org/freedesktop/UPower", interface = "org.freedesktop.DBus.Properties", method = "Get", parameter_call = ["org.freedesktop.UPower", "OnBattery"], parameter_check = [{ index = 0, operator = "eq", value = false }] },
]
--- steps
bus reply [true]
until 31
bus reply [false]
until 36
--- records
    0.000  > bus reply [true]
   20.000  INFO  CONDITION active A/2 [PROC/MSG] held: OnPower is false (the answer does not hold what is expected)
   31.000  > bus reply [false]
   35.000  INFO  CONDITION active A/2 [PROC/OK] its interval of 20 s has passed; held since 12:00, 15 s, until OnPower became true
   35.000  INFO  CONDITION active A/2 [START/MSG] running tasks in sequence: Backup

story: A firing of a check that went on after a reload is not held for a condition that is gone.
show: held|running tasks|loaded|removed
level: info
--- config
scheduler_tick_seconds = 5
task = [{ name = "T", type = "command", command = "t", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Slow", type = "command", command = "slow", command_arguments = [], startup_path = "/", success_status = 0, tasks = ["T"], only_when = ["Never"] },
  { name = "Never", type = "time", time_specifications = [{ year = 2020 }] },
]
--- file c.toml
scheduler_tick_seconds = 5
task = [{ name = "T", type = "command", command = "t", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Slow", type = "interval", interval_seconds = 10, recurring = true, tasks = ["T"] }]
--- processes
slow: exit 0 after 3
--- steps
at 6 configure c.toml
until 40
--- records
    6.000  > configure c.toml
    6.000  INFO  MAIN reconfigure [END/OK] configuration c.toml loaded
    8.000  INFO  CONDITION active Slow/2 [PROC/MSG] held: Never is false (it is not in the file)
    8.000  INFO  CONDITION active Slow/2 [PROC/MSG] its firing is not held any more: it is not in the new file
   20.000  INFO  CONDITION active Slow/4 [START/MSG] running tasks in sequence: T
   30.000  INFO  CONDITION active Slow/4 [START/MSG] running tasks in sequence: T
   40.000  INFO  CONDITION active Slow/4 [START/MSG] running tasks in sequence: T

story: With when_busy = "restart" the guards are asked first, once for each firing: only a firing that they admit ends the run.
show: held|guard|HIST|missed|running tasks|busy|ended|queued
level: debug
--- config
scheduler_tick_seconds = 5
task = [{ name = "Build", type = "command", command = "build", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Changed", type = "interval", interval_seconds = 20, recurring = true, when_busy = "restart", tasks = ["Build"], only_when = ["OnPower"] },
  { name = "OnPower", type = "command", command = "on_ac_power", command_arguments = [], startup_path = "/", success_status = 0 },
]
--- processes
build: exit 0 after 38
on_ac_power: exit 0 | exit 0 | exit 1 saying "on battery" | exit 1 saying "on battery" | exit 0 saying "plugged in"
--- steps
until 79
--- records
   20.000  DEBUG CONDITION active Changed/2 [END/OK] check ended positive
   20.000  DEBUG CONDITION active OnPower/3 [START/MSG] command: asked as a guard
   20.000  DEBUG CONDITION active OnPower/3 [PROC/MSG] as a guard: OnPower is true (exit code 0 is the success status)
   20.000  INFO  CONDITION active Changed/2 [START/MSG] running tasks in sequence: Build
   40.000  DEBUG CONDITION active Changed/2 [END/OK] check ended positive
   40.000  DEBUG CONDITION active OnPower/3 [START/MSG] command: asked as a guard
   40.000  DEBUG CONDITION active OnPower/3 [PROC/MSG] as a guard: OnPower is true (exit code 0 is the success status)
   40.000  INFO  CONDITION active Changed/2 [PROC/MSG] busy: one more run is queued (its interval of 20 s has passed)
   40.000  INFO  CONDITION active Changed/2 [PROC/MSG] the run is being ended: a new run has taken its place
   40.000  INFO  TASK active Build/1 [END/FAIL] (trigger: Changed) ended early after 20.00 s
   40.000  INFO  CONDITION active Changed/2 [END/MSG] task Build ended: no outcome
   40.000  INFO  CONDITION active Changed/2 [END/MSG] the run was ended early: a new run has taken its place
   40.000  DEBUG CONDITION active Changed/2 [END/OK] all tasks have ended (1 of 1 executed)
   40.000  INFO  CONDITION active Changed/2 [PROC/OK] the run that was queued since 12:00:40 begins
   40.000  INFO  CONDITION active Changed/2 [START/MSG] running tasks in sequence: Build
   60.000  DEBUG CONDITION active Changed/2 [END/OK] check ended positive
   60.000  DEBUG CONDITION active OnPower/3 [START/MSG] command: asked as a guard
   60.000  DEBUG CONDITION active OnPower/3 [PROC/MSG] as a guard: OnPower is false (on battery)
   60.000  INFO  CONDITION active Changed/2 [PROC/MSG] held: OnPower is false (on battery)
   65.000  DEBUG CONDITION active OnPower/3 [START/MSG] command: asked as a guard
   65.000  DEBUG CONDITION active OnPower/3 [PROC/MSG] as a guard: OnPower is false (on battery)
   70.000  DEBUG CONDITION active OnPower/3 [START/MSG] command: asked as a guard
   70.000  DEBUG CONDITION active OnPower/3 [PROC/MSG] as a guard: OnPower is true (plugged in)
   70.000  INFO  CONDITION active Changed/2 [PROC/OK] its interval of 20 s has passed; held since 12:01, 10 s, until OnPower became true
   70.000  INFO  CONDITION active Changed/2 [PROC/MSG] busy: one more run is queued (its interval of 20 s has passed; held since 12:01, 10 s, until OnPower became true)
   70.000  INFO  CONDITION active Changed/2 [PROC/MSG] the run is being ended: a new run has taken its place
   70.000  INFO  TASK active Build/1 [END/FAIL] (trigger: Changed) ended early after 30.00 s
   70.000  INFO  CONDITION active Changed/2 [END/MSG] task Build ended: no outcome
   70.000  INFO  CONDITION active Changed/2 [END/MSG] the run was ended early: a new run has taken its place
   70.000  DEBUG CONDITION active Changed/2 [END/OK] all tasks have ended (1 of 1 executed)
   70.000  INFO  CONDITION active Changed/2 [PROC/OK] the run that was queued since 12:01:10 begins
   70.000  INFO  CONDITION active Changed/2 [START/MSG] running tasks in sequence: Build

story: A firing that is held while the run goes on does not end it, and begins after it if that has ended first.
show: held|guard|HIST|missed|running tasks|busy|ended|queued
level: debug
--- config
scheduler_tick_seconds = 5
task = [{ name = "Build", type = "command", command = "build", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Changed", type = "interval", interval_seconds = 20, recurring = true, when_busy = "restart", tasks = ["Build"], only_when = ["OnPower"] },
  { name = "OnPower", type = "command", command = "on_ac_power", command_arguments = [], startup_path = "/", success_status = 0, check_after = 20 },
]
--- processes
build: exit 0 after 23
on_ac_power: exit 0 | exit 1 saying "on battery" | exit 0 saying "plugged in"
--- steps
until 70
--- records
   20.000  DEBUG CONDITION active Changed/2 [END/OK] check ended positive
   20.000  DEBUG CONDITION active OnPower/3 [START/MSG] command: asked as a guard
   20.000  DEBUG CONDITION active OnPower/3 [PROC/MSG] as a guard: OnPower is true (exit code 0 is the success status)
   20.000  INFO  CONDITION active Changed/2 [START/MSG] running tasks in sequence: Build
   40.000  DEBUG CONDITION active Changed/2 [END/OK] check ended positive
   40.000  DEBUG CONDITION active OnPower/3 [START/MSG] command: asked as a guard
   40.000  DEBUG CONDITION active OnPower/3 [PROC/MSG] as a guard: OnPower is false (on battery)
   40.000  INFO  CONDITION active Changed/2 [PROC/MSG] held: OnPower is false (on battery)
   43.000  INFO  CONDITION active Changed/2 [END/MSG] task Build ended: success
   43.000  DEBUG CONDITION active Changed/2 [END/OK] all tasks have ended (1 of 1 executed)
   60.000  DEBUG CONDITION active Changed/2 [END/OK] check ended positive
   60.000  DEBUG CONDITION active Changed/2 [PROC/MSG] one more firing is held: 2 for one run
   60.000  DEBUG CONDITION active OnPower/3 [START/MSG] command: asked as a guard
   60.000  DEBUG CONDITION active OnPower/3 [PROC/MSG] as a guard: OnPower is true (plugged in)
   60.000  INFO  CONDITION active Changed/2 [PROC/OK] its interval of 20 s has passed; held since 12:00, 20 s, until OnPower became true; one more firing came meanwhile
   60.000  INFO  CONDITION active Changed/2 [START/MSG] running tasks in sequence: Build

story: With when_busy = "restart" a firing that is held for hold_seconds is missed, and the run goes on to its end.
show: held|guard|HIST|missed|running tasks|busy|ended|queued
level: debug
--- config
scheduler_tick_seconds = 5
task = [{ name = "Build", type = "command", command = "build", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Changed", type = "interval", interval_seconds = 20, recurring = true, when_busy = "restart", tasks = ["Build"], only_when = ["OnPower"], hold_seconds = 10 },
  { name = "OnPower", type = "command", command = "on_ac_power", command_arguments = [], startup_path = "/", success_status = 0 },
]
--- processes
build: exit 0 after 38
on_ac_power: exit 0 | exit 1 saying "on battery"
--- steps
until 58
--- records
   20.000  DEBUG CONDITION active Changed/2 [END/OK] check ended positive
   20.000  DEBUG CONDITION active OnPower/3 [START/MSG] command: asked as a guard
   20.000  DEBUG CONDITION active OnPower/3 [PROC/MSG] as a guard: OnPower is true (exit code 0 is the success status)
   20.000  INFO  CONDITION active Changed/2 [START/MSG] running tasks in sequence: Build
   40.000  DEBUG CONDITION active Changed/2 [END/OK] check ended positive
   40.000  DEBUG CONDITION active OnPower/3 [START/MSG] command: asked as a guard
   40.000  DEBUG CONDITION active OnPower/3 [PROC/MSG] as a guard: OnPower is false (on battery)
   40.000  INFO  CONDITION active Changed/2 [PROC/MSG] held: OnPower is false (on battery)
   45.000  DEBUG CONDITION active OnPower/3 [START/MSG] command: asked as a guard
   45.000  DEBUG CONDITION active OnPower/3 [PROC/MSG] as a guard: OnPower is false (on battery)
   50.000  WARN  CONDITION active Changed/2 [PROC/MSG] missed: its interval of 20 s has passed; held since 12:00 for 10 s, and OnPower is false (on battery)
   58.000  INFO  CONDITION active Changed/2 [END/MSG] task Build ended: success
   58.000  DEBUG CONDITION active Changed/2 [END/OK] all tasks have ended (1 of 1 executed)

story: A guard that takes its time delays the end of the run, and one run ends only once.
show: held|guard|HIST|missed|running tasks|busy|ended|queued
level: debug
--- config
scheduler_tick_seconds = 5
task = [{ name = "Build", type = "command", command = "build", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Changed", type = "interval", interval_seconds = 20, recurring = true, when_busy = "restart", tasks = ["Build"], only_when = ["Slow"] },
  { name = "Slow", type = "command", command = "slow", command_arguments = [], startup_path = "/", success_status = 0 },
]
--- processes
build: exit 0 after 30 stubbornly | exit 0 after 1
slow: exit 0 | exit 0 after 8 | exit 0 after 3
--- steps
until 60
--- records
   20.000  DEBUG CONDITION active Changed/2 [END/OK] check ended positive
   20.000  DEBUG CONDITION active Slow/3 [START/MSG] command: asked as a guard
   20.000  DEBUG CONDITION active Slow/3 [PROC/MSG] as a guard: Slow is true (exit code 0 is the success status)
   20.000  INFO  CONDITION active Changed/2 [START/MSG] running tasks in sequence: Build
   40.000  DEBUG CONDITION active Changed/2 [END/OK] check ended positive
   40.000  DEBUG CONDITION active Slow/3 [START/MSG] command: asked as a guard
   45.000  INFO  CONDITION active Changed/2 [PROC/MSG] held: Slow has not answered yet
   48.000  DEBUG CONDITION active Slow/3 [PROC/MSG] as a guard: Slow is true (exit code 0 is the success status)
   48.000  INFO  CONDITION active Changed/2 [PROC/OK] its interval of 20 s has passed; held since 12:00, 3 s, until Slow became true
   48.000  INFO  CONDITION active Changed/2 [PROC/MSG] busy: one more run is queued (its interval of 20 s has passed; held since 12:00, 3 s, until Slow became true)
   48.000  INFO  CONDITION active Changed/2 [PROC/MSG] the run is being ended: a new run has taken its place
   50.000  INFO  TASK active Build/1 [END/FAIL] (trigger: Changed) ended early after 30.00 s
   50.000  INFO  CONDITION active Changed/2 [END/MSG] task Build ended: no outcome
   50.000  INFO  CONDITION active Changed/2 [END/MSG] the run was ended early: a new run has taken its place
   50.000  DEBUG CONDITION active Changed/2 [END/OK] all tasks have ended (1 of 1 executed)
   50.000  INFO  CONDITION active Changed/2 [PROC/OK] the run that was queued since 12:00:48 begins
   50.000  INFO  CONDITION active Changed/2 [START/MSG] running tasks in sequence: Build
   51.000  INFO  CONDITION active Changed/2 [END/MSG] task Build ended: success
   51.000  DEBUG CONDITION active Changed/2 [END/OK] all tasks have ended (1 of 1 executed)
   60.000  DEBUG CONDITION active Changed/2 [END/OK] check ended positive
   60.000  DEBUG CONDITION active Slow/3 [START/MSG] command: asked as a guard

story: A condition that does not recur drops the firing that is held when its tasks have run without a failure.
show: held|guard|HIST|missed|running tasks|busy|ended|queued
level: debug
--- config
scheduler_tick_seconds = 5
task = [{ name = "Build", type = "command", command = "build", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Once", type = "interval", interval_seconds = 20, when_busy = "restart", tasks = ["Build"], only_when = ["OnPower"] },
  { name = "OnPower", type = "command", command = "on_ac_power", command_arguments = [], startup_path = "/", success_status = 0 },
]
--- processes
build: exit 0 after 28
on_ac_power: exit 0 | exit 1 saying "on battery"
--- steps
until 80
--- records
   20.000  DEBUG CONDITION active Once/2 [END/OK] check ended positive
   20.000  DEBUG CONDITION active OnPower/3 [START/MSG] command: asked as a guard
   20.000  DEBUG CONDITION active OnPower/3 [PROC/MSG] as a guard: OnPower is true (exit code 0 is the success status)
   20.000  INFO  CONDITION active Once/2 [START/MSG] running tasks in sequence: Build
   40.000  DEBUG CONDITION active Once/2 [END/OK] check ended positive
   40.000  DEBUG CONDITION active OnPower/3 [START/MSG] command: asked as a guard
   40.000  DEBUG CONDITION active OnPower/3 [PROC/MSG] as a guard: OnPower is false (on battery)
   40.000  INFO  CONDITION active Once/2 [PROC/MSG] held: OnPower is false (on battery)
   45.000  DEBUG CONDITION active OnPower/3 [START/MSG] command: asked as a guard
   45.000  DEBUG CONDITION active OnPower/3 [PROC/MSG] as a guard: OnPower is false (on battery)
   48.000  INFO  CONDITION active Once/2 [END/MSG] task Build ended: success
   48.000  DEBUG CONDITION active Once/2 [END/OK] all tasks have ended (1 of 1 executed)
   48.000  INFO  CONDITION active Once/2 [PROC/MSG] its firing is not held any more: its tasks have run without a failure, and it is not recurring

story: With when_busy = "queue" the guards are asked when the run has ended, for the run that was queued.
show: held|guard|HIST|missed|running tasks|busy|ended|queued
level: debug
--- config
scheduler_tick_seconds = 5
task = [{ name = "Build", type = "command", command = "build", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Changed", type = "interval", interval_seconds = 20, recurring = true, when_busy = "queue", tasks = ["Build"], only_when = ["OnPower"] },
  { name = "OnPower", type = "command", command = "on_ac_power", command_arguments = [], startup_path = "/", success_status = 0 },
]
--- processes
build: exit 0 after 23 | exit 0 after 1
on_ac_power: exit 0 | exit 1 saying "on battery" | exit 0 saying "plugged in"
--- steps
until 58
--- records
   20.000  DEBUG CONDITION active Changed/2 [END/OK] check ended positive
   20.000  DEBUG CONDITION active OnPower/3 [START/MSG] command: asked as a guard
   20.000  DEBUG CONDITION active OnPower/3 [PROC/MSG] as a guard: OnPower is true (exit code 0 is the success status)
   20.000  INFO  CONDITION active Changed/2 [START/MSG] running tasks in sequence: Build
   40.000  DEBUG CONDITION active Changed/2 [END/OK] check ended positive
   40.000  INFO  CONDITION active Changed/2 [PROC/MSG] busy: one more run is queued (its interval of 20 s has passed)
   43.000  INFO  CONDITION active Changed/2 [END/MSG] task Build ended: success
   43.000  DEBUG CONDITION active Changed/2 [END/OK] all tasks have ended (1 of 1 executed)
   43.000  DEBUG CONDITION active OnPower/3 [START/MSG] command: asked as a guard
   43.000  DEBUG CONDITION active OnPower/3 [PROC/MSG] as a guard: OnPower is false (on battery)
   43.000  INFO  CONDITION active Changed/2 [PROC/MSG] held: OnPower is false (on battery)
   45.000  DEBUG CONDITION active OnPower/3 [START/MSG] command: asked as a guard
   45.000  DEBUG CONDITION active OnPower/3 [PROC/MSG] as a guard: OnPower is true (plugged in)
   45.000  INFO  CONDITION active Changed/2 [PROC/OK] its interval of 20 s has passed; held since 12:00, 2 s, until OnPower became true
   45.000  INFO  CONDITION active Changed/2 [START/MSG] running tasks in sequence: Build
   46.000  INFO  CONDITION active Changed/2 [END/MSG] task Build ended: success
   46.000  DEBUG CONDITION active Changed/2 [END/OK] all tasks have ended (1 of 1 executed)

story: With when_busy = "skip" no guard is asked while the tasks run.
show: held|guard|HIST|missed|running tasks|busy|ended|queued
level: debug
--- config
scheduler_tick_seconds = 5
task = [{ name = "Build", type = "command", command = "build", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Changed", type = "interval", interval_seconds = 20, recurring = true, tasks = ["Build"], only_when = ["OnPower"] },
  { name = "OnPower", type = "command", command = "on_ac_power", command_arguments = [], startup_path = "/", success_status = 0 },
]
--- processes
build: exit 0 after 33
on_ac_power: exit 0 | exit 1 saying "on battery"
--- steps
until 76
--- records
   20.000  DEBUG CONDITION active Changed/2 [END/OK] check ended positive
   20.000  DEBUG CONDITION active OnPower/3 [START/MSG] command: asked as a guard
   20.000  DEBUG CONDITION active OnPower/3 [PROC/MSG] as a guard: OnPower is true (exit code 0 is the success status)
   20.000  INFO  CONDITION active Changed/2 [START/MSG] running tasks in sequence: Build
   53.000  INFO  CONDITION active Changed/2 [END/MSG] task Build ended: success
   53.000  DEBUG CONDITION active Changed/2 [END/OK] all tasks have ended (1 of 1 executed)
   55.000  DEBUG CONDITION active Changed/2 [END/OK] check ended positive
   55.000  DEBUG CONDITION active OnPower/3 [START/MSG] command: asked as a guard
   55.000  DEBUG CONDITION active OnPower/3 [PROC/MSG] as a guard: OnPower is false (on battery)
   55.000  INFO  CONDITION active Changed/2 [PROC/MSG] held: OnPower is false (on battery)
   60.000  DEBUG CONDITION active Changed/2 [END/OK] check ended positive
   60.000  DEBUG CONDITION active Changed/2 [PROC/MSG] one more firing is held: 2 for one run
   60.000  DEBUG CONDITION active OnPower/3 [START/MSG] command: asked as a guard
   60.000  DEBUG CONDITION active OnPower/3 [PROC/MSG] as a guard: OnPower is false (on battery)
   65.000  DEBUG CONDITION active OnPower/3 [START/MSG] command: asked as a guard
   65.000  DEBUG CONDITION active OnPower/3 [PROC/MSG] as a guard: OnPower is false (on battery)
   70.000  DEBUG CONDITION active OnPower/3 [START/MSG] command: asked as a guard
   70.000  DEBUG CONDITION active OnPower/3 [PROC/MSG] as a guard: OnPower is false (on battery)
   75.000  DEBUG CONDITION active OnPower/3 [START/MSG] command: asked as a guard
   75.000  DEBUG CONDITION active OnPower/3 [PROC/MSG] as a guard: OnPower is false (on battery)

story: cancel while a guard is asked ends that: nothing runs or is held, whatever the guard answers, and the next firing asks anew.
show: held|guard|HIST|missed|running tasks|busy|cancel
level: debug
--- config
scheduler_tick_seconds = 5
task = [{ name = "T", type = "command", command = "t", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "A", type = "interval", interval_seconds = 20, recurring = true, tasks = ["T"], only_when = ["Slow"] },
  { name = "Slow", type = "command", command = "slow", command_arguments = [], startup_path = "/", success_status = 0 },
]
--- processes
slow: exit 0 after 3 | exit 1 after 3 | exit 0
--- steps
at 21 cancel A
at 42 cancel A
until 62
--- records
   20.000  DEBUG CONDITION active Slow/3 [START/MSG] command: asked as a guard
   21.000  > cancel A
   21.000  DEBUG MAIN command [PROC/MSG] cancel A accepted
   21.000  INFO  CONDITION active A/2 [PROC/MSG] the check is being ended: it was cancelled by a command
   23.000  DEBUG CONDITION active Slow/3 [PROC/MSG] as a guard: Slow is true (exit code 0 is the success status)
   23.000  INFO  CONDITION active A/2 [END/MSG] the queued run does not begin: it was cancelled by a command
   40.000  DEBUG CONDITION active Slow/3 [START/MSG] command: asked as a guard
   42.000  > cancel A
   42.000  DEBUG MAIN command [PROC/MSG] cancel A accepted
   42.000  INFO  CONDITION active A/2 [PROC/MSG] the check is being ended: it was cancelled by a command
   43.000  DEBUG CONDITION active Slow/3 [PROC/MSG] as a guard: Slow is false (exit code 1 is not the success status 0)
   43.000  INFO  CONDITION active A/2 [PROC/MSG] held: Slow is false (exit code 1 is not the success status 0)
   43.000  INFO  CONDITION active A/2 [PROC/MSG] its firing is not held any more: it was cancelled by a command
   60.000  DEBUG CONDITION active Slow/3 [START/MSG] command: asked as a guard
   60.000  DEBUG CONDITION active Slow/3 [PROC/MSG] as a guard: Slow is true (exit code 0 is the success status)
   60.000  INFO  CONDITION active A/2 [START/MSG] running tasks in sequence: T
