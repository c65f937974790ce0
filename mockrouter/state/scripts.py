"""What happens inside of Redis, each script as one step."""

from __future__ import annotations

from typing import Final

from mockrouter.state.protocol import MOST_OVER

_COMMON: Final = """
local p = KEYS[1]
local meta = p .. 'meta'
local function last()
  local found = redis.call('HMGET', meta, 'epoch', 'change')
  if not found[1] then
    local now = redis.call('TIME')
    found = {now[1] .. '.' .. now[2], '0'}
    redis.call('HSET', meta, 'epoch', found[1], 'change', 0)
  end
  return found[1] .. '/' .. found[2]
end
local function split(mark)
  local epoch, number = string.match(mark, '^([^/]*)/(%d+)$')
  return epoch, tonumber(number)
end
local function note(member)
  last()
  redis.call('ZADD', p .. 'changed', redis.call('HINCRBY', meta, 'change', 1), member)
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
  redis.call('DEL', p .. 'counts:' .. space)
  redis.call('SREM', p .. 'counted', space)
  local owners = redis.call('HGETALL', p .. 'owners')
  for at = 1, #owners, 2 do
    if owners[at + 1] == space then remove(owners[at]) end
  end
end
local function forget(space)
  clear(space)
  redis.call('DEL', p .. 'kept:' .. space)
end
"""

CHANGES: Final = (
    _COMMON
    + """
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
    document = redis.call('HGET', p .. 'spaces', string.sub(member, 7))
  end
  found[at] = {member, document}
end
return {change, fresh, found}
"""
)

PUT: Final = (
    _COMMON
    + """
forget(ARGV[1])
redis.call('HSET', p .. 'spaces', ARGV[1], ARGV[2])
redis.call('ZREM', p .. 'over', ARGV[1])
note('space ' .. ARGV[1])
return 1
"""
)

END: Final = (
    _COMMON
    + f"""
forget(ARGV[1])
redis.call('HDEL', p .. 'spaces', ARGV[1])
note('space ' .. ARGV[1])
redis.call('ZADD', p .. 'over', redis.call('HGET', meta, 'change'), ARGV[1])
if redis.call('ZCARD', p .. 'over') > {MOST_OVER} then
  local oldest = redis.call('ZPOPMIN', p .. 'over')[1]
  redis.call('ZREM', p .. 'changed', 'space ' .. oldest, 'reset ' .. oldest)
end
return 1
"""
)

RESET: Final = (
    _COMMON
    + """
clear(ARGV[1])
note('reset ' .. ARGV[1])
return 1
"""
)

RESET_ALL: Final = (
    _COMMON
    + """
for _, space in ipairs(redis.call('SMEMBERS', p .. 'counted')) do
  redis.call('DEL', p .. 'counts:' .. space)
end
redis.call('DEL', p .. 'counted', p .. 'entries', p .. 'owners', p .. 'written', p .. 'sequences')
redis.call('HSET', meta, 'bytes', 0)
note('all ')
return 1
"""
)

ROUND: Final = (
    _COMMON
    + """
local numbers, most, most_bytes = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local entries, owners, written = p .. 'entries', p .. 'owners', p .. 'written'
local sequences = p .. 'sequences'
local change = last()
local first = 0
if numbers > 0 then first = redis.call('HINCRBY', meta, 'number', numbers) - numbers + 1 end
local function count(space, key, token, by)
  local once, counts = p .. 'token:' .. token, p .. 'counts:' .. space
  local seen = redis.call('GET', once)
  if seen then return tonumber(seen) end
  local number = redis.call('HINCRBY', counts, key, by) - by
  redis.call('SET', once, number, 'EX', ARGV[4])
  redis.call('EXPIRE', counts, ARGV[5])
  redis.call('SADD', p .. 'counted', space)
  return number
end
local counted, begin = {}, 7 + 4 * ARGV[6]
for at = 7, begin - 4, 4 do
  counted[#counted + 1] = count(ARGV[at], ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3]))
end
local lines = (#ARGV - begin + 1) / 4
if lines == 0 then return {change, first, counted} end
local epoch, now = split(change)
local function is_late(space, mark)
  local known, seen = split(mark)
  if known ~= epoch or seen == now then return false end
  for _, member in ipairs({'all ', 'reset ' .. space, 'space ' .. space}) do
    local changed = redis.call('ZSCORE', p .. 'changed', member)
    if changed and tonumber(changed) > seen then return true end
  end
  return false
end
local write = redis.call('HINCRBY', meta, 'write', lines) - lines
local grown = 0
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
  if not is_late(ARGV[at + 1], ARGV[at + 2]) then put(ARGV[at], ARGV[at + 1], ARGV[at + 3]) end
end
local bytes = redis.call('HINCRBY', meta, 'bytes', grown)
local held = redis.call('ZCARD', sequences)
while held > most or (bytes > most_bytes and held > 1) do
  local oldest = redis.call('ZPOPMIN', sequences)[1]
  bytes = bytes - redis.call('HSTRLEN', entries, oldest)
  redis.call('HDEL', entries, oldest)
  redis.call('HDEL', owners, oldest)
  redis.call('ZREM', written, oldest)
  held = held - 1
end
redis.call('HSET', meta, 'bytes', bytes)
return {change, first, counted}
"""
)

WRITTEN: Final = (
    _COMMON
    + """
local epoch = split(last())
local known, after = split(ARGV[1])
if known ~= epoch then after = 0 end
local found = {}
for _, sequence in ipairs(redis.call('ZRANGEBYSCORE', p .. 'written', '(' .. after, '+inf')) do
  found[#found + 1] = redis.call('HGET', p .. 'entries', sequence)
end
return {epoch .. '/' .. (redis.call('HGET', meta, 'write') or '0'), found}
"""
)

KEEP: Final = (
    _COMMON
    + """
redis.call('HSET', p .. 'kept:' .. ARGV[1], ARGV[2], ARGV[3])
return redis.call('EXPIRE', p .. 'kept:' .. ARGV[1], 604800)
"""
)

KEPT: Final = _COMMON + "return redis.call('HGET', p .. 'kept:' .. ARGV[1], ARGV[2])"

DROP: Final = _COMMON + "return redis.call('HDEL', p .. 'kept:' .. ARGV[1], ARGV[2])"

PROBE: Final = _COMMON + "return redis.call('HSET', meta, 'probed', 1)"

ALL: Final = (PROBE, ROUND, CHANGES, PUT, END, RESET, RESET_ALL, WRITTEN, KEEP, KEPT, DROP)
