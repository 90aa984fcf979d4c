Files, message buses, idle time, WMI and the time zone: what comes from outside, each through a fake port.

story: A change of a watched file fires its event; one that is gone is waited for.
there: /data /data/list
show: fschange|file change|/data|HIST/START
--- config
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Changed", type = "bucket", recurring = true, tasks = ["Work"] }]
event = [{ name = "E", type = "fschange", watch = ["/data/list"], condition = "Changed" }]
--- steps
at 1 fs write /data/list
at 6 fs remove /data/list
at 12 fs write /data/list
at 16 fs write /data/other
until 20
--- records
    0.000  DEBUG FSCHANGE_EVENT new E/0 [INIT/MSG] event of type fschange created
    0.000  DEBUG EVENT active E/3 [START/OK] watching /data/list
    1.000  > fs write /data/list
    1.000  DEBUG EVENT active E/3 [PROC/OK] file change: MODIFY /data/list
    5.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Changed starting task
    6.000  > fs remove /data/list
    6.000  DEBUG EVENT active E/3 [PROC/OK] file change: REMOVE /data/list
    7.000  WARN  EVENT active E/3 [PROC/FAIL] /data/list is gone: waiting for it
   10.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Changed starting task
   12.000  > fs write /data/list
   12.000  DEBUG EVENT active E/3 [START/OK] /data/list is there again
   12.000  DEBUG EVENT active E/3 [PROC/OK] file change: CREATE /data/list
   15.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Changed starting task
   16.000  > fs write /data/other

story: Of a directory, what is directly in it counts; with recursive, everything below.
there: /here /there
show: file change|HIST/START
--- config
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Changed", type = "bucket", recurring = true, tasks = ["Work"] }]
event = [
  { name = "Flat", type = "fschange", watch = ["/here"], condition = "Changed" },
  { name = "Deep", type = "fschange", watch = ["/there"], recursive = true, condition = "Changed" },
]
--- steps
at 1 fs write /here/a
at 6 fs write /here/b/c
at 11 fs write /there/b/c
until 20
--- records
    1.000  > fs write /here/a
    1.000  DEBUG EVENT active Flat/3 [PROC/OK] file change: CREATE /here/a
    5.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Changed starting task
    6.000  > fs write /here/b/c
   11.000  > fs write /there/b/c
   11.000  DEBUG EVENT active Deep/4 [PROC/OK] file change: CREATE /there/b/c
   15.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Changed starting task

story: A burst of changes is one check of an immediate condition.
there: /data
show: file change|HIST/START|has occurred
--- config
scheduler_tick_seconds = 10
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Changed", type = "bucket", immediate = true, debounce_ms = 2000, recurring = true, tasks = ["Work"] }]
event = [{ name = "E", type = "fschange", watch = ["/data"], condition = "Changed" }]
--- steps
at 3 fs write /data/a
at 3.5 fs write /data/b
at 4 fs write /data/c
until 12
--- records
    3.000  > fs write /data/a
    3.000  DEBUG EVENT active E/3 [PROC/OK] file change: CREATE /data/a
    3.000  TRACE EVENT_REGISTRY listener [PROC/OK] event E has occurred
    3.500  > fs write /data/b
    4.000  > fs write /data/c
    5.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Changed starting task
   10.000  DEBUG EVENT_REGISTRY listener [PROC/MSG] event E has occurred 2 more times in this tick

story: A message that matches the rule fires its event, if it holds what is expected; a bus that ends is waited for.
show: E/3|HIST/START
--- config
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Plugged", type = "bucket", recurring = true, tasks = ["Work"] }]

[[event]]
name = "E"
type = "dbus"
condition = "Plugged"
bus = ":system"
rule = "type='signal',interface='org.example.Power',member='Changed'"
parameter_check = [{ index = 0, operator = "eq", value = "battery" }]
--- steps
at 1 bus signal org.example.Power.Changed ["mains"]
at 2 bus signal org.example.Power.Changed ["battery", 80]
at 3 bus signal org.example.Power.Other ["battery"]
at 6 bus down
at 7 bus signal org.example.Power.Changed ["battery", 70]
at 8 bus up
at 9 bus signal org.example.Power.Changed ["battery", 60]
until 12
--- records
    0.000  DEBUG EVENT active E/3 [START/MSG] listening on the system bus
    0.000  DEBUG EVENT active E/3 [PROC/MSG] subscribed on the system bus
    1.000  > bus signal org.example.Power.Changed ["mains"]
    1.000  DEBUG EVENT active E/3 [PROC/OK] message org.example.Power.Changed of :1.7 about /
    1.000  DEBUG EVENT active E/3 [PROC/MSG] one check is required of the message
    1.000  TRACE EVENT active E/3 [PROC/OK] dbus: checks made, result false
    1.000  DEBUG EVENT active E/3 [PROC/MSG] the message does not hold what is expected
    2.000  > bus signal org.example.Power.Changed ["battery", 80]
    2.000  DEBUG EVENT active E/3 [PROC/OK] message org.example.Power.Changed of :1.7 about /
    2.000  DEBUG EVENT active E/3 [PROC/MSG] one check is required of the message
    2.000  TRACE EVENT active E/3 [PROC/OK] dbus: checks made, result true
    2.000  DEBUG EVENT active E/3 [PROC/OK] event fired: condition Plugged is pending
    3.000  > bus signal org.example.Power.Other ["battery"]
    5.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Plugged starting task
    6.000  > bus down
    6.000  WARN  EVENT active E/3 [PROC/FAIL] not subscribed on the system bus: the bus has ended; trying again
    7.000  > bus signal org.example.Power.Changed ["battery", 70]
    8.000  > bus up
    8.000  DEBUG EVENT active E/3 [PROC/MSG] subscribed on the system bus
    9.000  > bus signal org.example.Power.Changed ["battery", 60]
    9.000  DEBUG EVENT active E/3 [PROC/OK] message org.example.Power.Changed of :1.7 about /
    9.000  DEBUG EVENT active E/3 [PROC/MSG] one check is required of the message
    9.000  TRACE EVENT active E/3 [PROC/OK] dbus: checks made, result true
    9.000  DEBUG EVENT active E/3 [PROC/OK] event fired: condition Plugged is pending
   10.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Plugged starting task

story: A condition asks a service on the bus, and is true when the answer holds what is expected.
show: dbus:|check ended|HIST/START
--- config
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]

[[condition]]
name = "Charged"
type = "dbus"
bus = ":session"
service = "org.example.Power"
object_path = "/org/example/Power"
interface = "org.example.Power"
method = "Level"
parameter_check = [{ index = 0, operator = "ge", value = 80 }]
check_after = 5
recurring = true
tasks = ["Work"]
--- steps
at 1 bus reply [50]
at 6 bus reply [90]
at 11 bus error org.example.Error.Busy try again
at 16 bus timeout
at 21 bus down
at 26 bus up
at 26 bus reply [85]
until 31
--- records
    1.000  > bus reply [50]
    5.000  DEBUG CONDITION active Charged/2 [START/MSG] dbus: test begins
    5.000  DEBUG CONDITION active Charged/2 [START/MSG] dbus: calling org.example.Power.Level of org.example.Power on the session bus
    5.000  DEBUG CONDITION active Charged/2 [PROC/MSG] dbus: one check is required of the answer
    5.000  TRACE CONDITION active Charged/2 [PROC/OK] dbus: checks made, result false
    5.000  DEBUG CONDITION active Charged/2 [END/OK] check ended negative
    6.000  > bus reply [90]
   10.000  DEBUG CONDITION active Charged/2 [START/MSG] dbus: test begins
   10.000  DEBUG CONDITION active Charged/2 [START/MSG] dbus: calling org.example.Power.Level of org.example.Power on the session bus
   10.000  DEBUG CONDITION active Charged/2 [PROC/MSG] dbus: one check is required of the answer
   10.000  TRACE CONDITION active Charged/2 [PROC/OK] dbus: checks made, result true
   10.000  DEBUG CONDITION active Charged/2 [END/OK] check ended positive
   10.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Charged starting task
   11.000  > bus error org.example.Error.Busy try again
   15.000  DEBUG CONDITION active Charged/2 [START/MSG] dbus: test begins
   15.000  DEBUG CONDITION active Charged/2 [START/MSG] dbus: calling org.example.Power.Level of org.example.Power on the session bus
   15.000  WARN  CONDITION active Charged/2 [START/FAIL] dbus: the call failed: org.example.Error.Busy: try again
   15.000  DEBUG CONDITION active Charged/2 [END/OK] check ended negative
   16.000  > bus timeout
   20.000  DEBUG CONDITION active Charged/2 [START/MSG] dbus: test begins
   20.000  DEBUG CONDITION active Charged/2 [START/MSG] dbus: calling org.example.Power.Level of org.example.Power on the session bus
   20.000  DEBUG CONDITION active Charged/2 [START/FAIL] dbus: the call failed: no answer within 25 s
   20.000  DEBUG CONDITION active Charged/2 [END/OK] check ended negative
   21.000  > bus down
   25.000  DEBUG CONDITION active Charged/2 [START/MSG] dbus: test begins
   25.000  DEBUG CONDITION active Charged/2 [START/MSG] dbus: calling org.example.Power.Level of org.example.Power on the session bus
   25.000  DEBUG CONDITION active Charged/2 [START/FAIL] dbus: no connection to the session bus: the bus is not there
   26.000  > bus up
   26.000  > bus reply [85]
   30.000  DEBUG CONDITION active Charged/2 [START/MSG] dbus: test begins
   30.000  DEBUG CONDITION active Charged/2 [START/MSG] dbus: calling org.example.Power.Level of org.example.Power on the session bus
   30.000  DEBUG CONDITION active Charged/2 [PROC/MSG] dbus: one check is required of the answer
   30.000  TRACE CONDITION active Charged/2 [PROC/OK] dbus: checks made, result true
   30.000  DEBUG CONDITION active Charged/2 [END/OK] check ended positive
   30.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Charged starting task

story: An idle condition is true once in each period without input.
show: idle|HIST/START
--- config
scheduler_tick_seconds = 60
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Away", type = "idle", idle_seconds = 100, recurring = true, tasks = ["Work"] }]
--- steps
at 30 idle 30
at 200 idle 0
at 310 idle unknown X11: DISPLAY is not set
at 400 idle 500
until 450
--- records
    0.000  DEBUG IDLE_CONDITION new Away/0 [INIT/MSG] condition of type idle created
   30.000  > idle 30
   60.000  DEBUG CONDITION active Away/2 [PROC/MSG] idle: for 60.0 s by a test, limit 100.0 s
  120.000  DEBUG CONDITION active Away/2 [PROC/MSG] idle: for 120.0 s by a test, limit 100.0 s
  120.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Away starting task
  180.000  DEBUG CONDITION active Away/2 [PROC/MSG] idle: for 180.0 s by a test, limit 100.0 s, has been true
  200.000  > idle 0
  240.000  DEBUG CONDITION active Away/2 [PROC/MSG] idle: for 40.0 s by a test, limit 100.0 s, has been true
  300.000  DEBUG CONDITION active Away/2 [PROC/MSG] idle: for 100.0 s by a test, limit 100.0 s
  310.000  > idle unknown X11: DISPLAY is not set
  360.000  WARN  CONDITION active Away/2 [PROC/ERR] idle: the idle time is unknown, the condition stays false; tried: X11: DISPLAY is not set
  400.000  > idle 500
  420.000  DEBUG CONDITION active Away/2 [PROC/MSG] idle: for 520.0 s by a test, limit 100.0 s
  420.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Away starting task
  430.000  WARN  CONDITION active Away/2 [PROC/OK] idle: a test knows the idle time

story: WMI notifications fire an event, and a condition looks at the rows of a query.
platform: win32
show: wmi|notification|subscribed|HIST/START
--- config
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
event = [{ name = "E", type = "wmi", query = "SELECT * FROM __InstanceCreationEvent", condition = "Came" }]

[[condition]]
name = "Came"
type = "bucket"
recurring = true
tasks = ["Work"]

[[condition]]
name = "Full"
type = "wmi"
query = "SELECT * FROM Win32_LogicalDisk"
result_check = [{ field = "FreeSpace", operator = "lt", value = 1000 }]
check_after = 5
recurring = true
tasks = ["Work"]
--- steps
at 1 wmi notify
at 6 wmi rows [{"freespace": 5000}]
at 11 wmi rows [{"freespace": 10}]
at 16 wmi error the service is not available
until 21
--- records
    0.000  DEBUG WMI_CONDITION new Full/0 [INIT/MSG] condition of type wmi created
    0.000  DEBUG WMI_EVENT new E/0 [INIT/MSG] event of type wmi created
    0.000  TRACE EVENT active E/4 [PROC/OK] subscribed in the default name space
    1.000  > wmi notify
    1.000  DEBUG EVENT active E/4 [PROC/OK] notification received
    5.000  DEBUG CONDITION active Full/3 [START/MSG] wmi: test begins
    5.000  DEBUG CONDITION active Full/3 [END/MSG] wmi: no rows
    5.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Came starting task
    6.000  > wmi rows [{"freespace": 5000}]
   10.000  DEBUG CONDITION active Full/3 [START/MSG] wmi: test begins
   10.000  DEBUG CONDITION active Full/3 [PROC/MSG] wmi: 1 rows, one check is required
   10.000  TRACE CONDITION active Full/3 [PROC/OK] wmi: checks made, result false
   11.000  > wmi rows [{"freespace": 10}]
   15.000  DEBUG CONDITION active Full/3 [START/MSG] wmi: test begins
   15.000  DEBUG CONDITION active Full/3 [PROC/MSG] wmi: 1 rows, one check is required
   15.000  TRACE CONDITION active Full/3 [PROC/OK] wmi: checks made, result true
   15.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Full starting task
   16.000  > wmi error the service is not available
   20.000  DEBUG CONDITION active Full/3 [START/MSG] wmi: test begins
   20.000  WARN  CONDITION active Full/3 [START/FAIL] wmi: the WMI query failed: the service is not available

story: A new time zone of the machine is noticed within a minute, and a time condition goes by it.
start: 2026-03-02T05:00:00Z
show: zone|HIST/START
clock: wall
--- config
scheduler_tick_seconds = 60
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Noon", type = "time", time_specifications = [{ hour = 12 }], tasks = ["Work"] }]
--- steps
at 600 zone Asia/Kolkata
until 25200
--- records
2. 05:10:00.000  > zone Asia/Kolkata
2. 10:41:00.000  INFO  MAIN scheduler_tick [PROC/MSG] the time zone of the machine is Asia/Kolkata now, it was UTC: time conditions without a timezone of their own look again
2. 12:00:00.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Noon starting task

story: A session condition is true at the start, and at once when the machine is awake again or a session is unlocked; no reload repeats the start.
show: session|HIST|awake|unlock|running tasks
level: debug
--- config
scheduler_tick_seconds = 60
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "AtStart", type = "session", when = ["start", "login"], recurring = true, tasks = ["Work"] },
  { name = "Back", type = "session", when = ["resume", "unlock"], recurring = true, tasks = ["Work"] },
]
--- file other.toml
scheduler_tick_seconds = 60
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "AtStart", type = "session", when = "start", recurring = true, tasks = ["Work"] },
  { name = "Back", type = "session", when = ["resume", "unlock"], recurring = true, tasks = ["Work"] },
]
--- steps
at 70.5 session unlock
at 75.25 session login
at 80.125 session resume
at 90 reset_conditions
at 100 suspend_condition Back
at 101 session resume
at 102 resume_condition Back
at 110 configure other.toml
until 200
--- records
    0.000  DEBUG SESSION_CONDITION new AtStart/0 [INIT/MSG] condition of type session created
    0.000  DEBUG SESSION_CONDITION new Back/0 [INIT/MSG] condition of type session created
   60.000  DEBUG CONDITION active AtStart/2 [PROC/MSG] session: start
   60.000  INFO  CONDITION active AtStart/2 [START/MSG] running tasks in sequence: Work
   70.500  > session unlock
   70.500  DEBUG CONDITION active Back/3 [PROC/MSG] session: unlock
   70.500  INFO  CONDITION active Back/3 [START/MSG] running tasks in sequence: Work
   75.250  > session login
   75.250  DEBUG CONDITION active AtStart/2 [PROC/MSG] session: login
   75.250  INFO  CONDITION active AtStart/2 [START/MSG] running tasks in sequence: Work
   80.125  > session resume
   80.125  DEBUG CONDITION active Back/3 [PROC/MSG] session: resume
   80.125  INFO  CONDITION active Back/3 [START/MSG] running tasks in sequence: Work
   90.000  > reset_conditions
  100.000  > suspend_condition Back
  101.000  > session resume
  101.000  DEBUG CONDITION active Back/3 [PROC/MSG] session: resume
  102.000  > resume_condition Back
  110.000  > configure other.toml
  110.000  DEBUG SESSION_CONDITION new AtStart/0 [INIT/MSG] condition of type session created

story: What the system does not report is said once, and the end of a sleep is seen by the clocks.
show: session
level: info
--- config
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Back", type = "session", when = ["resume", "unlock"], recurring = true, tasks = ["Work"] }]
--- steps
at 1 session unseen no connection to the system bus
at 2 session unseen no connection to the system bus
at 30 session seen
until 60
--- records
    1.000  > session unseen no connection to the system bus
    1.000  WARN  CONDITION active Back/2 [PROC/FAIL] session: resume, unlock cannot be seen: no connection to the system bus; the end of a sleep is seen by the clocks
    2.000  > session unseen no connection to the system bus
   30.000  > session seen
   40.000  WARN  CONDITION active Back/2 [PROC/OK] session: the system reports resume, unlock (it went wrong 2 times in 29 s)

story: A shutdown waits until the tasks have ended, and does not wait for a condition that cannot run.
show: session|HIST|running tasks
level: debug
--- config
scheduler_tick_seconds = 60
task = [{ name = "Sync", type = "command", command = "sync", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Last", type = "session", when = "shutdown", recurring = true, tasks = ["Sync"] },
  { name = "Asleep", type = "session", when = "shutdown", suspended = true, tasks = ["Sync"] },
]
--- processes
sync: exit 0 after 3
--- steps
at 10 session shutdown
at 12 signal SIGTERM
until 20
--- records
    0.000  DEBUG SESSION_CONDITION new Last/0 [INIT/MSG] condition of type session created
    0.000  DEBUG SESSION_CONDITION new Asleep/0 [INIT/MSG] condition of type session created
   10.000  > session shutdown
   10.000  DEBUG CONDITION active Last/2 [PROC/MSG] session: shutdown
   10.000  DEBUG CONDITION active Asleep/3 [PROC/MSG] session: shutdown
   10.000  INFO  CONDITION active Last/2 [START/MSG] running tasks in sequence: Sync
   12.000  > signal SIGTERM
   20.000  = ended by exit
