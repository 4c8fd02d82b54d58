"""The door for the web server."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.config.settings")

application = get_wsgi_application()

# The pages are loaded now, once for all workers, and not by each one's first visitor.
import_module(settings.ROOT_URLCONF)
