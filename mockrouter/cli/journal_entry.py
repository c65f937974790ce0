"""Printing one request and its answer, whole."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.text import Text

from mockrouter.cli.frames import highlighted, json_text, show, spelled
from mockrouter.cli.terminal import count
from mockrouter.printing import printable
from mockrouter.values import JsonObject
from mockrouter.wire import Ending, Frame, Label, Wire


def show_entry(entry: JsonObject, out: Console, *, full: bool = False) -> None:
    """
    Print an entry of the journal: what it is, the request, the answer, and what its calls became.

    Args:
        entry: As ``/_mockrouter/requests`` shows it.

        out: Where to.

        full: Whether a terminal, too, gets all that the events of a stream repeat.
    """
    for name, text in facts(entry):
        out.print(Text.assemble((f"{name}: ", "dim"), printable(text)), soft_wrap=True)
    out.print()
    _show_request(entry, out)
    out.print()
    wire = wire_of(entry)
    if wire is None:
        out.print("no answer yet" if entry["sent"] is None else "no answer", style="bold")
    else:
        show(wire, out, full=full, times=_times(entry, wire))
        out.print(Text.assemble(("went out: ", "dim"), went_out(entry)))
    for call in entry["calls"]:
        out.print()
        _show_call(call, out)


def facts(entry: JsonObject) -> Iterator[tuple[str, str]]:
    """List what there is to say of a request beside what was sent."""
    moment = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(entry["time"]))
    yield "request", f"{entry['number']}, at {moment}"
    if entry["namespace"]:
        yield "namespace", entry["namespace"]
    manner = [entry["profile"], entry["dialect"]]
    yield "speaks", ", ".join(filter(None, manner))
    if entry.get("trace_id"):
        yield "trace", f"{entry['trace_id']}, from span {entry['parent_id']}"
    if entry["scenario"]:
        turn, attempt = entry["turn"], entry["attempt"]
        place = [f"turn {turn}", f"attempt {attempt}"] if turn is not None else []
        yield "answered by", ", ".join([entry["scenario"], *place, f"seed {entry['seed']}"])
    if entry["follows"] is not None:
        what = "asks again what was asked in" if entry["is_retry"] else "goes on from"
        waited = f", {entry['waited']:.2f} s after its answer" if entry["waited"] else ""
        yield "conversation", f"{what} {entry['follows']}{waited}"
    if entry["next"]:
        yield "followed by", ", ".join(map(str, entry["next"]))
    if entry["retry_after"] is not None:
        yield "asks to wait", f"{entry['retry_after']:g} s"
    complaints = {
        "the mock's own error": [entry["error"]],
        "breaks a rule": [entry["broken"]],
        "warning": entry["warnings"],
        "did not match": entry["misses"],
    }
    for name, texts in complaints.items():
        yield from ((name, text) for text in texts if text)


def wire_of(entry: JsonObject) -> Wire | None:
    """Make the wire of an entry again; None where there is none."""
    response = entry["response"]
    if response is None:
        return None
    frames = (
        Frame(
            frame["data"].encode("utf-8", "surrogatepass"),
            Label(frame["label"]),
            frame["delay"],
            frame["call"],
        )
        for frame in response["frames"]
    )
    return Wire(
        response["status"],
        tuple((name.encode(), text.encode("latin-1")) for name, text in response["headers"]),
        tuple(frames),
        Ending(response["ending"]),
        response["delay"],
        stream=response["stream"],
        headers_sent=response["headers_sent"],
    )


def went_out(entry: JsonObject) -> str:
    """Say how much of an answer went out, and whether the client saw the end."""
    sent, response = entry["sent"], entry["response"]
    if sent is None:
        return "it is going out"
    planned = len(response["frames"]) if response["stream"] else 1
    frames = count(sent["frames"], "frame")
    part = frames if sent["frames"] >= planned else f"{sent['frames']} of {planned} frames"
    left = "; then the client left" if sent["client_left"] else ""
    return f"{part}, {count(sent['bytes'], 'byte')}, in {sent['seconds']:.3f} s{left}"


def _times(entry: JsonObject, wire: Wire) -> Sequence[float] | None:
    """Find when each frame went out, where each is a write of its own."""
    sent = entry["sent"]
    if sent is None or not (wire.stream or len(wire.frames) == 1):
        return None
    times: list[float] = sent["at"]
    return times


def _show_request(entry: JsonObject, out: Console) -> None:
    request = entry["request"]
    out.print(Text(f"{entry['method']} {printable(entry['path'])}", style="bold"), soft_wrap=True)
    for name, value in request["headers"].items():
        shown = spelled(value.encode("utf-8", "surrogatepass"))
        out.print(Text.assemble((f"{printable(name)}: ", "dim"), shown), soft_wrap=True)
    body = request["body"]
    if body is None:
        return
    out.print()
    lines = body.splitlines() if isinstance(body, str) else json_text(body).splitlines()
    for line in lines:
        out.print(highlighted(printable(line)), soft_wrap=not out.is_terminal)


def _show_call(call: JsonObject, out: Console) -> None:
    style = "green" if call["verdict"] == "valid" else "red"
    text = Text.assemble(("calls ", "dim"), (printable(call["name"]), "bold"), "  ")
    text.append_text(highlighted(printable(call["text"])))
    text.append(f"  {call['verdict']}", style=style)
    out.print(text, soft_wrap=True)
    if call["problem"]:
        out.print(Text(f"  {printable(call['problem'])}", style=style), soft_wrap=True)
    for result in call["results"]:
        came = f"  result in request {result['request']}: "
        out.print(Text.assemble((came, "dim"), printable(result["content"])), soft_wrap=True)
    if not call["results"]:
        out.print(Text("  no result came back", style="dim"))
