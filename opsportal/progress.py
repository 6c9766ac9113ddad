"""Progress of reads on a terminal; silent anywhere else."""

import contextlib
from collections.abc import Callable, Iterator, Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from opsportal.ports import Progress as Listener

PHASES = {
    "ids": "finding tickets",
    "tickets": "reading tickets",
    "hours": "reading hours",
    "done": "tickets read",
    "days": "rebuilding days",
}


@contextlib.contextmanager
def queue_progress(queue_ids: Sequence[str]) -> Iterator[Callable[[str], Listener]]:
    """One bar a queue on standard error while the block runs; yields what gives each queue its listener."""
    bars = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[phase]}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    if not bars.console.is_terminal:
        yield lambda _: lambda *_: None
        return
    tasks = {queue_id: bars.add_task(queue_id, total=None, phase="waiting") for queue_id in queue_ids}

    def listener(queue_id: str) -> Listener:
        task = tasks.get(queue_id, next(iter(tasks.values())))

        def listen(phase: str, done: int, of: int) -> None:
            if of:
                bars.update(task, completed=done, total=of)
            bars.update(task, phase=PHASES.get(phase, phase))

        return listen

    with bars:
        yield listener


@contextlib.contextmanager
def counted(what: str, of: int) -> Iterator[Callable[[], None]]:
    """A bar on standard error while so many are done one by one; yields what is called after each."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    if not bar.console.is_terminal:
        yield lambda: None
        return
    task = bar.add_task(what, total=of)
    with bar:
        yield lambda: bar.advance(task)
