"""Every setting of Calcis. What differs between places comes from the environment and is checked here.

DEBUG, SECRET_KEY, ALLOWED_HOSTS, CSRF_TRUSTED_ORIGINS, HTTPS, BEHIND_PROXY    how it is served
DATABASE_URL, DATABASE_OWNER_URL, CELERY_BROKER_URL, CALCIS_VAR               where its state lives
SESSION_HOURS, TOKEN_DAYS, LOGIN_ATTEMPTS, LOGIN_LOCK_MINUTES                 how long a log-in holds
EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, EMAIL_FROM      password resets
LOG_LEVEL, RECOMPUTE_DELAY_SECONDS                                            the rest
"""

from datetime import timedelta
from pathlib import Path

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from registry.config import environment
from registry.config.embedded.runtime import State

ROOT = Path(__file__).resolve().parents[2]
STATE = State.of_environment()
IS_EMBEDDED = not environment.text("DATABASE_URL")

# Serving
DEBUG = environment.flag("DEBUG", default=False)
SECRET_KEY = environment.secret_key(DEBUG, IS_EMBEDDED, kept_in=STATE.secret_key)
ALLOWED_HOSTS = environment.names("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = environment.names("CSRF_TRUSTED_ORIGINS")
# The embedded registry speaks plain HTTP on its own machine, where a browser would drop a secure cookie.
HTTPS = environment.flag("HTTPS", default=not DEBUG and not IS_EMBEDDED)
BEHIND_PROXY = environment.flag("BEHIND_PROXY", default=False)
if "*" in ALLOWED_HOSTS and not DEBUG:
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS=* answers to any name. Write the names this registry is reached by."
    )

ROOT_URLCONF = "registry.config.urls"
WSGI_APPLICATION = "registry.config.wsgi.application"
INSTALLED_APPS = [
    "registry",
    "analytics",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "axes",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "registry.views.context.frame",
            ],
        },
    }
]
# A new account's password is told in a message, which may not travel in a cookie.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
STATIC_URL = "static/"
STATIC_ROOT = STATE.static
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# State: the application reads and writes as one role; the owner of the tables only migrates.
if IS_EMBEDDED:
    DATABASES = {"default": STATE.database("calcis_app"), "owner": STATE.database("calcis_owner")}
else:
    DATABASES = {"default": environment.database("DATABASE_URL", environment.text("DATABASE_URL"))}
    DATABASES["owner"] = (
        environment.database("DATABASE_OWNER_URL", environment.text("DATABASE_OWNER_URL"))
        if environment.text("DATABASE_OWNER_URL")
        else DATABASES["default"].copy()
    )
for _database in DATABASES.values():
    _database |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
DATABASES["owner"]["TEST"] = {"MIRROR": "default"}
DATABASE_ROUTERS = ["registry.config.roles.TwoRoles"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Language and time
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Who is signed in, and for how long
AUTH_USER_MODEL = "registry.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
PASSWORD_RESET_TIMEOUT = 3600
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
SESSION_COOKIE_AGE = 3600 * environment.whole_number("SESSION_HOURS", 10, low=1, high=168)
SESSION_SAVE_EVERY_REQUEST = False
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
AXES_FAILURE_LIMIT = environment.whole_number("LOGIN_ATTEMPTS", 10, low=1, high=100)
AXES_COOLOFF_TIME = timedelta(minutes=environment.whole_number("LOGIN_LOCK_MINUTES", 15, low=1, high=1440))
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "registry/locked_out.html"
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "registry.config.proxy.client_address"
AXES_VERBOSE = False
REST_KNOX = {
    "TOKEN_TTL": timedelta(days=environment.whole_number("TOKEN_DAYS", 30, low=1, high=366)),
    "AUTO_REFRESH": False,
    "TOKEN_LIMIT_PER_USER": 10,
    "AUTH_HEADER_PREFIX": "Token",
}

# What a browser may do with a page
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_SSL_REDIRECT = HTTPS and BEHIND_PROXY
SECURE_REDIRECT_EXEMPT = [r"^health/$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "knox.auth.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "registry.api.pages.Pages",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": "1200/min"},
    "EXCEPTION_HANDLER": "registry.api.errors.exception_handler",
    "PAGE_SIZE": 50,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Calcis",
    "DESCRIPTION": "The record of a cohort and the living answers to the questions asked of it.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "TreatmentEnum": "registry.models.patient.Patient.Modality",
        "ImagingEnum": "registry.models.calcification.CalcificationReading.Modality",
        "GradeEnum": "registry.models.calcification.CalcificationReading.Grade",
        "YesNoEnum": "registry.models.patient.Patient.YesNo",
        "RunStatusEnum": "analytics.models.Run.Status",
        "ResultStatusEnum": "analytics.models.Result.Status",
    },
}

# Work in the background: the ledger is the truth, the queue only wakes the worker.
CELERY_BROKER_URL = environment.text("CELERY_BROKER_URL", STATE.broker_url)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 1500
CELERY_TASK_SOFT_TIME_LIMIT = 1440
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
# A task whose worker vanished is handed out again after the timeout; it must outlast the longest task.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": CELERY_TASK_TIME_LIMIT + 300,
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
}
CELERY_BEAT_SCHEDULE_FILENAME = str(STATE.folder / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "take up what changed or was left behind": {"task": "analytics.sweep", "schedule": 15.0},
    "compute everything once a day": {
        "task": "analytics.recompute_all",
        "schedule": crontab(hour=3, minute=0),
    },
}
# The record may not import the questions, but names the plan that a cohort's come from.
CALCIS_PLANS = sorted(path.stem for path in (ROOT / "analytics" / "plans").glob("*.json"))
RECOMPUTE_DELAY_SECONDS = environment.whole_number("RECOMPUTE_DELAY_SECONDS", 2, low=0, high=3600)

# Mail and logs; a log line names routes and status, never what a form or an API call held.
EMAIL_BACKEND = (
    f"django.core.mail.backends.{'smtp' if environment.text('EMAIL_HOST') else 'console'}.EmailBackend"
)
EMAIL_HOST = environment.text("EMAIL_HOST")
EMAIL_PORT = environment.whole_number("EMAIL_PORT", 587, low=1, high=65535)
EMAIL_HOST_USER = environment.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = environment.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = True
DEFAULT_FROM_EMAIL = environment.text("EMAIL_FROM", "calcis@localhost")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": environment.text("LOG_LEVEL", "WARNING").upper()},
    "loggers": {"django": {"handlers": [], "propagate": True}, "axes": {"level": "ERROR"}},
}

# Whether the other names of the domain speak TLS is not for this registry to say.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
