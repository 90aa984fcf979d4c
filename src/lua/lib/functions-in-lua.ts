import * as lua from '../lua-api.ts';

/**
 * Library functions that call functions of the script. They are written in Lua, so that what they call may wait and be stopped like
 * all other code. Compiled once and shared by all scripts; they use nothing that a script could change.
 */
export const LUA_SOURCE = `
local native = ...
local find, sub, type, error, select, concat, tostring = native.find, native.sub, native.type, native.error, native.select,
  native.concat, native.tostring
local loadtext = native.loadtext

-- Merge sort of runs of eight: stable, no worst case, reads and writes t through its metamethods as table.sort does.
local function sort(t, n, less)
  local a, b = {}, {}
  for i = 1, n do a[i] = t[i] end
  for from = 1, n, 8 do
    local to = from + 7
    if to > n then to = n end
    for i = from + 1, to do
      local v, j = a[i], i - 1
      while j >= from and less(v, a[j]) do
        a[j + 1] = a[j]
        j = j - 1
      end
      a[j + 1] = v
    end
  end
  local width = 8
  while width < n do
    local from = 1
    while from <= n do
      local i, middle, to = from, from + width, from + 2 * width
      if middle > n + 1 then middle = n + 1 end
      if to > n + 1 then to = n + 1 end
      local j, k = middle, from
      while i < middle and j < to do
        if less(a[j], a[i]) then
          b[k] = a[j]
          j = j + 1
        else
          b[k] = a[i]
          i = i + 1
        end
        k = k + 1
      end
      while i < middle do
        b[k] = a[i]
        i, k = i + 1, k + 1
      end
      while j < to do
        b[k] = a[j]
        j, k = j + 1, k + 1
      end
      from = to
    end
    a, b = b, a
    width = width * 2
  end
  for i = 1, n do t[i] = a[i] end
end

local function replacement(f, whole, ...)
  local value
  if select('#', ...) == 0 then value = f(whole) else value = f(...) end
  if not value then return whole end
  local kind = type(value)
  if kind ~= 'string' and kind ~= 'number' then
    error('invalid replacement value (a ' .. kind .. ')', 5)
  end
  return value
end

local function gsub(s, pattern, f, most)
  local anchored = sub(pattern, 1, 1) == '^'
  local out, n, at, count, length = {}, 0, 1, 0, #s
  local function found(first, last, ...)
    if not first then return false end
    count = count + 1
    out[n + 1] = sub(s, at, first - 1)
    out[n + 2] = replacement(f, sub(s, first, last), ...)
    n = n + 2
    if last >= first then
      at = last + 1
    elseif first <= length then
      n = n + 1
      out[n] = sub(s, first, first)
      at = first + 1
    else
      at = length + 1
      return false
    end
    return not anchored
  end
  while count < most and at <= length + 1 and found(find(s, pattern, at)) do end
  out[n + 1] = sub(s, at)
  return concat(out), count
end

local function load(f, name, mode, ...)
  local parts, n = {}, 0
  while true do
    local part = f()
    if part == nil then break end
    if type(part) ~= 'string' then return nil, 'reader function must return a string' end
    if part == '' then break end
    n = n + 1
    parts[n] = part
  end
  return loadtext(concat(parts), name or '=(load)', mode, ...)
end

local function require(name, loaded, preload, searchers)
  local known = loaded[name]
  if known ~= nil and known ~= false then return known end
  if type(searchers) ~= 'table' then error("'package.searchers' must be a table", 3) end
  local tried = ''
  local i = 1
  while true do
    local searcher = searchers[i]
    if searcher == nil then error("module '" .. name .. "' not found:" .. tried, 3) end
    local loader, data = searcher(name)
    if type(loader) == 'function' then
      local value = loader(name, data)
      if value ~= nil then loaded[name] = value end
      if loaded[name] == nil then loaded[name] = true end
      return loaded[name], data
    end
    if type(loader) == 'string' then tried = tried .. loader end
    i = i + 1
  end
end

return { sort = sort, gsub = gsub, load = load, require = require }
`;

/** The functions by name; closures without variables that a script could reach. */
const functions = new Map<string, unknown>();

/** Keeps the functions in the table on top of the stack for all scripts. */
export const keepLuaFunctions = (L: lua.State): void => {
  for (const name of ['sort', 'gsub', 'load', 'require']) {
    lua.getfield(L, -1, name);
    functions.set(name, lua.topointer(L, -1));
    lua.pop(L, 1);
  }
};

/** Pushes a function that is written in Lua. */
export const pushLuaFunction = (L: lua.State, name: string): void => {
  lua.pushnil(L);
  L.stack[L.top - 1]!.setclLvalue(functions.get(name));
};
