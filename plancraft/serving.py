"""How gunicorn serves PlanCraft: `gunicorn -c python:plancraft.serving plancraft.wsgi`."""

import os
from pathlib import Path

workers = int(os.environ.get("WEB_CONCURRENCY") or 2)
threads = 4
worker_class = "gthread"
# One reading of the code, shared by the processes.
preload_app = True
control_socket_disable = True
timeout = 60
graceful_timeout = 10
keepalive = 5
if Path("/dev/shm").is_dir():
    worker_tmp_dir = "/dev/shm"

_JSON = os.environ.get("LOG_FORMAT", "json") == "json"
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "plancraft.lib.logs.JsonFormatter"},
        "plain": {"format": "%(message)s"},
    },
    "handlers": {
        "output": {
            "class": "logging.StreamHandler",
            "formatter": "json" if _JSON else "plain",
        }
    },
    "root": {"handlers": ["output"], "level": "INFO"},
    "loggers": {
        "gunicorn.error": {"handlers": ["output"], "level": "WARNING", "propagate": False},
        "gunicorn.access": {"handlers": ["output"], "level": "INFO", "propagate": False},
    },
}
accesslog = "-"
# No query strings, addresses or agents: they may name people.
access_log_format = "%(m)s %(U)s %(s)s %(M)s ms"
