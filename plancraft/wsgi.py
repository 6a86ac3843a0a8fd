"""The WSGI application."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import reverse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plancraft.settings")
application = get_wsgi_application()
# Read every address before gunicorn divides, so that its processes share what that needs.
reverse("healthz")
