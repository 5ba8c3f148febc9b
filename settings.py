"""Every setting of Bookrunner, from the environment. Read by the composition roots only (worker, api, cli)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.rates import USUAL, RateLimit, RouteClass
from domain.spending import Budget, ModelChoice, Price, TenantModels, Work

PortNumber = Annotated[int, Field(ge=1, le=65535)]


class DemoPerson(BaseModel):
    """Somebody to sign in as, where everything is for trying out."""

    name: str
    email: str
    password: str
    role: str
    organization: str = ""


class Settings(BaseSettings):
    """Prefix BOOKRUNNER_, except where the ecosystem has a name of its own; an empty value counts as absent."""

    model_config = SettingsConfigDict(
        env_prefix="BOOKRUNNER_", env_ignore_empty=True, frozen=True, extra="ignore", validate_by_name=True
    )

    temporal_address: str = Field(default="127.0.0.1:7233", validation_alias="TEMPORAL_ADDRESS")
    temporal_namespace: str = Field(default="default", validation_alias="TEMPORAL_NAMESPACE")
    mongodb_url: SecretStr = Field(
        default=SecretStr("mongodb://127.0.0.1:27117/?maxPoolSize=2"), validation_alias="MONGODB_URL"
    )
    mongodb_database: str = "bookrunner"
    supabase_url: str = Field(default="http://127.0.0.1:54321", validation_alias="SUPABASE_URL")
    supabase_service_role_key: SecretStr | None = Field(default=None, validation_alias="SUPABASE_SERVICE_ROLE_KEY")
    supabase_anon_key: SecretStr | None = Field(default=None, validation_alias="SUPABASE_ANON_KEY")
    supabase_jwt_secret: SecretStr | None = Field(default=None, validation_alias="SUPABASE_JWT_SECRET")
    """Absent: tokens are checked against the public keys of `supabase_jwks_url`."""
    supabase_jwks_url: str | None = Field(default=None, validation_alias="SUPABASE_JWKS_URL")
    """Absent: `/auth/v1/.well-known/jwks.json` of `supabase_url`."""
    cors_origins: tuple[str, ...] = ()
    """Pages of other origins that may call the API, as JSON: ["https://..."]. Absent: none."""
    rate_limits: dict[RouteClass, RateLimit] = Field(default_factory=lambda: dict(USUAL))
    """Calls by kind of route, as JSON: {"read": {"person": "600/minute", "tenant": "...", "address": "..."}, "write":
    ..., "costly": ..., "sign_in": ...}. What is not named has no bound; {} is none at all."""
    rate_limit_storage: str = "async+memory://"
    """Where calls are counted: in each process, or for all in a store that `limits` knows, as async+redis://..."""
    supabase_webhook_secrets: tuple[SecretStr, ...] = ()
    """What Supabase signs its webhooks with, as JSON: ["whsec_...", ...]; any is taken. Absent: none is taken."""
    assertion_keys: dict[str, SecretStr] = Field(default_factory=dict[str, SecretStr])
    """What API and workers sign with who sends a command, as JSON: {"<kid>": "<secret of 32 bytes or more>", ...}. The
    first signs, all are taken. Absent: a key that follows from the service role key."""
    master_keys: dict[str, SecretStr] = Field(default_factory=dict[str, SecretStr])
    """Keys that wrap the data keys of tenants, as JSON: {"<id>": "<32 random bytes in base64>", ...}."""
    master_key: str = ""
    """Id of the one that wraps what is new; may be left out where there is only one."""
    master_keys_file: Path | None = None
    """A file where these two are absent: {"keys": {...}, "current": "<id>"}. It is read again when a key is missing."""
    qdrant_url: str | None = Field(default=None, validation_alias="QDRANT_URL")

    api_host: str = "127.0.0.1"
    api_port: PortNumber = 8400
    api_drain_seconds: Annotated[float, Field(ge=0, le=300)] = 0.0
    """How long the API goes on taking requests after SIGTERM, while `/ready` says that it drains: as long as whoever
    spreads the load takes to turn away from it. 0 where nobody does."""
    temporal_port: PortNumber = 7233
    temporal_ui_port: PortNumber = 8233
    mongodb_port: PortNumber = 27117
    supabase_port: PortNumber = 54321
    """The four above are those of the embedded parts."""
    temporal_ui_origins: tuple[str, ...] = ()
    """Pages that may ask the API for payloads in clear, as JSON: ["https://temporal.example.com"]. Absent: the embedded
    web UI."""

    grant_seconds: Annotated[int, Field(ge=1, le=60)] = 60
    """How long an answer about a person's rights may be used."""
    continue_as_new_after_events: Annotated[int, Field(ge=10)] = 1000
    """Length of a workflow's history, in events, after which it goes on in a fresh one."""
    idle_close_seconds: Annotated[float, Field(ge=0.1)] = 3_600
    """How long a complete book stays open while nothing happens. The next command opens it again."""
    day_seconds: Annotated[float, Field(ge=0.1, le=86_400)] = 86_400
    """How long a day of housekeeping is: of reminders, of the rules for books and unused files, and of the schedules.
    Shorter only where weeks are rehearsed, never with people's books."""
    model: str = "evidence-only"
    """`evidence-only`, or a name that langchain's init_chat_model knows, such as `anthropic:...`."""
    models: dict[Work, ModelChoice] = Field(default_factory=dict[Work, ModelChoice])
    """Models by kind of work, as JSON: {"chat": {"model": "...", "effort": "low", "max_tokens": 4000}, ...}."""
    tenant_models: dict[str, TenantModels] = Field(default_factory=dict[str, TenantModels])
    """By organisation, as JSON: {"<org_id>": {"default": {"model": "..."}, "work": {"write": {...}}}}."""
    prices: dict[str, Price] = Field(default_factory=dict[str, Price])
    """USD for a million tokens, by model, as JSON: {"gpt-...": {"input": 2, "output": 10, "cached": 0.2}}. They come
    over the built-in list prices (domain/prices.py)."""
    budgets: dict[str, Budget] = Field(default_factory=dict[str, Budget])
    """By organisation, as JSON: {"<org_id>": {"usd_per_month": 500, "usd_per_person_per_month": 50}, "default": {...}}.
    `default` is for organisations that are not named; without it they spend without a bound."""
    embeddings: str = "none"
    """`none` (search by words only), `local` (the extra local-embeddings), `voyage:<model>`, or `provider:<model>` as
    langchain's init_embeddings knows it, such as `openai:text-embedding-3-small`."""
    vectors_folder: Path | None = None
    """Of one worker, where QDRANT_URL is not given. Absent: vectors are in memory, and made again as turns go by."""
    context_characters: Annotated[int, Field(ge=8_000, le=2_000_000)] = 142_000
    """What a turn's context may hold of messages, facts, passages and pasted text."""
    audit_folder: Path | None = None
    """Where entries of the audit log wait until the log has them; it must outlive the process. API processes and
    workers of one machine may share it. Absent: `.bookrunner/audit`."""
    max_upload_mb: Annotated[int, Field(ge=1)] = 50
    web_folder: Path | None = None
    """The built workspace; absent: web/dist of this checkout."""
    temporal_ui_url: str | None = None
    """Where people look at workflows; the workspace links to it."""
    demo_people: tuple[DemoPerson, ...] = ()
    """Whom the sign-in offers, as JSON. The embedded stack sets it; nobody else should."""
    task_queue: str = "bookrunner"
    """Of a worker."""
    application_id: str | None = None
    """The application that a worker serves; absent: the default one, and everybody's deployments."""
    deployment: str | None = None
    """Name of the worker deployment that a worker belongs to, with `build_id`; absent: its worker has no version."""
    build_id: Annotated[str, Field(max_length=64)] | None = None
    keys_database: str | None = None
    """Where the keys of tenants are kept; absent: in `mongodb_database`."""
    fleet_folder: Path | None = None
    """Where the supervisor of one machine finds which workers are wanted. Absent: operators start them."""
    platform_operators: tuple[str, ...] = ()
    """Ids of people who run the platform, as JSON: they make versions, and set flags for all."""
    log_format: Literal["text", "json"] = "text"
    """`json`: an object a line, with the ids of request, tenant, book, run and trace."""
    api_metrics_address: str | None = None
    """`host:port` at which the API tells its metrics to Prometheus; not for people. Absent: it tells none."""
    worker_metrics_address: str | None = None
    """The same for a worker."""
    temporal_metrics_address: str | None = None
    """The same for those of the Temporal SDK in a worker."""
    otlp_endpoint: str | None = Field(default=None, validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT")
    """Where traces go, as OTLP over HTTP. Absent: nothing is traced."""
    ready_file: Path | None = None
    """The worker makes this file once it polls, and takes it away when it is asked to stop."""
    worker_cached_workflows: Annotated[int, Field(ge=1)] = 1_000
    """How many workflows a worker keeps in memory; one more, and the one that rested longest goes. Its next command is
    answered after a replay of its history."""
    worker_drain_seconds: Annotated[float, Field(ge=0, le=3_600)] = 10.0
    """How long a worker that is asked to stop goes on with what it has in hand. What is not done by then is handed
    back; a few seconds later the process is gone."""

    @property
    def payload_readers(self) -> tuple[str, ...]:
        """Origins of the pages that may ask for payloads."""
        return self.temporal_ui_origins or tuple(
            f"http://{host}:{self.temporal_ui_port}" for host in ("127.0.0.1", "localhost")
        )

    @classmethod
    def variable_of(cls, name: str) -> str:
        """Environment variable of a setting, from its name in this model or in a validation error."""
        field = cls.model_fields.get(name)
        if field is None or isinstance(field.validation_alias, str):
            return name if field is None else str(field.validation_alias)
        return f"{cls.model_config.get('env_prefix')}{name}".upper()
