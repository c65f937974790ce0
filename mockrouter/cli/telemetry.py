"""Telling the outside how a server does, where that is asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

from mockrouter.engine.engine import Engine
from mockrouter.errors import MockRouterError

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from mockrouter.serving.telemetry.figures import Figures
    from mockrouter.serving.telemetry.totals import View
    from mockrouter.state.sharing import Sharing


class MissingExtra(MockRouterError):
    """An option needs packages that are not installed."""

    def __init__(self, option: str, extra: str, missing: str | None) -> None:
        """Say which, and how they get there."""
        what = f"{option} needs the package of '{missing}', which is not installed"
        super().__init__(f"{what}; pip install 'mockrouter[{extra}]'")


class Telemetry:
    """
    Listens to an engine's journal and passes on what happens, until it is left.

    Attributes:
        pages: That show it.

        figures: That were counted; None where nobody wants them.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        metrics: bool = False,
        otel: bool = False,
        sharing: Sharing | None = None,
        view: Callable[[], Awaitable[View]] | None = None,
    ) -> None:
        """
        Begin.

        Args:
            engine: That answers.

            metrics: Whether there are figures.

            otel: Whether there are spans.

            sharing: What the server shares with others.

            view: Of the figures of several processes, where this is one of them.

        Raises:
            MissingExtra: What is asked for needs packages that are not installed.

            MockRouterError: OTEL_TRACES_EXPORTER names no exporter.
        """
        self._ends = ExitStack()
        self.figures: Figures | None = None
        self.pages: list[BaseRoute] = []
        if metrics:
            from mockrouter.serving.telemetry.figures import Figures  # noqa: PLC0415

            self.figures = Figures(engine, sharing)
            self.pages.append(self._page(self.figures, view))
        if otel:
            self._send_spans(engine)

    def __enter__(self) -> Self:
        """Go on."""
        return self

    def __exit__(self, *_: object) -> None:
        """End, and send what has not been sent."""
        self._ends.close()

    def _page(self, figures: Figures, view: Callable[[], Awaitable[View]] | None) -> BaseRoute:
        try:
            from mockrouter.serving.telemetry.metrics import metrics_route  # noqa: PLC0415
        except ModuleNotFoundError as error:
            raise MissingExtra("--metrics", "metrics", error.name) from error
        self._ends.callback(figures.listen())

        async def own() -> View:
            return figures.view

        return metrics_route(view or own)

    def _send_spans(self, engine: Engine) -> None:
        try:
            from mockrouter.serving.telemetry.exporting import tracer_provider  # noqa: PLC0415
            from mockrouter.serving.telemetry.spans import spans_of  # noqa: PLC0415
        except ModuleNotFoundError as error:
            raise MissingExtra("--otel", "otel", error.name) from error

        provider = tracer_provider()
        self._ends.callback(provider.shutdown)
        self._ends.callback(spans_of(engine.journal, provider))
