"""Where a fault happened, without its words: they may hold a value."""

_MOST = 8


def frames_of(fault: BaseException) -> list[str]:
    """The innermost places of its traceback, as function and line."""
    frames: list[str] = []
    trace = fault.__traceback__
    while trace is not None:
        frames.append(f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}")
        trace = trace.tb_next
    return frames[-_MOST:]
