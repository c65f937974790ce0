"""What happens inside of Redis, each script as one step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mockrouter.state.bounds import Bounds
from mockrouter.state.redis_shelves import shelves

_COMMON: Final = """
local function last()
  local found = redis.call('HMGET', meta, 'epoch', 'change')
  if not found[1] then
    found = {time[1] .. '.' .. time[2], '0'}
    redis.call('HSET', meta, 'epoch', found[1], 'change', 0)
  end
  return found[1] .. '/' .. found[2]
end
local function split(mark)
  local epoch, number = string.match(mark, '^([^/]*)/(%d+)$')
  return epoch, tonumber(number)
end
local function note(member, holds)
  last()
  local change = redis.call('HINCRBY', meta, 'change', 1)
  redis.call('ZADD', p .. 'changed', change, member)
  redis.call('ZREM', p .. 'over', member)
  if holds then return end
  redis.call('ZADD', p .. 'over', change, member)
  if redis.call('ZCARD', p .. 'over') > bounds.over then
    redis.call('ZREM', p .. 'changed', redis.call('ZPOPMIN', p .. 'over')[1])
  end
end
local function remove(sequence)
  if redis.call('HEXISTS', p .. 'entries', sequence) == 1 then
    redis.call('HINCRBY', meta, 'bytes', 0 - redis.call('HSTRLEN', p .. 'entries', sequence))
    redis.call('HDEL', p .. 'entries', sequence)
    redis.call('HDEL', p .. 'owners', sequence)
    redis.call('ZREM', p .. 'written', sequence)
    redis.call('ZREM', p .. 'sequences', sequence)
  end
end
local function clear(space)
  empty('counts', space)
  local owners = redis.call('HGETALL', p .. 'owners')
  for at = 1, #owners, 2 do
    if owners[at + 1] == space then remove(owners[at]) end
  end
end
local function forget(space)
  clear(space)
  empty('kept', space)
end
local function finish(space)
  forget(space)
  drop('spaces', '', space)
  note('space ' .. space)
end
local function finish_old()
  for _, space in ipairs(trim('spaces')) do finish(space) end
end
"""

_PROBE: Final = "return redis.call('HSET', meta, 'probed', 1)"

_CHANGES: Final = """
local change = last()
local epoch = split(change)
local known, after = split(ARGV[1])
local fresh = 0
if known ~= epoch then fresh, after = 1, -1 end
local members = redis.call('ZRANGEBYSCORE', p .. 'changed', '(' .. after, '+inf')
local found = {}
for at, member in ipairs(members) do
  local document = false
  if string.sub(member, 1, 6) == 'space ' then
    document = redis.call('HGET', held('spaces', ''), string.sub(member, 7))
  end
  found[at] = {member, document}
end
return {change, fresh, found}
"""

_PUT: Final = """
forget(ARGV[1])
redis.call('HSET', held('spaces', ''), ARGV[1], ARGV[2])
touch('spaces', '', ARGV[1], #ARGV[2])
note('space ' .. ARGV[1], true)
finish_old()
return 1
"""

_END: Final = """
finish(ARGV[1])
return 1
"""

_RESET: Final = """
clear(ARGV[1])
note('reset ' .. ARGV[1])
return 1
"""

_RESET_ALL: Final = """
for _, which in ipairs(redis.call('ZRANGE', ordered('counts'), 0, -1)) do
  redis.call('DEL', held('counts', (parted(which))))
end
redis.call('DEL', ordered('counts'), p .. 'entries', p .. 'owners')
redis.call('DEL', p .. 'written', p .. 'sequences')
redis.call('HSET', meta, 'bytes', 0)
note('all ', true)
return 1
"""

_ROUND: Final = """
finish_old()
local numbers = tonumber(ARGV[1])
local entries, owners, written = p .. 'entries', p .. 'owners', p .. 'written'
local sequences = p .. 'sequences'
local change = last()
local first = 0
if numbers > 0 then first = redis.call('HINCRBY', meta, 'number', numbers) - numbers + 1 end
local function count(space, key, token, by)
  local seen = redis.call('HGET', held('tokens', ''), token)
  if seen then return tonumber(seen) end
  local number = redis.call('HINCRBY', held('counts', space), key, by) - by
  redis.call('HSET', held('tokens', ''), token, number)
  touch('counts', space, key)
  touch('tokens', '', token)
  return number
end
local counted, begin = {}, 3 + 4 * ARGV[2]
for at = 3, begin - 4, 4 do
  counted[#counted + 1] = count(ARGV[at], ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3]))
end
if begin > 3 then
  trim('counts')
  trim('tokens')
end
local lines = (#ARGV - begin + 1) / 4
if lines == 0 then return {change, first, counted} end
local epoch, newest = split(change)
local function is_late(space, mark)
  local known, seen = split(mark)
  if known ~= epoch or seen == newest then return false end
  for _, member in ipairs({'all ', 'reset ' .. space, 'space ' .. space}) do
    local changed = redis.call('ZSCORE', p .. 'changed', member)
    if changed and tonumber(changed) > seen then return true end
  end
  return false
end
local write = redis.call('HINCRBY', meta, 'write', lines) - lines
local grown, used = 0, {}
local function put(sequence, space, data)
  if string.sub(data, 1, 1) == '+' then
    local before = redis.call('HGET', entries, sequence)
    if not before then return end
    grown = grown + #data + 1
    data = before .. '\\n' .. data
  else
    grown = grown + #data - redis.call('HSTRLEN', entries, sequence)
    redis.call('HSET', owners, sequence, space)
    redis.call('ZADD', sequences, sequence, sequence)
  end
  write = write + 1
  redis.call('HSET', entries, sequence, data)
  redis.call('ZADD', written, write, sequence)
end
for at = begin, #ARGV, 4 do
  if not used[ARGV[at + 1]] then
    redis.call('ZADD', ordered('spaces'), 'XX', stamp(), label('', ARGV[at + 1]))
  end
  used[ARGV[at + 1]] = true
  if not is_late(ARGV[at + 1], ARGV[at + 2]) then put(ARGV[at], ARGV[at + 1], ARGV[at + 3]) end
end
local bytes = redis.call('HINCRBY', meta, 'bytes', grown)
local many = redis.call('ZCARD', sequences)
while many > bounds.entries or (bytes > bounds.entry_bytes and many > 1) do
  local oldest = redis.call('ZPOPMIN', sequences)[1]
  bytes = bytes - redis.call('HSTRLEN', entries, oldest)
  redis.call('HDEL', entries, oldest)
  redis.call('HDEL', owners, oldest)
  redis.call('ZREM', written, oldest)
  many = many - 1
end
redis.call('HSET', meta, 'bytes', bytes)
return {change, first, counted}
"""

_WRITTEN: Final = """
local epoch = split(last())
local known, after = split(ARGV[1])
if known ~= epoch then after = 0 end
local found, bytes, mark = {}, 0, redis.call('HGET', meta, 'write') or '0'
local written = redis.call('ZRANGEBYSCORE', p .. 'written', '(' .. after, '+inf', 'WITHSCORES')
for at = 1, #written, 2 do
  local entry = redis.call('HGET', p .. 'entries', written[at])
  found[#found + 1] = entry
  bytes = bytes + #entry
  if bytes > bounds.page_bytes and at + 1 < #written then
    return {epoch .. '/' .. written[at + 1], found, 1}
  end
end
return {epoch .. '/' .. mark, found, 0}
"""

_KEEP: Final = """
redis.call('HSET', held('kept', ARGV[1]), ARGV[2], ARGV[3])
touch('kept', ARGV[1], ARGV[2], #ARGV[3])
trim('kept')
return 1
"""

_KEPT: Final = """
trim('kept')
return redis.call('HGET', held('kept', ARGV[1]), ARGV[2])
"""

_DROP: Final = """
drop('kept', ARGV[1], ARGV[2])
return 1
"""

_ALL: Final = {
    "probe": _PROBE,
    "round": _ROUND,
    "changes": _CHANGES,
    "put": _PUT,
    "end": _END,
    "reset": _RESET,
    "reset all": _RESET_ALL,
    "written": _WRITTEN,
    "keep": _KEEP,
    "kept": _KEPT,
    "drop": _DROP,
}


def scripts(bounds: Bounds) -> Mapping[str, str]:
    """Make all scripts, by their names, for what is held at the most."""
    common = shelves(bounds) + _COMMON
    return {name: common + script for name, script in _ALL.items()}
