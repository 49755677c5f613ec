from typing import Any

from wfpfast.engine._session import Session

def read_objects(session: Session, kind: int) -> list[dict[str, Any]]: ...
