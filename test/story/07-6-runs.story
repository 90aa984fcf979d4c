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

story: With when_busy = "queue" further instants lead to one more run; none is missed.
start: 2026-03-02T12:00:00Z
level: debug
show: HIST|busy:|queued|missed|CONDITION active
--- config
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Minute", type = "time", time_specifications = [{ cron = "* * * * *" }], recurring = true, when_busy = "queue", tasks = ["Work"] }]
--- processes
work: exit 0 after 150 | exit 0 after 1
--- steps
until 310
--- records
    0.000  DEBUG CONDITION active Minute/0 [PROC/OK] task Work added
   60.000  DEBUG CONDITION active Minute/2 [PROC/MSG] time: cron "* * * * *" has come
   60.000  DEBUG CONDITION active Minute/2 [END/OK] check ended positive
   60.000  INFO  CONDITION active Minute/2 [START/MSG] running tasks in sequence: Work
  120.000  DEBUG CONDITION active Minute/2 [PROC/MSG] time: cron "* * * * *" has come
  120.000  DEBUG CONDITION active Minute/2 [END/OK] check ended positive
  120.000  INFO  CONDITION active Minute/2 [PROC/MSG] busy: one more run is queued (cron "* * * * *" has come)
  180.000  DEBUG CONDITION active Minute/2 [PROC/MSG] time: cron "* * * * *" has come
  180.000  DEBUG CONDITION active Minute/2 [END/OK] check ended positive
  180.000  DEBUG CONDITION active Minute/2 [PROC/MSG] busy: one more run is queued already (2: cron "* * * * *" has come)
  210.000  INFO  CONDITION active Minute/2 [END/MSG] task Work ended: success
  210.000  DEBUG CONDITION active Minute/2 [END/OK] all tasks have ended (1 of 1 executed)
  210.000  INFO  CONDITION active Minute/2 [PROC/OK] the run that was queued since 12:02:00 (2 times) begins
  210.000  INFO  CONDITION active Minute/2 [START/MSG] running tasks in sequence: Work
  211.000  INFO  CONDITION active Minute/2 [END/MSG] task Work ended: success
  211.000  DEBUG CONDITION active Minute/2 [END/OK] all tasks have ended (1 of 1 executed)
  240.000  DEBUG CONDITION active Minute/2 [PROC/MSG] time: cron "* * * * *" has come
  240.000  DEBUG CONDITION active Minute/2 [END/OK] check ended positive
  240.000  INFO  CONDITION active Minute/2 [START/MSG] running tasks in sequence: Work
  241.000  INFO  CONDITION active Minute/2 [END/MSG] task Work ended: success
  241.000  DEBUG CONDITION active Minute/2 [END/OK] all tasks have ended (1 of 1 executed)
  300.000  DEBUG CONDITION active Minute/2 [PROC/MSG] time: cron "* * * * *" has come
  300.000  DEBUG CONDITION active Minute/2 [END/OK] check ended positive
  300.000  INFO  CONDITION active Minute/2 [START/MSG] running tasks in sequence: Work
  301.000  INFO  CONDITION active Minute/2 [END/MSG] task Work ended: success
  301.000  DEBUG CONDITION active Minute/2 [END/OK] all tasks have ended (1 of 1 executed)

story: With when_busy = "restart" an event ends the run and begins anew, when the old one has ended; that is not a failure.
start: 2026-03-02T12:00:00Z
level: trace
show: HIST|CONDITION active|INFO|WARN|event
--- config
scheduler_tick_seconds = 1
task = [
  { name = "Build", type = "command", command = "build", command_arguments = [], startup_path = "/", success_status = 0 },
  { name = "Upload", type = "command", command = "upload", command_arguments = [], startup_path = "/" },
]
condition = [{ name = "Changed", type = "bucket", recurring = true, when_busy = "restart", tasks = ["Build", "Upload"] }]
event = [{ name = "E", type = "cli", condition = "Changed" }]
--- processes
build: exit 0 after 10 stubbornly | exit 0 after 3
--- steps
at 0.5 trigger E
at 4.5 trigger E
at 5.5 trigger E
at 7.5 trigger E
until 14
--- records
    0.000  TRACE CONDITION active Changed/0 [PROC/MSG] looking for task Build
    0.000  DEBUG CONDITION active Changed/0 [PROC/OK] task Build added
    0.000  TRACE CONDITION active Changed/0 [PROC/MSG] looking for task Upload
    0.000  DEBUG CONDITION active Changed/0 [PROC/OK] task Upload added
    0.000  DEBUG CMD_EVENT new E/0 [INIT/MSG] event of type cli created
    0.500  > trigger E
    0.500  DEBUG MAIN event_trigger [START/OK] triggering event E
    0.500  DEBUG EVENT_REGISTRY trigger E/4 [PROC/OK] event is being fired
    0.500  DEBUG EVENT active E/4 [PROC/OK] event fired: condition Changed is pending
    0.500  INFO  MAIN event_trigger [END/OK] event E: condition Changed is pending
    1.000  TRACE CONDITION active Changed/3 [PROC/OK] check begins
    1.000  TRACE CONDITION active Changed/3 [START/MSG] bucket: looking for a pending event
    1.000  DEBUG CONDITION active Changed/3 [END/OK] bucket: an event was pending
    1.000  DEBUG CONDITION active Changed/3 [END/OK] check ended positive
    1.000  INFO  CONDITION active Changed/3 [START/MSG] running tasks in sequence: Build, Upload
    1.000  TRACE TASK active Build/1 [HIST/START] OK/trigger:Changed starting task
    2.000  TRACE CONDITION active Changed/3 [PROC/OK] check begins
    2.000  TRACE CONDITION active Changed/3 [START/MSG] bucket: looking for a pending event
    2.000  TRACE CONDITION active Changed/3 [END/OK] check ended negative
    3.000  TRACE CONDITION active Changed/3 [PROC/OK] check begins
    3.000  TRACE CONDITION active Changed/3 [START/MSG] bucket: looking for a pending event
    3.000  TRACE CONDITION active Changed/3 [END/OK] check ended negative
    4.000  TRACE CONDITION active Changed/3 [PROC/OK] check begins
    4.000  TRACE CONDITION active Changed/3 [START/MSG] bucket: looking for a pending event
    4.000  TRACE CONDITION active Changed/3 [END/OK] check ended negative
    4.500  > trigger E
    4.500  DEBUG MAIN event_trigger [START/OK] triggering event E
    4.500  DEBUG EVENT_REGISTRY trigger E/4 [PROC/OK] event is being fired
    4.500  DEBUG EVENT active E/4 [PROC/OK] event fired: condition Changed is pending
    4.500  INFO  MAIN event_trigger [END/OK] event E: condition Changed is pending
    5.000  TRACE CONDITION active Changed/3 [PROC/OK] check begins
    5.000  TRACE CONDITION active Changed/3 [START/MSG] bucket: looking for a pending event
    5.000  DEBUG CONDITION active Changed/3 [END/OK] bucket: an event was pending
    5.000  DEBUG CONDITION active Changed/3 [END/OK] check ended positive
    5.000  INFO  CONDITION active Changed/3 [PROC/MSG] busy: one more run is queued (its event has come)
    5.000  INFO  CONDITION active Changed/3 [PROC/MSG] the run is being ended: a new run has taken its place
    5.500  > trigger E
    5.500  DEBUG MAIN event_trigger [START/OK] triggering event E
    5.500  DEBUG EVENT_REGISTRY trigger E/4 [PROC/OK] event is being fired
    5.500  DEBUG EVENT active E/4 [PROC/OK] event fired: condition Changed is pending
    5.500  INFO  MAIN event_trigger [END/OK] event E: condition Changed is pending
    6.000  TRACE CONDITION active Changed/3 [PROC/OK] check begins
    6.000  TRACE CONDITION active Changed/3 [START/MSG] bucket: looking for a pending event
    6.000  DEBUG CONDITION active Changed/3 [END/OK] bucket: an event was pending
    6.000  DEBUG CONDITION active Changed/3 [END/OK] check ended positive
    6.000  DEBUG CONDITION active Changed/3 [PROC/MSG] busy: one more run is queued already (2: its event has come)
    7.000  INFO  TASK active Build/1 [END/FAIL] (trigger: Changed) ended early after 6.00 s
    7.000  TRACE TASK active Build/1 [HIST/END] IND/trigger:Changed no outcome
    7.000  INFO  CONDITION active Changed/3 [END/MSG] task Build ended: no outcome
    7.000  INFO  CONDITION active Changed/3 [END/MSG] the run was ended early: a new run has taken its place; not begun: Upload
    7.000  DEBUG CONDITION active Changed/3 [END/OK] all tasks have ended (1 of 2 executed)
    7.000  INFO  CONDITION active Changed/3 [PROC/OK] the run that was queued since 12:00:05 (2 times) begins
    7.000  INFO  CONDITION active Changed/3 [START/MSG] running tasks in sequence: Build, Upload
    7.000  TRACE TASK active Build/1 [HIST/START] OK/trigger:Changed starting task
    7.000  TRACE CONDITION active Changed/3 [PROC/OK] check begins
    7.000  TRACE CONDITION active Changed/3 [START/MSG] bucket: looking for a pending event
    7.000  TRACE CONDITION active Changed/3 [END/OK] check ended negative
    7.500  > trigger E
    7.500  DEBUG MAIN event_trigger [START/OK] triggering event E
    7.500  DEBUG EVENT_REGISTRY trigger E/4 [PROC/OK] event is being fired
    7.500  DEBUG EVENT active E/4 [PROC/OK] event fired: condition Changed is pending
    7.500  INFO  MAIN event_trigger [END/OK] event E: condition Changed is pending
    8.000  TRACE CONDITION active Changed/3 [PROC/OK] check begins
    8.000  TRACE CONDITION active Changed/3 [START/MSG] bucket: looking for a pending event
    8.000  DEBUG CONDITION active Changed/3 [END/OK] bucket: an event was pending
    8.000  DEBUG CONDITION active Changed/3 [END/OK] check ended positive
    8.000  INFO  CONDITION active Changed/3 [PROC/MSG] busy: one more run is queued (its event has come)
    8.000  INFO  CONDITION active Changed/3 [PROC/MSG] the run is being ended: a new run has taken its place
    8.000  INFO  TASK active Build/1 [END/FAIL] (trigger: Changed) ended early after 1.00 s
    8.000  TRACE TASK active Build/1 [HIST/END] IND/trigger:Changed no outcome
    8.000  INFO  CONDITION active Changed/3 [END/MSG] task Build ended: no outcome
    8.000  INFO  CONDITION active Changed/3 [END/MSG] the run was ended early: a new run has taken its place; not begun: Upload
    8.000  DEBUG CONDITION active Changed/3 [END/OK] all tasks have ended (1 of 2 executed)
    8.000  INFO  CONDITION active Changed/3 [PROC/OK] the run that was queued since 12:00:08 begins
    8.000  INFO  CONDITION active Changed/3 [START/MSG] running tasks in sequence: Build, Upload
    8.000  TRACE TASK active Build/1 [HIST/START] OK/trigger:Changed starting task
    9.000  TRACE CONDITION active Changed/3 [PROC/OK] check begins
    9.000  TRACE CONDITION active Changed/3 [START/MSG] bucket: looking for a pending event
    9.000  TRACE CONDITION active Changed/3 [END/OK] check ended negative
   10.000  TRACE CONDITION active Changed/3 [PROC/OK] check begins
   10.000  TRACE CONDITION active Changed/3 [START/MSG] bucket: looking for a pending event
   10.000  TRACE CONDITION active Changed/3 [END/OK] check ended negative
   11.000  TRACE TASK active Build/1 [HIST/END] OK/trigger:Changed task succeeded
   11.000  TRACE TASK active Upload/2 [HIST/START] OK/trigger:Changed starting task
   11.000  TRACE TASK active Upload/2 [HIST/END] OK/trigger:Changed task succeeded
   11.000  INFO  CONDITION active Changed/3 [END/MSG] task Build ended: success
   11.000  INFO  CONDITION active Changed/3 [END/MSG] task Upload ended: success
   11.000  DEBUG CONDITION active Changed/3 [END/OK] all tasks have ended (2 of 2 executed)
   11.000  TRACE CONDITION active Changed/3 [PROC/OK] check begins
   11.000  TRACE CONDITION active Changed/3 [START/MSG] bucket: looking for a pending event
   11.000  TRACE CONDITION active Changed/3 [END/OK] check ended negative
   12.000  TRACE CONDITION active Changed/3 [PROC/OK] check begins
   12.000  TRACE CONDITION active Changed/3 [START/MSG] bucket: looking for a pending event
   12.000  TRACE CONDITION active Changed/3 [END/OK] check ended negative
   13.000  TRACE CONDITION active Changed/3 [PROC/OK] check begins
   13.000  TRACE CONDITION active Changed/3 [START/MSG] bucket: looking for a pending event
   13.000  TRACE CONDITION active Changed/3 [END/OK] check ended negative
   14.000  TRACE CONDITION active Changed/3 [PROC/OK] check begins
   14.000  TRACE CONDITION active Changed/3 [START/MSG] bucket: looking for a pending event
   14.000  TRACE CONDITION active Changed/3 [END/OK] check ended negative

story: A bucket with when_busy = "queue" takes events while it runs: they lead to one more run.
start: 2026-03-02T12:00:00Z
level: debug
show: HIST|CONDITION active|event
--- config
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Inbox", type = "bucket", immediate = true, recurring = true, when_busy = "queue", tasks = ["Work"] }]
event = [{ name = "E", type = "cli", condition = "Inbox" }]
--- processes
work: exit 0 after 5 | exit 0 after 1
--- steps
at 0.5 trigger E
at 2 trigger E
at 3 trigger E
until 9
--- records
    0.000  DEBUG CONDITION active Inbox/0 [PROC/OK] task Work added
    0.000  DEBUG CMD_EVENT new E/0 [INIT/MSG] event of type cli created
    0.500  > trigger E
    0.500  DEBUG MAIN event_trigger [START/OK] triggering event E
    0.500  DEBUG EVENT_REGISTRY trigger E/3 [PROC/OK] event is being fired
    0.500  DEBUG EVENT active E/3 [PROC/OK] event fired: condition Inbox is pending
    0.500  INFO  MAIN event_trigger [END/OK] event E: condition Inbox is pending
    0.550  DEBUG CONDITION active Inbox/2 [END/OK] bucket: an event was pending
    0.550  DEBUG CONDITION active Inbox/2 [END/OK] check ended positive
    0.550  INFO  CONDITION active Inbox/2 [START/MSG] running tasks in sequence: Work
    2.000  > trigger E
    2.000  DEBUG MAIN event_trigger [START/OK] triggering event E
    2.000  DEBUG EVENT_REGISTRY trigger E/3 [PROC/OK] event is being fired
    2.000  DEBUG EVENT active E/3 [PROC/OK] event fired: condition Inbox is pending
    2.000  INFO  MAIN event_trigger [END/OK] event E: condition Inbox is pending
    2.050  DEBUG CONDITION active Inbox/2 [END/OK] bucket: an event was pending
    2.050  DEBUG CONDITION active Inbox/2 [END/OK] check ended positive
    2.050  INFO  CONDITION active Inbox/2 [PROC/MSG] busy: one more run is queued (its event has come)
    3.000  > trigger E
    3.000  DEBUG MAIN event_trigger [START/OK] triggering event E
    3.000  DEBUG EVENT_REGISTRY trigger E/3 [PROC/OK] event is being fired
    3.000  DEBUG EVENT active E/3 [PROC/OK] event fired: condition Inbox is pending
    3.000  INFO  MAIN event_trigger [END/OK] event E: condition Inbox is pending
    3.050  DEBUG CONDITION active Inbox/2 [END/OK] bucket: an event was pending
    3.050  DEBUG CONDITION active Inbox/2 [END/OK] check ended positive
    3.050  DEBUG CONDITION active Inbox/2 [PROC/MSG] busy: one more run is queued already (2: its event has come)
    5.550  INFO  CONDITION active Inbox/2 [END/MSG] task Work ended: success
    5.550  DEBUG CONDITION active Inbox/2 [END/OK] all tasks have ended (1 of 1 executed)
    5.550  INFO  CONDITION active Inbox/2 [PROC/OK] the run that was queued since 12:00:02 (2 times) begins
    5.550  INFO  CONDITION active Inbox/2 [START/MSG] running tasks in sequence: Work
    6.550  INFO  CONDITION active Inbox/2 [END/MSG] task Work ended: success
    6.550  DEBUG CONDITION active Inbox/2 [END/OK] all tasks have ended (1 of 1 executed)

story: A queued run is dropped by a suspension, waits for the end of a pause, and does not begin when the scheduler ends.
start: 2026-03-02T12:00:00Z
level: debug
show: CONDITION active|MAIN|> 
--- config
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Often", type = "interval", interval_seconds = 4, recurring = true, when_busy = "queue", tasks = ["Work"] }]
--- processes
work: exit 0 after 6
--- steps
at 9 suspend_condition Often
at 12 resume_condition Often
at 21 pause
at 25 resume
at 33 exit
until 40
--- records
    0.000  DEBUG CONDITION active Often/0 [PROC/OK] task Work added
    4.000  DEBUG CONDITION active Often/2 [PROC/MSG] interval: passed
    4.000  DEBUG CONDITION active Often/2 [END/OK] check ended positive
    4.000  INFO  CONDITION active Often/2 [START/MSG] running tasks in sequence: Work
    8.000  DEBUG CONDITION active Often/2 [PROC/MSG] interval: passed
    8.000  DEBUG CONDITION active Often/2 [END/OK] check ended positive
    8.000  INFO  CONDITION active Often/2 [PROC/MSG] busy: one more run is queued (its interval of 4 s has passed)
    9.000  > suspend_condition Often
    9.000  DEBUG MAIN command [PROC/MSG] suspend_condition Often accepted
    9.000  DEBUG MAIN condition_state [START/OK] condition Often: suspend
    9.000  INFO  MAIN suspend_condition [PROC/OK] condition Often is busy: its suspension is queued
   10.000  INFO  CONDITION active Often/2 [END/MSG] task Work ended: success
   10.000  DEBUG CONDITION active Often/2 [END/OK] all tasks have ended (1 of 1 executed)
   10.000  INFO  CONDITION active Often/2 [END/MSG] the queued run does not begin: suspended
   12.000  > resume_condition Often
   12.000  DEBUG MAIN command [PROC/MSG] resume_condition Often accepted
   12.000  DEBUG MAIN condition_state [START/OK] condition Often: resume
   12.000  INFO  MAIN resume_condition [END/OK] condition Often resumed and reset
   16.000  DEBUG CONDITION active Often/2 [PROC/MSG] interval: passed
   16.000  DEBUG CONDITION active Often/2 [END/OK] check ended positive
   16.000  INFO  CONDITION active Often/2 [START/MSG] running tasks in sequence: Work
   20.000  DEBUG CONDITION active Often/2 [PROC/MSG] interval: passed
   20.000  DEBUG CONDITION active Often/2 [END/OK] check ended positive
   20.000  INFO  CONDITION active Often/2 [PROC/MSG] busy: one more run is queued (its interval of 4 s has passed)
   21.000  > pause
   21.000  DEBUG MAIN command [PROC/MSG] pausing
   22.000  INFO  CONDITION active Often/2 [END/MSG] task Work ended: success
   22.000  DEBUG CONDITION active Often/2 [END/OK] all tasks have ended (1 of 1 executed)
   25.000  > resume
   25.000  DEBUG MAIN command [PROC/MSG] resuming
   26.000  INFO  CONDITION active Often/2 [PROC/OK] the run that was queued since 12:00:20 begins
   26.000  INFO  CONDITION active Often/2 [START/MSG] running tasks in sequence: Work
   27.000  DEBUG CONDITION active Often/2 [PROC/MSG] interval: passed
   27.000  DEBUG CONDITION active Often/2 [END/OK] check ended positive
   27.000  INFO  CONDITION active Often/2 [PROC/MSG] busy: one more run is queued (its interval of 4 s has passed)
   28.000  DEBUG CONDITION active Often/2 [PROC/MSG] interval: passed
   28.000  DEBUG CONDITION active Often/2 [END/OK] check ended positive
   28.000  DEBUG CONDITION active Often/2 [PROC/MSG] busy: one more run is queued already (2: its interval of 4 s has passed)
   32.000  INFO  CONDITION active Often/2 [END/MSG] task Work ended: success
   32.000  DEBUG CONDITION active Often/2 [END/OK] all tasks have ended (1 of 1 executed)
   32.000  INFO  CONDITION active Often/2 [PROC/OK] the run that was queued since 12:00:27 (2 times) begins
   32.000  INFO  CONDITION active Often/2 [START/MSG] running tasks in sequence: Work
   32.000  DEBUG CONDITION active Often/2 [PROC/MSG] interval: passed
   32.000  DEBUG CONDITION active Often/2 [END/OK] check ended positive
   32.000  INFO  CONDITION active Often/2 [PROC/MSG] busy: one more run is queued (its interval of 4 s has passed)
   33.000  > exit
   33.000  WARN  MAIN command [PROC/MSG] request to end accepted
   33.000  INFO  MAIN exit [END/OK] no more ticks, waiting for busy conditions: Often
   38.000  INFO  CONDITION active Often/2 [END/MSG] task Work ended: success
   38.000  DEBUG CONDITION active Often/2 [END/OK] all tasks have ended (1 of 1 executed)
   38.000  INFO  CONDITION active Often/2 [END/MSG] the queued run does not begin: ended with the scheduler
   38.000  INFO  MAIN exit [END/OK] scheduler ended
   40.000  = ended by exit

story: A queued run of a condition that a reload removes, or gives other keys, does not begin.
start: 2026-03-02T12:00:00Z
level: debug
show: CONDITION active|MAIN
--- config
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Gone", type = "interval", interval_seconds = 4, recurring = true, when_busy = "queue", tasks = ["Work"] },
  { name = "Other", type = "interval", interval_seconds = 4, recurring = true, when_busy = "queue", tasks = ["Work"] },
]
--- file new.toml
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Other", type = "interval", interval_seconds = 400, recurring = true, when_busy = "queue", tasks = ["Work"] }]
--- processes
work: exit 0 after 6
--- steps
at 13 configure new.toml
until 30
--- records
    0.000  DEBUG CONDITION active Gone/0 [PROC/OK] task Work added
    0.000  DEBUG CONDITION active Other/0 [PROC/OK] task Work added
    4.000  DEBUG CONDITION active Gone/2 [PROC/MSG] interval: passed
    4.000  DEBUG CONDITION active Other/3 [PROC/MSG] interval: passed
    4.000  DEBUG CONDITION active Gone/2 [END/OK] check ended positive
    4.000  INFO  CONDITION active Gone/2 [START/MSG] running tasks in sequence: Work
    4.000  DEBUG CONDITION active Other/3 [END/OK] check ended positive
    4.000  INFO  CONDITION active Other/3 [START/MSG] running tasks in sequence: Work
    8.000  DEBUG CONDITION active Gone/2 [PROC/MSG] interval: passed
    8.000  DEBUG CONDITION active Gone/2 [END/OK] check ended positive
    8.000  INFO  CONDITION active Gone/2 [PROC/MSG] busy: one more run is queued (its interval of 4 s has passed)
    8.000  DEBUG CONDITION active Other/3 [PROC/MSG] interval: passed
    8.000  DEBUG CONDITION active Other/3 [END/OK] check ended positive
    8.000  INFO  CONDITION active Other/3 [PROC/MSG] busy: one more run is queued (its interval of 4 s has passed)
   10.000  INFO  CONDITION active Gone/2 [END/MSG] task Work ended: success
   10.000  DEBUG CONDITION active Gone/2 [END/OK] all tasks have ended (1 of 1 executed)
   10.000  INFO  CONDITION active Gone/2 [PROC/OK] the run that was queued since 12:00:08 begins
   10.000  INFO  CONDITION active Gone/2 [START/MSG] running tasks in sequence: Work
   12.000  DEBUG CONDITION active Gone/2 [PROC/MSG] interval: passed
   12.000  DEBUG CONDITION active Gone/2 [END/OK] check ended positive
   12.000  INFO  CONDITION active Gone/2 [PROC/MSG] busy: one more run is queued (its interval of 4 s has passed)
   12.000  DEBUG CONDITION active Other/3 [PROC/MSG] interval: passed
   12.000  DEBUG CONDITION active Other/3 [END/OK] check ended positive
   12.000  DEBUG CONDITION active Other/3 [PROC/MSG] busy: one more run is queued already (2: its interval of 4 s has passed)
   13.000  > configure new.toml
   13.000  DEBUG MAIN command [PROC/MSG] configure new.toml accepted
   13.000  DEBUG CONDITION active Other/0 [PROC/OK] task Work added
   13.000  INFO  CONDITION active Other/3 [END/MSG] the queued run does not begin: the condition was replaced or removed
   13.000  INFO  CONDITION active Gone/2 [END/MSG] the queued run does not begin: the condition was replaced or removed
   13.000  INFO  MAIN reconfigure [END/OK] configuration new.toml loaded
   16.000  INFO  CONDITION active Other/3 [END/MSG] task Work ended: success
   16.000  DEBUG CONDITION active Other/3 [END/OK] all tasks have ended (1 of 1 executed)
   22.000  INFO  CONDITION active Gone/2 [END/MSG] task Work ended: success
   22.000  DEBUG CONDITION active Gone/2 [END/OK] all tasks have ended (1 of 1 executed)

story: A condition that is not recurring: a queued run is dropped after a success, and follows a failure.
start: 2026-03-02T12:00:00Z
level: debug
show: CONDITION active
--- config
scheduler_tick_seconds = 1
task = [
  { name = "Good", type = "command", command = "good", command_arguments = [], startup_path = "/", success_status = 0 },
  { name = "Bad", type = "command", command = "bad", command_arguments = [], startup_path = "/", success_status = 0 },
]
condition = [
  { name = "Once", type = "interval", interval_seconds = 3, when_busy = "queue", tasks = ["Good"] },
  { name = "Again", type = "interval", interval_seconds = 3, when_busy = "queue", max_tasks_retries = 2, tasks = ["Bad"] },
  { name = "Anew", type = "interval", interval_seconds = 3, when_busy = "restart", tasks = ["Good"] },
]
--- processes
good: exit 0 after 4 | hangs | exit 0
bad: exit 1 after 4 | exit 0
--- steps
until 20
--- records
    0.000  DEBUG CONDITION active Once/0 [PROC/OK] task Good added
    0.000  DEBUG CONDITION active Again/0 [PROC/OK] task Bad added
    0.000  DEBUG CONDITION active Anew/0 [PROC/OK] task Good added
    3.000  DEBUG CONDITION active Once/3 [PROC/MSG] interval: passed
    3.000  DEBUG CONDITION active Again/4 [PROC/MSG] interval: passed
    3.000  DEBUG CONDITION active Anew/5 [PROC/MSG] interval: passed
    3.000  DEBUG CONDITION active Once/3 [END/OK] check ended positive
    3.000  INFO  CONDITION active Once/3 [START/MSG] running tasks in sequence: Good
    3.000  DEBUG CONDITION active Again/4 [END/OK] check ended positive
    3.000  INFO  CONDITION active Again/4 [START/MSG] running tasks in sequence: Bad
    3.000  DEBUG CONDITION active Anew/5 [END/OK] check ended positive
    3.000  INFO  CONDITION active Anew/5 [START/MSG] running tasks in sequence: Good
    6.000  DEBUG CONDITION active Once/3 [PROC/MSG] interval: passed
    6.000  DEBUG CONDITION active Once/3 [END/OK] check ended positive
    6.000  INFO  CONDITION active Once/3 [PROC/MSG] busy: one more run is queued (its interval of 3 s has passed)
    6.000  DEBUG CONDITION active Again/4 [PROC/MSG] interval: passed
    6.000  DEBUG CONDITION active Again/4 [END/OK] check ended positive
    6.000  INFO  CONDITION active Again/4 [PROC/MSG] busy: one more run is queued (its interval of 3 s has passed)
    6.000  DEBUG CONDITION active Anew/5 [PROC/MSG] interval: passed
    6.000  DEBUG CONDITION active Anew/5 [END/OK] check ended positive
    6.000  INFO  CONDITION active Anew/5 [PROC/MSG] busy: one more run is queued (its interval of 3 s has passed)
    6.000  INFO  CONDITION active Anew/5 [PROC/MSG] the run is being ended: a new run has taken its place
    6.000  INFO  CONDITION active Anew/5 [END/MSG] task Good ended: no outcome
    6.000  INFO  CONDITION active Anew/5 [END/MSG] the run was ended early: a new run has taken its place
    6.000  DEBUG CONDITION active Anew/5 [END/OK] all tasks have ended (1 of 1 executed)
    6.000  INFO  CONDITION active Anew/5 [PROC/OK] the run that was queued since 12:00:06 begins
    6.000  INFO  CONDITION active Anew/5 [START/MSG] running tasks in sequence: Good
    7.000  INFO  CONDITION active Once/3 [END/MSG] task Good ended: success
    7.000  DEBUG CONDITION active Once/3 [END/OK] all tasks have ended (1 of 1 executed)
    7.000  INFO  CONDITION active Once/3 [END/MSG] the queued run does not begin: it is not recurring, and its tasks have run without a failure
    7.000  INFO  CONDITION active Again/4 [END/MSG] task Bad ended: failure
    7.000  DEBUG CONDITION active Again/4 [END/OK] all tasks have ended (1 of 1 executed)
    7.000  DEBUG CONDITION active Again/4 [END/MSG] some tasks failed, retries left: 2
    7.000  WARN  CONDITION active Again/4 [END/FAIL] task Bad failed: exit code 1 is not the success status 0
    7.000  INFO  CONDITION active Again/4 [PROC/OK] the run that was queued since 12:00:06 begins
    7.000  INFO  CONDITION active Again/4 [START/MSG] running tasks in sequence: Bad
    7.000  INFO  CONDITION active Again/4 [END/MSG] task Bad ended: success
    7.000  DEBUG CONDITION active Again/4 [END/OK] all tasks have ended (1 of 1 executed)
    7.000  INFO  CONDITION active Again/4 [END/OK] succeeded after 1 failure since 12:00
    9.000  DEBUG CONDITION active Anew/5 [PROC/MSG] interval: passed
    9.000  DEBUG CONDITION active Anew/5 [END/OK] check ended positive
    9.000  INFO  CONDITION active Anew/5 [PROC/MSG] busy: one more run is queued (its interval of 3 s has passed)
    9.000  INFO  CONDITION active Anew/5 [PROC/MSG] the run is being ended: a new run has taken its place
    9.000  INFO  CONDITION active Anew/5 [END/MSG] task Good ended: no outcome
    9.000  INFO  CONDITION active Anew/5 [END/MSG] the run was ended early: a new run has taken its place
    9.000  DEBUG CONDITION active Anew/5 [END/OK] all tasks have ended (1 of 1 executed)
    9.000  INFO  CONDITION active Anew/5 [PROC/OK] the run that was queued since 12:00:09 begins
    9.000  INFO  CONDITION active Anew/5 [START/MSG] running tasks in sequence: Good
    9.000  INFO  CONDITION active Anew/5 [END/MSG] task Good ended: success
    9.000  DEBUG CONDITION active Anew/5 [END/OK] all tasks have ended (1 of 1 executed)

story: run does not ask about states: of a finished, a suspended and a busy condition, and of one without tasks.
start: 2026-03-02T12:00:00Z
level: debug
show: CONDITION active|MAIN|> |\(
--- config
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/", success_status = 0 }]
condition = [
  { name = "Once", type = "interval", interval_seconds = 1, tasks = ["Work"] },
  { name = "Still", type = "interval", interval_seconds = 100, suspended = true, tasks = ["Work"] },
  { name = "Empty", type = "bucket" },
]
--- processes
work: exit 0 | exit 1
--- steps
at 2 run Once
at 3 run Still
at 4 run Empty
at 5 run Stil
until 6
--- records
    0.000  DEBUG CONDITION active Once/0 [PROC/OK] task Work added
    0.000  DEBUG CONDITION active Still/0 [PROC/OK] task Work added
    1.000  DEBUG CONDITION active Once/2 [PROC/MSG] interval: passed
    1.000  DEBUG CONDITION active Once/2 [END/OK] check ended positive
    1.000  INFO  CONDITION active Once/2 [START/MSG] running tasks in sequence: Work
    1.000  DEBUG TASK active Work/1 [START/MSG] (trigger: Once) running: work
    1.000  DEBUG TASK active Work/1 [PROC/OK] (trigger: Once) exit code 0 is the success status
    1.000  DEBUG TASK active Work/1 [END/OK] (trigger: Once) succeeded in 0.00 s: exit code 0 is the success status
    1.000  INFO  CONDITION active Once/2 [END/MSG] task Work ended: success
    1.000  DEBUG CONDITION active Once/2 [END/OK] all tasks have ended (1 of 1 executed)
    2.000  > run Once
    2.000  DEBUG MAIN command [PROC/MSG] run Once accepted
    2.000  INFO  CONDITION active Once/2 [START/MSG] running tasks in sequence: Work
    2.000  DEBUG TASK active Work/1 [START/MSG] (trigger: Once) running: work
    2.000  DEBUG TASK active Work/1 [PROC/OK] (trigger: Once) exit code 1 is not the success status 0
    2.000  DEBUG TASK active Work/1 [END/OK] (trigger: Once) failed in 0.00 s: exit code 1 is not the success status 0
    2.000  INFO  CONDITION active Once/2 [END/MSG] task Work ended: failure
    2.000  DEBUG CONDITION active Once/2 [END/OK] all tasks have ended (1 of 1 executed)
    2.000  WARN  CONDITION active Once/2 [END/FAIL] task Work failed: exit code 1 is not the success status 0
    3.000  > run Still
    3.000  DEBUG MAIN command [PROC/MSG] run Still accepted
    3.000  INFO  CONDITION active Still/3 [START/MSG] running tasks in sequence: Work
    3.000  DEBUG TASK active Work/1 [START/MSG] (trigger: Still) running: work
    3.000  DEBUG TASK active Work/1 [PROC/OK] (trigger: Still) exit code 1 is not the success status 0
    3.000  DEBUG TASK active Work/1 [END/OK] (trigger: Still) failed in 0.00 s: exit code 1 is not the success status 0
    3.000  INFO  CONDITION active Still/3 [END/MSG] task Work ended: failure
    3.000  DEBUG CONDITION active Still/3 [END/OK] all tasks have ended (1 of 1 executed)
    3.000  WARN  CONDITION active Still/3 [END/FAIL] task Work failed: exit code 1 is not the success status 0
    4.000  > run Empty
    4.000  DEBUG MAIN command [PROC/MSG] run Empty accepted
    4.000  WARN  MAIN command [PROC/FAIL] run: condition Empty lists no tasks
    4.000    (no-effect: run: condition Empty lists no tasks)
    5.000  > run Stil
    5.000  DEBUG MAIN command [PROC/MSG] run Stil accepted
    5.000  ERROR MAIN condition_state [START/ERR] cannot run: there is no condition Stil, did you mean "Still"?
    5.000    (no-effect: no such condition: Stil)

story: cancel ends a check, a queued run and the wait for a task that runs for another condition.
start: 2026-03-02T12:00:00Z
level: debug
show: CONDITION active|MAIN|> |\(|HIST|PROC/FAIL
--- config
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Asks", type = "command", command = "ask", command_arguments = [], startup_path = "/", check_after = 2, success_status = 0, recurring = true, tasks = ["Work"] },
  { name = "First", type = "interval", interval_seconds = 100, recurring = true, tasks = ["Work"] },
  { name = "Second", type = "interval", interval_seconds = 100, recurring = true, tasks = ["Work"] },
]
--- processes
ask: exit 0 after 60 | exit 1
work: exit 0 after 3
--- steps
at 3 cancel Asks
at 5 run First
at 5.5 run Second
at 6 run First --queue
at 6.5 cancel Second
at 7 cancel First
at 7.5 cancel First
until 12
--- records
    0.000  DEBUG CONDITION active Asks/0 [PROC/OK] task Work added
    0.000  DEBUG CONDITION active First/0 [PROC/OK] task Work added
    0.000  DEBUG CONDITION active Second/0 [PROC/OK] task Work added
    2.000  DEBUG CONDITION active Asks/2 [START/MSG] command: test begins
    2.000  DEBUG CONDITION active Asks/2 [START/MSG] running: ask
    3.000  > cancel Asks
    3.000  DEBUG MAIN command [PROC/MSG] cancel Asks accepted
    3.000  INFO  CONDITION active Asks/2 [PROC/MSG] the check is being ended: it was cancelled by a command
    3.000  INFO  CONDITION active Asks/2 [END/FAIL] ended early after 1.00 s
    3.000  DEBUG CONDITION active Asks/2 [END/OK] check ended negative
    4.000  DEBUG CONDITION active Asks/2 [START/MSG] command: test begins
    4.000  DEBUG CONDITION active Asks/2 [START/MSG] running: ask
    4.000  DEBUG CONDITION active Asks/2 [PROC/OK] exit code 1 is not the success status 0
    4.000  DEBUG CONDITION active Asks/2 [END/FAIL] failed in 0.00 s: exit code 1 is not the success status 0
    4.000  DEBUG CONDITION active Asks/2 [END/OK] check ended negative
    5.000  > run First
    5.000  DEBUG MAIN command [PROC/MSG] run First accepted
    5.000  INFO  CONDITION active First/3 [START/MSG] running tasks in sequence: Work
    5.000  DEBUG TASK active Work/1 [START/MSG] (trigger: First) running: work
    5.500  > run Second
    5.500  DEBUG MAIN command [PROC/MSG] run Second accepted
    5.500  INFO  CONDITION active Second/4 [START/MSG] running tasks in sequence: Work
    6.000  DEBUG CONDITION active Asks/2 [START/MSG] command: test begins
    6.000  DEBUG CONDITION active Asks/2 [START/MSG] running: ask
    6.000  DEBUG CONDITION active Asks/2 [PROC/OK] exit code 1 is not the success status 0
    6.000  DEBUG CONDITION active Asks/2 [END/FAIL] failed in 0.00 s: exit code 1 is not the success status 0
    6.000  DEBUG CONDITION active Asks/2 [END/OK] check ended negative
    6.000  > run First --queue
    6.000  DEBUG MAIN command [PROC/MSG] run First --queue accepted
    6.000  INFO  CONDITION active First/3 [PROC/MSG] busy: one more run is queued (the command run)
    6.500  > cancel Second
    6.500  DEBUG MAIN command [PROC/MSG] cancel Second accepted
    6.500  INFO  CONDITION active Second/4 [PROC/MSG] the run is being ended: it was cancelled by a command
    6.500  WARN  TASK active Work/1 [PROC/FAIL] (trigger: Second) not started: it was cancelled by a command
    6.500  INFO  CONDITION active Second/4 [END/MSG] task Work ended: no outcome
    6.500  INFO  CONDITION active Second/4 [END/MSG] the run was ended early: it was cancelled by a command
    6.500  DEBUG CONDITION active Second/4 [END/OK] all tasks have ended (1 of 1 executed)
    7.000  > cancel First
    7.000  DEBUG MAIN command [PROC/MSG] cancel First accepted
    7.000  INFO  CONDITION active First/3 [END/MSG] the queued run does not begin: it was cancelled by a command
    7.000  INFO  CONDITION active First/3 [PROC/MSG] the run is being ended: it was cancelled by a command
    7.000  INFO  TASK active Work/1 [END/FAIL] (trigger: First) ended early after 2.00 s
    7.000  INFO  CONDITION active First/3 [END/MSG] task Work ended: no outcome
    7.000  INFO  CONDITION active First/3 [END/MSG] the run was ended early: it was cancelled by a command
    7.000  DEBUG CONDITION active First/3 [END/OK] all tasks have ended (1 of 1 executed)
    7.500  > cancel First
    7.500  DEBUG MAIN command [PROC/MSG] cancel First accepted
    7.500  WARN  MAIN command [PROC/FAIL] cancel: condition First has nothing to cancel
    7.500    (no-effect: cancel: condition First has nothing to cancel)
    8.000  DEBUG CONDITION active Asks/2 [START/MSG] command: test begins
    8.000  DEBUG CONDITION active Asks/2 [START/MSG] running: ask
    8.000  DEBUG CONDITION active Asks/2 [PROC/OK] exit code 1 is not the success status 0
    8.000  DEBUG CONDITION active Asks/2 [END/FAIL] failed in 0.00 s: exit code 1 is not the success status 0
    8.000  DEBUG CONDITION active Asks/2 [END/OK] check ended negative
   10.000  DEBUG CONDITION active Asks/2 [START/MSG] command: test begins
   10.000  DEBUG CONDITION active Asks/2 [START/MSG] running: ask
   10.000  DEBUG CONDITION active Asks/2 [PROC/OK] exit code 1 is not the success status 0
   10.000  DEBUG CONDITION active Asks/2 [END/FAIL] failed in 0.00 s: exit code 1 is not the success status 0
   10.000  DEBUG CONDITION active Asks/2 [END/OK] check ended negative
   12.000  DEBUG CONDITION active Asks/2 [START/MSG] command: test begins
   12.000  DEBUG CONDITION active Asks/2 [START/MSG] running: ask
   12.000  DEBUG CONDITION active Asks/2 [PROC/OK] exit code 1 is not the success status 0
   12.000  DEBUG CONDITION active Asks/2 [END/FAIL] failed in 0.00 s: exit code 1 is not the success status 0
   12.000  DEBUG CONDITION active Asks/2 [END/OK] check ended negative

story: cancel drops a firing that guards hold; run does not ask them.
start: 2026-03-02T12:00:00Z
level: debug
show: CONDITION active Nightly|MAIN|> |\(
--- config
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Online", type = "command", command = "online", command_arguments = [], startup_path = "/", success_status = 0 },
  { name = "Nightly", type = "interval", interval_seconds = 2, recurring = true, only_when = ["Online"], tasks = ["Work"] },
]
--- processes
online: exit 1
--- steps
at 2.5 run Nightly
at 2.7 cancel Nightly
at 3 cancel Nightly
until 5
--- records
    0.000  DEBUG CONDITION active Nightly/0 [PROC/OK] task Work added
    2.000  DEBUG CONDITION active Nightly/3 [PROC/MSG] interval: passed
    2.000  DEBUG CONDITION active Nightly/3 [END/OK] check ended positive
    2.000  DEBUG CONDITION active Online/2 [PROC/MSG] as a guard: Online is false (exit code 1 is not the success status 0)
    2.000  INFO  CONDITION active Nightly/3 [PROC/MSG] held: Online is false (exit code 1 is not the success status 0)
    2.500  > run Nightly
    2.500  DEBUG MAIN command [PROC/MSG] run Nightly accepted
    2.500  INFO  CONDITION active Nightly/3 [START/MSG] running tasks in sequence: Work
    2.500  DEBUG TASK active Work/1 [START/MSG] (trigger: Nightly) running: work
    2.500  DEBUG TASK active Work/1 [PROC/OK] (trigger: Nightly) exit code 0, no status criterion
    2.500  DEBUG TASK active Work/1 [END/OK] (trigger: Nightly) succeeded in 0.00 s: exit code 0, no status criterion
    2.500  INFO  CONDITION active Nightly/3 [END/MSG] task Work ended: success
    2.500  DEBUG CONDITION active Nightly/3 [END/OK] all tasks have ended (1 of 1 executed)
    2.700  > cancel Nightly
    2.700  DEBUG MAIN command [PROC/MSG] cancel Nightly accepted
    2.700  INFO  CONDITION active Nightly/3 [PROC/MSG] its firing is not held any more: it was cancelled by a command
    3.000  > cancel Nightly
    3.000  DEBUG MAIN command [PROC/MSG] cancel Nightly accepted
    3.000  WARN  MAIN command [PROC/FAIL] cancel: condition Nightly has nothing to cancel
    3.000    (no-effect: cancel: condition Nightly has nothing to cancel)
    4.000  DEBUG CONDITION active Nightly/3 [PROC/MSG] interval: passed
    4.000  DEBUG CONDITION active Nightly/3 [END/OK] check ended positive
    4.000  DEBUG CONDITION active Online/2 [PROC/MSG] as a guard: Online is false (exit code 1 is not the success status 0)
    4.000  INFO  CONDITION active Nightly/3 [PROC/MSG] held: Online is false (exit code 1 is not the success status 0)
    5.000  DEBUG CONDITION active Online/2 [PROC/MSG] as a guard: Online is false (exit code 1 is not the success status 0)

story: A task can give the commands: what it cancels is also its own run.
start: 2026-03-02T12:00:00Z
level: debug
show: CONDITION active|HIST|INTERNAL|TASK active|MAIN
--- config
scheduler_tick_seconds = 1
task = [
  { name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" },
  { name = "RunOther", type = "internal", command = "run Other" },
  { name = "CancelMe", type = "internal", command = "cancel Me" },
]
condition = [
  { name = "Other", type = "bucket", tasks = ["Work"] },
  { name = "Me", type = "interval", interval_seconds = 2, tasks = ["RunOther", "CancelMe", "Work"] },
]
--- processes
work: exit 0 after 2
--- steps
until 8
--- records
    0.000  DEBUG INTERNAL_TASK new RunOther/0 [INIT/MSG] task of type internal created
    0.000  DEBUG INTERNAL_TASK new CancelMe/0 [INIT/MSG] task of type internal created
    0.000  DEBUG CONDITION active Other/0 [PROC/OK] task Work added
    0.000  DEBUG CONDITION active Me/0 [PROC/OK] task RunOther added
    0.000  DEBUG CONDITION active Me/0 [PROC/OK] task CancelMe added
    0.000  DEBUG CONDITION active Me/0 [PROC/OK] task Work added
    2.000  DEBUG CONDITION active Me/5 [PROC/MSG] interval: passed
    2.000  DEBUG CONDITION active Me/5 [END/OK] check ended positive
    2.000  INFO  CONDITION active Me/5 [START/MSG] running tasks in sequence: RunOther, CancelMe, Work
    2.000  DEBUG TASK active RunOther/2 [START/OK] (trigger: Me) carrying out the command: run Other
    2.000  DEBUG MAIN command [PROC/MSG] run Other accepted
    2.000  INFO  CONDITION active Other/4 [START/MSG] running tasks in sequence: Work
    2.000  DEBUG TASK active Work/1 [START/MSG] (trigger: Other) running: work
    2.000  DEBUG TASK active CancelMe/3 [START/OK] (trigger: Me) carrying out the command: cancel Me
    2.000  DEBUG MAIN command [PROC/MSG] cancel Me accepted
    2.000  INFO  CONDITION active Me/5 [PROC/MSG] the run is being ended: it was cancelled by a command
    2.000  INFO  CONDITION active Me/5 [END/MSG] task RunOther ended: success
    2.000  INFO  CONDITION active Me/5 [END/MSG] task CancelMe ended: no outcome
    2.000  INFO  CONDITION active Me/5 [END/MSG] the run was ended early: it was cancelled by a command; not begun: Work
    2.000  DEBUG CONDITION active Me/5 [END/OK] all tasks have ended (2 of 3 executed)
    4.000  DEBUG TASK active Work/1 [PROC/OK] (trigger: Other) exit code 0, no status criterion
    4.000  DEBUG TASK active Work/1 [END/OK] (trigger: Other) succeeded in 2.00 s: exit code 0, no status criterion
    4.000  INFO  CONDITION active Other/4 [END/MSG] task Work ended: success
    4.000  DEBUG CONDITION active Other/4 [END/OK] all tasks have ended (1 of 1 executed)

story: What takes no time and asks for its own next run has one at each tick, and the end is not kept waiting.
start: 2026-03-02T12:00:00Z
show: run.*CONDITION active|CONDITION active Me/2 .*(running tasks|queued)|MAIN exit
--- config
scheduler_tick_seconds = 1
task = [{ name = "Again", type = "internal", command = "run Me --queue" }]
condition = [{ name = "Me", type = "bucket", tasks = ["Again"] }]
--- steps
at 0.5 run Me
at 2.5 exit
--- records
    0.500  > run Me
    0.500  INFO  CONDITION active Me/2 [START/MSG] running tasks in sequence: Again
    0.500  INFO  CONDITION active Me/2 [PROC/MSG] busy: one more run is queued (the command run)
    1.000  INFO  CONDITION active Me/2 [PROC/OK] the run that was queued since 12:00:00 begins
    1.000  INFO  CONDITION active Me/2 [START/MSG] running tasks in sequence: Again
    1.000  INFO  CONDITION active Me/2 [PROC/MSG] busy: one more run is queued (the command run)
    2.000  INFO  CONDITION active Me/2 [PROC/OK] the run that was queued since 12:00:01 begins
    2.000  INFO  CONDITION active Me/2 [START/MSG] running tasks in sequence: Again
    2.000  INFO  CONDITION active Me/2 [PROC/MSG] busy: one more run is queued (the command run)
    2.500  > exit
    2.500  INFO  MAIN exit [END/OK] no more ticks
    2.500  INFO  CONDITION active Me/2 [END/MSG] the queued run does not begin: ended with the scheduler
    2.500  INFO  MAIN exit [END/OK] scheduler ended
    2.500  = ended by exit

story: help lists the commands.
start: 2026-03-02T12:00:00Z
--- config
--- steps
help
--- records
    0.000  > help
    0.000  INFO  MAIN command [PROC/MSG] exit, quit: End when everything that runs has ended.
    0.000  INFO  MAIN command [PROC/MSG] kill: End at once, and the processes that tasks and conditions have started with it.
    0.000  INFO  MAIN command [PROC/MSG] pause [END]: Stop checking conditions, for a time (1h), until an instant, or until the command resume. What runs goes on; events are kept.
    0.000  INFO  MAIN command [PROC/MSG] resume: Check again after a pause.
    0.000  INFO  MAIN command [PROC/MSG] reset_conditions [NAME …]: Make the named conditions, or all, as they were at start. Busy ones when they are free.
    0.000  INFO  MAIN command [PROC/MSG] suspend_condition NAME [END]: Do not check the condition, for a time (2h), until an instant, or until it is resumed.
    0.000  INFO  MAIN command [PROC/MSG] resume_condition NAME: End the suspension of a condition and reset it.
    0.000  INFO  MAIN command [PROC/MSG] trigger NAME [JSON]: Fire an event of type cli, with data for its tasks, such as {"any": "json"}.
    0.000  INFO  MAIN command [PROC/MSG] log_event TOPIC JSON [--fleet]: Publish a value under a topic, such as {"free": 12} under disk; with `--fleet` on all machines of the fleet.
    0.000  INFO  MAIN command [PROC/MSG] configure PATH: Load another configuration file without a restart. Items that are equal keep their state.
    0.000  INFO  MAIN command [PROC/MSG] reload: Load the running configuration file again.
    0.000  INFO  MAIN command [PROC/MSG] run NAME [--queue]: Run the tasks of the condition now, whatever its state, which stays what it is. While it is busy, the command does nothing; with `--queue` it runs when it is free.
    0.000  INFO  MAIN command [PROC/MSG] cancel NAME: End the run or the check of the condition, and drop the run that is queued. Processes get SIGTERM, and SIGKILL two seconds later. The outcome is `cancelled`, which is not a failure.
    0.000  INFO  MAIN command [PROC/MSG] help: List the input commands.

story: reload loads the running file again.
start: 2026-03-02T12:00:00Z
show: MAIN|CONFIGURATION|> 
--- config
condition = [{ name = "A", type = "bucket" }]
--- file new.toml
condition = [{ name = "B", type = "bucket" }]
--- steps
at 1 configure new.toml
at 2 reload
--- records
    1.000  > configure new.toml
    1.000  DEBUG MAIN command [PROC/MSG] configure new.toml accepted
    1.000  DEBUG CONFIGURATION reconfigure [PROC/OK] condition B added
    1.000  TRACE CONFIGURATION reconfigure [PROC/MSG] condition A is not in the new file and removed
    1.000  INFO  MAIN reconfigure [END/OK] configuration new.toml loaded
    2.000  > reload
    2.000  DEBUG MAIN command [PROC/MSG] configure new.toml accepted
    2.000  DEBUG CONFIGURATION reconfigure [PROC/MSG] condition B: no change
    2.000  INFO  MAIN reconfigure [END/OK] configuration new.toml loaded

story: Hooks that run each other's conditions wait for a tick: a circle of runs leaves the scheduler time, and a pause stops it.
show: running tasks|more run is queued|was queued|does not begin
level: info
--- config
scheduler_tick_seconds = 1
task = [{ name = "Nothing", type = "internal", command = "help" }, { name = "RunA", type = "internal", command = "run A" }, { name = "RunB", type = "internal", command = "run B" }]
condition = [{ name = "A", type = "bucket", tasks = ["Nothing"], on_success = ["RunB"] }, { name = "B", type = "bucket", tasks = ["Nothing"], on_success = ["RunA"] }]
--- steps
at 0.5 run A
at 3.1 pause
at 5.1 resume
at 6.5 exit
--- records
    0.500  > run A
    0.500  INFO  CONDITION active A/4 [START/MSG] running tasks in sequence: Nothing
    0.500  INFO  CONDITION active A/4 [START/MSG] on_success: running tasks in sequence: RunB
    0.500  INFO  CONDITION active B/5 [START/MSG] running tasks in sequence: Nothing
    0.500  INFO  CONDITION active B/5 [START/MSG] on_success: running tasks in sequence: RunA
    0.500  INFO  CONDITION active A/4 [PROC/MSG] busy: one more run is queued (the command run)
    1.000  INFO  CONDITION active A/4 [PROC/OK] the run that was queued since 12:00:00 begins
    1.000  INFO  CONDITION active A/4 [START/MSG] running tasks in sequence: Nothing
    1.000  INFO  CONDITION active A/4 [START/MSG] on_success: running tasks in sequence: RunB
    1.000  INFO  CONDITION active B/5 [PROC/MSG] busy: one more run is queued (the command run)
    2.000  INFO  CONDITION active B/5 [PROC/OK] the run that was queued since 12:00:01 begins
    2.000  INFO  CONDITION active B/5 [START/MSG] running tasks in sequence: Nothing
    2.000  INFO  CONDITION active B/5 [START/MSG] on_success: running tasks in sequence: RunA
    2.000  INFO  CONDITION active A/4 [START/MSG] running tasks in sequence: Nothing
    2.000  INFO  CONDITION active A/4 [START/MSG] on_success: running tasks in sequence: RunB
    2.000  INFO  CONDITION active B/5 [PROC/MSG] busy: one more run is queued (the command run)
    3.000  INFO  CONDITION active B/5 [PROC/OK] the run that was queued since 12:00:02 begins
    3.000  INFO  CONDITION active B/5 [START/MSG] running tasks in sequence: Nothing
    3.000  INFO  CONDITION active B/5 [START/MSG] on_success: running tasks in sequence: RunA
    3.000  INFO  CONDITION active A/4 [START/MSG] running tasks in sequence: Nothing
    3.000  INFO  CONDITION active A/4 [START/MSG] on_success: running tasks in sequence: RunB
    3.000  INFO  CONDITION active B/5 [PROC/MSG] busy: one more run is queued (the command run)
    3.100  > pause
    5.100  > resume
    6.000  INFO  CONDITION active B/5 [PROC/OK] the run that was queued since 12:00:03 begins
    6.000  INFO  CONDITION active B/5 [START/MSG] running tasks in sequence: Nothing
    6.000  INFO  CONDITION active B/5 [START/MSG] on_success: running tasks in sequence: RunA
    6.000  INFO  CONDITION active A/4 [START/MSG] running tasks in sequence: Nothing
    6.000  INFO  CONDITION active A/4 [START/MSG] on_success: running tasks in sequence: RunB
    6.000  INFO  CONDITION active B/5 [PROC/MSG] busy: one more run is queued (the command run)
    6.500  > exit
    6.500  INFO  CONDITION active B/5 [END/MSG] the queued run does not begin: ended with the scheduler
    6.500  = ended by exit

story: A task cannot begin a run while the scheduler ends.
show: running tasks|queued|busy|does not|scheduler ended
level: info
--- config
scheduler_tick_seconds = 1
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }, { name = "RunA", type = "internal", command = "run A" }]
condition = [{ name = "A", type = "bucket", tasks = ["Work"], on_success = ["RunA"] }]
--- processes
work: exit 0 after 5
--- steps
at 0.5 run A
at 2 exit
until 20
--- records
    0.500  > run A
    0.500  INFO  CONDITION active A/3 [START/MSG] running tasks in sequence: Work
    2.000  > exit
    2.000  INFO  MAIN exit [END/OK] no more ticks, waiting for busy conditions: A
    5.500  INFO  CONDITION active A/3 [START/MSG] on_success: running tasks in sequence: RunA
    5.500  WARN  MAIN command [PROC/FAIL] run: condition A does not run: the scheduler ends
    5.500  WARN  CONDITION active A/3 [END/FAIL] on_success failed: task RunA failed: the command had no effect: run: condition A does not run: the scheduler ends
    5.500  INFO  MAIN exit [END/OK] scheduler ended
   20.000  = ended by exit
