"""Blocks in a file, to be decoded later or elsewhere; must not know what an event looks like.

A `Recorder` writes the file, a `Recording` reads it; ``docs/recording.md`` describes every byte.
"""

from wfpfast.recording._format import RecordingError
from wfpfast.recording._recorder import Recorder
from wfpfast.recording._recording import Record, Recording
from wfpfast.recording._scan import Damage
from wfpfast.recording._state import Machine

__all__ = ["Damage", "Machine", "Record", "Recorder", "Recording", "RecordingError"]
