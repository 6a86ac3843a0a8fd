"""Log lines as JSON, one object a line, for whatever collects them."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

_EXTRAS = ("status_code", "organization", "job", "rule", "message_id", "duration_ms")


class JsonFormatter(logging.Formatter):
    """Time (UTC, ISO 8601), level, logger, message, known extras and the trace of an error."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in _EXTRAS if hasattr(record, name)}
        request = getattr(record, "request", None)
        if request is not None and hasattr(request, "path"):
            line |= {"method": request.method, "path": request.path}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)
