"""What wfpfast raises; knows neither blocks nor the operating system."""


class MalformedBlockError(ValueError):
    """A pointer of a block leads where no such thing can lie.

    Attributes
    ----------
    index : int
        Which event of the block it was, counted from 0.
    field : str
        The member that held the pointer, as ``header.appId`` or ``classifyDrop``.
    reason : str
        What is wrong with it.
    """

    def __init__(self, index: int, field: str, reason: str) -> None:
        # All three go to ValueError, so that the exception can be pickled and copied.
        super().__init__(index, field, reason)
        self.index = index
        self.field = field
        self.reason = reason

    def __str__(self) -> str:
        return f"event {self.index}: {self.field}: {self.reason}"
