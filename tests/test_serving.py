"""Prefect around the runs: its server comes up whatever lies in its home, and its deployments and secrets reach a run."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from moto.server import ThreadedMotoServer
from prefect.blocks.system import Secret
from prefect.client.orchestration import get_client
from prefect.testing.utilities import prefect_test_harness

import flows.running
from flows import buckets
from flows.running import serve_by_schedule
from flows.server import find_damage, prefect_home, serve_prefect, set_aside
from flows.settings import Settings
from flows.tally import tally
from tests.runs import STORIES, bytes_of, run_plainly, write_feed
from warehouse.lake import Lake
from warehouse.queries import run_sql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prefect.deployments.runner import RunnerDeployment

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_feed(tmp_path_factory.mktemp("feeds") / "port.jsonl", STORIES)


@pytest.fixture(scope="module")
def prefect() -> Iterator[None]:
    with prefect_test_harness(server_startup_timeout=120):
        yield


@pytest.mark.usefixtures("prefect")
def test_flow_loads_what_the_steps_load(feed: Path, tmp_path: Path) -> None:
    """Under Prefect, with processes, the five tasks run in order and give the bytes that the plain functions give; three artifacts show it."""
    outcome = tally(inputs=[str(feed)], lake=str(tmp_path / "lake"), workers=2)
    assert outcome
    run_plainly(tmp_path / "plain", feed)
    assert bytes_of(tmp_path / "lake") == bytes_of(tmp_path / "plain")
    assert list(outcome.seconds) == ["ingest", "normalise", "validate", "load", "write_report"]
    with get_client(sync_client=True) as client:
        runs = client.read_task_runs()
        artifacts = {artifact.key: artifact for artifact in client.read_artifacts()}
    assert sorted(run.name.rsplit("-", 1)[0] for run in runs) == sorted(outcome.seconds)
    assert all(run.state_name == "Completed" for run in runs)
    assert artifacts.keys() == {"tally-tables", "tally-report", "tally-page"}
    assert "Quality of run" in str(artifacts["tally-report"].data)


def test_damaged_database_is_found_and_set_aside(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A file that is no database is found out, named and kept beside; a sound one, or none, is left alone."""
    database = tmp_path / "prefect.db"
    assert find_damage(database) is None
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE flow_run (id INTEGER)")
    assert find_damage(database) is None
    database.write_bytes(b"SQLite format 3\x00" + b"\xff" * 4000)
    fault = find_damage(database)
    assert fault
    set_aside(database, fault)
    assert f"{database} is damaged ({fault})" in caplog.text
    assert not database.exists()
    assert len(list(tmp_path.glob("prefect.db.damaged-*"))) == 1


def test_two_first_servers_at_once_and_a_migration_killed_half_way(tmp_path: Path) -> None:
    """Two runs that find half a migration: one sets it aside and migrates, the other waits, and both are served."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    environment["XDG_CACHE_HOME"] = str(tmp_path)
    home = prefect_home(environment)
    home.mkdir(parents=True)
    with sqlite3.connect(home / "prefect.db") as connection:
        connection.execute("CREATE TABLE flow_run (id INTEGER)")
    script = "from flows.server import serve_prefect\nwith serve_prefect(lambda: None) as url: print(url)"
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    told = [run.communicate() for run in runs]
    assert [run.returncode for run in runs] == [0, 0], told
    assert len({out for out, _ in told}) == 2
    assert sum(f"{home / 'prefect.db'} is damaged" in err for _, err in told) == 1
    assert len(list(home.glob("prefect.db.damaged-*"))) == 1


def test_given_server_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With PREFECT_API_URL in the environment no server is started and no home is made."""
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with serve_prefect(lambda: None) as url:
        assert url == "http://127.0.0.1:9/api"
    assert not list(tmp_path.iterdir())
    assert prefect_home({"PREFECT_HOME": "/srv/prefect"}) == Path("/srv/prefect")


@pytest.mark.usefixtures("prefect")
def test_deployment_runs_through_pool_and_worker(feed: Path, tmp_path: Path) -> None:
    """prefect.yaml is deployed with its schedule, and one run of it, through a work pool and a worker, reads the feeds that are due."""
    from prefect.settings import PREFECT_API_URL  # noqa: PLC0415  the harness's, once it is up

    environment = os.environ | {"PREFECT_API_URL": str(PREFECT_API_URL.value()), "PREFECT_LOGGING_LEVEL": "WARNING"}
    environment["TALLY_FEED"] = json.dumps([{"name": "port", "uri": str(feed), "cadence": "1 d"}])  # as in tally.toml

    def prefect_cli(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "prefect", "--no-prompt", *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    prefect_cli("work-pool", "create", "tally", "--type", "process")
    prefect_cli("deploy", "--all")
    parameters = {"inputs": [], "lake": str(tmp_path / "lake"), "workers": 1}
    prefect_cli("deployment", "run", "tally/daily", "--params", json.dumps(parameters))
    prefect_cli("worker", "start", "--pool", "tally", "--run-once")
    with get_client(sync_client=True) as client:
        deployment = client.read_deployment_by_name("tally/daily")
        (run,) = [
            run for run in client.read_flow_runs() if run.deployment_id == deployment.id and not run.auto_scheduled
        ]
    assert [schedule.schedule.cron for schedule in deployment.schedules] == ["0 6 * * *"]  # type: ignore[union-attr]
    assert run.state_name == "Completed"
    read = "SELECT feed_id, count(*) AS n FROM articles GROUP BY feed_id"
    assert run_sql(Lake(tmp_path / "lake"), read).to_pylist() == [{"feed_id": "port", "n": len(STORIES)}]


@pytest.mark.usefixtures("prefect")
def test_a_served_run_reads_the_feeds_of_tally_toml(
    feed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What `tally serve` deploys asks the [[feed]] blocks that are due, and none before its cadence is over."""
    monkeypatch.chdir(tmp_path)
    Path("tally.toml").write_text(f'[[feed]]\nname = "port"\nuri = "{feed}"\noutlet = "The Ledger"\ncadence = "1 d"\n')
    deployments: list[RunnerDeployment] = []
    monkeypatch.setattr("prefect.serve", lambda deployment, **_: deployments.append(deployment))
    monkeypatch.setattr(flows.running, "serve_prefect", lambda prepare, **_: nullcontext(prepare()))
    assert serve_by_schedule(Settings(), "*/15 * * * *") == 0
    (deployment,) = deployments
    assert [schedule.schedule.cron for schedule in deployment.schedules or []] == ["*/15 * * * *"]  # type: ignore[union-attr]
    assert tally(**deployment.parameters)
    assert tally(**deployment.parameters) is None
    read = "SELECT feed_id, outlet_id, count(*) AS n FROM articles GROUP BY ALL"
    expected = [{"feed_id": "port", "outlet_id": "the-ledger", "n": len(STORIES)}]
    assert run_sql(Lake(tmp_path / "lake"), read).to_pylist() == expected


@pytest.mark.usefixtures("prefect")
def test_a_key_of_s3_comes_from_a_secret_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that names a Secret block of Prefect gives S3 the block's value, which reaches no file of the lake."""
    secret = "f00d" + "cafe"
    Secret(value=secret).save("news-archive")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    keys = {"ACCESS_KEY_ID": "ann", "SECRET_ACCESS_KEY": "{{ prefect.blocks.secret.news-archive }}"}
    place = {"DEFAULT_REGION": "us-east-1", "ENDPOINT_URL": "http://{}:{}".format(*server.get_host_and_port())}
    for name, value in {**keys, **place}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    buckets._client.cache_clear()
    try:
        client = buckets._client()
        client.create_bucket(Bucket="news")
        client.put_object(Bucket="news", Key="a.txt", Body=STORIES[0]["text"].encode())
        outcome = run_plainly(tmp_path / "lake", "s3://news/a.txt")
        assert outcome.staged.outcomes == {"ARTICLE": 1}
        assert client._get_credentials().get_frozen_credentials().secret_key == secret
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "{{ prefect.blocks.secret.none }}")
        buckets._client.cache_clear()
        outcome = run_plainly(tmp_path / "lake", "s3://news/a.txt")
        assert outcome.staged.rejections == ["s3://news/a.txt: Prefect has no Secret block 'none'"]
    finally:
        server.stop()
        buckets._client.cache_clear()
    assert not any(secret.encode() in path.read_bytes() for path in (tmp_path / "lake").rglob("*") if path.is_file())
