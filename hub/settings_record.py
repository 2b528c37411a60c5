"""The tables of `hub.toml` that say how long the record means something, what is conspicuous in it, and how soon whoever looked answers."""

from pydantic import BaseModel, ConfigDict, Field


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RetentionTable(_Table):
    """`[retention]`: for how many days digests of the record can be told from each other; the law's shortest are the bounds."""

    logs_days: int = Field(default=1096, ge=180, le=36_525)
    disclosures_days: int = Field(default=1096, ge=1096, le=36_525)
    nightly: bool = True


class ObjectionsTable(_Table):
    """`[objections]`: working days within which an objection to a look-up is decided."""

    working_days: int = Field(default=3, ge=1, le=20)


class AnomaliesTable(_Table):
    """`[anomalies]`: from which numbers on a day of somebody who asked is conspicuous."""

    volume_times: float = Field(default=5.0, ge=1.5, le=100.0)
    volume_least: int = Field(default=200, ge=1)
    habit_times: float = Field(default=5.0, ge=1.5, le=100.0)
    habit_least: int = Field(default=50, ge=1)
    entities: int = Field(default=200, ge=1)
    night_from: int = Field(default=22, ge=0, le=23)
    night_until: int = Field(default=6, ge=0, le=23)
    night_least: int = Field(default=20, ge=1)
    denied: int = Field(default=50, ge=1)
    cases_share: float = Field(default=20.0, gt=0, le=100)
    cases_least: int = Field(default=10, ge=1)
    crowd_days: int = Field(default=7, ge=1, le=31)
    crowd_departments: int = Field(default=6, ge=2)
    crowd_persons: int = Field(default=20, ge=2)
