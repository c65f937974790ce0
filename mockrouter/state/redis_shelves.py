"""
Shelves in Redis: values by namespace and name, bounded by count, bytes and time.

As ``bounded`` is in memory. Each namespace has a hash; which value was written when is in a sorted
set, and how large each is in a hash, with their sum under no name.
"""

from __future__ import annotations

from typing import Final

from mockrouter.state.bounds import Bound, Bounds

_FUNCTIONS: Final = """
local p = 'mockrouter:'
local meta = p .. 'meta'
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local function stamp()
  now = now + 1  -- so that what one script writes has an order too
  return string.format('%.0f', now)
end
local function ordered(shelf) return p .. shelf .. '-order' end
local function sized(shelf) return p .. shelf .. '-sizes' end
local function held(shelf, space) return p .. shelf .. ':' .. space end
local function label(space, name) return #space .. ' ' .. space .. name end
local function parted(which)
  local size, at = string.match(which, '^(%d+) ()')
  return string.sub(which, at, at + size - 1), string.sub(which, at + size)
end
local renewed = {}
local function renew(key, seconds)
  if not renewed[key] then redis.call('EXPIRE', key, seconds) end
  renewed[key] = true
end
local function touch(shelf, space, name, size)
  local bound, which = bounds[shelf], label(space, name)
  redis.call('ZADD', ordered(shelf), stamp(), which)
  if bound.bytes then
    size = (size or 0) + #space + #name
    local before = redis.call('HGET', sized(shelf), which) or 0
    redis.call('HSET', sized(shelf), which, size)
    redis.call('HINCRBY', sized(shelf), '', size - before)
  end
  if bound.lasts then return end
  renew(ordered(shelf), bound.seconds)
  renew(held(shelf, space), bound.seconds)
  if bound.bytes then renew(sized(shelf), bound.seconds) end
end
local function drop(shelf, space, name)
  local which = label(space, name)
  redis.call('HDEL', held(shelf, space), name)
  redis.call('ZREM', ordered(shelf), which)
  local size = bounds[shelf].bytes and redis.call('HGET', sized(shelf), which)
  if size then
    redis.call('HDEL', sized(shelf), which)
    redis.call('HINCRBY', sized(shelf), '', 0 - size)
  end
end
local function empty(shelf, space)
  -- That something goes first lets Redis take the rest, although it be full.
  for _, name in ipairs(redis.call('HKEYS', held(shelf, space))) do drop(shelf, space, name) end
  redis.call('DEL', held(shelf, space))
end
local function trim(shelf)
  local bound, gone = bounds[shelf], {}
  while true do
    local oldest = redis.call('ZRANGE', ordered(shelf), 0, 0, 'WITHSCORES')
    if not oldest[1] then return gone end
    local many = redis.call('ZCARD', ordered(shelf))
    local bytes = bound.bytes and many > 1 and redis.call('HGET', sized(shelf), '') or 0
    local is_old = tonumber(oldest[2]) < now - bound.seconds * 1000000
    if not is_old and many <= bound.most and tonumber(bytes) <= (bound.bytes or 0) then
      return gone
    end
    local space, name = parted(oldest[1])
    drop(shelf, space, name)
    gone[#gone + 1] = name
  end
end
"""


def shelves(bounds: Bounds) -> str:
    """Make what scripts begin with that use shelves, for what is held at the most."""
    names = ("counts", "tokens", "kept", "spaces")
    lines = [f"{name} = {{{_bound(getattr(bounds, name))}}}," for name in names]
    lines.append(f"entries = {bounds.entries}, entry_bytes = {bounds.entry_bytes},")
    lines.append(f"over = {bounds.over}, page_bytes = {bounds.page_bytes},")
    # That a namespace is over has to be told, so it does not just vanish.
    return "\n".join(["local bounds = {", *lines, "}", "bounds.spaces.lasts = true"]) + _FUNCTIONS


def _bound(bound: Bound) -> str:
    found = f"most = {bound.most}, seconds = {bound.seconds}"
    return found if bound.bytes is None else f"{found}, bytes = {bound.bytes}"
