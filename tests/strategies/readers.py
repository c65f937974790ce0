"""What puts a stream together: one right reader, and a dozen that are wrong in one thing each."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from mockrouter.strategies import Call, Reply
from mockrouter.values import Json

_FINISH: Final = {"max_output_tokens": "length", "content_filter": "content_filter"}


class Reader:
    """Does what the standard and the providers say; each step can be done otherwise."""

    def read(self, writes: Iterable[bytes]) -> Reply:
        """Put a stream of either format together."""
        datas = [data for data in self.events(self.lines(writes)) if data.strip() != "[DONE]"]
        return self.gather([self.parsed(data) for data in datas])

    def lines(self, writes: Iterable[bytes]) -> Iterator[str]:
        """Read lines without their ends."""
        text = codecs.decode(b"".join(writes), "utf-8").removeprefix("\ufeff")
        return iter(re.split(r"\r\n|\n|\r", text)[:-1])

    def events(self, lines: Iterable[str]) -> Iterator[str]:
        """Read the data of events."""
        data: list[str] = []
        for line in lines:
            if not line:
                if data:
                    yield "\n".join(data)
                data = []
            elif (value := self.data(line)) is not None:
                data.append(value)

    def data(self, line: str) -> str | None:
        """Read a line's data; None for any other."""
        name, _, value = line.partition(":")
        return value.removeprefix(" ") if name == "data" else None

    def parsed(self, data: str) -> Json:
        """Read an event."""
        return json.loads(data)

    def gather(self, events: Iterable[Json]) -> Reply:
        """Put events together."""
        events = list(events)
        return self.of_responses(events) if events and "type" in events[0] else self.of_chat(events)

    def of_chat(self, events: list[Json]) -> Reply:
        """Put chunks together."""
        text, finish = "", ""
        calls: dict[int, dict[str, Any]] = {}
        for event in events:
            for choice in event["choices"]:
                delta = choice["delta"]
                text += delta.get("content") or ""
                for part in delta.get("tool_calls") or ():
                    self.add(calls, part)
                finish = choice["finish_reason"] or finish
        return Reply(text, tuple(Call(**calls[index]) for index in sorted(calls)), finish)

    def add(self, calls: dict[int, dict[str, Any]], part: Json) -> None:
        """Add a fragment of a call."""
        call = calls.setdefault(part["index"], {"id": "", "name": "", "arguments": ""})
        call["id"] = part.get("id") or call["id"]
        call["name"] += part["function"].get("name") or ""
        call["arguments"] += part["function"].get("arguments") or ""

    def of_responses(self, events: list[Json]) -> Reply:
        """Put the deltas of items together, and believe no event that has it all."""
        text, calls = "", {}
        for event in events:
            if event["type"] == "response.output_text.delta":
                text += event["delta"]
            elif event["type"] == "response.output_item.added":
                item = event["item"]
                if item["type"] == "function_call":
                    calls[event["output_index"]] = [item["name"], "", item["call_id"]]
            elif event["type"] == "response.function_call_arguments.delta":
                calls[event["output_index"]][1] += event["delta"]
        response = events[-1]["response"]
        reason = (response.get("incomplete_details") or {}).get("reason")
        finish = _FINISH[reason] if reason else "tool_calls" if calls else "stop"
        return Reply(text, tuple(Call(*calls[index]) for index in sorted(calls)), finish)


class EventsEndInTwoLineFeeds(Reader):
    """Splits at blank lines, as if LF were the only end of lines."""

    def lines(self, writes: Iterable[bytes]) -> Iterator[str]:
        """Split at line feeds alone."""
        return iter(b"".join(writes).decode("utf-8-sig").split("\n")[:-1])


class EachWriteIsWholeLines(Reader):
    """Takes what it reads for whole lines."""

    def lines(self, writes: Iterable[bytes]) -> Iterator[str]:
        """Split each write by itself."""
        for number, write in enumerate(writes):
            text = write.decode("utf-8", "replace")
            yield from re.split(r"\r\n|\n|\r", text.removeprefix("\ufeff") if not number else text)[
                :-1
            ]


class EachWriteIsWholeCharacters(Reader):
    """Decodes each write by itself."""

    def lines(self, writes: Iterable[bytes]) -> Iterator[str]:
        """Replace halves of characters."""
        text = "".join(write.decode("utf-8", "replace") for write in writes)
        return super().lines([text.encode()])


class EachWriteIsOneEvent(Reader):
    """Takes a write for an event."""

    def lines(self, writes: Iterable[bytes]) -> Iterator[str]:
        """Leave out all data lines of a write but the first event's."""
        for write in writes:
            event, _, _ = write.partition(b"\n\n")
            yield from super().lines([event + b"\n\n"])


class LinesEndInUnicode(Reader):
    """Splits lines where Python's own texts do, so at U+2028 too."""

    def lines(self, writes: Iterable[bytes]) -> Iterator[str]:
        """Split at all that looks like an end."""
        return iter(b"".join(writes).decode("utf-8-sig").splitlines())


class DataHasASpace(Reader):
    """Wants a space behind the colon."""

    def data(self, line: str) -> str | None:
        """Read no line without it."""
        return line.removeprefix("data: ") if line.startswith("data: ") else None


class DataIsWhatBeginsSo(Reader):
    """Takes any line that begins with these four letters."""

    def data(self, line: str) -> str | None:
        """Look for no colon."""
        return line.partition(":")[2].strip() if line.startswith("data") else None


class EveryLineIsData(Reader):
    """Knows of no comments and no other fields."""

    def data(self, line: str) -> str | None:
        """Take what stands behind a colon."""
        return line.partition(":")[2].removeprefix(" ") if not line.startswith("event") else None


class DataAnywhere(Reader):
    """Looks for its prefix anywhere in a line, so in comments too."""

    def data(self, line: str) -> str | None:
        """Cut off whatever comes before."""
        return line.partition("data:")[2].strip() if "data:" in line else None


class EachDataLineIsJson(Reader):
    """Reads each line of data as an event."""

    def events(self, lines: Iterable[str]) -> Iterator[str]:
        """Join nothing."""
        return (data for line in lines if (data := self.data(line)) is not None)


class NoByteOrderMark(Reader):
    """Takes a byte order mark for a part of the first line, and so misses who speaks."""

    def lines(self, writes: Iterable[bytes]) -> Iterator[str]:
        """Leave it where it is."""
        return iter(re.split(r"\r\n|\n|\r", b"".join(writes).decode())[:-1])

    def of_chat(self, events: list[Json]) -> Reply:
        """Ask who speaks."""
        if not any("role" in event["choices"][0]["delta"] for event in events if event["choices"]):
            raise KeyError("role")
        return super().of_chat(events)


class OneCallAtATime(Reader):
    """Takes fragments without an id for those of the call that began last."""

    def add(self, calls: dict[int, dict[str, Any]], part: Json) -> None:
        """Ignore the index."""
        if not part.get("id"):
            part = part | {"index": max(calls)}
        super().add(calls, part)


class CallsAreOneString(Reader):
    """Gathers all arguments in one place."""

    def add(self, calls: dict[int, dict[str, Any]], part: Json) -> None:
        """Take each call for the first."""
        super().add(calls, part | {"index": 0})


class TheFirstFinishIsTheEnd(Reader):
    """Reads no further than the finish reason, so misses the usage; and what has no choices."""

    def of_chat(self, events: list[Json]) -> Reply:
        """Look for a choice in each event."""
        for event in events:
            event["choices"][0]["finish_reason"]
        return super().of_chat(events)


class AnEmptyFragmentIsTheEnd(Reader):
    """Takes a fragment without a character for the last one."""

    def add(self, calls: dict[int, dict[str, Any]], part: Json) -> None:
        """Note that a call is complete, and leave out what comes then."""
        call = calls.get(part["index"], {})
        if call.get("over"):
            return
        if call and not part["function"]["arguments"]:
            call["over"] = True
        super().add(calls, part)

    def of_chat(self, events: list[Json]) -> Reply:
        """Forget the notes."""
        return super().of_chat(events)


class ArgumentsAreJsonAgain(Reader):
    """Reads arguments and writes them anew."""

    def gather(self, events: Iterable[Json]) -> Reply:
        """Lose how they were written."""
        reply = super().gather(events)
        again = [Call(c.name, json.dumps(json.loads(c.arguments)), c.id) for c in reply.calls]
        return Reply(reply.text, tuple(again), reply.finish_reason)
