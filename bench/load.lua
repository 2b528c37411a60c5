-- wrk's side of a turn: keys at random over all there are, callers round robin, every answer read for errors.
-- Arguments after `--`: the turn's file, written by load.py, and the seed.

local turn, codes, number_of_codes
local threads = {}
local asked = 0
wrong = 0 -- global, so that `done` can read it from the thread

function setup(thread)
  table.insert(threads, thread)
end

function init(arguments)
  turn = dofile(arguments[1])
  math.randomseed(tonumber(arguments[2]))
  if turn.keys > 0 then
    local file = assert(io.open(turn.codes, "rb"))
    codes = file:read("*a")
    file:close()
    number_of_codes = #codes / turn.width
  end
end

local function key()
  local place = (math.random(number_of_codes) - 1) * turn.width
  return codes:sub(place + 1, place + turn.width)
end

local function keys()
  if turn.keys == 0 then return "" end
  if turn.keys == 1 then return key() end
  local drawn = {}
  for n = 1, turn.keys do drawn[n] = key() end
  return table.concat(drawn, turn.between)
end

function request()
  asked = asked + 1
  return turn.heads[asked % #turn.heads + 1] .. keys() .. turn.tail
end

function response(status, headers, body)
  if status ~= 200 or body:find('"errors":', 1, true) then wrong = wrong + 1 end
end

function done(summary, latency, requests)
  local failed = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  for _, thread in ipairs(threads) do failed = failed + thread:get("wrong") end
  io.write(string.format("TURN %d %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), failed))
end
