Time conditions. The stories show the wall clock.

story: A specification with an hour hits once at that hour, at the tick that contains the instant.
start: 2026-03-02T11:59:42Z
clock: wall
show: HIST/START|time:
--- config
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Noon", type = "time", recurring = true, time_specifications = [{ hour = 12 }], tasks = ["Work"] }]
--- steps
until 30
--- records
2. 11:59:45.000  TRACE CONDITION active Noon/2 [START/MSG] time: local time is Mon Mar 02 2026 11:59:45
2. 11:59:45.000  TRACE CONDITION active Noon/2 [PROC/MSG] time: next instant is Mon Mar 02 2026 12:00:00
2. 11:59:50.000  TRACE CONDITION active Noon/2 [START/MSG] time: local time is Mon Mar 02 2026 11:59:50
2. 11:59:50.000  TRACE CONDITION active Noon/2 [PROC/MSG] time: next instant is Mon Mar 02 2026 12:00:00
2. 11:59:55.000  TRACE CONDITION active Noon/2 [START/MSG] time: local time is Mon Mar 02 2026 11:59:55
2. 11:59:55.000  TRACE CONDITION active Noon/2 [PROC/MSG] time: next instant is Mon Mar 02 2026 12:00:00
2. 12:00:00.000  TRACE CONDITION active Noon/2 [START/MSG] time: local time is Mon Mar 02 2026 12:00:00
2. 12:00:00.000  TRACE CONDITION active Noon/2 [PROC/MSG] time: next instant is Tue Mar 03 2026 12:00:00
2. 12:00:00.000  DEBUG CONDITION active Noon/2 [PROC/MSG] time: hour=12 has come
2. 12:00:00.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Noon starting task
2. 12:00:05.000  TRACE CONDITION active Noon/2 [START/MSG] time: local time is Mon Mar 02 2026 12:00:05
2. 12:00:05.000  TRACE CONDITION active Noon/2 [PROC/MSG] time: next instant is Tue Mar 03 2026 12:00:00
2. 12:00:10.000  TRACE CONDITION active Noon/2 [START/MSG] time: local time is Mon Mar 02 2026 12:00:10
2. 12:00:10.000  TRACE CONDITION active Noon/2 [PROC/MSG] time: next instant is Tue Mar 03 2026 12:00:00

story: A missing minute or second is 0, a missing hour is every hour: {} is the start of each hour.
start: 2026-03-02T10:30:00Z
clock: wall
level: info
show: running
--- config
scheduler_tick_seconds = 10
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "EachHour", type = "time", recurring = true, time_specifications = [{}], tasks = ["Work"] },
  { name = "HalfPast", type = "time", recurring = true, time_specifications = [{ minute = 30 }], tasks = ["Work"] },
  { name = "Seconds", type = "time", recurring = true, time_specifications = [{ second = 20 }], tasks = ["Work"] },
]
--- steps
until 7800
--- records
2. 11:00:00.000  INFO  CONDITION active EachHour/2 [START/MSG] running tasks in sequence: Work
2. 11:00:20.000  INFO  CONDITION active Seconds/4 [START/MSG] running tasks in sequence: Work
2. 11:30:00.000  INFO  CONDITION active HalfPast/3 [START/MSG] running tasks in sequence: Work
2. 12:00:00.000  INFO  CONDITION active EachHour/2 [START/MSG] running tasks in sequence: Work
2. 12:00:20.000  INFO  CONDITION active Seconds/4 [START/MSG] running tasks in sequence: Work
2. 12:30:00.000  INFO  CONDITION active HalfPast/3 [START/MSG] running tasks in sequence: Work

story: All specifications are tried, whatever the weekday of one that was hit before: on a Wednesday the second one runs.
start: 2026-03-02T00:00:00Z
clock: wall
level: info
show: running
--- config
scheduler_tick_seconds = 60
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
[[condition]]
name = "MonWed"
type = "time"
recurring = true
time_specifications = [{ hour = 12, weekday = "mon" }, { hour = 12, weekday = "Wednesday" }]
tasks = ["Work"]
--- steps
until 950400
--- records
2. 12:00:00.000  INFO  CONDITION active MonWed/2 [START/MSG] running tasks in sequence: Work
4. 12:00:00.000  INFO  CONDITION active MonWed/2 [START/MSG] running tasks in sequence: Work
9. 12:00:00.000  INFO  CONDITION active MonWed/2 [START/MSG] running tasks in sequence: Work
11. 12:00:00.000  INFO  CONDITION active MonWed/2 [START/MSG] running tasks in sequence: Work

story: An instant that does not exist is skipped: day 31 in June keeps nothing else from running.
start: 2026-06-28T00:00:00Z
clock: wall
level: info
show: running
--- config
scheduler_tick_seconds = 60
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Both", type = "time", recurring = true, time_specifications = [{ day = 31, hour = 8 }, { hour = 9 }], tasks = ["Work"] },
  { name = "Last", type = "time", recurring = true, time_specifications = [{ day = 31, hour = 8 }], tasks = ["Work"] },
]
--- steps
until 345600
until 2937600
--- records
28. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
29. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
30. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
1. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
2. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
3. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
4. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
5. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
6. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
7. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
8. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
9. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
10. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
11. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
12. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
13. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
14. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
15. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
16. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
17. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
18. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
19. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
20. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
21. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
22. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
23. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
24. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
25. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
26. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
27. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
28. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
29. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
30. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
31. 08:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work
31. 08:00:00.000  INFO  CONDITION active Last/3 [START/MSG] running tasks in sequence: Work
31. 09:00:00.000  INFO  CONDITION active Both/2 [START/MSG] running tasks in sequence: Work

story: Windows that cross an hour, a day, a month or a year are not lost.
start: 2026-12-31T22:59:50Z
clock: wall
level: info
show: running
--- config
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "HourEnd", type = "time", recurring = true, time_specifications = [{ minute = 59, second = 58 }], tasks = ["Work"] },
  { name = "DayEnd", type = "time", recurring = true, time_specifications = [{ hour = 23, minute = 59, second = 58 }], tasks = ["Work"] },
  { name = "YearEnd", type = "time", recurring = true, time_specifications = [{ year = 2026, month = 12, day = 31, hour = 23, minute = 59, second = 58 }], tasks = ["Work"] },
]
--- steps
until 7400
--- records
31. 23:00:00.000  INFO  CONDITION active HourEnd/2 [START/MSG] running tasks in sequence: Work
1. 00:00:00.000  INFO  CONDITION active HourEnd/2 [START/MSG] running tasks in sequence: Work
1. 00:00:00.000  INFO  CONDITION active DayEnd/3 [START/MSG] running tasks in sequence: Work
1. 00:00:00.000  INFO  CONDITION active YearEnd/4 [START/MSG] running tasks in sequence: Work
1. 01:00:00.000  INFO  CONDITION active HourEnd/2 [START/MSG] running tasks in sequence: Work

story: No instant fires twice and none is lost, however late a tick looks: 12:00 with a tick of 3600 seconds.
start: 2026-03-02T10:17:00Z
clock: wall
level: info
show: running
--- config
scheduler_tick_seconds = 3600
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Noon", type = "time", recurring = true, time_specifications = [{ hour = 12 }], tasks = ["Work"] },
  { name = "Quarter", type = "time", recurring = true, time_specifications = [{ hour = 12, minute = 15 }], tasks = ["Work"] },
]
--- steps
until 14400
--- records
2. 12:00:00.000  INFO  CONDITION active Noon/2 [START/MSG] running tasks in sequence: Work
2. 13:00:00.000  INFO  CONDITION active Quarter/3 [START/MSG] running tasks in sequence: Work

story: A year that has passed never comes, and a year to come is waited for.
start: 2026-12-31T23:59:00Z
clock: wall
level: info
show: running
--- config
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "Past", type = "time", recurring = true, time_specifications = [{ year = 2025 }], tasks = ["Work"] },
  { name = "Next", type = "time", recurring = true, time_specifications = [{ year = 2027, hour = 0 }], tasks = ["Work"] },
]
--- steps
until 3700
--- records
1. 00:00:00.000  INFO  CONDITION active Next/3 [START/MSG] running tasks in sequence: Work

story: In the hour that daylight saving skips, an instant runs at the end of the gap, once.
start: 2026-03-29T00:30:00Z
zone: Europe/Rome
clock: wall
level: info
show: running
--- config
scheduler_tick_seconds = 60
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "HalfPastTwo", type = "time", recurring = true, time_specifications = [{ hour = 2, minute = 30 }], tasks = ["Work"] },
  { name = "Three", type = "time", recurring = true, time_specifications = [{ hour = 3 }], tasks = ["Work"] },
  { name = "EachHour", type = "time", recurring = true, time_specifications = [{}], tasks = ["Work"] },
]
--- steps
until 9000
--- records
29. 03:00:00.000  INFO  CONDITION active HalfPastTwo/2 [START/MSG] running tasks in sequence: Work
29. 03:00:00.000  INFO  CONDITION active Three/3 [START/MSG] running tasks in sequence: Work
29. 03:00:00.000  INFO  CONDITION active EachHour/4 [START/MSG] running tasks in sequence: Work
29. 04:00:00.000  INFO  CONDITION active EachHour/4 [START/MSG] running tasks in sequence: Work
29. 05:00:00.000  INFO  CONDITION active EachHour/4 [START/MSG] running tasks in sequence: Work

story: In the hour that daylight saving repeats, an instant with an hour runs the first time only, one without runs both times.
start: 2026-10-24T23:30:00Z
zone: Europe/Rome
clock: wall
level: info
show: running
--- config
scheduler_tick_seconds = 60
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [
  { name = "HalfPastTwo", type = "time", recurring = true, time_specifications = [{ hour = 2, minute = 30 }], tasks = ["Work"] },
  { name = "HalfPast", type = "time", recurring = true, time_specifications = [{ minute = 30 }], tasks = ["Work"] },
]
--- steps
until 12600
--- records
25. 02:30:00.000  INFO  CONDITION active HalfPastTwo/2 [START/MSG] running tasks in sequence: Work
25. 02:30:00.000  INFO  CONDITION active HalfPast/3 [START/MSG] running tasks in sequence: Work
25. 02:30:00.000  INFO  CONDITION active HalfPast/3 [START/MSG] running tasks in sequence: Work
25. 03:30:00.000  INFO  CONDITION active HalfPast/3 [START/MSG] running tasks in sequence: Work

story: Instants that fall into a pause, or into a suspension, are missed for good.
start: 2026-03-02T11:00:00Z
clock: wall
show: HIST/START|PAUSE|_condition
--- config
scheduler_tick_seconds = 60
task = [
  { name = "A", type = "command", command = "a", command_arguments = [], startup_path = "/" },
  { name = "B", type = "command", command = "b", command_arguments = [], startup_path = "/" },
]
condition = [
  { name = "Twenty", type = "time", recurring = true, time_specifications = [{ minute = 20 }], tasks = ["A"] },
  { name = "Forty", type = "time", recurring = true, time_specifications = [{ minute = 40 }], tasks = ["B"] },
]
--- steps
at 1190 pause
at 1205 resume
at 2390 suspend_condition Forty
at 2405 resume_condition Forty
until 7000
--- records
2. 11:19:50.000  > pause
2. 11:19:50.000  TRACE MAIN command [PAUSE/YES] scheduler is paused
2. 11:20:05.000  > resume
2. 11:20:05.000  TRACE MAIN command [PAUSE/NO] scheduler is not paused
2. 11:39:50.000  > suspend_condition Forty
2. 11:39:50.000  DEBUG MAIN command [PROC/MSG] suspend_condition Forty accepted
2. 11:39:50.000  INFO  MAIN suspend_condition [END/OK] condition Forty suspended
2. 11:40:05.000  > resume_condition Forty
2. 11:40:05.000  DEBUG MAIN command [PROC/MSG] resume_condition Forty accepted
2. 11:40:05.000  INFO  MAIN resume_condition [END/OK] condition Forty resumed and reset
2. 12:20:00.000  TRACE TASK active A/1 [HIST/START] OK/trigger:Twenty starting task
2. 12:40:00.000  TRACE TASK active B/2 [HIST/START] OK/trigger:Forty starting task

story: A clock set back repeats no instant; set forward over one, it is made up for within a minute, and told as missed beyond.
start: 2026-03-02T11:50:00Z
clock: wall
show: HIST/START|missed
--- config
scheduler_tick_seconds = 5
task = [{ name = "Work", type = "command", command = "work", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Tens", type = "time", recurring = true, time_specifications = [{ minute = 0 }, { minute = 10 }, { minute = 20 }, { minute = 30 }], tasks = ["Work"] }]
--- steps
at 605 step -120
at 1000 step 20
at 1290 step 40
at 1700 step 1200
until 2000
--- records
2. 12:00:00.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Tens starting task
2. 12:00:05.000  > step -120
2. 12:04:40.000  > step 20
2. 12:09:50.000  > step 40
2. 12:10:35.000  TRACE TASK active Work/1 [HIST/START] OK/trigger:Tens starting task
2. 12:17:20.000  > step 1200
2. 12:37:25.000  WARN  CONDITION active Tens/2 [PROC/MSG] time: missed 2 instants, the first one minute=20 at Mon Mar 02 2026 12:20:00, 1045 s ago, the last one minute=30 at Mon Mar 02 2026 12:30:00, 445 s ago

story: The instants of a busy condition are made up for when it is free again soon, and missed when it takes longer.
start: 2026-03-02T11:59:00Z
clock: wall
show: HIST|missed
--- config
scheduler_tick_seconds = 5
task = [{ name = "Slow", type = "command", command = "slow", command_arguments = [], startup_path = "/" }]
condition = [{ name = "Minutes", type = "time", recurring = true, time_specifications = [{ hour = 12, minute = 0 }, { hour = 12, minute = 1 }, { hour = 12, minute = 3 }, { hour = 12, minute = 4 }], tasks = ["Slow"] }]
--- processes
slow: exit 0 after 80 | exit 0 after 180 | exit 0
--- steps
until 600
--- records
2. 12:00:00.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Minutes starting task
2. 12:01:20.000  TRACE TASK active Slow/1 [HIST/END] OK/trigger:Minutes task succeeded
2. 12:01:20.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Minutes starting task
2. 12:04:20.000  TRACE TASK active Slow/1 [HIST/END] OK/trigger:Minutes task succeeded
2. 12:04:20.000  WARN  CONDITION active Minutes/2 [PROC/MSG] time: missed hour=12 minute=3 at Mon Mar 02 2026 12:03:00, 80 s ago
2. 12:04:20.000  TRACE TASK active Slow/1 [HIST/START] OK/trigger:Minutes starting task
2. 12:04:20.000  TRACE TASK active Slow/1 [HIST/END] OK/trigger:Minutes task succeeded
