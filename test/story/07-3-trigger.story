Trigger.

story: Triggered twice before the next tick, an event says that its condition was pending already, which is not an error.
start: 2026-03-02T12:00:00Z
show: event|EVENT|HIST
--- config
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Fired", type = "bucket", recurring = true, tasks = ["Work"] }]
event = [{ name = "E", type = "cli", condition = "Fired" }]
--- steps
at 1 trigger E
at 2 trigger E
until 5
--- records
    0.000  DEBUG CMD_EVENT new E/0 [INIT/MSG] event of type cli created
    1.000  > trigger E
    1.000  DEBUG MAIN event_trigger [START/OK] triggering event E
    1.000  DEBUG EVENT_REGISTRY trigger E/3 [PROC/OK] event is being fired
    1.000  DEBUG EVENT active E/3 [PROC/OK] event fired: condition Fired is pending
    1.000  INFO  MAIN event_trigger [END/OK] event E: condition Fired is pending
    2.000  > trigger E
    2.000  DEBUG MAIN event_trigger [START/OK] triggering event E
    2.000  DEBUG EVENT_REGISTRY trigger E/3 [PROC/OK] event is being fired
    2.000  TRACE EVENT active E/3 [PROC/MSG] event fired: condition Fired was pending already
    2.000  INFO  MAIN event_trigger [END/OK] event E: condition Fired was pending already
    5.000  TRACE CONDITION active Fired/2 [START/MSG] bucket: looking for a pending event
    5.000  DEBUG CONDITION active Fired/2 [END/OK] bucket: an event was pending
    5.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Fired starting task
    5.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Fired task succeeded

story: Triggered while paused, the condition runs at the first tick after resume.
start: 2026-03-02T12:00:00Z
paused: yes
show: HIST|PAUSE
--- config
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Fired", type = "bucket", recurring = true, tasks = ["Work"] }]
event = [{ name = "E", type = "cli", condition = "Fired" }]
--- steps
at 1 trigger E
at 22 resume
until 30
--- records
    0.000  TRACE MAIN starting [PAUSE/YES] scheduler is paused
    1.000  > trigger E
   22.000  > resume
   22.000  TRACE MAIN command [PAUSE/NO] scheduler is not paused
   25.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Fired starting task
   25.000  TRACE TASK active Work/1 [HIST/END] OK/trigger:Fired task succeeded

story: A name that is no event is an error.
start: 2026-03-02T12:00:00Z
--- config
condition = [{ name = "Fired", type = "bucket" }]
--- steps
trigger Fired
--- records
    0.000  DEBUG BUCKET_CONDITION new Fired/0 [INIT/MSG] condition of type bucket created
    0.000  > trigger Fired
    0.000  DEBUG MAIN command [PROC/MSG] trigger Fired accepted
    0.000  ERROR MAIN event_trigger [START/ERR] there is no event Fired
    0.000    (no-effect: there is no event Fired)

story: A name that is similar to that of a cli event is suggested, not that of another event.
start: 2026-03-02T12:00:00Z
--- config
condition = [{ name = "Fired", type = "bucket" }]
event = [{ name = "BackupNow", type = "cli", condition = "Fired" }, { name = "Files", type = "fschange", condition = "Fired", watch = ["/"] }]
--- steps
trigger backupnow
trigger File
--- records
    0.000  DEBUG BUCKET_CONDITION new Fired/0 [INIT/MSG] condition of type bucket created
    0.000  DEBUG CMD_EVENT new BackupNow/0 [INIT/MSG] event of type cli created
    0.000  DEBUG FSCHANGE_EVENT new Files/0 [INIT/MSG] event of type fschange created
    0.000  DEBUG EVENT_REGISTRY listener [START/OK] events are being listened to
    0.000  WARN  EVENT active Files/3 [END/FAIL] / does not exist: waiting for it
    0.000  TRACE EVENT_REGISTRY install [INIT/MSG] event Files set up
    0.000  TRACE EVENT_REGISTRY listener [START/OK] all events are set up, as far as they can be
    0.000  > trigger backupnow
    0.000  DEBUG MAIN command [PROC/MSG] trigger backupnow accepted
    0.000  ERROR MAIN event_trigger [START/ERR] there is no event backupnow, did you mean "BackupNow"?
    0.000    (no-effect: there is no event backupnow)
    0.000  > trigger File
    0.000  DEBUG MAIN command [PROC/MSG] trigger File accepted
    0.000  ERROR MAIN event_trigger [START/ERR] there is no event File
    0.000    (no-effect: there is no event File)

story: A condition pending when it is suspended forgets the event when it is resumed.
start: 2026-03-02T12:00:00Z
show: HIST|suspend_|resume_
--- config
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Fired", type = "bucket", recurring = true, tasks = ["Work"] }]
event = [{ name = "E", type = "cli", condition = "Fired" }]
--- steps
at 1 trigger E
at 2 suspend_condition Fired
at 3600.5 resume_condition Fired
until 3620
--- records
    1.000  > trigger E
    2.000  > suspend_condition Fired
    2.000  DEBUG MAIN command [PROC/MSG] suspend_condition Fired accepted
    2.000  INFO  MAIN suspend_condition [END/OK] condition Fired suspended
 3600.500  > resume_condition Fired
 3600.500  DEBUG MAIN command [PROC/MSG] resume_condition Fired accepted
 3600.500  INFO  MAIN resume_condition [END/OK] condition Fired resumed and reset
