-- Runs scripts of whenever in an interpreter of the system: Lua 5.1 to 5.4, and LuaJIT. Jobs and answers come as lines of JSON on the
-- standard input, messages go as lines after a mark to the standard output. A script sees neither: its input is empty, and its output
-- is sent as messages. Texts are bytes. In values a text begins with "s", an integer with "i", a float with "f".

-- Scripts can change every table that they find: only locals are used after one has run.
local assert, error, getmetatable, ipairs, next, pairs, pcall = assert, error, getmetatable, ipairs, next, pairs, pcall
local rawget, rawset, select, tonumber, tostring, type = rawget, rawset, select, tonumber, tostring, type
local load = loadstring or load
local collectgarbage = collectgarbage
local byte, char, find, format, gsub, sub = string.byte, string.char, string.find, string.format, string.gsub, string.sub
local concat = table.concat
local floor, huge, mathtype = math.floor, math.huge, math.type
local getinfo, setmeta, getmeta, sethook = debug.getinfo, debug.setmetatable, debug.getmetatable, debug.sethook
local execute, exit, getenv, setlocale = os.execute, os.exit, os.getenv, os.setlocale
local open, popen, iotype, setinput, ioclose = io.open, io.popen, io.type, io.input, io.close
local input, output = io.stdin, io.stdout
local file = getmetatable(output).__index
local fread, fwrite, fflush, fclose = file.read, file.write, file.flush, file.close
local G = _G

-- LuaJIT would compile what is here again in each run, which takes ten times as long as a short script. Scripts are compiled.
if jit then jit.off(true, true) end

local MODULES = { 'log', 'events', 'metrics', 'sync', 'sharedstate', 'http' }
local MARK = '\30'
-- Of tables: how deep, and how many values in all.
local DEEPEST, MOST = 64, 20000

local ESCAPES = { ['"'] = '\\"', ['\\'] = '\\\\' }
for n = 0, 31 do ESCAPES[char(n)] = format('\\u%04x', n) end
ESCAPES['\127'] = '\\u007f'

local function quoted(text) return '"' .. gsub(text, '[%c"\\]', ESCAPES) .. '"' end

-- A number as a value.
local function number(n)
  if mathtype then
    if mathtype(n) == 'integer' then return '"i' .. format('%d', n) .. '"' end
  elseif n == floor(n) and n > -2 ^ 53 and n < 2 ^ 53 and (n ~= 0 or 1 / n > 0) then
    return '"i' .. format('%.0f', n) .. '"'
  end
  if n ~= n then return '"fNaN"' end
  if n == huge then return '"fInfinity"' end
  if n == -huge then return '"f-Infinity"' end
  return '"f' .. format('%.17g', n) .. '"'
end

-- Any value. What cannot be sent is "x" and why: the other side makes the message.
local encode
local function encodetable(t, walk)
  if walk.path[t] then return '"xitself"' end
  if walk.depth == DEEPEST then return '"xdeep"' end
  walk.path[t] = true
  walk.depth = walk.depth + 1
  local list, named, size, most, mixed = {}, {}, 0, 0, nil
  for k, v in next, t do
    local kind = type(k)
    if kind == 'string' then
      named[#named + 1] = quoted(k) .. ':' .. encode(v, walk)
    elseif kind == 'number' then
      size = size + 1
      if k < 1 or k ~= floor(k) or k > MOST then mixed = '"xmixed"' else
        list[k] = encode(v, walk)
        if k > most then most = k end
      end
    else
      mixed = '"xkey ' .. kind .. '"'
      break
    end
  end
  walk.path[t] = nil
  walk.depth = walk.depth - 1
  if mixed then return mixed end
  if size == 0 then return '{' .. concat(named, ',') .. '}' end
  if #named > 0 or most ~= size then return '"xmixed"' end
  return '[' .. concat(list, ',') .. ']'
end
function encode(v, walk)
  walk.count = walk.count + 1
  if walk.count > MOST then return '"xmany"' end
  local kind = type(v)
  if kind == 'nil' then return 'null' end
  if kind == 'boolean' then return tostring(v) end
  if kind == 'number' then return number(v) end
  if kind == 'string' then return quoted('s' .. v) end
  if kind == 'table' then return encodetable(v, walk) end
  return quoted('xtype ' .. kind)
end
local function value(v) return encode(v, { path = {}, depth = 0, count = 0 }) end

-- JSON, as the other side writes it.
local decode
local UNESCAPED = { n = '\n', t = '\t', r = '\r', b = '\b', f = '\f', ['"'] = '"', ['\\'] = '\\', ['/'] = '/' }
local function decodetext(s, at)
  local parts = {}
  while true do
    local stop = find(s, '["\\]', at)
    parts[#parts + 1] = sub(s, at, stop - 1)
    if byte(s, stop) == 34 then return concat(parts), stop + 1 end
    local c = sub(s, stop + 1, stop + 1)
    if c == 'u' then
      parts[#parts + 1] = char(tonumber(sub(s, stop + 2, stop + 5), 16))
      at = stop + 6
    else
      parts[#parts + 1] = UNESCAPED[c]
      at = stop + 2
    end
  end
end
local function decodelist(s, at)
  local list, n = {}, 0
  if byte(s, at) == 93 then return list, at + 1 end
  while true do
    n = n + 1
    list[n], at = decode(s, at)
    if byte(s, at) == 93 then return list, at + 1 end
    at = at + 1
  end
end
local function decodeobject(s, at)
  local object = {}
  if byte(s, at) == 125 then return object, at + 1 end
  while true do
    local key
    key, at = decodetext(s, at + 1)
    object[key], at = decode(s, at + 1)
    if byte(s, at) == 125 then return object, at + 1 end
    at = at + 1
  end
end
local SPECIAL = { Infinity = huge, ['-Infinity'] = -huge, NaN = 0 / 0 }
local function typed(text)
  local kind, rest = byte(text), sub(text, 2)
  if kind == 115 then return rest end
  return SPECIAL[rest] or tonumber(rest)
end
function decode(s, at)
  local c = byte(s, at)
  if c == 34 then
    local text, after = decodetext(s, at + 1)
    return typed(text), after
  end
  if c == 91 then return decodelist(s, at + 1) end
  if c == 123 then return decodeobject(s, at + 1) end
  if c == 116 then return true, at + 4 end
  if c == 102 then return false, at + 5 end
  return nil, at + 4
end

local function send(...)
  fwrite(output, MARK, '[', concat({ ... }, ','), ']\n')
  fflush(output)
end
-- The end of the input: nothing waits for this process any more.
local function receive()
  local line = fread(input, '*l')
  if not line then exit(0) end
  return (decode(line, 1))
end
-- Sends a question, and returns the answer, or its error as the second result.
local function ask(...)
  send(...)
  return receive()
end

local job

local function badargument(n, name, text) error(format("bad argument #%d to '%s' (%s)", n, name, text), 3) end
local function typename(...) return select('#', ...) == 0 and 'no value' or type((...)) end
local function textargument(n, name, v, ...)
  if type(v) == 'string' then return v end
  if type(v) == 'number' then return tostring(v) end
  error(format("bad argument #%d to '%s' (string expected, got %s)", n, name, typename(v, ...)), 3)
end
local function numberargument(n, name, v)
  local found = tonumber(v)
  if found and type(v) ~= 'table' then return found end
  error(format("bad argument #%d to '%s' (number expected, got %s)", n, name, v == nil and 'no value' or type(v)), 3)
end

-- The output of scripts.
local out
local function write(data) if data ~= '' then send('"out"', quoted(data)) end end
local streams = {}
local METHODS = {}
local function writeall(stream, ...)
  local parts = { ... }
  for i = 1, select('#', ...) do
    local kind = type(parts[i])
    if kind ~= 'string' and kind ~= 'number' then badargument(i, 'write', 'string expected, got ' .. (kind == 'nil' and 'no value' or kind)) end
    parts[i] = tostring(parts[i])
  end
  write(concat(parts))
  return stream
end
function METHODS.write(stream, ...) return writeall(stream, ...) end
function METHODS.close() return true end
function METHODS.flush(stream) return stream end
function METHODS.setvbuf() return true end
function METHODS.seek() return nil, 'Illegal seek', 29 end
function METHODS.read() return nil, 'Bad file descriptor', 9 end
function METHODS.lines() error('Bad file descriptor', 2) end
local STREAM = { __index = METHODS, __name = 'FILE*', __tostring = function() return 'file (records)' end }
local function stream()
  local made = {}
  -- LuaJIT returns true here, and not the table.
  setmeta(made, STREAM)
  streams[made] = true
  return made
end
local stdout, stderr = stream(), stream()
local null = assert(open('/dev/null', 'r'))

-- Commands have no limit of memory, an empty input, an output that becomes records, and the trace of the run. What they would inherit is
-- meant for messages.
local function forshell(command, redirect)
  local lines = { 'ulimit -S -v "$(ulimit -H -v)" 2>/dev/null' }
  for name, text in next, job.trace do
    lines[#lines + 1] = 'export ' .. name .. "='" .. gsub(text, "'", "'\\''") .. "'"
  end
  lines[#lines + 1] = 'exec ' .. redirect
  lines[#lines + 1] = command
  return concat(lines, '\n')
end

function print(...)
  local parts = { ... }
  for i = 1, select('#', ...) do parts[i] = tostring(parts[i]) end
  write(concat(parts, '\t') .. '\n')
end
io.stdin, io.stdout, io.stderr = null, stdout, stderr
function io.write(...)
  if out then return fwrite(out, ...) end
  return writeall(stdout, ...)
end
function io.output(to)
  if to == nil then return out or stdout end
  if streams[to] then out = nil
  elseif type(to) == 'string' then
    local opened, problem = open(to, 'w')
    if not opened then error(problem, 2) end
    out = opened
  else out = to end
  return out or stdout
end
function io.close(which)
  if which == nil then which = out or stdout end
  if streams[which] then return true end
  return ioclose(which)
end
function io.type(x) return streams[x] and 'file' or iotype(x) end
function io.popen(command, mode)
  command = textargument(1, 'popen', command)
  return popen(forshell(command, mode == 'w' and '>&2' or '</dev/null'), mode)
end
function os.execute(command)
  if command == nil then return execute() end
  command = textargument(1, 'execute', command)
  local a, b, c = execute(forshell(command, '</dev/null >&2'))
  ask('"flush"')
  return a, b, c
end
function os.getenv(name)
  name = textargument(1, 'getenv', name)
  return job and job.trace[name] or getenv(name)
end

log, events, metrics, sync, sharedstate, http = {}, {}, {}, {}, {}, {}
for _, level in ipairs({ 'trace', 'debug', 'info', 'warn', 'error' }) do
  log[level] = function(...)
    if select('#', ...) == 0 then badargument(1, level, 'value expected') end
    local at = getinfo(2, 'Sl')
    local text = quoted((tostring((...))))
    if at and at.currentline > 0 then send('"log"', '"' .. level .. '"', text, quoted(at.short_src), tostring(at.currentline))
    else send('"log"', '"' .. level .. '"', text) end
  end
end
function events.log(...)
  if select('#', ...) < 1 then badargument(1, 'log', 'value expected') end
  if select('#', ...) < 2 then badargument(2, 'log', 'value expected') end
  local topic, what, options = ...
  local answer = ask('"event"', value(topic), value(what), value(options))
  if not answer[1] then error(answer[2], 2) end
end
function metrics.log(message, step)
  if type(message) ~= 'table' then badargument(1, 'log', 'table expected, got ' .. (message == nil and 'no value' or type(message))) end
  if step ~= nil then step = numberargument(2, 'log', step) end
  local answer = ask('"metric"', value(message), value(step))
  if not answer[1] then error(answer[2], 2) end
end
function sync.sleep(seconds)
  local answer = ask('"sleep"', number(numberargument(1, 'sleep', seconds)))
  if not answer[1] then error(answer[2], 2) end
end
function sync.lock(name, seconds)
  name = textargument(1, 'lock', name)
  if seconds ~= nil then seconds = numberargument(2, 'lock', seconds) end
  local answer = ask('"lock"', quoted(name), value(seconds))
  if not answer[1] then error(answer[2], 2) end
  return answer[2]
end
function sync.release(name)
  local answer = ask('"release"', quoted(textargument(1, 'release', name)))
  return answer[2]
end

-- A table of a state: a list of key, its type, and the value; the other side checks it.
local function entries(t)
  local list = {}
  for k, v in next, t do
    local kind, shown = type(k), 'null'
    if kind == 'string' then shown = quoted(k) elseif kind == 'boolean' then shown = quoted(tostring(k)) end
    local one = type(v)
    local sent = (one == 'string' or one == 'boolean' or one == 'number') and value(v) or 'null'
    list[#list + 1] = '[' .. concat({ '"' .. kind .. '"', shown, '"' .. one .. '"', sent }, ',') .. ']'
  end
  return '[' .. concat(list, ',') .. ']'
end
function sharedstate.save(name, t)
  name = textargument(1, 'save', name)
  if type(t) ~= 'table' then badargument(2, 'save', 'table expected, got ' .. (t == nil and 'no value' or type(t))) end
  local answer = ask('"save"', quoted(name), entries(t))
  if not answer[1] then error(answer[2], 2) end
end
function sharedstate.load(name)
  local answer = ask('"load"', quoted(textargument(1, 'load', name)))
  if not answer[1] then error(answer[2], 2) end
  return answer[2]
end
function sharedstate.remove(name)
  local answer = ask('"remove"', quoted(textargument(1, 'remove', name)))
  if not answer[1] then error(answer[2], 2) end
  return answer[2]
end

local function headerlist(headers)
  local list = {}
  for k, v in next, headers or {} do list[#list + 1] = '[' .. quoted(tostring(k)) .. ',' .. quoted(tostring(v)) .. ']' end
  return '[' .. concat(list, ',') .. ']'
end
local HEADERS = 'invalid parameter: headers must be a table'
function http.get(url, headers)
  url = textargument(1, 'get', url)
  if headers ~= nil and type(headers) ~= 'table' then error(HEADERS, 2) end
  local answer = ask('"http"', '"GET"', quoted(url), headerlist(headers), 'null')
  if not answer[1] then error(answer[2], 2) end
  return answer[2], answer[3], answer[4]
end
function http.post(url, body, headers)
  url = textargument(1, 'post', url)
  if headers ~= nil and type(headers) ~= 'table' then error(HEADERS, 2) end
  local answer = ask('"http"', '"POST"', quoted(url), headerlist(headers), quoted(body == nil and '' or tostring(body)))
  if not answer[1] then error(answer[2], 2) end
  return answer[2], answer[3], answer[4]
end

-- What a script finds, as it is before the first one: put back after each.
local kept = {}
local function keep(t)
  if type(t) ~= 'table' or kept[t] then return end
  local copy = {}
  kept[t] = { copy = copy, meta = getmeta(t) }
  for k, v in next, t do
    copy[k] = v
    keep(v)
  end
  keep(getmeta(t))
end
local BASIC = { true, 0, '', print, output }
local metas = {}
local function putback()
  sethook()
  for t, was in next, kept do
    for k in next, t do if was.copy[k] == nil then rawset(t, k, nil) end end
    for k, v in next, was.copy do rawset(t, k, v) end
    setmeta(t, was.meta)
  end
  setmeta(nil, nil)
  for i, v in ipairs(BASIC) do setmeta(v, metas[i]) end
  out = nil
  if iotype(null) ~= 'file' then null = assert(open('/dev/null', 'r')) end
  rawset(kept[G].copy.io, 'stdin', null)
  setinput(null)
  setlocale('C')
  -- Files that are left open are written out, commands waited for.
  pcall(collectgarbage, 'restart')
  pcall(collectgarbage)
  pcall(collectgarbage)
end

-- The error of a script as text.
local function describe(problem)
  local kind = type(problem)
  if kind == 'string' or kind == 'number' then return tostring(problem) end
  local meta = getmeta(problem)
  if type(meta) == 'table' and rawget(meta, '__tostring') ~= nil then
    local ok, text = pcall(tostring, problem)
    if ok and type(text) == 'string' then return text end
  end
  return '(error object is a ' .. kind .. ' value)'
end

-- A global as it is compared.
local function compared(name)
  local v = rawget(G, name)
  local kind = type(v)
  if kind == 'number' then return '["number",' .. quoted(tostring(v)) .. ',' .. number(v) .. ']' end
  if kind == 'string' then
    local n = tonumber(v)
    return '["string",' .. quoted(v) .. ',' .. (n and number(n) or 'null') .. ']'
  end
  if kind == 'boolean' then return '["boolean","' .. tostring(v) .. '"]' end
  return '["' .. kind .. '"]'
end

-- Sends how the script has ended. The state is read as it was when it ended; nothing of the script is left when this is sent.
local function conclude(how, text, leave)
  local results, state = {}, 'null'
  if how == 'finished' then
    for i, name in ipairs(job.expected) do results[i] = compared(name) end
  end
  if how ~= 'init' then
    local s = rawget(G, 'state')
    state = type(s) == 'table' and entries(s) or quoted(type(s))
  end
  if not leave then putback() end
  send('"end"', '"' .. how .. '"', quoted(text or ''), '[' .. concat(results, ',') .. ']', state, tostring(leave == true))
end
function os.exit(status)
  local code = status
  if status == nil or status == true then code = 0 elseif status == false then code = 1 end
  code = numberargument(1, 'exit', code)
  local how = code == 0 and 'finished' or 'failed'
  if job.initialising then how = 'init' end
  conclude(how, code == 0 and how ~= 'init' and '' or (code == 0 and 'os.exit in the init script' or 'os.exit: status ' .. format('%d', code)), true)
  exit(0)
end

local function run(source, name)
  local chunk, problem
  -- Precompiled chunks are refused.
  if byte(source) == 27 then problem = 'attempt to load a binary chunk'
  else chunk, problem = load(source, '=' .. name) end
  if not chunk then return problem end
  local ok
  ok, problem = pcall(chunk)
  if not ok then return describe(problem) end
end

keep(G)
keep(package.loaded)
keep(file)
for i, v in ipairs(BASIC) do metas[i] = getmeta(v); keep(metas[i]) end
setinput(null)
send('"ready"', quoted(_VERSION))

while true do
  job = receive()
  for name, v in next, job.globals do G[name] = v end
  for _, name in ipairs(MODULES) do G[name] = kept[G].copy[name] end
  G.state = job.state
  local failed
  if job.init then
    job.initialising = true
    failed = run(job.init, job.init_name)
    job.initialising = false
    if failed then conclude('init', failed) else send('"init"') end
  end
  if not failed then
    failed = run(job.script, job.chunk)
    if failed then conclude('error', failed) else conclude('finished') end
  end
end
